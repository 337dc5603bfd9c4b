use std::{format, string::String, vec};

use proptest::prelude::*;

use super::*;

/// Start, end, rights, offset, device, inode, name.
type Fields = (u64, u64, String, u64, (u64, u64), u64, Vec<u8>);

/// What [`parse`] does, the plain way.
fn naive(text: &[u8]) -> Option<Fields> {
    let line = text.split(|byte| *byte == b'\n').next()?;
    let mut words = line.splitn(6, |byte| *byte == b' ');
    let mut word = || std::str::from_utf8(words.next()?).ok();
    let hex = |text: &str| (!text.starts_with('+')).then(|| u64::from_str_radix(text, 16).ok())?;
    let (start, end) = word()?.split_once('-')?;
    let perms = word()?;
    let offset = word()?;
    let (major, minor) = word()?.split_once(':')?;
    let inode = word()?;
    let tail = line.splitn(6, |byte| *byte == b' ').nth(5).unwrap_or_default();
    let skipped = tail.iter().take_while(|byte| **byte == b' ').count();
    let decimal = inode.bytes().all(|byte| byte.is_ascii_digit());
    let known = perms.len() == 4
        && perms.chars().zip(["r-", "w-", "x-", "sp"]).all(|(c, set)| set.contains(c));
    let (start, end) = (hex(start)?, hex(end)?);
    (known && decimal && start < end).then_some(())?;
    let (major, minor) = (hex(major)?, hex(minor)?);
    (major <= u64::from(u32::MAX) && minor <= u64::from(u32::MAX)).then_some(())?;
    let inode = inode.parse().ok()?;
    Some((start, end, perms.into(), hex(offset)?, (major, minor), inode, tail[skipped..].to_vec()))
}

fn agree(line: &[u8]) -> Result<(), TestCaseError> {
    let expected = naive(line);
    let got = parse(line);
    prop_assert_eq!(expected.is_some(), got.is_some(), "{:?}", String::from_utf8_lossy(line));
    let (Some(expected), Some(got)) = (expected, got) else { return Ok(()) };
    let (start, end, perms, offset, (major, minor), inode, plain) = expected;
    prop_assert_eq!((start, end, offset), (got.start, got.end, got.offset));
    let allowed = |letter, right| perms.contains(letter) == got.protection.contains(right);
    prop_assert!(allowed('r', ProtFlags::PROT_READ));
    prop_assert!(allowed('w', ProtFlags::PROT_WRITE));
    prop_assert!(allowed('x', ProtFlags::PROT_EXEC));
    prop_assert_eq!(perms.contains('s'), got.shared);
    let file = got
        .file
        .map_or((0, 0, 0), |id| (u64::from(id.device_major), u64::from(id.device_minor), id.inode));
    prop_assert_eq!((major, minor, inode), file);
    prop_assert_eq!(&plain[..], got.name);
    prop_assert_eq!(line.split(|byte| *byte == b'\n').next().map(<[u8]>::len), Some(got.len));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_as_the_plain_way_does(line in prop::collection::vec(any::<u8>(), 0..120)) {
        agree(&line)?;
    }

    #[test]
    fn lines_with_an_error_are_read_as_the_plain_way_does(
        start in any::<u64>(), end in any::<u64>(),
        perms in "[r-][w-][x-][sp]", offset in any::<u64>(),
        device in any::<(u32, u32)>(), inode in any::<u64>(),
        name in prop::collection::vec(any::<u8>(), 0..40),
        error in prop::option::of((0_usize..100, prop::sample::select(&b"-: 0fg+\\\n\xff"[..]))),
    ) {
        let mut line = format!(
            "{start:08x}-{end:08x} {perms} {offset:08x} {:02x}:{:02x} {inode} ", device.0, device.1,
        ).into_bytes();
        line.resize(line.len().max(73), b' ');
        line.extend(name);
        if let Some((at, byte)) = error {
            if let Some(place) = line.get_mut(at) {
                *place = byte;
            }
        }
        agree(&line)?;
    }

    #[test]
    fn names_of_any_bytes_have_a_meaning(
        name in prop::collection::vec(
            prop::sample::select(&b"/[]ano:memfd \\012()deleted\xff"[..]), 0..30),
        shared: bool,
    ) {
        let plain = unescape(&name);
        let _ = meaning(&plain, shared);
        let text = name.iter().map(|byte| char::from(*byte)).collect::<String>();
        let replaced: Vec<u8> = text.replace("\\012", "\n").chars().map(|c| c as u8).collect();
        prop_assert_eq!(&plain[..], &replaced[..]);
    }
}

#[test]
fn mappings_without_a_file_are_read_as_the_plain_way_does() {
    for tail in ["", " ", "  [heap]", "x", "05", "0 x", " 00:00 0"] {
        for head in ["0-1 rw-p", "1-0 rw-p", "0-1 rw-p "] {
            for next in ["", "\n", "\n1-2 rw-p 0 0:0 0 [x]\n"] {
                agree(format!("{head} 00000000 00:00 0{tail}{next}").as_bytes()).unwrap();
            }
        }
    }
    let line = parse(b"a000-b000 rw-s 00000000 00:00 0   [x]").unwrap();
    assert_eq!((line.start, line.end, line.offset), (0xa000, 0xb000, 0));
    assert_eq!((line.file, line.name, line.len), (None, &b"[x]"[..], 37));
}

#[test]
fn the_first_of_several_lines_is_read() {
    let first = b"1-2 rw-p 10 0:1 7 \n2-3 rw-p 0 0:0 0 [x]\n";
    let line = parse(first).unwrap();
    assert_eq!((line.name, line.len, line.is_plain()), (&b""[..], 18, false));
    let rest = first.get(line.len + 1..).unwrap();
    let line = parse(rest).unwrap();
    assert_eq!((line.name, line.len, line.is_plain()), (&b"[x]"[..], 20, true));
    // No field goes on in the next line.
    assert!(parse(b"1-2 rw-p 10\n0:1 7\n").is_none());
}

#[test]
fn numbers_that_are_too_large_are_refused() {
    let line = |start: &str, inode: &str| format!("{start}-{start}f r--p 0 0:0 {inode}");
    assert!(parse(line("ffff", "18446744073709551615").as_bytes()).is_some());
    assert!(parse(line("ffff", "18446744073709551616").as_bytes()).is_none());
    assert!(parse(line("fffffffffffffffff", "1").as_bytes()).is_none());
    let zeros = line("00000000000000000000a", "1");
    assert_eq!(parse(zeros.as_bytes()).map(|line| (line.start, line.end)), Some((0xa, 0xaf)));
    assert_eq!(hex(b"10000000000000000"), None);
    assert_eq!(hex(b"0fFffffffffffffff-"), Some((u64::MAX, &b"-"[..])));
    assert!(parse(b"2-1 r--p 0 0:0 1").is_none());
    assert!(parse(b"1-2 r--p 0 100000000:0 1").is_none());
}

#[test]
fn names_mean_what_the_kernel_means() {
    let file = |path: &str, deleted| Name::File { path: path.into(), deleted };
    let cases = [
        ("", false, Name::Anonymous),
        ("[heap]", false, Name::Heap),
        ("[stack]", false, Name::Stack),
        ("[vdso]", false, Name::Vdso),
        ("[vvar]", false, Name::Other("[vvar]".into())),
        ("[anon:my ]name]", false, Name::Named("my ]name".into())),
        ("[anon_shmem:x]", true, Name::Named("x".into())),
        ("/dev/zero (deleted)", true, Name::SharedAnonymous),
        ("/dev/zero", true, file("/dev/zero", false)),
        ("/anon_hugepage (deleted)", false, Name::Anonymous),
        ("/anon_hugepage (deleted)", true, Name::SharedAnonymous),
        ("/memfd:a b (deleted)", true, Name::Memfd("a b".into())),
        ("/memfd:x", true, file("/memfd:x", false)),
        ("/SYSV0000002a (deleted)", true, Name::SysV(42)),
        ("/SYSV0000002 (deleted)", true, file("/SYSV0000002", true)),
        ("/tmp/x (deleted)", false, file("/tmp/x", true)),
        ("anon_inode:kvm-vcpu:0", true, Name::Other("anon_inode:kvm-vcpu:0".into())),
        (" (deleted)", false, Name::Other(" (deleted)".into())),
    ];
    for (name, shared, expected) in cases {
        assert_eq!(expected, meaning(name.as_bytes(), shared), "{name}");
    }
    assert_eq!(vec![b'/', b'\n', b'\\'], unescape(b"/\\012\\").into_owned());
}
