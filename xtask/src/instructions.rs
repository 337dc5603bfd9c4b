//! `cargo xtask instructions`: what calls cost, in instructions of user code.
//!
//! Valgrind counts them exactly, so the figures are the same on every run of the same binary. The
//! kernel's own work is not in them. Each call is made `FEW` and then `MANY` times, and the
//! difference is the calls alone, without the program's start. A system call is compared with
//! libc's, which has to end as it does; what does more than that, and what owned types do, with a
//! number that the program has.

use std::{collections::BTreeMap, env, path::PathBuf, process::Command};

const FEW: u64 = 200;
const MANY: u64 = 400;

/// How many instructions more than libc's a call may cost.
const ALLOWED: i64 = 8;

/// And how many more it may be where it ends with an error, of whose number an `Errno` is made.
const OF_ERROR: i64 = 16;

/// Builds the program, counts each of its calls, prints the table, and fails where a call through
/// `mman` costs more than is `allowed` above libc, or more than the program allows.
pub(crate) fn run() -> Result<(), String> {
    let program = build()?;
    let listed = output(Command::new(&program))?.0;
    let calls: Vec<_> = listed.lines().filter_map(parsed).collect();
    let (mut costs, mut ends) = (BTreeMap::new(), BTreeMap::new());
    for (call, library, _) in &calls {
        let calls = |count| collected(&program, call, library, count);
        let ((few, _), (many, end)) = (calls(FEW)?, calls(MANY)?);
        costs.insert((*call, *library), ((many - few) as f64 / (MANY - FEW) as f64).round() as i64);
        if let Some(other) = ends.insert(*call, end.clone()).filter(|other| *other != end) {
            return Err(format!("{call} ends with {end}, and with {other} by another library"));
        }
    }
    let empty = cost(&costs, "none", "none")?;
    println!("{:<26} {:<10} {:>12} {:>11}  end", "call", "library", "instructions", "above libc");
    let mut over = Vec::new();
    for (call, library, most) in calls.iter().filter(|(call, ..)| *call != "none") {
        let own = cost(&costs, call, library)?;
        let above = cost(&costs, call, "libc").map(|libc| own - libc).ok();
        let shown = above.map_or(String::new(), |above| format!("{above:+}"));
        let end = ends.get(call).map_or("", String::as_str);
        println!("{call:<26} {library:<10} {:>12} {shown:>11}  {end}", own - empty);
        let is_over = match most {
            None => above.is_none_or(|above| above > allowed(end)),
            Some(most) => own - empty > *most,
        };
        if *library == "mman" && is_over {
            over.push(*call);
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    Err(format!(
        "more than {ALLOWED} instructions above libc ({OF_ERROR} more with an error), or than is \
         allowed: {}",
        over.join(", ")
    ))
}

/// How much more than libc's a call may cost that ends so.
fn allowed(end: &str) -> i64 {
    if matches!(end, "" | "ok") { ALLOWED } else { ALLOWED + OF_ERROR }
}

/// A line of the program: call, library, and the most instructions where that is told.
fn parsed(line: &str) -> Option<(&str, &str, Option<i64>)> {
    let mut words = line.split(' ');
    let (call, library) = (words.next()?, words.next()?);
    Some((call, library, words.next().and_then(|most| most.parse().ok())))
}

fn cost(costs: &BTreeMap<(&str, &str), i64>, call: &str, library: &str) -> Result<i64, String> {
    let cost = costs.get(&(call, library)).copied();
    cost.ok_or_else(|| format!("the program has no call {call} {library}"))
}

/// Builds as a user would: the release profile, without options of the environment.
fn build() -> Result<PathBuf, String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(root).env_remove("RUSTFLAGS").args([
        "build",
        "--release",
        "--package=mman-bench",
        "--bin=instructions",
        "--message-format=json",
    ]);
    let messages = output(build)?.0;
    // The one executable of the build; a JSON string without an escape in it.
    let path = messages.split_once("\"executable\":\"").and_then(|(_, rest)| rest.split_once('"'));
    path.map(|(path, _)| PathBuf::from(path)).ok_or_else(|| String::from("cargo built no program"))
}

/// The instructions of the whole program that makes `count` calls, and how it says that they ended.
fn collected(
    program: &PathBuf,
    call: &str,
    library: &str,
    count: u64,
) -> Result<(i64, String), String> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args([
        call,
        library,
        &count.to_string(),
    ]);
    let (end, said) = output(valgrind)?;
    let number =
        said.split_once("Collected :").and_then(|(_, rest)| rest.split_whitespace().next());
    number
        .and_then(|number| Some((number.parse().ok()?, end.trim().to_owned())))
        .ok_or_else(|| format!("valgrind gave no count for {call} {library}:\n{said}"))
}

/// What a program writes to its output and to its errors; an error unless it succeeds.
fn output(mut command: Command) -> Result<(String, String), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{}: {error}", program))?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(format!("{}: {}\n{errors}", program, output.status));
    }
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), errors))
}
