//! What this machine can do, by name.
//!
//! | name | present where |
//! |---|---|
//! | `kernel` | memory is the kernel's, and not of the heap (`cargo xtask miri`) |
//! | `root` | the user is 0 and may become another one |
//! | `ipc-lock`, `sys-rawio`, `sys-admin`, `sys-nice` | the user has this capability |
//! | `disk` | the temporary files of [`super::temp::on_disk`] are not in memory |
//! | `atime` | reading one of these files marks its time of access |
//! | `linux-X.Y` | the kernel is of this version or later |
//! | `thp` | transparent huge pages are on, or are for who asks |
//! | `hugepages-2m`, `hugepages-1g` | huge pages are free, or can be reserved ([`super::machine`]) |
//! | `swap` | there is swap space |
//! | `numa` | the kernel has `CONFIG_NUMA` |
//! | `numa-2` | there are at least two nodes |
//! | `pkeys` | a protection key can be allocated |
//! | `bti`, `mte` | an Arm with branch targets, with memory tags |
//! | `expendable` | the machine may be damaged: `MMAN_TEST_EXPENDABLE` is set |
//! | `memory-failure` | the kernel has `CONFIG_MEMORY_FAILURE` |
//! | `ksm` | the kernel has `CONFIG_KSM` |
//! | `loop-ext4` | the user may mount an ext4 in a file, and `mkfs.ext4` is installed ([`super::mount`]) |
//! | `quota` | the user may mount a btrfs in a file, and `btrfs-progs` is installed ([`super::mount`]) |
//! | `overlay` | the user may mount an overlayfs |
//! | `anon-vma-name` | the kernel has `CONFIG_ANON_VMA_NAME` |
//! | `cgroup-hugetlb` | the user may limit the huge pages of a control group ([`super::cgroup`]) |
//! | `code` | functions for this processor are written down in [`super::code`] |
//! | `examples` | the programs of `examples` are built, beside the tests |
//! | `sources` | the tests run where they were built, and can read their own sources |
//! | `fincore` | util-linux's `fincore` is installed |
//!
//! `MMAN_TEST_REQUIRE=all`, or a list of names separated by commas, makes the lack of one a
//! failure instead of a skip.

use std::{fs, io::Write as _, process::Command};

/// Whether this machine has all of these; says which it lacks, or fails if that is required.
macro_rules! have {
    ($($name:expr),+ $(,)?) => {
        $($crate::util::capability::have($name))&&+
    };
}

/// See `have!`.
#[track_caller]
pub(crate) fn have(name: &str) -> bool {
    match probe(name) {
        Ok(()) => true,
        Err(why) => lacking(name, &why),
    }
}

/// Says that `name` is lacking, or fails if it is required; returns `false`.
#[track_caller]
pub(crate) fn lacking(name: &str, why: &str) -> bool {
    let required = std::env::var("MMAN_TEST_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|word| word == "all" || word == name);
    assert!(!is_required, "MMAN_TEST_REQUIRE={required}, but {name} is lacking: {why}");
    // Not `eprintln!`, which the harness captures: a skip is to be seen.
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {name}: {why}").unwrap();
    false
}

/// Whether this machine has it; else why not.
pub(crate) fn probe(name: &str) -> Result<(), String> {
    if let Some(version) = name.strip_prefix("linux-") {
        let kernel = kernel();
        let least = numbers(version);
        return yes(numbers(&kernel) >= least, &format!("the kernel is {kernel}"));
    }
    match name {
        "kernel" => yes(!cfg!(any(miri, mman_heap)), "memory is of the heap"),
        "root" => yes(unsafe { libc::geteuid() } == 0, "the user is not root"),
        "overlay" => {
            let known = read("/proc/filesystems")?.contains("\toverlay\n");
            yes(known, "the kernel has no overlayfs").and(privilege(21))
        }
        "ipc-lock" => privilege(14),
        "sys-rawio" => privilege(17),
        "sys-admin" => privilege(21),
        "sys-nice" => privilege(23),
        "disk" => disk(),
        "atime" => yes(atime(), "the file system keeps no times of access"),
        "thp" => {
            let enabled = read("/sys/kernel/mm/transparent_hugepage/enabled")?;
            yes(!enabled.contains("[never]"), "transparent huge pages are off")
        }
        "swap" => yes(read("/proc/swaps")?.lines().count() > 1, "there is no swap space"),
        "numa" => {
            let there = fs::exists("/proc/self/numa_maps").unwrap_or(false);
            yes(there, "the kernel has no CONFIG_NUMA")
        }
        "numa-2" => {
            let online = read("/sys/devices/system/node/online")?;
            yes(online.trim() != "0", "there is one node")
        }
        "pkeys" => pkeys(),
        "bti" => arm(17),
        "mte" => arm(18),
        "expendable" => {
            let may = std::env::var_os("MMAN_TEST_EXPENDABLE").is_some();
            yes(may, "the machine's memory is not to be damaged")
        }
        "memory-failure" => {
            let there = fs::exists("/proc/sys/vm/memory_failure_recovery").unwrap_or(false);
            yes(there, "the kernel has no CONFIG_MEMORY_FAILURE")
        }
        "ksm" => {
            yes(fs::exists("/sys/kernel/mm/ksm").unwrap_or(false), "the kernel has no CONFIG_KSM")
        }
        "anon-vma-name" => yes(anon_vma_name(), "the kernel has no CONFIG_ANON_VMA_NAME"),
        "fincore" => {
            let run = Command::new("fincore").arg("--version").output();
            yes(run.is_ok_and(|run| run.status.success()), "fincore is not installed")
        }
        _ => panic!("no capability is called {name}"),
    }
}

fn disk() -> Result<(), String> {
    const RAMFS_MAGIC: u32 = 0x8584_58f6;
    let kind = super::temp::file_system(super::temp::on_disk().as_file());
    let in_memory = [libc::TMPFS_MAGIC as u32, RAMFS_MAGIC].contains(&kind);
    yes(!in_memory, "temporary files are in memory")
}

/// By the effect: whether a read marks the time.
fn atime() -> bool {
    let file = super::temp::pages_on_disk(1);
    super::temp::set_times_back(file.as_file());
    std::os::unix::fs::FileExt::read_exact_at(file.as_file(), &mut [0], 0).unwrap();
    std::os::unix::fs::MetadataExt::atime(&file.as_file().metadata().unwrap())
        > super::temp::LONG_AGO
}

/// Whether the capability with this number is in effect.
fn privilege(number: u32) -> Result<(), String> {
    let status = read("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    let effective = u64::from_str_radix(line.trim(), 16).unwrap();
    yes(effective >> number & 1 == 1, "the user is not privileged so")
}

fn pkeys() -> Result<(), String> {
    use mman::sys::syscall::{SYS_pkey_alloc, SYS_pkey_free};
    let key = unsafe { libc::syscall(SYS_pkey_alloc, 0, 0) };
    if key < 0 {
        return Err(format!("pkey_alloc: {}", std::io::Error::last_os_error()));
    }
    unsafe { libc::syscall(SYS_pkey_free, key) };
    Ok(())
}

/// Whether the kernel tells an Arm's program of what has this bit in `HWCAP2`.
fn arm(bit: u32) -> Result<(), String> {
    let told = cfg!(target_arch = "aarch64").then(|| unsafe { libc::getauxval(libc::AT_HWCAP2) });
    yes(told.is_some_and(|told| told >> bit & 1 == 1), "the processor or the kernel has it not")
}

/// By the effect: whether a page that was given a name has it.
fn anon_vma_name() -> bool {
    let area = super::map::Area::anon(1);
    let name = c"mman-probe";
    let (call, of) = (libc::PR_SET_VMA, libc::PR_SET_VMA_ANON_NAME);
    unsafe { libc::prctl(call, of, area.ptr(), area.len(), name.as_ptr()) };
    super::smaps::at(area.ptr()).path == "[anon:mman-probe]"
}

fn yes(is: bool, else_why: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(else_why.to_owned()) }
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn kernel() -> String {
    fs::read_to_string("/proc/sys/kernel/osrelease").unwrap().trim().to_owned()
}

/// The first two numbers of a version.
fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(numbers("6.18.44-x-v657") >= numbers("6.5"));
        assert!(numbers("5.10") < numbers("6.1"));
        assert!(have!("linux-2.6"));
        assert!(probe("linux-99.0").unwrap_err().starts_with("the kernel is "));
    }

    #[test]
    #[should_panic(expected = "no capability is called")]
    fn a_misspelt_name_fails() {
        have!("tph");
    }
}
