//! What is in memory of a file: by the library and by the tools, on files of several kinds.

use std::{
    cell::OnceCell,
    fs::{self, File},
    io::Write as _,
    os::unix::fs::FileExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    ptr,
    rc::Rc,
};

use mman::observe;
use tempfile::{NamedTempFile, TempDir};

use super::sizes;
use crate::row::{Row, in_words};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows: Vec<Row> = sizes(largest).map(library).collect();
    rows.push(tools("a cached file of 1 GiB", 10.0, || {
        let file = NamedTempFile::new().expect("a file");
        fill(file.as_file(), 1 << 30);
        Subject::File(file)
    }));
    rows.push(tools("a sparse file of 1 TiB", 10.0, || {
        let file = NamedTempFile::new().expect("a file");
        file.as_file().set_len(1 << 40).expect("a length");
        Subject::File(file)
    }));
    rows.push(tools("a tree of 50,000 files", 4.0, || Subject::Tree(tree(50_000))));
    rows
}

/// A file whose contents are all in the page cache.
pub(super) fn fill(file: &File, size: u64) {
    let block = vec![1u8; 1 << 20];
    let mut offset = 0;
    while offset < size {
        let len = (size - offset).min(block.len() as u64);
        let part = block.get(..len as usize).unwrap_or(&block);
        file.write_all_at(part, offset).expect("room on the disk");
        offset += len;
    }
}

fn library(size: u64) -> Row {
    let file = Rc::new(tempfile::tempfile().expect("a file"));
    let filled = Rc::new(OnceCell::new());
    let ready = |file: &Rc<File>| {
        let (file, filled) = (Rc::clone(file), Rc::clone(&filled));
        move || {
            filled.get_or_init(|| fill(&file, size));
            Rc::clone(&file)
        }
    };
    let (ours, peer, raw) = (ready(&file), ready(&file), ready(&file));
    Row::new(format!("residency/library/{}", in_words(size)))
        .bytes(size)
        .ours("observe::page_cache", move || observe::page_cache(&*ours()).expect("an answer"))
        .peer("memmap2 + mincore", move || resident_by_mincore(&peer()))
        .limit("cachestat", move || mman::sys::mman::cachestat(&*raw(), 0, 0).expect("an answer"))
}

fn resident_by_mincore(file: &File) -> usize {
    // SAFETY: the contents are never looked at.
    let map = unsafe { memmap2::Mmap::map(file) }.expect("a map");
    let mut pages = vec![0u8; map.len().div_ceil(4096)];
    let start = ptr::from_ref(map.as_ref()).cast::<libc::c_void>().cast_mut();
    // SAFETY: the range is mapped, and there is a byte for each of its pages.
    unsafe { libc::mincore(start, map.len(), pages.as_mut_ptr()) };
    pages.iter().filter(|page| **page & 1 == 1).count()
}

/// What a tool is pointed at; it goes when this is dropped.
enum Subject {
    File(NamedTempFile),
    Tree(TempDir),
}

impl Subject {
    fn path(&self) -> PathBuf {
        match self {
            Self::File(file) => file.path().to_owned(),
            Self::Tree(tree) => tree.path().to_owned(),
        }
    }
}

fn tree(files: usize) -> TempDir {
    let tree = tempfile::tempdir().expect("a folder");
    for folder in 0..files / 100 {
        let folder = tree.path().join(format!("{folder}"));
        fs::create_dir(&folder).expect("a folder");
        for file in 0..100 {
            let mut file = File::create(folder.join(format!("{file}"))).expect("a file");
            file.write_all(&[1; 5000]).expect("room on the disk");
        }
    }
    tree
}

/// Whole processes. A peer that is not installed has no line.
fn tools(name: &str, goal: f64, make: impl Fn() -> Subject + 'static) -> Row {
    let subject = Rc::new(OnceCell::new());
    let make = Rc::new(make);
    let run = |program: PathBuf, arguments: &'static [&'static str]| {
        let (subject, make) = (Rc::clone(&subject), Rc::clone(&make));
        move || {
            let path = subject.get_or_init(|| make()).path();
            let mut command = Command::new(&program);
            let status = command.args(arguments).arg(path).stdout(Stdio::null()).status();
            assert!(status.expect("the program starts").success(), "{}", program.display());
        }
    };
    let is_tree = name.contains("tree");
    let mut row = Row::new(format!("residency/tools/{name}")).goal(goal);
    row = row.ours("mman stat", run(own_tool(), &["stat"]));
    if let Some(vmtouch) = installed("vmtouch") {
        row = row.peer("vmtouch", run(vmtouch, &[]));
    }
    match installed("fincore") {
        Some(fincore) if !is_tree => row.peer("fincore", run(fincore, &[])),
        _ => row,
    }
}

/// The tool, built beside this program.
fn own_tool() -> PathBuf {
    std::env::current_exe().expect("its own path").with_file_name("mman")
}

fn installed(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|path| path.join(program)).find(|path| path.is_file())
}
