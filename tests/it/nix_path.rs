//! `mman::NixPath`.

use std::{
    ffi::{CStr, CString, OsStr},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use mman::{NixPath, Result, errno::Errno};

use crate::util::alloc::allocations;

/// What the system gets to see.
fn seen<P: ?Sized + NixPath>(name: &P) -> Result<Vec<u8>> {
    name.with_nix_path(|name| name.to_bytes_with_nul().to_vec())
}

/// Every implementation but that for `CStr`, which cannot hold a NUL.
fn by_each(name: &[u8]) -> Vec<Result<Vec<u8>>> {
    let os = OsStr::from_bytes(name);
    let mut all = vec![
        seen(name),
        seen(os),
        seen(Path::new(os)),
        seen(&PathBuf::from(os)),
        seen(&Some(name)),
        seen(&Some(Path::new(os))),
    ];
    all.extend(std::str::from_utf8(name).map(seen));
    all
}

const LENGTHS: [usize; 12] = [0, 1, 2, 254, 255, 256, 257, 1000, 4093, 4094, 4095, 4096];

#[test]
fn a_name_arrives_whole_or_is_too_long() {
    for len in LENGTHS.into_iter().chain([5000, 1 << 20]) {
        let name: Vec<u8> = (0..len).map(|at| b'a' + (at % 26) as u8).collect();
        let expected =
            if len < 4096 { Ok([&name[..], b"\0"].concat()) } else { Err(Errno::ENAMETOOLONG) };
        let all = by_each(&name);
        assert_eq!(7, all.len());
        for got in all.into_iter().chain([seen(&*CString::new(&*name).unwrap())]) {
            assert_eq!(expected, got, "{len}");
        }
    }
}

#[test]
fn a_nul_inside_is_refused_wherever_it_is() {
    for len in LENGTHS.into_iter().filter(|len| (1..4096).contains(len)) {
        for at in [0, 1, 2, len / 2, len - 2.min(len), len - 1] {
            let mut name = vec![b'x'; len];
            if let Some(byte) = name.get_mut(at) {
                *byte = 0;
                for got in by_each(&name) {
                    assert_eq!(Err(Errno::EINVAL), got, "{at} of {len}");
                }
            }
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_arrive_as_they_are() {
    let name = b"/\xff\xfe\x80 \n";
    let all = by_each(name);
    assert_eq!(6, all.len());
    for got in all {
        assert_eq!(Ok(b"/\xff\xfe\x80 \n\0".to_vec()), got);
    }
}

#[test]
fn length_and_emptiness_are_the_names() {
    assert_eq!((4, false), (NixPath::len("name"), NixPath::is_empty("name")));
    assert_eq!((3, false), (NixPath::len("ä/"), NixPath::is_empty("ä/")));
    assert_eq!((0, true), (NixPath::len(""), NixPath::is_empty("")));
    assert_eq!((2, false), (NixPath::len(c"ab"), NixPath::is_empty(c"ab")));
    assert_eq!((0, true), (NixPath::len(c""), NixPath::is_empty(c"")));
    assert_eq!((1, false), (NixPath::len(&b"\0"[..]), NixPath::is_empty(&b"\0"[..])));
    let path = PathBuf::from("/a");
    assert_eq!((2, false), (NixPath::len(&path), NixPath::is_empty(&path)));
    assert_eq!((2, false), (NixPath::len(&*path), NixPath::is_empty(&*path)));
    assert_eq!((2, false), (NixPath::len(path.as_os_str()), NixPath::is_empty(path.as_os_str())));
    assert_eq!((2, false), (NixPath::len(&Some("ab")), NixPath::is_empty(&Some("ab"))));
    assert_eq!((0, true), (NixPath::len(&Some("")), NixPath::is_empty(&Some(""))));
}

#[test]
fn no_name_is_the_empty_name() {
    let none: Option<&str> = None;
    assert_eq!((0, true), (NixPath::len(&none), NixPath::is_empty(&none)));
    assert_eq!(Ok(b"\0".to_vec()), seen(&none));
}

#[test]
fn nothing_is_allocated() {
    for len in LENGTHS {
        let name = vec![b'x'; len];
        let text = String::from_utf8(name.clone()).unwrap();
        let path = PathBuf::from(&text);
        let c = CString::new(&*name).unwrap();
        assert_eq!(0, allocations(|| name[..].with_nix_path(CStr::count_bytes)));
        assert_eq!(0, allocations(|| text.as_str().with_nix_path(CStr::count_bytes)));
        assert_eq!(0, allocations(|| path.with_nix_path(CStr::count_bytes)));
        assert_eq!(0, allocations(|| c.with_nix_path(CStr::count_bytes)));
    }
    assert_eq!(1, allocations(|| std::hint::black_box(Box::new(1))));
}
