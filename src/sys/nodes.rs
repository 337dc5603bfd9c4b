//! Numbers of NUMA nodes, and sets of them: of Linux's calls, and of owned memory everywhere.

use core::{ffi::c_ulong, fmt, str::FromStr};

use crate::sys::ParseError;

#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod mask;

#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub(super) use mask::*;

/// The number of a NUMA node: below 1024, the most that a Linux kernel can be built for.
///
/// # Examples
///
/// ```
/// use mman::sys::mempolicy::Node;
///
/// assert_eq!(Node::new(1).map(Node::number), Some(1));
/// assert_eq!(Node::new(1024), None);
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Node(u32);

impl Node {
    /// One more than the highest number.
    pub const LIMIT: u32 = 1024;

    /// The node of this number, if it is below [`LIMIT`](Self::LIMIT).
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number < Self::LIMIT { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const WORDS: usize = (Node::LIMIT / c_ulong::BITS) as usize;

/// A set of NUMA nodes.
///
/// It has room for every node that a kernel can have, so no call fails for its size. It is
/// written and read as in `/sys/devices/system/node`.
///
/// # Examples
///
/// ```
/// use mman::sys::mempolicy::{Node, NodeSet};
///
/// let set: NodeSet = "0-3,8".parse()?;
/// assert_eq!(set.len(), 5);
/// assert_eq!(set.iter().last(), Node::new(8));
///
/// let even: NodeSet = set.iter().filter(|node| node.number() % 2 == 0).collect();
/// assert_eq!(even.to_string(), "0,2,8");
///
/// // Numbers that may be too high:
/// let set: Option<NodeSet> = [0, 1, 5000].into_iter().map(Node::new).collect();
/// assert_eq!(set, None);
/// # Ok::<(), mman::sys::ParseError>(())
/// ```
#[derive(Copy, Clone, Default, Eq, Hash, PartialEq)]
#[doc(alias = "nodemask")]
pub struct NodeSet([c_ulong; WORDS]);

impl NodeSet {
    /// No node.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// Puts a node in.
    pub fn set(&mut self, node: Node) {
        let (word, bit) = place(node);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Takes a node out.
    pub fn clear(&mut self, node: Node) {
        let (word, bit) = place(node);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether a node is in it.
    #[must_use]
    pub fn contains(&self, node: Node) -> bool {
        let (word, bit) = place(node);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many nodes are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no node is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// The nodes in it, the lowest first.
    pub fn iter(&self) -> impl Iterator<Item = Node> + Clone + use<'_> {
        (0..Node::LIMIT).map(Node).filter(|node| self.contains(*node))
    }
}

/// The index of a node's word, and its bit.
const fn place(node: Node) -> (usize, c_ulong) {
    ((node.0 / c_ulong::BITS) as usize, 1 << (node.0 % c_ulong::BITS))
}

impl From<Node> for NodeSet {
    fn from(node: Node) -> Self {
        Self::from_iter([node])
    }
}

impl FromIterator<Node> for NodeSet {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        let mut set = Self::new();
        set.extend(nodes);
        set
    }
}

impl Extend<Node> for NodeSet {
    fn extend<I: IntoIterator<Item = Node>>(&mut self, nodes: I) {
        nodes.into_iter().for_each(|node| self.set(node));
    }
}

impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut nodes = self.iter().map(Node::number).peekable();
        let mut separator = "";
        while let Some(first) = nodes.next() {
            let mut last = first;
            while let Some(next) = nodes.next_if_eq(&(last + 1)) {
                last = next;
            }
            write!(f, "{separator}{first}")?;
            if last != first {
                write!(f, "-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeSet({self})")
    }
}

impl FromStr for NodeSet {
    type Err = ParseError;

    /// Reads numbers and ranges of numbers with commas between; nothing is the empty set.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut set = Self::new();
        let mut at = 0;
        if text.trim().is_empty() {
            return Ok(set);
        }
        for word in text.split(',') {
            let error = ParseError { set: "a node", at: at + word.len() - word.trim_start().len() };
            at += word.len() + 1;
            let word = word.trim();
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let (first, last) = number(first).zip(number(last)).ok_or(error)?;
            if first > last {
                return Err(error);
            }
            set.extend((first.0..=last.0).map(Node));
        }
        Ok(set)
    }
}

fn number(text: &str) -> Option<Node> {
    // `u32` would take a sign.
    text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.parse().ok().and_then(Node::new))?
}
