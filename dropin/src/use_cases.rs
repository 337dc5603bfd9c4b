//! What programs do with these calls; each panics if an effect is not as it should be.

use nix::Result;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
use nix::sys::mman::{MRemapFlags, mremap};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mprotect, munmap};
use std::ptr;

const SIZE: usize = 64 << 10;

fn anonymous(size: usize, prot: ProtFlags) -> Result<*mut u8> {
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS;
    // SAFETY: new anonymous memory, at an address that the system picks.
    unsafe { mmap(ptr::null_mut(), size, prot, flags, -1, 0) }.map(|address| address as *mut u8)
}

/// Anonymous memory is zero, and keeps what is written.
///
/// # Errors
///
/// That of the call that failed.
pub fn read_and_write() -> Result<()> {
    let start = anonymous(SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
    // SAFETY: the memory was just mapped, for reading and writing, and nobody else has it.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, SIZE) };
    assert!(bytes.iter().all(|byte| *byte == 0));
    bytes.fill(7);
    assert!(bytes.iter().all(|byte| *byte == 7));
    // SAFETY: `bytes` is not used any more.
    unsafe { munmap(start.cast(), SIZE) }
}

/// Memory without access becomes accessible.
///
/// # Errors
///
/// That of the call that failed.
pub fn protect() -> Result<()> {
    let start = anonymous(SIZE, ProtFlags::PROT_NONE)?;
    // SAFETY: the memory was just mapped, and has no references.
    unsafe { mprotect(start.cast(), SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE) }?;
    // SAFETY: it can be written now.
    unsafe { start.write(7) };
    // SAFETY: the memory was just mapped, and has no references.
    unsafe { mprotect(start.cast(), SIZE, ProtFlags::PROT_READ) }?;
    // SAFETY: it can still be read.
    assert_eq!(unsafe { start.read() }, 7);
    // SAFETY: the memory is not used any more.
    unsafe { munmap(start.cast(), SIZE) }
}

/// Memory that grows keeps its contents, and what is new is zero.
///
/// # Errors
///
/// That of the call that failed.
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
pub fn grow() -> Result<()> {
    #[cfg(target_os = "linux")]
    let flags = MRemapFlags::MREMAP_MAYMOVE;
    #[cfg(target_os = "netbsd")]
    let flags = MRemapFlags::empty();
    let start = anonymous(SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
    // SAFETY: inside the memory just mapped.
    unsafe { start.wrapping_add(SIZE - 1).write(7) };
    // SAFETY: the memory was just mapped, and has no references.
    let start = unsafe { mremap(start.cast(), SIZE, 10 * SIZE, flags, None) }?.cast::<u8>();
    // SAFETY: it has 10 × SIZE bytes now, which nobody else has.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, 10 * SIZE) };
    assert_eq!(bytes.get(SIZE - 1..SIZE + 1), Some(&[7, 0][..]));
    assert_eq!(bytes.last(), Some(&0));
    bytes.fill(8);
    // SAFETY: `bytes` is not used any more.
    unsafe { munmap(start.cast(), 10 * SIZE) }
}

/// Memory that shrinks stays in place, keeps its contents, and the rest is gone.
///
/// # Errors
///
/// That of the call that failed.
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
pub fn shrink() -> Result<()> {
    #[cfg(target_os = "linux")]
    let flags = MRemapFlags::empty();
    #[cfg(target_os = "netbsd")]
    let flags = MRemapFlags::MAP_FIXED;
    let old = anonymous(2 * SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
    // SAFETY: inside the memory just mapped.
    unsafe { old.wrapping_add(SIZE - 1).write(7) };
    // SAFETY: the memory was just mapped, and has no references.
    let start = unsafe { mremap(old.cast(), 2 * SIZE, SIZE, flags, None) }?.cast::<u8>();
    assert_eq!(start, old);
    // SAFETY: inside what is left.
    assert_eq!(unsafe { start.wrapping_add(SIZE - 1).read() }, 7);
    // SAFETY: a range of which nobody uses anything; that it is not mapped is an error.
    let gone = unsafe { mprotect(old.wrapping_add(SIZE).cast(), SIZE, ProtFlags::PROT_READ) };
    assert_eq!(gone, Err(nix::Error::ENOMEM));
    // SAFETY: the memory is not used any more.
    unsafe { munmap(start.cast(), SIZE) }
}

/// A mapping moves to a place that was reserved for it.
///
/// # Errors
///
/// That of the call that failed.
#[cfg(target_os = "linux")]
pub fn move_to() -> Result<()> {
    let place = anonymous(SIZE, ProtFlags::PROT_NONE)?;
    let old = anonymous(SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
    // SAFETY: inside the memory just mapped.
    unsafe { old.write(7) };
    // SAFETY: both were just mapped, and have no references. `all` is what nix has: both flags.
    let moved = unsafe { mremap(old.cast(), SIZE, SIZE, MRemapFlags::all(), Some(place.cast())) }?;
    assert_eq!(moved, place.cast());
    // SAFETY: inside what was moved.
    assert_eq!(unsafe { place.read() }, 7);
    // SAFETY: a range of which nobody uses anything; that it is not mapped is an error.
    let gone = unsafe { mprotect(old.cast(), SIZE, ProtFlags::PROT_READ) };
    assert_eq!(gone, Err(nix::Error::ENOMEM), "the old place is no mapping any more");
    // SAFETY: the memory is not used any more.
    unsafe { munmap(moved, SIZE) }
}

/// Memory that is not needed reads as zero on Linux.
///
/// # Errors
///
/// That of the call that failed.
#[cfg(any(target_os = "android", target_os = "linux"))]
pub fn give_back() -> Result<()> {
    use nix::sys::mman::{MmapAdvise, madvise};

    let start = anonymous(SIZE, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
    // SAFETY: inside the memory just mapped.
    unsafe { start.write(7) };
    // SAFETY: the memory was just mapped, has no references, and nobody counts on its contents.
    unsafe { madvise(start.cast(), SIZE, MmapAdvise::MADV_DONTNEED) }?;
    // SAFETY: inside the memory just mapped.
    assert_eq!(unsafe { start.read() }, 0);
    // SAFETY: the memory is not used any more.
    unsafe { munmap(start.cast(), SIZE) }
}

/// Two maps of a shared memory object show the same bytes.
///
/// # Errors
///
/// That of the call that failed.
#[cfg(not(target_os = "android"))]
pub fn share(name: &str) -> Result<()> {
    use std::os::unix::io::{AsRawFd, FromRawFd};

    use nix::fcntl::OFlag;
    use nix::sys::mman::{MsFlags, msync, shm_open, shm_unlink};
    use nix::sys::stat::Mode;

    let new = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
    let fd = shm_open(name, new, Mode::S_IRUSR | Mode::S_IWUSR)?;
    assert_eq!(shm_open(name, new, Mode::S_IRUSR), Err(nix::Error::EEXIST));
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    let object = unsafe { std::fs::File::from_raw_fd(fd) };
    object.set_len(SIZE as u64).map_err(|_| nix::errno::Errno::last())?;
    let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let fd = object.as_raw_fd();
    let map = || {
        // SAFETY: at an address that the system picks; the object is this function's own.
        unsafe { mmap(ptr::null_mut(), SIZE, prot, MapFlags::MAP_SHARED, fd, 0) }
    };
    let (one, two) = (map()?, map()?);
    // SAFETY: inside the mapping, which has no references.
    unsafe { one.cast::<u8>().write(7) };
    // SAFETY: inside the mapping, which has no references.
    assert_eq!(unsafe { two.cast::<u8>().read() }, 7);
    // SAFETY: nothing to hold to.
    unsafe { msync(one, SIZE, MsFlags::MS_SYNC) }?;
    // SAFETY: the memory is not used any more.
    unsafe { munmap(one, SIZE) }?;
    // SAFETY: the memory is not used any more.
    unsafe { munmap(two, SIZE) }?;
    shm_unlink(name)?;
    assert_eq!(shm_unlink(name), Err(nix::Error::ENOENT));
    Ok(())
}
