//! The files of `data/abi`.

use std::fs;

use crate::{Result, root};

/// The tables: the name of each, and how the names in it begin. The longest beginning counts.
const TABLES: &[(&str, &str)] = &[
    ("E", "E"),
    ("FADV", "POSIX_FADV_"),
    ("FALLOC", "FALLOC_FL_"),
    ("INHERIT", "INHERIT_"),
    ("INHERIT", "MAP_INHERIT_"),
    ("INHERIT", "VM_INHERIT_"),
    ("INNER", "F_"),
    ("INNER", "MPOL_"),
    ("INNER", "PIDFD_SELF"),
    ("INNER", "PR_"),
    ("INNER", "SYS_shm_open2"),
    ("MADV", "MADV_"),
    ("MAP", "MAP_"),
    ("MCL", "MCL_"),
    ("MFD", "MFD_"),
    ("MINCORE", "MINCORE_"),
    ("MLOCK", "MLOCK_"),
    ("MPOL_MF", "MPOL_MF_"),
    ("MREMAP", "MREMAP_"),
    ("MS", "MS_"),
    ("O", "O_"),
    ("PAGE_IS", "PAGE_IS_"),
    ("PIDFD", "PIDFD_"),
    ("PKEY", "PKEY_"),
    ("PM_SCAN", "PM_SCAN_"),
    ("POSIX_MADV", "POSIX_MADV_"),
    ("PROCMAP_QUERY", "PROCMAP_QUERY_"),
    ("PROT", "PROT_"),
    ("SEAL", "F_SEAL_"),
    ("SHADOW_STACK", "SHADOW_STACK_"),
    ("SHM", "SHM_"),
    ("SHM_ALLOC", "SHM_LARGEPAGE_ALLOC_"),
    ("SHM_RENAME", "SHM_RENAME_"),
    ("SYNC_FILE_RANGE", "SYNC_FILE_RANGE_"),
    ("S_I", "S_I"),
    ("SYS", "SYS_"),
    ("TAGGED_ADDR", "PR_MTE_"),
    ("TAGGED_ADDR", "PR_TAGGED_ADDR_"),
    ("UFFDIO_CONTINUE", "UFFDIO_CONTINUE_MODE_"),
    ("UFFDIO_COPY", "UFFDIO_COPY_MODE_"),
    ("UFFDIO_MOVE", "UFFDIO_MOVE_MODE_"),
    ("UFFDIO_POISON", "UFFDIO_POISON_MODE_"),
    ("UFFDIO_REGISTER", "UFFDIO_REGISTER_MODE_"),
    ("UFFDIO_ZEROPAGE", "UFFDIO_ZEROPAGE_MODE_"),
    ("UFFD_FEATURE", "UFFD_FEATURE_"),
    ("UFFD_PAGEFAULT", "UFFD_PAGEFAULT_FLAG_"),
];

/// A name that the library must offer, on one architecture of one system, or on all (`*`).
#[derive(Clone)]
pub(super) struct Row {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) system: String,
    pub(super) arch: String,
    pub(super) libc: Libc,
    pub(super) value: u32,
}

/// The C libraries for which a row is true.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Libc {
    Any,
    Gnu,
    NotGnu,
}

/// What all the files say together.
pub(super) fn read() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut add = |table: &str, name: &str, system: &str, arch: &str, value: &str| {
        let [table, name, system, arch] = [table, name, system, arch].map(String::from);
        rows.push(Row { table, name, system, arch, libc: Libc::Any, value: number(value)? });
        Ok::<(), String>(())
    };
    let mut omitted = Omitted::read()?;
    for file in ["constants.csv", "errno.csv"] {
        for [name, system, arch, value, _source] in lines(file)? {
            if !omitted.has(&name, &system) {
                add(table(&name)?, &name, &system, &arch, &value)?;
            }
        }
    }
    for [name, arch, value, _source] in lines("uapi.csv")? {
        for system in ["linux", "android"] {
            if !omitted.has(&name, system) {
                add(table(&name)?, &name, system, &arch, &value)?;
            }
        }
    }
    for [name, arch, value, _source] in lines("syscalls.csv")? {
        let arch = if arch == "x86_64" { "x86_64-lp64" } else { &arch };
        for system in ["linux", "android"] {
            add("SYS", &format!("SYS_{name}"), system, arch, &value)?;
        }
    }
    for [table, name, system, arch, value, _reason] in lines("added.csv")? {
        add(&table, &name, &system, &arch, &value)?;
    }
    omitted.check()?;
    by_libc(rows)
}

/// The table of a name.
fn table(name: &str) -> Result<&'static str> {
    let known = TABLES.iter().filter(|(_, prefix)| name.starts_with(prefix));
    let known = known.max_by_key(|(_, prefix)| prefix.len());
    known.map(|(table, _)| *table).ok_or_else(|| {
        format!("{name} belongs to no table of the xtask and is not in data/abi/omitted.csv")
    })
}

/// The names of the headers that the library does not offer, and whether the headers have them.
struct Omitted(Vec<(String, String, bool)>);

impl Omitted {
    fn read() -> Result<Self> {
        let lines = lines("omitted.csv")?;
        Ok(Self(lines.into_iter().map(|[name, system, _]| (name, system, false)).collect()))
    }

    fn has(&mut self, name: &str, system: &str) -> bool {
        let mut omitted = false;
        for (pattern, on, used) in &mut self.0 {
            let matches = match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == pattern,
            };
            if matches && (on == "*" || on == system) {
                *used = true;
                omitted = true;
            }
        }
        omitted
    }

    fn check(&self) -> Result {
        match self.0.iter().find(|(_, _, used)| !used) {
            Some((name, on, _)) => Err(format!("omitted.csv: no header has {name} on {on}")),
            None => Ok(()),
        }
    }
}

/// Splits the rows of Linux on whose values the C libraries do not agree.
fn by_libc(rows: Vec<Row>) -> Result<Vec<Row>> {
    let differences = lines("linux-libc-differences.csv")?;
    let mut split = Vec::new();
    for row in rows {
        let mut values = differences.iter().filter_map(|[name, archs, _kernel, glibc, musl]| {
            let here = row.arch == "*" || archs.split(' ').any(|arch| arch == row.arch);
            // musl's is wrong: see `disagreements.csv`.
            let musl = if name == "O_TMPFILE" { "" } else { musl };
            (row.system == "linux" && *name == row.name && here).then_some((glibc.as_str(), musl))
        });
        let Some((glibc, musl)) = values.next() else {
            split.push(row);
            continue;
        };
        if values.any(|more| more != (glibc, musl)) {
            return Err(format!("{} differs by architecture, its row does not", row.name));
        }
        let value = |text| match text {
            "" | "n/a" => Ok(row.value),
            text => number(text),
        };
        let (glibc, musl) = (value(glibc)?, value(musl)?);
        if glibc == musl {
            split.push(Row { value: glibc, ..row });
        } else {
            split.push(Row { libc: Libc::Gnu, value: glibc, ..row.clone() });
            split.push(Row { libc: Libc::NotGnu, value: musl, ..row });
        }
    }
    Ok(split)
}

/// The lines of a file, without its heading. No field has a comma in it.
fn lines<const FIELDS: usize>(file: &str) -> Result<Vec<[String; FIELDS]>> {
    let path = root().join("data/abi").join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    let fields = |line: &str| {
        let fields: Vec<String> = line.split(',').map(String::from).collect();
        fields.try_into().map_err(|_| format!("{file}: not {FIELDS} fields: {line}"))
    };
    text.lines().skip(1).map(fields).collect()
}

fn number(text: &str) -> Result<u32> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse().or_else(|_| text.parse().map(|number: i32| number as u32)),
    };
    number.map_err(|error| format!("{text}: {error}"))
}
