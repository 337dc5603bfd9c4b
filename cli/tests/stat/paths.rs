//! Paths of all kinds.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::{ffi::OsStringExt as _, fs::symlink, net::UnixListener},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::util::{
    PAGE, Run, Stranger, command, disk, fifo, is_root, json_paths, skip, stat, stat_json, write,
};

#[test]
fn a_bad_path_fails_and_the_others_are_shown() {
    let dir = disk();
    let [good, bad] = ["good", "bad"].map(|name| dir.path().join(name));
    write(&good, PAGE);
    let run = stat([&bad, &good]);
    assert_eq!(run.table_paths(1), [good.to_str().unwrap()]);
    let message = format!("mman: {}: No such file or directory (ENOENT)\n", bad.display());
    assert_eq!(run.stderr, message);
    let run = stat([OsStr::new("--json"), bad.as_ref(), good.as_ref()]);
    assert_eq!(json_paths(&run.json(1)), [good.to_str().unwrap()]);
    assert_eq!(run.stderr, message);
}

#[test]
fn an_empty_path_is_a_bad_path() {
    let dir = disk();
    let good = dir.path().join("good");
    write(&good, PAGE);
    let run = stat([OsStr::new(""), good.as_ref()]);
    assert_eq!(run.table_paths(1), [good.to_str().unwrap()]);
    assert_eq!(run.stderr, "mman: : No such file or directory (ENOENT)\n");
}

#[test]
fn empty_files_and_directories() {
    let dir = disk();
    let json = stat_json(dir.path());
    assert_eq!(json_paths(&json), [""; 0]);
    assert_eq!(json["total"]["files"], 0);
    assert_eq!(stat([dir.path()]).table_paths(0), [""; 0]);
    write(dir.path().join("empty"), 0);
    fs::create_dir(dir.path().join("directory")).unwrap();
    let json = stat_json(dir.path());
    assert_eq!(json["files"].as_array().unwrap().len(), 1);
    assert_eq!((&json["files"][0]["size"], &json["files"][0]["resident"]), (&0.into(), &0.into()));
    let table = stat([dir.path()]).stdout;
    assert_eq!(table.lines().nth(1).unwrap().split_whitespace().nth(4), Some("-"), "{table}");
}

#[test]
fn files_of_proc_have_no_size_and_no_pages() {
    if !Path::new("/proc/self/status").exists() {
        return skip("proc", "there is no /proc");
    }
    // An own one: of others' files an ordinary user is not told.
    let json = stat_json("/proc/self/status".as_ref());
    assert_eq!((&json["files"][0]["size"], &json["files"][0]["resident"]), (&0.into(), &0.into()));
}

/// The outcome of a run that must not wait for anything.
fn soon(mut command: Command) -> Run {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it hangs");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap().into()
}

#[test]
fn what_has_no_pages_is_refused_as_argument_and_skipped_in_a_tree() {
    let dir = disk();
    let root = dir.path();
    write(root.join("file"), 1);
    fifo(&root.join("fifo"));
    // The path of a socket must be short.
    let sockets = tempfile::tempdir().unwrap();
    let socket = sockets.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();

    let mut tree = command();
    tree.args([root, sockets.path()]);
    let run = soon(tree);
    assert_eq!(run.table_paths(0), [root.join("file").to_str().unwrap()]);
    assert_eq!(run.stderr, "");

    for path in [&root.join("fifo"), &socket, Path::new("/dev/null")] {
        let mut alone = command();
        alone.arg(path);
        let run = soon(alone);
        assert_eq!(run.table_paths(1), [""; 0]);
        let reason = "a pipe, socket or device has no page cache";
        assert_eq!(run.stderr, format!("mman: {}: {reason}\n", path.display()));
    }
}

#[test]
fn directories_do_not_stay_open_while_those_in_them_are_walked() {
    const DEPTH: usize = 80;
    /// So many that directories would be found sooner than these are asked about.
    const FILES: usize = 130;
    let dir = disk();
    let (file, mut path) = (dir.path().join("file"), dir.path().join("d"));
    write(&file, 1);
    fs::create_dir(&path).unwrap();
    for _ in 0..DEPTH {
        (0..FILES).for_each(|name| fs::hard_link(&file, path.join(name.to_string())).unwrap());
        path.push("d");
        fs::create_dir(&path).unwrap();
    }
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 64 && exec \"$0\" stat \"$1\""]);
    limited.arg(command().get_program()).arg(dir.path().join("d"));
    let run = Run::from(limited.output().unwrap());
    assert_eq!(run.table_paths(0).len(), DEPTH * FILES, "{}", run.stderr);
}

/// A block device over a file, while it lives.
struct Loop(String);

impl Loop {
    fn new(file: &Path) -> Result<Self, String> {
        let mut command = Command::new("losetup");
        command.args(["--find", "--show"]).arg(file);
        let output = command.output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match output.status.success() {
            true => Ok(Self(text(&output.stdout))),
            false => Err(text(&output.stderr)),
        }
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let detached = Command::new("losetup").args(["--detach", &self.0]).status();
        assert!(detached.unwrap().success() || thread::panicking());
    }
}

#[test]
fn a_block_device_has_its_own_cache() {
    if !is_root() {
        return skip("root", "only root may make a block device");
    }
    let dir = disk();
    let path = dir.path().join("disk");
    let size = 32 * PAGE;
    write(&path, size);
    let device = match Loop::new(&path) {
        Ok(device) => device,
        Err(error) => return skip("loop", error),
    };
    // What a device has in memory goes when nobody has it open.
    let mut open = fs::File::open(&device.0).unwrap();
    io::copy(&mut open, &mut io::sink()).unwrap();
    let json = stat_json(device.0.as_ref());
    assert_eq!(
        (&json["files"][0]["size"], &json["files"][0]["resident"]),
        (&size.into(), &size.into())
    );
}

#[test]
fn links_are_followed_as_arguments_only() {
    let dir = disk();
    let root = dir.path();
    fs::create_dir(root.join("tree")).unwrap();
    write(root.join("tree/file"), 1);
    write(root.join("outside"), PAGE);
    symlink("../outside", root.join("tree/to-file")).unwrap();
    symlink("..", root.join("tree/to-parent")).unwrap();
    symlink(".", root.join("tree/to-itself")).unwrap();
    symlink("nowhere", root.join("tree/to-nothing")).unwrap();
    symlink("tree", root.join("link")).unwrap();

    let run = stat([root.join("tree")]);
    assert_eq!(run.table_paths(0), [root.join("tree/file").to_str().unwrap()]);
    assert_eq!(run.stderr, "");
    let run = stat([root.join("link")]);
    assert_eq!(run.table_paths(0), [root.join("link/file").to_str().unwrap()]);
    let json = stat_json(&root.join("tree/to-file"));
    assert_eq!(json["files"][0]["size"], PAGE);
    assert_eq!(stat([root.join("tree/to-nothing")]).code, Some(1));
}

#[test]
fn names_that_are_not_utf8_are_kept() {
    let dir = disk();
    let name = OsString::from_vec(b"a\xff\xc3b".to_vec());
    if let Err(error) = fs::write(dir.path().join(&name), "x") {
        return skip("byte-names", error);
    }
    write(dir.path().join("plain"), 1);
    let root = dir.path().to_str().unwrap();
    let json = stat_json(dir.path());
    assert_eq!(json_paths(&json), [format!("{root}/a\u{fffd}\u{fffd}b"), format!("{root}/plain")]);
    let hexadecimal = json["files"][0]["path_bytes"].as_str().unwrap();
    let bytes: Vec<u8> = (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(bytes, dir.path().join(&name).into_os_string().into_vec());
    assert!(json["files"][1].get("path_bytes").is_none());
    let run = stat([dir.path()]);
    assert_eq!(run.table_paths(0)[0], format!("{root}/a\\xff\\xc3b"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let dir = disk();
    let name = "evil\x1b[31m\nname\u{9b}";
    write(dir.path().join(name), 1);
    let root = dir.path().to_str().unwrap();
    let shown = format!(r"{root}/evil\u{{1b}}[31m\nname\u{{9b}}");
    assert_eq!(stat([dir.path()]).table_paths(0), [&shown]);
    assert_eq!(json_paths(&stat_json(dir.path())), [format!("{root}/{name}")]);
    fs::remove_file(dir.path().join(name)).unwrap();
    let run = stat([dir.path().join(name)]);
    assert_eq!(run.stderr, format!("mman: {shown}: No such file or directory (ENOENT)\n"));
}

#[test]
fn who_may_not_open_a_file_is_told_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let stranger = Stranger::new();
    let [tree, secret, open] = ["tree", "tree/secret", "tree/open"].map(|name| stranger.path(name));
    fs::create_dir(&tree).unwrap();
    fs::create_dir(stranger.path("tree/closed")).unwrap();
    for path in [&secret, &open] {
        write(path, PAGE);
    }
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&tree, 0o755);
    mode(&stranger.path("tree/closed"), 0);
    mode(&secret, 0);
    // What anybody may write, anybody may know.
    mode(&open, 0o666);
    let run = stranger.stat([&tree]);
    mode(&stranger.path("tree/closed"), 0o700);
    assert_eq!(run.table_paths(1), [open.to_str().unwrap()]);
    let refused =
        |name| format!("mman: {}: Permission denied (EACCES)\n", stranger.path(name).display());
    assert_eq!(run.stderr, refused("tree/closed") + &refused("tree/secret"));
    assert!(run.stdout.lines().nth(1).unwrap().contains("100.0%"), "{}", run.stdout);
}

#[test]
fn what_the_kernel_does_not_tell_is_unknown() {
    let stranger = Stranger::new();
    let path = stranger.foreign();
    let run = stranger.stat([OsStr::new("--json"), path.as_ref()]);
    if run.code == Some(0) {
        return skip("secrecy", "this kernel tells everybody what is in memory");
    }
    let json = run.json(3);
    let file = &json["files"][0];
    assert_eq!(file["size"], fs::metadata(&path).unwrap().len());
    for key in ["resident", "dirty", "writeback", "evicted", "recently_evicted"] {
        assert!(file[key].is_null() && json["total"][key].is_null(), "{json}");
    }
    assert_eq!((&json["total"]["files"], &json["total"]["unknown"]), (&1.into(), &1.into()));
    let (message, advice) = run.stderr.trim_end().split_once('\n').unwrap();
    assert!(message.starts_with(&format!("mman: {}: page_cache: ", path.display())), "{message}");
    assert!(message.contains("EPERM") && advice.contains("root"), "{}", run.stderr);

    let run = stranger.stat([&path]);
    assert_eq!(run.table_paths(3), [path.to_str().unwrap()]);
    let row: Vec<_> = run.stdout.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[2..], ["-", "-", path.to_str().unwrap()]);
    assert!(run.stdout.contains("total of 1 file, 1 unknown"), "{}", run.stdout);

    // A path that failed weighs more.
    assert_eq!(stranger.stat([&path, Path::new("/nowhere")]).code, Some(1));
}

#[test]
fn unknown_files_count_with_their_size_only() {
    let stranger = Stranger::new();
    let foreign = stranger.foreign();
    let own = stranger.path("own");
    write(&own, PAGE);
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o666)).unwrap();
    let run = stranger.stat([OsStr::new("--json"), foreign.as_ref(), own.as_ref()]);
    if run.code == Some(0) {
        return skip("secrecy", "this kernel tells everybody what is in memory");
    }
    let json = run.json(3);
    assert_eq!(json["total"]["unknown"], 1);
    assert_eq!(json["total"]["resident"], PAGE);
    assert_eq!(json["total"]["size"], fs::metadata(&foreign).unwrap().len() + PAGE as u64);
    let run = stranger.stat([&foreign, &own]);
    // The percentage is of what is known.
    assert!(run.stdout.lines().last().unwrap().contains("  100.0%  "), "{}", run.stdout);
}

#[test]
fn other_file_systems_are_descended_unless_told_not_to() {
    if !is_root() {
        return skip("root", "only root may mount");
    }
    let dir = disk();
    fs::create_dir(dir.path().join("mounted")).unwrap();
    write(dir.path().join("file"), 1);
    let script = r#"mount -t tmpfs tmpfs "$2/mounted" || exit 99
        echo x > "$2/mounted/inner" && "$1" stat "$2" && "$1" stat -x "$2""#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_mman")]);
    let run: Run = match command.arg(dir.path()).output() {
        Ok(output) if output.status.success() => output.into(),
        Ok(output) => return skip("mount", String::from_utf8_lossy(&output.stderr)),
        Err(error) => return skip("mount", error),
    };
    let totals: Vec<_> =
        run.stdout.lines().filter_map(|line| line.split_once("  total of ")).collect();
    assert_eq!(totals.iter().map(|total| total.1).collect::<Vec<_>>(), ["2 files", "1 file"]);
    assert_eq!(run.stdout.matches("/mounted/inner\n").count(), 1, "{}", run.stdout);
}

#[test]
fn a_file_system_that_lists_no_types_is_walked() {
    if !is_root() {
        return skip("root", "only root may mount");
    }
    let dir = disk();
    fs::create_dir(dir.path().join("mounted")).unwrap();
    write(dir.path().join("image"), 0).set_len(4 << 20).unwrap();
    let script = r#"mkfs.ext4 -q -O ^filetype "$2/image" &&
        mount -t ext4 -o loop "$2/image" "$2/mounted" || exit 99
        mkdir "$2/mounted/inner" && echo x >"$2/mounted/inner/file" && cd "$2/mounted" &&
        ln -s inner link && ln -s inner/file link-to-file && mkfifo fifo && "$1" stat "$2/mounted""#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_mman")]);
    let run: Run = match command.arg(dir.path()).output() {
        Ok(output) if output.status.code() != Some(99) => output.into(),
        Ok(output) => return skip("mount", String::from_utf8_lossy(&output.stderr)),
        Err(error) => return skip("mount", error),
    };
    assert_eq!(run.table_paths(0), [dir.path().join("mounted/inner/file").to_str().unwrap()]);
    assert_eq!(run.stderr, "");
}
