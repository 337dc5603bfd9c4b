//! `sys::mempolicy`: the kernel's own account is `/proc/self/numa_maps`.

use std::{ffi::c_void, fs, ptr};

use mman::{
    errno::Errno,
    sys::{mempolicy::*, syscall},
};

use crate::util::{
    child::in_child,
    map::Area,
    page,
    seccomp::deny,
    unprivileged::{become_nobody, drop_capabilities},
};

mod nodes;
mod two_nodes;

const NONE: MpolFlags = MpolFlags::empty();

fn node(number: u32) -> Node {
    Node::new(number).unwrap()
}

/// A node that no machine of these tests has: the highest.
fn absent() -> Node {
    node(Node::LIMIT - 1)
}

/// The nodes this process may use, as `/proc` says.
fn allowed() -> Vec<Node> {
    let set: NodeSet = status("Mems_allowed_list:").parse().unwrap();
    set.iter().collect()
}

/// The highest node for which this kernel has a bit: it is built for 16 nodes, or for 1024.
fn highest() -> Node {
    let digits = status("Mems_allowed:").chars().filter(char::is_ascii_hexdigit).count();
    node(u32::try_from(4 * digits).unwrap() - 1)
}

/// A line of the process's status.
fn status(name: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned()
}

fn first() -> Node {
    allowed()[0]
}

/// A range that is mapped by nobody.
fn nowhere() -> *mut c_void {
    ptr::without_provenance_mut(page())
}

/// What `numa_maps` says of a mapping, without its address: `bind:0 anon=1 N0=1 …`.
#[track_caller]
fn numa_maps(area: &Area) -> String {
    let all = fs::read_to_string("/proc/self/numa_maps").unwrap();
    let head = format!("{:08x} ", area.ptr().addr());
    let found = all.lines().find_map(|line| line.strip_prefix(&head));
    found.unwrap_or_else(|| panic!("numa_maps has no {head}")).to_owned()
}

/// How many pages of a mapping are on a node, as `numa_maps` says.
#[track_caller]
fn pages_on(area: &Area, node: Node) -> usize {
    let line = numa_maps(area);
    let head = format!("N{node}=");
    let count = line.split(' ').find_map(|word| word.strip_prefix(&head));
    count.map_or(0, |count| count.parse().unwrap())
}

/// Each kind of policy for one node with each flag it may have, and how `numa_maps` writes it.
fn policies(node: Node) -> Vec<(Policy, String)> {
    let nodes = NodeSet::from(node);
    let many = have!("linux-5.15");
    let weighted = have!("linux-6.9");
    let mut all = vec![(Policy::Default, "default".into()), (Policy::Local, "local".into())];
    for (rebind, flag) in [
        (Rebind::Remap, ""),
        (Rebind::StaticNodes, "=static"),
        (Rebind::RelativeNodes, "=relative"),
    ] {
        let of = |name: &str| format!("{name}{flag}:{node}");
        all.push((Policy::Preferred { node, rebind }, of("prefer")));
        all.push((Policy::Bind { nodes, rebind, numa_balancing: false }, of("bind")));
        all.push((Policy::Interleave { nodes, rebind }, of("interleave")));
        if many {
            let policy = Policy::PreferredMany { nodes, rebind, numa_balancing: false };
            all.push((policy, of("prefer (many)")));
        }
        if weighted {
            let policy = Policy::WeightedInterleave { nodes, rebind };
            all.push((policy, of("weighted interleave")));
        }
    }
    all
}

#[test]
fn mbind_gives_a_range_each_policy() {
    if !have!("numa") {
        return;
    }
    for (policy, text) in policies(first()) {
        let area = Area::anon(4);
        mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
        area.fill(0..4, 1);
        assert_eq!(Ok(policy), get_mempolicy_addr(area.ptr()));
        let line = numa_maps(&area);
        assert!(line.starts_with(&format!("{text} ")), "{policy:?}: {line}");
        if !matches!(policy, Policy::Default | Policy::Local) {
            assert_eq!(4, pages_on(&area, first()));
        }
    }
}

#[test]
fn mbind_default_takes_the_policy_away() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(1);
    mbind(area.ptr(), area.len(), &Policy::bind(first().into()), NONE).unwrap();
    assert!(numa_maps(&area).starts_with("bind:"));
    mbind(area.ptr(), area.len(), &Policy::Default, NONE).unwrap();
    assert!(numa_maps(&area).starts_with("default"));
}

#[test]
fn mbind_lets_numa_balancing_bound_pages() {
    if !have!("numa", "linux-5.15") {
        return;
    }
    let nodes = first().into();
    let area = Area::anon(1);
    let policy = Policy::Bind { nodes, rebind: Rebind::StaticNodes, numa_balancing: true };
    mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
    assert_eq!(Ok(policy), get_mempolicy_addr(area.ptr()));
    if have!("linux-6.10") {
        let policy = Policy::PreferredMany { nodes, rebind: Rebind::Remap, numa_balancing: true };
        mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
        assert_eq!(Ok(policy), get_mempolicy_addr(area.ptr()));
    }
}

#[test]
fn mbind_errors() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(2);
    let bind = Policy::bind(first().into());
    let to = |policy| mbind(area.ptr(), area.len(), &policy, NONE);
    assert_eq!(Err(Errno::EFAULT), mbind(nowhere(), page(), &bind, NONE));
    assert_eq!(Err(Errno::EINVAL), mbind(area.at(1).cast(), page(), &bind, NONE));
    let lazy = MpolFlags::from_bits_retain(8);
    assert_eq!(Err(Errno::EINVAL), mbind(area.ptr(), page(), &bind, lazy));
    assert_eq!(Err(Errno::EINVAL), to(Policy::Other { mode: 4000, nodes: first().into() }));
    assert_eq!(Err(Errno::EINVAL), to(Policy::bind(NodeSet::new())));
    assert_eq!(Err(Errno::EINVAL), to(Policy::interleave(NodeSet::new())));
    assert_eq!(Ok(()), mbind(nowhere(), 0, &bind, NONE));
    assert!(numa_maps(&area).starts_with("default"), "an error changes nothing");
}

/// Both flags at once are beyond the type; as a number the kernel refuses them.
#[test]
fn static_and_relative_contradict() {
    if !have!("numa") {
        return;
    }
    let both = Policy::Other { mode: 2 | 0x8000 | 0x4000, nodes: first().into() };
    let area = Area::anon(1);
    assert_eq!(Err(Errno::EINVAL), mbind(area.ptr(), page(), &both, NONE));
    let one = Policy::Other { mode: 2 | 0x8000, nodes: first().into() };
    mbind(area.ptr(), page(), &one, NONE).unwrap();
    assert!(numa_maps(&area).starts_with("bind=static:"));
}

#[test]
fn mbind_move_all_is_a_privilege() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        drop_capabilities();
        let area = Area::anon(1);
        let bind = Policy::bind(first().into());
        let all = MpolFlags::MPOL_MF_MOVE_ALL;
        assert_eq!(Err(Errno::EPERM), mbind(area.ptr(), page(), &bind, all));
        assert_eq!(Ok(()), mbind(area.ptr(), page(), &bind, MpolFlags::MPOL_MF_MOVE));
    });
}

#[test]
fn an_absent_node_alone_is_refused_and_dropped_among_others() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(1);
    let to = |policy: Policy| mbind(area.ptr(), page(), &policy, NONE);
    let alone = NodeSet::from(absent());
    // Were the highest bit not read, this would be `Preferred` without a node, which is allowed.
    assert_eq!(Err(Errno::EINVAL), to(Policy::preferred(absent())));
    assert_eq!(Err(Errno::EINVAL), to(Policy::bind(alone)));
    assert_eq!(Err(Errno::EINVAL), to(Policy::interleave(alone)));
    in_child(|| assert_eq!(Err(Errno::EINVAL), set_mempolicy(&Policy::bind(alone))));

    let both = NodeSet::from_iter([first(), highest()]);
    to(Policy::bind(both)).unwrap();
    assert_eq!(Ok(Policy::bind(first().into())), get_mempolicy_addr(area.ptr()));
    // Static nodes are kept as they were given, and the kernel uses those that are there. It tells
    // only words that can have a node: 31 is in the first one everywhere.
    let nodes = NodeSet::from_iter([first(), highest().min(node(31))]);
    let fixed = Policy::Bind { nodes, rebind: Rebind::StaticNodes, numa_balancing: false };
    to(fixed).unwrap();
    area.set(0, 1);
    assert_eq!(Ok(fixed), get_mempolicy_addr(area.ptr()));
    assert!(numa_maps(&area).starts_with(&format!("bind=static:{} ", first())));
}

#[test]
fn mbind_strict_accepts_pages_that_are_where_they_should_be() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(2);
    area.fill(0..2, 1);
    let nodes = allowed().into_iter().collect();
    let strict = MpolFlags::MPOL_MF_STRICT | MpolFlags::MPOL_MF_MOVE;
    mbind(area.ptr(), area.len(), &Policy::bind(nodes), strict).unwrap();
    assert!(area.holds(0..2, 1));
}

#[test]
fn set_mempolicy_gives_the_thread_each_policy() {
    if !have!("numa") {
        return;
    }
    let all = policies(first());
    in_child(|| {
        for (policy, text) in all {
            set_mempolicy(&policy).unwrap();
            assert_eq!(Ok(policy), get_mempolicy());
            let area = Area::anon(1);
            area.fill(0..1, 1);
            // The range has no policy of its own, so it takes that of the thread.
            assert_eq!(Ok(Policy::Default), get_mempolicy_addr(area.ptr()));
            let line = numa_maps(&area);
            assert!(line.starts_with(&format!("{text} ")), "{policy:?}: {line}");
        }
    });
}

#[test]
fn set_mempolicy_is_the_threads_alone() {
    if !have!("numa") {
        return;
    }
    let bind = Policy::bind(first().into());
    let inherited = std::thread::spawn(move || {
        set_mempolicy(&bind).unwrap();
        std::thread::spawn(get_mempolicy).join().unwrap()
    });
    assert_eq!(Ok(bind), inherited.join().unwrap());
    assert_eq!(Ok(Policy::Default), get_mempolicy());
}

#[test]
fn set_mempolicy_errors() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        for mode in [7_000, -1, 2 | 0x8000 | 0x4000, 3 | 0x2000] {
            let other = Policy::Other { mode, nodes: first().into() };
            assert_eq!(Err(Errno::EINVAL), set_mempolicy(&other), "{mode}");
        }
        let with_nodes = Policy::Other { mode: 0, nodes: first().into() };
        assert_eq!(Err(Errno::EINVAL), set_mempolicy(&with_nodes));
        assert_eq!(Err(Errno::EINVAL), set_mempolicy(&Policy::bind(NodeSet::new())));
        assert_eq!(Ok(Policy::Default), get_mempolicy());
    });
}

#[test]
fn preferring_no_node_is_local() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        set_mempolicy(&Policy::Other { mode: 1, nodes: NodeSet::new() }).unwrap();
        assert_eq!(Ok(Policy::Local), get_mempolicy());
    });
}

#[test]
fn get_mempolicy_mems_allowed_is_that_of_proc() {
    if !have!("numa") {
        return;
    }
    assert_eq!(Ok(allowed().into_iter().collect()), get_mempolicy_mems_allowed());
}

#[test]
fn get_mempolicy_node_is_the_next_of_an_interleaving_thread() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        assert_eq!(Err(Errno::EINVAL), get_mempolicy_node());
        set_mempolicy(&Policy::interleave(first().into())).unwrap();
        assert_eq!(Ok(first()), get_mempolicy_node());
    });
}

#[test]
fn get_mempolicy_node_addr_brings_the_page_in() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(2);
    assert_eq!([false, false], *area.present());
    let node = get_mempolicy_node_addr(area.page(1)).unwrap();
    assert!(allowed().contains(&node));
    assert_eq!([false, true], *area.present());
}

#[test]
fn get_mempolicy_addr_errors() {
    if !have!("numa") {
        return;
    }
    for address in [nowhere().cast_const(), ptr::null()] {
        assert_eq!(Err(Errno::EFAULT), get_mempolicy_addr(address));
        assert_eq!(Err(Errno::EFAULT), get_mempolicy_node_addr(address));
    }
    let unreadable = Area::reserve(1);
    assert_eq!(Err(Errno::EFAULT), get_mempolicy_node_addr(unreadable.ptr()));
    assert_eq!(Ok(Policy::Default), get_mempolicy_addr(unreadable.ptr()));
}

fn query(pages: &[*const c_void]) -> Vec<Result<Node, Errno>> {
    let mut status = vec![PageStatus::default(); pages.len()];
    assert_eq!(Ok(0), move_pages(0, pages, None, &mut status, NONE));
    status.into_iter().map(PageStatus::node).collect()
}

/// What `move_pages` should say of a page that is not there yet; older kernels say either.
fn no_page(told: Result<Node, Errno>) -> Result<Node, Errno> {
    let either = !have!("linux-6.12") && told == Err(Errno::EFAULT);
    Err(if either { Errno::EFAULT } else { Errno::ENOENT })
}

#[test]
fn move_pages_tells_where_pages_are() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(3);
    area.set(0, 1);
    let there = get_mempolicy_node_addr(area.ptr()).unwrap();
    let [written, untouched] = [area.ptr().cast_const(), area.page(2).cast_const()];
    let told = query(&[written, untouched, nowhere()]);
    assert_eq!([Ok(there), no_page(told[1]), Err(Errno::EFAULT)], *told);
    assert_eq!([true, false, false], *area.present(), "to ask brings nothing in");
    // A page that was only read is the one page of zeros.
    assert_eq!(0, area.get(2 * page()));
    assert_eq!([Err(Errno::EFAULT)], *query(&[untouched]));
    assert!(query(&[]).is_empty());
}

#[test]
fn move_pages_to_where_a_page_is_leaves_it() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(3);
    area.set(0, 7);
    let there = get_mempolicy_node_addr(area.ptr()).unwrap();
    let pages = [area.ptr().cast_const(), area.page(1), nowhere()];
    let mut status = [PageStatus::default(); 3];
    let moved =
        move_pages(0, &pages, Some(&[there; 3]), &mut status, MpolFlags::MPOL_MF_MOVE).unwrap();
    assert_eq!(0, moved);
    let told = status.map(PageStatus::node);
    assert_eq!([Ok(there), no_page(told[1]), Err(Errno::EFAULT)], told);
    assert_eq!(7, area.get(0));
}

#[test]
fn move_pages_errors() {
    if !have!("numa") {
        return;
    }
    let area = Area::anon(2);
    area.fill(0..2, 1);
    let there = get_mempolicy_node_addr(area.ptr()).unwrap();
    let pages = [area.ptr().cast_const(), area.page(1)];
    let mut status = [PageStatus::default(); 2];
    let mut go = |pid, nodes: Option<&[Node]>, flags| {
        let answer = move_pages(pid, &pages, nodes, &mut status, flags);
        (answer, status.map(PageStatus::node))
    };
    let (move_, untold) = (MpolFlags::MPOL_MF_MOVE, Err(Errno::UnknownErrno));
    let failed = |errno| (Err(errno), [untold; 2]);
    assert_eq!(failed(Errno::EINVAL), go(0, Some(&[there]), move_), "a node too few");
    assert_eq!(failed(Errno::EINVAL), go(0, None, MpolFlags::MPOL_MF_STRICT));
    assert_eq!(failed(Errno::ESRCH), go(i32::MAX, None, NONE));
    let (answer, told) = go(0, Some(&[there, absent()]), move_);
    assert_eq!(Err(Errno::ENODEV), answer);
    assert_eq!(untold, told[1], "the kernel did not come to it");
    assert_eq!(Err(Errno::EINVAL), move_pages(0, &pages, None, &mut status[..1], NONE));
}

#[test]
fn move_pages_needs_privileges() {
    if !have!("numa", "root") {
        return;
    }
    let area = Area::anon(1);
    area.set(0, 1);
    let pages = [area.ptr().cast_const()];
    let go = |pid, flags| move_pages(pid, &pages, None, &mut [PageStatus::default()], flags);
    in_child(|| {
        let parent = unsafe { libc::getppid() };
        assert_eq!(Ok(0), go(parent, MpolFlags::MPOL_MF_MOVE_ALL));
        become_nobody();
        assert_eq!(Err(Errno::EPERM), go(parent, NONE));
        assert_eq!(Err(Errno::EPERM), go(0, MpolFlags::MPOL_MF_MOVE_ALL));
        assert_eq!(Ok(0), go(0, NONE));
    });
}

#[test]
fn migrate_pages_errors() {
    if !have!("numa") {
        return;
    }
    let (here, none) = (NodeSet::from(first()), NodeSet::new());
    assert_eq!(Ok(0), migrate_pages(0, &here, &here));
    assert_eq!(Err(Errno::EINVAL), migrate_pages(0, &here, &none));
    assert_eq!(Err(Errno::ESRCH), migrate_pages(i32::MAX, &here, &here));
    if have!("root") {
        // Without the privilege, the cpuset decides first.
        assert_eq!(Err(Errno::EINVAL), migrate_pages(0, &here, &absent().into()));
        in_child(|| {
            let parent = unsafe { libc::getppid() };
            assert_eq!(Ok(0), migrate_pages(parent, &none, &here));
            become_nobody();
            assert_eq!(Err(Errno::EPERM), migrate_pages(parent, &here, &here));
        });
    }
}

#[test]
fn set_mempolicy_home_node_needs_a_policy_that_has_one() {
    if !have!("numa", "linux-5.17") {
        return;
    }
    let area = Area::anon(2);
    let home = |node| set_mempolicy_home_node(area.ptr(), area.len(), node);
    let nodes = NodeSet::from(first());
    let own = |policy| mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
    assert_eq!(Err(Errno::ENOENT), home(first()));
    for other in [Policy::Local, Policy::preferred(first()), Policy::interleave(nodes)] {
        own(other);
        assert_eq!(Err(Errno::EOPNOTSUPP), home(first()));
    }
    for policy in [Policy::bind(nodes), Policy::preferred_many(nodes)] {
        own(policy);
        assert_eq!(Ok(()), home(first()));
        assert_eq!(Ok(policy), get_mempolicy_addr(area.ptr()));
        assert_eq!(Err(Errno::EINVAL), home(absent()));
    }
    let unaligned = set_mempolicy_home_node(area.at(1).cast(), page(), first());
    assert_eq!(Err(Errno::EINVAL), unaligned);
}

/// "Not there" and "not allowed" reach the caller as what they are.
#[test]
fn missing_and_forbidden_calls_are_told_apart() {
    let calls = [
        libc::SYS_mbind,
        libc::SYS_set_mempolicy,
        libc::SYS_get_mempolicy,
        libc::SYS_move_pages,
        syscall::SYS_migrate_pages,
        syscall::SYS_set_mempolicy_home_node,
    ];
    let area = Area::anon(1);
    let (at, set) = (area.ptr(), NodeSet::from(node(0)));
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            deny(&calls, errno as i32);
            let pages = [at.cast_const()];
            assert_eq!(Err(errno), mbind(at, page(), &Policy::Local, NONE));
            assert_eq!(Err(errno), set_mempolicy(&Policy::Local));
            assert_eq!(Err(errno), get_mempolicy());
            assert_eq!(Err(errno), get_mempolicy_addr(at));
            assert_eq!(Err(errno), get_mempolicy_node());
            assert_eq!(Err(errno), get_mempolicy_node_addr(at));
            assert_eq!(Err(errno), get_mempolicy_mems_allowed());
            let status = &mut [PageStatus::default()];
            assert_eq!(Err(errno), move_pages(0, &pages, None, status, NONE));
            assert_eq!(Err(errno), migrate_pages(0, &set, &set));
            assert_eq!(Err(errno), set_mempolicy_home_node(at, page(), node(0)));
        });
    }
}
