//! Sets of nodes.

use std::fs;

use mman::sys::mempolicy::*;
use proptest::{collection::vec, prelude::*};

use super::{first, node};

#[test]
fn node_sets_read_what_the_kernel_writes() {
    for path in ["online", "possible"] {
        let Ok(text) = fs::read_to_string(format!("/sys/devices/system/node/{path}")) else {
            assert!(!have!("numa"));
            return;
        };
        let set: NodeSet = text.parse().unwrap();
        assert!(set.contains(first()));
        assert_eq!(text.trim(), set.to_string());
    }
}

#[test]
fn node_sets_refuse_what_is_no_list() {
    for (text, offset) in [
        ("1024", 0),
        ("0,1024", 2),
        ("0, 5-4", 3),
        ("0-", 0),
        ("-3", 0),
        ("1,,2", 2),
        ("3,", 2),
        ("+1", 0),
        ("1-+2", 0),
        ("0-2-4", 0),
        ("a", 0),
        ("0x1", 0),
        ("99999999999", 0),
    ] {
        let error = text.parse::<NodeSet>().unwrap_err();
        assert_eq!(offset, error.offset(), "{text}: {error}");
    }
    assert_eq!(Ok(NodeSet::new()), " ".parse());
    assert_eq!("0-1023", "0-1023".parse::<NodeSet>().unwrap().to_string());
}

proptest! {
    /// A set is a sorted list without duplicates, however it came about.
    #[test]
    fn node_sets_are_sets(numbers in vec(0..Node::LIMIT, 0..40), gone in vec(0..Node::LIMIT, 0..20)) {
        let mut model = std::collections::BTreeSet::from_iter(numbers.iter().copied());
        let mut set: NodeSet = numbers.into_iter().map(node).collect();
        for number in gone {
            set.clear(node(number));
            model.remove(&number);
        }
        prop_assert!(set.iter().map(Node::number).eq(model.iter().copied()));
        prop_assert_eq!(model.len(), set.len());
        prop_assert_eq!(model.is_empty(), set.is_empty());
        prop_assert!((0..Node::LIMIT).all(|n| set.contains(node(n)) == model.contains(&n)));
        let text = set.to_string();
        prop_assert_eq!(Ok(set), text.parse());
        prop_assert_eq!(format!("NodeSet({text})"), format!("{set:?}"));
    }
}
