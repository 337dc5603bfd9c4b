//! Files in memory: a table of counters that is kept in a file, and grows.
//!
//! ```console
//! cargo run --example file_map
//! ```

use std::{env, fs, io};

use mman::{Advice, FileMap, FileMapCow, FileMapMut};

const SIZE: usize = size_of::<u64>();

fn main() -> io::Result<()> {
    let path = env::temp_dir().join(format!("mman-counters-{}", std::process::id()));
    let outcome = count(&path);
    fs::remove_file(&path)?;
    outcome
}

fn count(path: &std::path::Path) -> io::Result<()> {
    // The blocks are allocated here, so no store meets a full disk later.
    let mut counters = FileMapMut::create_new(path, 1000 * SIZE)?;
    add(&mut counters, 7, 3);
    println!("{counters:?}");

    // More of them. The file grows with the map; what is there stays.
    let file = fs::OpenOptions::new().read(true).write(true).open(path)?;
    counters.resize(&file, 100_000 * SIZE)?;
    add(&mut counters, 99_999, 4);
    counters.flush_durable(&file, ..)?;

    // Somebody else reads them, all of them once.
    let reader = FileMap::open(path)?;
    reader.advise(.., Advice::Sequential)?;
    reader.prefault(..)?;
    println!("the sum is {}", sum(&reader));

    // A copy to try something with, of which the file never hears.
    let mut trial = FileMapCow::open(path)?;
    // SAFETY: this program is alone with its file, and changes it nowhere while the slice is used.
    unsafe { trial.as_mut_slice() }.fill(0xff);
    trial.discard(..).or_else(|error| if error.is_unsupported() { Ok(()) } else { Err(error) })?;
    println!("the sum is still {}", sum(&reader));

    let residency = reader.residency(..)?;
    println!("{} of {} pages are in memory", residency.resident(), residency.pages());
    Ok(())
}

fn add(counters: &mut FileMapMut, number: usize, more: u64) {
    // SAFETY: this program is alone with its file, of which every block is there.
    let bytes = unsafe { counters.as_mut_slice() };
    if let Some(counter) = bytes.get_mut(number * SIZE..).and_then(<[u8]>::first_chunk_mut) {
        *counter = (u64::from_le_bytes(*counter) + more).to_le_bytes();
    }
}

fn sum(counters: &FileMap) -> u64 {
    // SAFETY: as above, and nobody adds meanwhile.
    let bytes = unsafe { counters.as_slice() };
    let numbers = bytes.chunks_exact(SIZE).filter_map(|bytes| bytes.try_into().ok());
    numbers.map(u64::from_le_bytes).sum()
}
