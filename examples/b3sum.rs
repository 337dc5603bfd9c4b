//! Prints the BLAKE3 hash of each file named, as `b3sum` does.
//!
//! What is gone of a file while it is read is an error that is told, and the next file is looked at.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use mman::{Contents, MapError};

fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for path in env::args_os().skip(1).map(PathBuf::from) {
        match hash(&path) {
            Ok(hash) => println!("{hash}  {}", path.display()),
            Err(error) => {
                eprintln!("b3sum: {}: {error}", path.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn hash(path: &Path) -> Result<blake3::Hash, MapError> {
    let contents = Contents::open(path)?;
    let mut hasher = blake3::Hasher::new();
    match (contents.as_bytes(), contents.as_map()) {
        (Some(bytes), _) => {
            hasher.update(bytes);
        }
        (None, Some(map)) => {
            let mut chunks = map.chunks(.., 256 << 10)?;
            while let Some(chunk) = chunks.next_chunk() {
                hasher.update(chunk?);
            }
        }
        (None, None) => {}
    }
    Ok(hasher.finalize())
}
