//! The ioctl `PROCMAP_QUERY`.

use std::os::fd::AsFd;

use super::{ProcmapQuery, ProcmapQueryFlags};
use crate::{
    Result,
    sys::ioctl::{_IOWR, Request, ioctl},
};

/// What the kernel takes and fills in.
#[repr(C)]
#[derive(Default)]
struct RawQuery {
    size: u64,
    query_flags: u64,
    query_addr: u64,
    vma_start: u64,
    vma_end: u64,
    vma_flags: u64,
    vma_page_size: u64,
    vma_offset: u64,
    inode: u64,
    dev_major: u32,
    dev_minor: u32,
    vma_name_size: u32,
    build_id_size: u32,
    vma_name_addr: u64,
    build_id_addr: u64,
}

const PROCMAP_QUERY: Request<RawQuery> = _IOWR(b'f', 17);

// The number, which holds the size, is the same on all architectures.
const _: () = assert!(PROCMAP_QUERY.number() == 0xc068_6611);

#[doc = on!(linux, android)]
/// Finds the mapping of a process that covers an address, or the next one.
///
/// `fd` is an opened `/proc/PID/maps`. `vma_name` takes the name with its final zero, `PATH_MAX`
/// bytes are always enough; `build_id` takes the build-id, which has 20 bytes at most. An empty
/// slice asks for none, which is faster. If one does not fit, nothing at all is told.
///
/// The mapping of old system calls that the text of the file may list last, `[vsyscall]`, is not
/// found: it is the kernel's.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::procmap::{ProcmapQueryFlags, procmap_query}};
///
/// let maps = std::fs::File::open("/proc/self/maps")?;
/// let next = ProcmapQueryFlags::PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
/// let mut name = [0; 4096];
/// let mut addr = 0;
/// loop {
///     match procmap_query(&maps, next, addr, &mut name, &mut []) {
///         Ok(vma) => {
///             let name = String::from_utf8_lossy(vma.vma_name);
///             println!("{:x}-{:x} {name}", vma.vma_start, vma.vma_end);
///             addr = vma.vma_end;
///         }
///         Err(Error::ENOENT) => break,
///         Err(Error::ENOTTY) => {
///             println!("this kernel is older than Linux 6.11");
///             break;
///         }
///         Err(error) => return Err(error.into()),
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EINTR`: killed while waiting.
/// - `EINVAL`: the kernel does not know a flag.
/// - `ENAMETOOLONG`: the name does not fit into `vma_name`, or the build-id into `build_id`.
/// - `ENOENT`: there is no such mapping.
/// - `ENOTTY`: `fd` is no `maps` (`smaps` will not do), or the kernel is older than Linux 6.11.
/// - `ESRCH`: the process has ended.
///
/// `ENOSYS` and `EPERM` come from a filter of system calls.
///
/// # Platforms
///
/// Linux 6.11, Android.
///
#[doc = man!(proc_pid_maps(5) on linux)]
#[doc(alias = "PROCMAP_QUERY")]
#[inline]
pub fn procmap_query<'a>(
    fd: impl AsFd,
    query_flags: ProcmapQueryFlags,
    query_addr: u64,
    vma_name: &'a mut [u8],
    build_id: &'a mut [u8],
) -> Result<ProcmapQuery<'a>> {
    let mut raw = RawQuery {
        size: size_of::<RawQuery>() as u64,
        query_flags: query_flags.bits(),
        query_addr,
        ..RawQuery::default()
    };
    (raw.vma_name_addr, raw.vma_name_size) = buffer(vma_name);
    (raw.build_id_addr, raw.build_id_size) = buffer(build_id);
    // SAFETY: no file but `maps` takes this number. The kernel writes `raw`, and into the two
    // buffers no more than the sizes in it; all three are alive and borrowed for the call.
    unsafe { ioctl(fd.as_fd(), &PROCMAP_QUERY, &mut raw) }?;
    // The size of a name counts its final zero.
    let name_len = (raw.vma_name_size as usize).saturating_sub(1);
    Ok(ProcmapQuery {
        vma_start: raw.vma_start,
        vma_end: raw.vma_end,
        vma_flags: ProcmapQueryFlags::from_bits_retain(raw.vma_flags),
        vma_page_size: raw.vma_page_size,
        vma_offset: raw.vma_offset,
        inode: raw.inode,
        dev_major: raw.dev_major,
        dev_minor: raw.dev_minor,
        vma_name: vma_name.get(..name_len).unwrap_or_default(),
        build_id: build_id.get(..raw.build_id_size as usize).unwrap_or_default(),
    })
}

/// The address and the size that the kernel takes for a buffer: both 0 for none.
fn buffer(bytes: &mut [u8]) -> (u64, u32) {
    match u32::try_from(bytes.len()).unwrap_or(u32::MAX) {
        0 => (0, 0),
        size => (bytes.as_mut_ptr().expose_provenance() as u64, size),
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::sys::uapi::{assert_all, layout};

    #[test]
    fn figures_are_those_of_the_header() {
        let mut ours = Vec::from([("PROCMAP_QUERY", u64::from(PROCMAP_QUERY.number()))]);
        ours.extend(ProcmapQueryFlags::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        ours.extend(layout!(RawQuery as "procmap_query":
            size query_flags query_addr vma_start vma_end vma_flags vma_page_size vma_offset
            inode dev_major dev_minor vma_name_size build_id_size vma_name_addr build_id_addr
        ));
        assert_all("linux/fs.h", &["PROCMAP_QUERY", "procmap_query"], &ours);
    }
}
