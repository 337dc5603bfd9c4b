//! Hands bytes to another process that nobody can change any more.
//!
//! The parent makes them and starts this program again, with the descriptor as its input. The child
//! takes it only if the kernel says that it is sealed, and then reads a plain slice.

use std::{
    env,
    error::Error,
    io::{self, Write},
    os::fd::AsFd,
    process::{Command, Stdio},
};

use mman::{Sealed, SealedWriter};

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some("child") { child() } else { parent() }
}

fn parent() -> Result<(), Box<dyn Error>> {
    let mut writer = SealedWriter::new(c"table")?;
    for number in 0_u32..1000 {
        writer.write_all(&(number * number).to_ne_bytes())?;
    }
    let table = writer.seal().map_err(|(_, error)| error)?;
    let input = Stdio::from(table.as_fd().try_clone_to_owned()?);
    let status = Command::new(env::current_exe()?).arg("child").stdin(input).status()?;
    if status.success() { Ok(()) } else { Err("the child failed".into()) }
}

fn child() -> Result<(), Box<dyn Error>> {
    let received = io::stdin().as_fd().try_clone_to_owned()?;
    let table = Sealed::from_fd(received).map_err(|(_, error)| error)?;
    let squares = table.chunks_exact(4).map(|bytes| match bytes.try_into() {
        Ok(bytes) => u64::from(u32::from_ne_bytes(bytes)),
        Err(_) => 0,
    });
    println!("{} bytes, the sum of the squares is {}", table.len(), squares.sum::<u64>());
    Ok(())
}
