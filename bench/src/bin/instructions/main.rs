//! Makes one call many times, for `cargo xtask instructions`, which counts what it costs.
//!
//! `instructions` names every call and library, with the number of instructions that a call through
//! `mman` may take where that is not told by libc's; `instructions CALL LIBRARY COUNT` makes calls,
//! and says how they ended.
//! Each pair is a function of its own that is not inlined, so that the count holds the whole of
//! one call as a program would make it: its arguments, the library, and its result, which
//! `black_box` takes as the library has it.

mod calls;
mod more;
mod neighbours;
mod owned;

use std::{env, hint::black_box, process::ExitCode};

use mman::Error;

/// The calls of which each ends as libc's does, and the most that one may take; 0 where libc's tells
/// that.
fn bare() -> impl Iterator<Item = &'static (&'static str, &'static str, u32, more::Call)> {
    more::CALLS.iter().chain(neighbours::CALLS)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [call, library, count] = arguments.as_slice() else {
        list();
        return ExitCode::SUCCESS;
    };
    let Ok(count) = count.parse::<u32>() else { return ExitCode::from(2) };
    let is = |name: &str, of: &str| name == call && of == library;
    let done = if let Some((.., call)) = calls::CALLS.iter().find(|call| is(call.0, call.1)) {
        let (call, page) = (black_box(call), calls::page());
        (0..count).all(|_| call(page))
    } else if let Some((.., call)) = bare().find(|call| is(call.0, call.1)) {
        let (call, things) = (black_box(*call), more::Things::new());
        let first = call(&things);
        match first {
            0 => println!("ok"),
            error => println!("{:?}", Error::from_i32(error)),
        }
        (1..count).all(|_| call(&things) == first)
    } else if let Some((.., call)) = owned::CALLS.iter().find(|call| is(call.0, call.1)) {
        let (call, things) = (black_box(*call), owned::Things::new());
        (0..count).all(|_| call(&things))
    } else {
        return ExitCode::from(2);
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn list() {
    for (call, library, _) in calls::CALLS {
        println!("{call} {library}");
    }
    let bare = bare().map(|(call, library, most, _)| (call, library, most));
    let owned = owned::CALLS.iter().map(|(call, library, most, _)| (call, library, most));
    for (call, library, most) in bare.chain(owned) {
        match most {
            0 => println!("{call} {library}"),
            most => println!("{call} {library} {most}"),
        }
    }
}
