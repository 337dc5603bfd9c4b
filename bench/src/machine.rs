//! What was measured, where and when.

use std::{env, fs, path::Path, process::Command};

/// Date, machine and command.
pub(crate) fn line() -> String {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let words: Vec<String> = env::args().skip(1).map(|word| base(&word)).collect();
    format!(
        "{}, {} ({cpus} processors), {}, transparent huge pages `{}`: \
         `cargo run --release -p mman-bench -- {}`.",
        said("date", &["--iso-8601"]),
        processor(),
        said("uname", &["-sr"]),
        transparent(),
        words.join(" "),
    )
}

/// A path of this repository, wherever that lies.
fn base(word: &str) -> String {
    let here = env::current_dir().unwrap_or_default();
    let inside = Path::new(word).strip_prefix(here).ok().and_then(Path::to_str);
    inside.unwrap_or(word).to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    model.map_or("an unknown processor", |(_, model)| model).to_owned()
}

/// The word in brackets.
fn transparent() -> String {
    let text = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    let text = text.unwrap_or_default();
    let word = text.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    word.map_or("never", |(word, _)| word).to_owned()
}
