//! Running the tool, and files to show it.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write as _,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use mman::{errno::Errno, libc};
use rustix::fs::{Advice, FileType, Mode};
use serde_json::Value;
use tempfile::TempDir;

/// The largest page size that a system has: whole pages whatever it is.
pub(crate) const PAGE: usize = 65536;

/// What a run of the tool left.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// The JSON object, of a run that ended with this code.
    #[track_caller]
    pub(crate) fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The paths in the table, of a run that ended with this code.
    #[track_caller]
    pub(crate) fn table_paths(&self, code: i32) -> Vec<&str> {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        let lines: Vec<_> = self.stdout.lines().collect();
        let [header, rows @ .., total] = &lines[..] else { panic!("no table: {}", self.stdout) };
        assert!(header.ends_with("  PATH"), "{header}");
        assert!(total.contains("  total of "), "{total}");
        rows.iter().map(|row| row.rsplit_once("  ").unwrap().1).collect()
    }
}

/// `mman stat`, outside of any terminal.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mman"));
    command.arg("stat").env_remove("CLICOLOR_FORCE");
    command
}

pub(crate) fn stat<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    command().args(args).output().unwrap().into()
}

/// The object of `--json` for one path.
#[track_caller]
pub(crate) fn stat_json(path: &Path) -> Value {
    stat([OsStr::new("--json"), path.as_os_str()]).json(0)
}

/// The paths of `files[]`.
pub(crate) fn json_paths(json: &Value) -> Vec<&str> {
    json["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

/// A directory on the file system of the build, which is not one in memory as `/tmp` may be.
pub(crate) fn disk() -> TempDir {
    // Another user than the one who built it may not write there.
    let built = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    built.or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn write(path: impl AsRef<Path>, len: usize) -> File {
    let mut file =
        File::options().read(true).write(true).create(true).truncate(true).open(path).unwrap();
    file.write_all(&vec![0x5a; len]).unwrap();
    file
}

/// Puts a file's pages of this range out of the cache, as far as the file system does that.
pub(crate) fn evict(file: &File, offset: u64, len: u64) {
    file.sync_all().unwrap();
    let len = std::num::NonZeroU64::new(len);
    rustix::fs::fadvise(file, offset, len, Advice::DontNeed).unwrap();
}

pub(crate) fn fifo(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, FileType::Fifo, Mode::from_raw_mode(0o644), 0)
        .unwrap();
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Has a command's kernel look older than Linux 6.5.
pub(crate) fn without_cachestat(command: &mut Command) {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const JUMP_IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, skip_unless, k| libc::sock_filter { code, jt: 0, jf: skip_unless, k };
    let mut filter = [
        // The number of the system call is the first of what a filter sees.
        step(LOAD, 0, 0),
        step(JUMP_IF_EQUAL, 1, mman::sys::syscall::SYS_cachestat as u32),
        step(RETURN, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32),
        step(RETURN, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let install = move || {
        let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
        // SAFETY: it takes numbers only.
        Errno::result(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
        // SAFETY: `program` and its steps outlive the call.
        let answer = unsafe {
            libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
        };
        Errno::result(answer)?;
        Ok(())
    };
    // SAFETY: between `fork` and `exec` it makes two system calls and allocates nothing.
    unsafe { command.pre_exec(install) };
}

/// Somebody who is not root, with files of somebody else.
pub(crate) struct Stranger {
    dir: TempDir,
    program: PathBuf,
}

impl Stranger {
    /// Needs no power: who is not root is a stranger to root's files.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = dir.path().join("mman");
        // Not by `fs::copy`: a child of another test might hold the copy open for writing, and then
        // it cannot be run.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_mman")).arg(&program).status();
        assert!(copied.unwrap().success());
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { dir, program }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn command(&self) -> Command {
        const NOBODY: u32 = 65534;
        let mut command = Command::new(&self.program);
        command.current_dir("/").arg("stat");
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    pub(crate) fn stat<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.command().args(args).output().unwrap().into()
    }

    /// A file that the stranger may read, but not write, and does not own.
    pub(crate) fn foreign(&self) -> PathBuf {
        if !is_root() {
            return "/etc/passwd".into();
        }
        let path = self.path("foreign");
        write(&path, 3 * PAGE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        path
    }
}

/// Says why a test is skipped; fails it instead where `MMAN_TEST_REQUIRE` is `all` or names
/// `capability`, which is one of:
///
/// | name | present where |
/// |---|---|
/// | `root` | the user is 0 |
/// | `linux-6.5` | the kernel has `cachestat` |
/// | `evict` | the file system of the build drops pages that nobody needs |
/// | `secrecy` | the kernel does not tell strangers what is in memory of a file |
/// | `sparse` | a file may have a size of 1 TiB |
/// | `exchange` | files of the build's file system can take each other's place |
/// | `byte-names` | names of files need not be UTF-8 |
/// | `proc`, `dev-full`, `shm` | there is `/proc`, `/dev/full`, `/dev/shm` |
/// | `loop`, `mount` | `losetup` makes a block device, `unshare` and `mount` a file system |
/// | `fincore` | util-linux's `fincore` is installed |
#[track_caller]
pub(crate) fn skip(capability: &str, reason: impl std::fmt::Display) {
    let required = std::env::var("MMAN_TEST_REQUIRE").unwrap_or_default();
    let required = required.split(',').any(|word| word == "all" || word == capability);
    assert!(!required, "{capability} is required: {reason}");
    // Not `eprintln!`, which the harness captures: a skip is to be seen.
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {capability}: {reason}").unwrap();
}
