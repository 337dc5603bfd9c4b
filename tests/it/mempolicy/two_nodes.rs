//! With two nodes: what the policies do to pages.

use mman::{errno::Errno, sys::mempolicy::*};

use super::{NONE, allowed, pages_on, query};
use crate::util::{child::in_child, machine::Setting, map::Area};

/// Two nodes; `None` is a skip.
#[track_caller]
fn two() -> Option<[Node; 2]> {
    have!("numa-2").then(|| allowed()[..2].try_into().unwrap())
}

#[test]
fn bind_and_preferred_place_pages() {
    let Some(nodes) = two() else { return };
    for here in nodes {
        for policy in [Policy::bind(here.into()), Policy::preferred(here)] {
            let area = Area::anon(16);
            mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
            area.fill(0..16, 1);
            assert_eq!(16, pages_on(&area, here), "{policy:?}");
            assert_eq!(Ok(here), get_mempolicy_node_addr(area.ptr()));
        }
        in_child(|| {
            set_mempolicy(&Policy::bind(here.into())).unwrap();
            let area = Area::anon(16);
            area.fill(0..16, 1);
            assert_eq!(16, pages_on(&area, here));
        });
    }
}

/// In a child: a page of which another test's child has a copy would not move.
#[test]
fn mbind_moves_what_is_there_if_asked() {
    let Some([from, to]) = two() else { return };
    in_child(|| {
        let area = Area::anon(16);
        mbind(area.ptr(), area.len(), &Policy::bind(from.into()), NONE).unwrap();
        area.fill(0..16, 9);
        assert_eq!(16, pages_on(&area, from));
        let go = |flags| mbind(area.ptr(), area.len(), &Policy::bind(to.into()), flags);
        assert_eq!(Ok(()), go(NONE));
        assert_eq!(16, pages_on(&area, from), "a policy alone moves nothing");
        assert_eq!(Err(Errno::EIO), go(MpolFlags::MPOL_MF_STRICT));
        assert_eq!(16, pages_on(&area, from));
        assert_eq!(Ok(()), go(MpolFlags::MPOL_MF_STRICT | MpolFlags::MPOL_MF_MOVE));
        assert_eq!(16, pages_on(&area, to));
        assert!(area.holds(0..16, 9));
    });
}

/// A page that another process maps too moves only with `MPOL_MF_MOVE_ALL`.
#[test]
fn mbind_move_all_moves_shared_pages() {
    let Some([from, to]) = two() else { return };
    if !have!("root") {
        return;
    }
    let area = Area::shared(8);
    mbind(area.ptr(), area.len(), &Policy::bind(from.into()), NONE).unwrap();
    area.fill(0..8, 9);
    in_child(|| {
        // Mapped here and in the parent.
        assert!(area.holds(0..8, 9));
        let bind = Policy::bind(to.into());
        let strict = MpolFlags::MPOL_MF_STRICT;
        let only_own = mbind(area.ptr(), area.len(), &bind, strict | MpolFlags::MPOL_MF_MOVE);
        // Older kernels count the pages as failures.
        assert!(matches!(only_own, Ok(()) | Err(Errno::EIO)), "{only_own:?}");
        assert_eq!(8, pages_on(&area, from));
        mbind(area.ptr(), area.len(), &bind, strict | MpolFlags::MPOL_MF_MOVE_ALL).unwrap();
        assert_eq!(8, pages_on(&area, to));
        assert!(area.holds(0..8, 9));
    });
}

#[test]
fn interleave_splits_pages() {
    let Some(nodes) = two() else { return };
    let area = Area::anon(64);
    mbind(area.ptr(), area.len(), &Policy::interleave(nodes.into_iter().collect()), NONE).unwrap();
    area.fill(0..64, 1);
    assert_eq!([32, 32], nodes.map(|node| pages_on(&area, node)));
    in_child(|| {
        set_mempolicy(&Policy::interleave(nodes.into_iter().collect())).unwrap();
        assert!(nodes.contains(&get_mempolicy_node().unwrap()));
    });
}

#[test]
fn weighted_interleave_follows_the_weights() {
    let Some(nodes) = two() else { return };
    if !have!("linux-6.9", "root") {
        return;
    }
    let folder = "/sys/kernel/mm/mempolicy/weighted_interleave";
    let weights = nodes.map(|node| Setting::take(format!("{folder}/node{node}")).unwrap());
    assert!(weights[0].set("3") && weights[1].set("1"));
    let area = Area::anon(64);
    let policy = Policy::weighted_interleave(nodes.into_iter().collect());
    mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
    area.fill(0..64, 1);
    assert_eq!([48, 16], nodes.map(|node| pages_on(&area, node)));
}

#[test]
fn the_home_node_is_served_first() {
    let Some(nodes) = two() else { return };
    if !have!("linux-5.17") {
        return;
    }
    for home in nodes {
        let area = Area::anon(16);
        let all = nodes.into_iter().collect();
        for policy in [Policy::bind(all), Policy::preferred_many(all)] {
            mbind(area.ptr(), area.len(), &policy, NONE).unwrap();
            set_mempolicy_home_node(area.ptr(), area.len(), home).unwrap();
        }
        area.fill(0..16, 1);
        assert_eq!(16, pages_on(&area, home));
    }
}

/// In a child: a page of which another test's child has a copy would not move.
#[test]
fn move_pages_moves_each_to_its_node() {
    let Some([from, to]) = two() else { return };
    in_child(|| {
        let area = Area::anon(4);
        mbind(area.ptr(), area.len(), &Policy::preferred(from), NONE).unwrap();
        area.fill(0..4, 5);
        let pages = [0, 1, 2, 3].map(|number| area.page(number).cast_const());
        assert_eq!([Ok(from); 4], *query(&pages));
        let nodes = [to, from, to, from];
        let mut status = [PageStatus::default(); 4];
        let left = move_pages(0, &pages, Some(&nodes), &mut status, MpolFlags::MPOL_MF_MOVE);
        assert_eq!(Ok(0), left);
        assert_eq!(nodes.map(Ok), status.map(PageStatus::node));
        assert_eq!([2, 2], [from, to].map(|node| pages_on(&area, node)));
        assert!(area.holds(0..4, 5));
    });
}

#[test]
fn migrate_pages_moves_a_process() {
    let Some([from, to]) = two() else { return };
    in_child(|| {
        let area = Area::anon(16);
        mbind(area.ptr(), area.len(), &Policy::preferred(from), NONE).unwrap();
        area.fill(0..16, 3);
        assert_eq!(16, pages_on(&area, from));
        migrate_pages(0, &from.into(), &to.into()).unwrap();
        assert_eq!(16, pages_on(&area, to));
        assert!(area.holds(0..16, 3));
    });
}
