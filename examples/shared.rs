//! Sends messages to another process through memory that both have.
//!
//! The parent makes the memory and starts this program again, with the descriptor as its input. A
//! message is written by a copy, and then told by an atomic; an answer comes the same way.

use std::{
    env,
    error::Error,
    io,
    os::fd::AsFd,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use mman::Shared;

/// Whose turn it is: the parent's when it is even.
const TURN: usize = 0;
/// How long the message is.
const LEN: usize = 4;
/// The message.
const MESSAGE: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some("child") { child() } else { parent() }
}

fn parent() -> Result<(), Box<dyn Error>> {
    let shared = Shared::memfd(c"messages", 1 << 16)?;
    let Some(fd) = shared.fd() else { return Err("a memfd has a descriptor".into()) };
    let input = Stdio::from(fd.try_clone_to_owned()?);
    let mut child = Command::new(env::current_exe()?).arg("child").stdin(input).spawn()?;
    for (round, word) in (0..).step_by(2).zip(["one", "two", "three"]) {
        wait_for(&shared, round)?;
        say(&shared, word, round + 1)?;
        wait_for(&shared, round + 2)?;
        println!("{word} is {}", heard(&shared)?);
    }
    say(&shared, "", 7)?;
    if child.wait()?.success() { Ok(()) } else { Err("the child failed".into()) }
}

fn child() -> Result<(), Box<dyn Error>> {
    let received = io::stdin().as_fd().try_clone_to_owned()?;
    let shared = Shared::from_fd(received).map_err(|(_, error)| error)?;
    for round in (1..).step_by(2) {
        wait_for(&shared, round)?;
        let word = heard(&shared)?;
        if word.is_empty() {
            break;
        }
        say(&shared, &word.chars().rev().collect::<String>(), round + 1)?;
    }
    Ok(())
}

/// Waits until it is this turn.
fn wait_for(shared: &Shared, turn: u32) -> Result<(), mman::MapError> {
    let now = shared.atomic::<AtomicU32>(TURN)?;
    // What was written before the other told of it is seen from here on.
    while now.load(Ordering::Acquire) != turn {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn say(shared: &Shared, word: &str, turn: u32) -> Result<(), mman::MapError> {
    shared.write_at(MESSAGE, word.as_bytes())?;
    shared.write_at(LEN, &(word.len() as u32).to_ne_bytes())?;
    shared.atomic::<AtomicU32>(TURN)?.store(turn, Ordering::Release);
    Ok(())
}

fn heard(shared: &Shared) -> Result<String, mman::MapError> {
    let mut len = [0; 4];
    shared.read_at(LEN, &mut len)?;
    // Whatever it says, a copy beyond the end is an error.
    let mut word = vec![0; (u32::from_ne_bytes(len) as usize).min(shared.len())];
    shared.read_at(MESSAGE, &mut word)?;
    Ok(String::from_utf8_lossy(&word).into_owned())
}
