//! `sys::resource`.

use mman::sys::resource::{RLimit, Resource, getrlimit};

use crate::util::{child::in_child, page, seccomp::passes_on, unprivileged::limit};

const ALL: [(Resource, libc::__rlimit_resource_t); 3] = [
    (Resource::RLIMIT_DATA, libc::RLIMIT_DATA),
    (Resource::RLIMIT_MEMLOCK, libc::RLIMIT_MEMLOCK),
    (Resource::RLIMIT_AS, libc::RLIMIT_AS),
];

fn numbers(limit: RLimit) -> (u64, u64) {
    (limit.rlim_cur, limit.rlim_max)
}

#[test]
fn each_limit_is_the_one_that_was_set() {
    for (resource, number) in ALL {
        in_child(|| {
            let before = getrlimit(resource).unwrap();
            // Not less than the process has, and not more than it may have.
            let soft = before.rlim_max.min(1 << 30) - page() as u64;
            let set = libc::rlimit64 { rlim_cur: soft, rlim_max: before.rlim_max };
            assert_eq!(0, unsafe { libc::setrlimit64(number, &set) });
            assert_eq!((soft, before.rlim_max), numbers(getrlimit(resource).unwrap()));
        });
    }
    in_child(|| {
        limit(libc::RLIMIT_MEMLOCK, 0);
        assert_eq!((0, 0), numbers(getrlimit(Resource::RLIMIT_MEMLOCK).unwrap()));
    });
}

/// A 32-bit program has such limits too; they are none only to calls with numbers of 32 bits.
#[test]
fn a_limit_beyond_32_bits_is_told() {
    in_child(|| {
        let (five, six) = (5 << 30, 6 << 30);
        let set = libc::rlimit64 { rlim_cur: five, rlim_max: six };
        assert_eq!(0, unsafe { libc::setrlimit64(libc::RLIMIT_AS, &set) });
        assert_eq!((five, six), numbers(getrlimit(Resource::RLIMIT_AS).unwrap()));
    });
}

#[test]
fn no_limit_is_the_largest_number() {
    let text = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space")).unwrap();
    let mut words = line.split_ascii_whitespace();
    let mut next = || match words.next().unwrap() {
        "unlimited" => u64::MAX,
        number => number.parse().unwrap(),
    };
    assert_eq!((next(), next()), numbers(getrlimit(Resource::RLIMIT_AS).unwrap()));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    for (resource, _) in ALL {
        passes_on(libc::SYS_prlimit64, || getrlimit(resource));
    }
}
