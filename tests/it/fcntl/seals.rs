//! Seals: each one against each way to change a file.

use std::{fs::File, io::Write as _, os::fd::AsRawFd as _, ptr};

use mman::{
    Result,
    errno::Errno,
    fcntl::{FallocateFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals},
    sys::mman::{MapFlags, MemFdFlags, ProtFlags, memfd_create, mmap, mprotect, munmap},
};

use crate::util::{map::Area, page, seccomp::passes_on, temp};

const R: ProtFlags = ProtFlags::PROT_READ;
const RW: ProtFlags = R.union(ProtFlags::PROT_WRITE);
const SHARED: MapFlags = MapFlags::MAP_SHARED;
const PRIVATE: MapFlags = MapFlags::MAP_PRIVATE;

/// A file of a page that can be sealed and cannot be executed.
fn file() -> File {
    let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
    let mut file = File::from(memfd_create("seals", flags).unwrap());
    file.write_all(&vec![7; page()]).unwrap();
    assert_eq!(0, unsafe { libc::fchmod(file.as_raw_fd(), 0o600) });
    file
}

fn sealed(seals: SealFlags) -> File {
    let file = file();
    fcntl_add_seals(&file, seals).unwrap();
    assert_eq!(Ok(seals), fcntl_get_seals(&file));
    file
}

/// Maps the file's page and unmaps it again.
fn map(file: &File, prot: ProtFlags, flags: MapFlags) -> Result<()> {
    let fd = file.as_raw_fd();
    let map = unsafe { mmap(ptr::null_mut(), page(), prot, flags, fd, 0) }?;
    unsafe { munmap(map, page()) }
}

fn resize(file: &File, len: usize) -> Result<()> {
    file.set_len(len as u64).map_err(|error| error.try_into().unwrap())
}

fn overwrite(file: &File) -> Result<()> {
    use std::os::unix::fs::FileExt as _;
    file.write_all_at(&[8], 0).map_err(|error| error.try_into().unwrap())
}

fn punch(file: &File) -> Result<()> {
    let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
    fallocate(file, hole, 0, page() as u64)
}

/// What can still be done, in this order: shrink, grow, write, punch a hole, map shared and
/// writable, add a seal.
fn abilities(seals: SealFlags) -> [Result<()>; 6] {
    // Each on a file of its own: what one does must not hide another.
    let on_a_new_one = |f: &dyn Fn(&File) -> Result<()>| f(&sealed(seals));
    [
        on_a_new_one(&|file| resize(file, 1)),
        on_a_new_one(&|file| resize(file, 2 * page())),
        on_a_new_one(&overwrite),
        on_a_new_one(&punch),
        on_a_new_one(&|file| map(file, RW, SHARED)),
        on_a_new_one(&|file| fcntl_add_seals(file, SealFlags::F_SEAL_SHRINK)),
    ]
}

#[test]
fn each_seal_takes_what_it_says_and_no_more() {
    const YES: Result<()> = Ok(());
    const NO: Result<()> = Err(Errno::EPERM);
    assert_eq!([YES, YES, YES, YES, YES, YES], abilities(SealFlags::empty()));
    assert_eq!([NO, YES, YES, YES, YES, YES], abilities(SealFlags::F_SEAL_SHRINK));
    assert_eq!([YES, NO, YES, YES, YES, YES], abilities(SealFlags::F_SEAL_GROW));
    assert_eq!([YES, YES, NO, NO, NO, YES], abilities(SealFlags::F_SEAL_WRITE));
    assert_eq!([YES, YES, YES, YES, YES, NO], abilities(SealFlags::F_SEAL_SEAL));
    if have!("linux-5.1") {
        assert_eq!([YES, YES, NO, NO, NO, YES], abilities(SealFlags::F_SEAL_FUTURE_WRITE));
    }
    if have!("linux-6.3") {
        assert_eq!([YES, YES, YES, YES, YES, YES], abilities(SealFlags::F_SEAL_EXEC));
    }
}

#[test]
fn seals_add_up_and_are_everyone_s() {
    let file = sealed(SealFlags::F_SEAL_SHRINK);
    let other = file.try_clone().unwrap();
    fcntl_add_seals(&other, SealFlags::F_SEAL_GROW).unwrap();
    let both = SealFlags::F_SEAL_SHRINK | SealFlags::F_SEAL_GROW;
    assert_eq!(Ok(both), fcntl_get_seals(&file));
    assert_eq!(Ok(()), fcntl_add_seals(&file, SealFlags::empty()));
    assert_eq!(Ok(both), fcntl_get_seals(&file));
}

#[test]
fn grow_forbids_a_write_beyond_the_end() {
    use std::os::unix::fs::FileExt as _;
    let file = sealed(SealFlags::F_SEAL_GROW);
    file.write_all_at(&[8], page() as u64 - 1).unwrap();
    let error = file.write_at(&[8], page() as u64).unwrap_err();
    assert_eq!(Some(libc::EPERM), error.raw_os_error());
    let more = fallocate(&file, FallocateFlags::empty(), 0, 2 * page() as u64);
    assert_eq!(Err(Errno::EPERM), more);
}

#[test]
fn write_waits_for_the_last_shared_writable_mapping() {
    let file = file();
    let area = Area::file(1, libc::MAP_SHARED, file.as_raw_fd());
    let write = SealFlags::F_SEAL_WRITE;
    assert_eq!(Err(Errno::EBUSY), fcntl_add_seals(&file, write));
    assert_eq!(Ok(SealFlags::empty()), fcntl_get_seals(&file));
    drop(area);
    assert_eq!(Ok(()), fcntl_add_seals(&file, write));
}

#[test]
fn a_write_sealed_file_is_mapped_for_reading_and_stays_so() {
    let file = sealed(SealFlags::F_SEAL_WRITE);
    assert_eq!(Ok(()), map(&file, RW, PRIVATE));
    if !have!("linux-6.7") {
        return;
    }
    let fd = file.as_raw_fd();
    let shared = unsafe { mmap(ptr::null_mut(), page(), R, SHARED, fd, 0) }.unwrap();
    assert_eq!(7, unsafe { shared.cast::<u8>().read() });
    assert_eq!(Err(Errno::EACCES), unsafe { mprotect(shared, page(), RW) });
    unsafe { munmap(shared, page()) }.unwrap();
}

#[test]
fn future_write_leaves_the_mappings_that_exist() {
    if !have!("linux-5.1") {
        return;
    }
    let file = file();
    let before = Area::file(1, libc::MAP_SHARED, file.as_raw_fd());
    fcntl_add_seals(&file, SealFlags::F_SEAL_FUTURE_WRITE).unwrap();
    before.set(0, 9);
    assert_eq!(Err(Errno::EPERM), map(&file, RW, SHARED));
    assert_eq!(Ok(()), map(&file, RW, PRIVATE));
    let fd = file.as_raw_fd();
    let after = unsafe { mmap(ptr::null_mut(), page(), R, SHARED, fd, 0) }.unwrap();
    assert_eq!(9, unsafe { after.cast::<u8>().read_volatile() });
    before.set(0, 10);
    assert_eq!(10, unsafe { after.cast::<u8>().read_volatile() });
    assert_eq!(Err(Errno::EACCES), unsafe { mprotect(after, page(), RW) });
    unsafe { munmap(after, page()) }.unwrap();
}

#[test]
fn exec_on_an_executable_file_adds_others() {
    if !have!("linux-6.3") {
        return;
    }
    let file = file();
    assert_eq!(0, unsafe { libc::fchmod(file.as_raw_fd(), 0o700) });
    fcntl_add_seals(&file, SealFlags::F_SEAL_EXEC).unwrap();
    let expected = SealFlags::F_SEAL_EXEC
        | SealFlags::F_SEAL_SHRINK
        | SealFlags::F_SEAL_GROW
        | SealFlags::F_SEAL_WRITE
        | SealFlags::F_SEAL_FUTURE_WRITE;
    assert_eq!(Ok(expected), fcntl_get_seals(&file));
    assert_eq!(-1, unsafe { libc::fchmod(file.as_raw_fd(), 0o600) });
    assert_eq!(Errno::EPERM, Errno::last());
}

#[test]
fn files_that_cannot_be_sealed() {
    let shrink = SealFlags::F_SEAL_SHRINK;
    if have!("disk") {
        let disk = temp::on_disk();
        assert_eq!(Err(Errno::EINVAL), fcntl_get_seals(&disk));
        assert_eq!(Err(Errno::EINVAL), fcntl_add_seals(&disk, shrink));
    }
    let (pipe, end) = temp::pipe();
    assert_eq!(Err(Errno::EINVAL), fcntl_get_seals(&pipe));
    assert_eq!(Err(Errno::EINVAL), fcntl_add_seals(&end, shrink));
    // A file of tmpfs is sealed against seals, as a memfd made without MFD_ALLOW_SEALING.
    let tmpfs = temp::in_memory();
    assert_eq!(Ok(SealFlags::F_SEAL_SEAL), fcntl_get_seals(&tmpfs));
    assert_eq!(Err(Errno::EPERM), fcntl_add_seals(&tmpfs, shrink));
}

#[test]
fn who_may_not_write_may_not_seal() {
    let file = file();
    let reader = File::open(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
    assert_eq!(Err(Errno::EPERM), fcntl_add_seals(&reader, SealFlags::F_SEAL_SHRINK));
    assert_eq!(Ok(SealFlags::empty()), fcntl_get_seals(&reader));
}

#[test]
fn an_unknown_seal_is_an_error() {
    let unknown = SealFlags::from_bits_retain(1 << 20);
    assert_eq!(Err(Errno::EINVAL), fcntl_add_seals(file(), unknown));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    #[cfg(target_pointer_width = "64")]
    use libc::SYS_fcntl;
    #[cfg(target_pointer_width = "32")]
    use libc::SYS_fcntl64 as SYS_fcntl;
    let file = file();
    passes_on(SYS_fcntl, || fcntl_get_seals(&file));
    passes_on(SYS_fcntl, || fcntl_add_seals(&file, SealFlags::F_SEAL_SHRINK));
}
