//! NUMA policies of `MapOptions`, and where pages are: the kernel's own account is `numa_maps`.

use std::fs;

use mman::{
    Advice, Anon, HugePages, MapError, MapOptions, Node, NodeSet, Numa, PageNodes, Prefault,
};

use crate::util::{
    child::in_child,
    machine::{HugePages as Pool, Setting},
    page, seccomp, smaps,
};

fn node(number: u32) -> Node {
    Node::new(number).unwrap()
}

/// The nodes this process may use, as `/proc` says.
fn allowed() -> NodeSet {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Mems_allowed_list:"));
    line.unwrap().parse().unwrap()
}

fn first() -> Node {
    allowed().iter().next().unwrap()
}

/// Two nodes; `None` is a skip.
#[track_caller]
fn two() -> Option<[Node; 2]> {
    let mut nodes = [first(); 2];
    have!("numa-2").then(|| {
        allowed().iter().zip(&mut nodes).for_each(|(node, place)| *place = node);
        nodes
    })
}

fn map(numa: Numa, len: usize) -> Result<Anon, MapError> {
    MapOptions::new().numa(numa).anon(len)
}

/// What `numa_maps` says of the mapping there: `bind:0 anon=1 N0=1 …`.
fn numa_maps(memory: &Anon) -> String {
    let all = fs::read_to_string("/proc/self/numa_maps").unwrap();
    let start = smaps::at(memory.as_ptr()).range.start;
    let head = format!("{start:08x} ");
    all.lines().find_map(|line| line.strip_prefix(&head)).unwrap().to_owned()
}

fn policy(memory: &Anon) -> String {
    numa_maps(memory).split(' ').next().unwrap().to_owned()
}

#[test]
fn each_policy_is_the_kernels() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        let (node, nodes) = (first(), allowed());
        let one = NodeSet::from(node);
        let mut policies = vec![
            (Numa::Default, "default".to_owned()),
            (Numa::Local, "local".to_owned()),
            (Numa::Prefer(one), format!("prefer:{node}")),
            (Numa::Bind(one), format!("bind:{node}")),
            (Numa::Bind(nodes), format!("bind:{nodes}")),
            (Numa::Interleave(nodes), format!("interleave:{nodes}")),
        ];
        if nodes.len() > 1 && have!("linux-5.15") {
            policies.push((Numa::Prefer(nodes), format!("prefer (many):{nodes}")));
        }
        if have!("linux-6.9") {
            policies
                .push((Numa::WeightedInterleave(nodes), format!("weighted interleave:{nodes}")));
        }
        for (numa, expected) in policies {
            let memory = MapOptions::new().numa(numa).guard_pages(1, 1).anon(3 * page()).unwrap();
            assert!(numa_maps(&memory).starts_with(&expected), "{}", numa_maps(&memory));
            // With its guards it is one mapping, where those are none of their own.
            if have!("linux-6.13") {
                assert_eq!(memory.mapped_len(), smaps::at(memory.as_ptr()).range.len());
            }
            assert!(map(numa, 0).unwrap().is_empty());
        }
    });
}

#[test]
fn memory_that_is_copied_keeps_its_policy() {
    if !have!("numa") {
        return;
    }
    in_child(|| {
        let mut memory = map(Numa::Bind(first().into()), 2 * page()).unwrap();
        let bound = policy(&memory);
        memory.resize(9 * page()).unwrap();
        assert_eq!(bound, policy(&memory));
        memory.advise(..page(), Advice::NoDump).unwrap();
        memory.resize(99 * page()).unwrap();
        assert_eq!(bound, policy(&memory));
    });
}

#[test]
fn nodes_that_are_not_allowed_are_named() {
    if !have!("numa") {
        return;
    }
    let of = |numa| map(numa, 1).unwrap_err().to_string();
    for numa in [Numa::Prefer, Numa::Bind, Numa::Interleave, Numa::WeightedInterleave] {
        assert_eq!("map: the NUMA policy names no node", of(numa(NodeSet::new())));
        let absent = node(Node::LIMIT - 1);
        let nodes = [first(), absent].into_iter().collect();
        let (nodes_here, rule) = (allowed(), of(numa(nodes)));
        let expected =
            format!("map: NUMA node {absent} is none of {nodes_here}, which are allowed here");
        assert_eq!(expected, rule);
    }
}

#[test]
fn what_a_kernel_or_a_filter_lacks_is_an_error() {
    for errno in [libc::ENOSYS, libc::EPERM] {
        in_child(|| {
            seccomp::deny(&[libc::SYS_mbind, libc::SYS_get_mempolicy, libc::SYS_move_pages], errno);
            for numa in [Numa::Local, Numa::Bind(first().into())] {
                let error = map(numa, 1).unwrap_err();
                assert_eq!(errno == libc::ENOSYS, error.is_unsupported());
                let expected = if errno == libc::ENOSYS {
                    "map: unsupported: this system has no such NUMA policy"
                } else {
                    "map: NUMA policies are forbidden here (EPERM)"
                };
                assert_eq!(expected, error.to_string());
            }
            let error = Anon::new(1).unwrap().nodes(..).unwrap_err();
            assert_eq!(errno == libc::ENOSYS, error.is_unsupported(), "{error}");
        });
    }
    // A kernel that has NUMA, but not this kind of policy.
    if have!("numa") {
        in_child(|| {
            seccomp::deny(&[libc::SYS_mbind], libc::EINVAL);
            assert!(map(Numa::WeightedInterleave(allowed()), 1).unwrap_err().is_unsupported());
            let error = map(Numa::Bind(allowed()), 1).unwrap_err();
            assert_eq!("map: Invalid argument (EINVAL)", error.to_string());
        });
    }
}

#[test]
fn pages_are_told_by_node() {
    if !have!("numa", "thp") {
        return;
    }
    in_child(|| {
        let mut options = MapOptions::new();
        options.numa(Numa::Bind(first().into())).huge_pages(HugePages::Never);
        let mut memory = options.anon(1200 * page()).unwrap();
        let told = |nodes: &PageNodes| nodes.iter().filter(Option::is_some).count();
        assert_eq!(0, told(&memory.nodes(..).unwrap()));
        // More than one call asks for, and to a part of a page.
        memory[700 * page()..].fill(1);
        let nodes = memory.nodes(..1100 * page() - 7).unwrap();
        assert_eq!((1100, 400, 400), (nodes.pages(), told(&nodes), nodes.on(first())));
        assert_eq!(
            [None, Some(first()), None],
            [699, 700, 1100].map(|number| nodes.node_of(number))
        );
        assert_eq!(0, nodes.on(node(Node::LIMIT - 1)));
        assert_eq!(0, memory.nodes(5..5).unwrap().pages());
        assert!(memory.nodes(..memory.len() + 1).is_err());
    });
}

#[test]
fn pages_come_from_the_nodes_that_were_asked_for() {
    let Some([one, two]) = two() else { return };
    let pages = 64;
    let mut options = MapOptions::new();
    options.prefault(Prefault::Write).huge_pages(HugePages::Never);
    for home in [one, two] {
        for numa in [Numa::Bind(home.into()), Numa::Prefer(home.into())] {
            let memory = options.numa(numa).anon(pages * page()).unwrap();
            assert_eq!(pages, memory.nodes(..).unwrap().on(home), "{numa:?}");
            assert!(numa_maps(&memory).contains(&format!("N{home}={pages}")));
        }
    }
    let memory = options.numa(Numa::Interleave(allowed())).anon(pages * page()).unwrap();
    let nodes = memory.nodes(..).unwrap();
    assert_eq!([pages / 2; 2], [one, two].map(|node| nodes.on(node)));
}

#[test]
fn explicit_huge_pages_come_from_the_nodes_too() {
    let Some([one, two]) = two() else { return };
    if !have!("root") {
        return;
    }
    let Some(pool) = Pool::of_2m(0) else { return };
    in_child(|| {
        let setting = |node, count: &str| {
            let path = format!("/sys/devices/system/node/node{node}/hugepages/hugepages-2048kB");
            let setting = Setting::take(format!("{path}/nr_hugepages")).unwrap();
            assert!(setting.set(count));
            setting
        };
        let _settings = [setting(one, "0"), setting(two, "2")];
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size)).numa(Numa::Bind(two.into()));
        let memory = options.anon(2 * pool.size).unwrap();
        assert_eq!(2 * pool.size / page(), memory.nodes(..).unwrap().on(two));
        drop(memory);
        // The pool has pages, but not there.
        options.numa(Numa::Bind(one.into()));
        let error = options.anon(pool.size).unwrap_err();
        let expected = format!("map: no 2 MiB huge pages free on nodes {one}: 0 of 0 (EFAULT)");
        assert_eq!(expected, error.to_string());
        if have!("thp") {
            options.huge_pages(HugePages::ExplicitElseTransparent(pool.size));
            let memory = options.anon(pool.size).unwrap();
            assert_eq!((page(), format!("bind:{one}")), (memory.page_size(), policy(&memory)));
            assert!(smaps::at(memory.as_ptr()).has("hg"));
        }
    });
}
