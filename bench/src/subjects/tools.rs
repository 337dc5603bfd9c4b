//! Whole processes: `mman stat` and the tools that people use.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
};

use tempfile::TempDir;

use super::Filled;
use crate::row::{Row, in_words};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let size = largest.min(4 << 30);
    vec![
        of(&format!("a cached file, disk/{}", in_words(size)), 10.0, move || {
            Box::new(Filled::on_disk(size))
        }),
        of(&format!("a cached file, tmpfs/{}", in_words(size)), 10.0, move || {
            Box::new(Filled::on_tmpfs(size))
        }),
        of(&format!("a cached file of small folios, disk/{}", in_words(size)), 10.0, move || {
            Box::new(Filled::by_pages(size))
        }),
        of("a sparse file/1 TiB", 10.0, || Box::new(Filled::sparse(1 << 40))),
        of("a tree/50,000 files", 4.0, || Box::new(tree(50_000))),
    ]
}

/// What a tool is pointed at; it goes when this is dropped.
trait Subject {
    fn path(&self) -> &Path;
}

impl Subject for Filled {
    fn path(&self) -> &Path {
        self.path()
    }
}

impl Subject for TempDir {
    fn path(&self) -> &Path {
        self.path()
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

/// What asks `fincore` about each file of a tree.
const FIND: &str = "find \"$0\" -type f -print0 | xargs -0 fincore";

/// A peer that is not installed has no place.
fn of(name: &str, goal: f64, make: impl FnOnce() -> Box<dyn Subject> + 'static) -> Row {
    Row::new(format!("tools/{name}"), move |contest| {
        let own = own_tool();
        let subject: Rc<dyn Subject> = make().into();
        let is_tree = subject.path().is_dir();
        let run = |program: PathBuf, arguments: &'static [&'static str]| {
            let subject = Rc::clone(&subject);
            move || {
                let mut command = Command::new(&program);
                command.args(arguments).arg(subject.path()).stdout(Stdio::null());
                let status = command.status().expect("the program starts");
                assert!(status.success(), "{}", program.display());
            }
        };
        let mut contest = contest.ours("mman stat", run(own, &["stat"])).goal(goal);
        if let Some(vmtouch) = installed("vmtouch") {
            contest = contest.peer("vmtouch", run(vmtouch, &[]));
        }
        match (installed("fincore"), installed("sh")) {
            (Some(fincore), _) if !is_tree => contest.peer("fincore", run(fincore, &[])),
            (Some(_), Some(shell)) => {
                contest.peer("find, xargs, fincore", run(shell, &["-c", FIND]))
            }
            _ => contest,
        }
    })
}

/// The tool, beside this program. If cargo runs that, it builds this as well: an old one would tell
/// of an old library.
fn own_tool() -> PathBuf {
    if let Some(cargo) = std::env::var_os("CARGO") {
        let build = ["build", "--quiet", "--release", "--locked", "--package=mman-cli"];
        let status = Command::new(cargo).args(build).status().expect("cargo starts");
        assert!(status.success(), "cargo builds the tool");
    }
    std::env::current_exe().expect("its own path").with_file_name("mman")
}

fn installed(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|path| path.join(program)).find(|path| path.is_file())
}
