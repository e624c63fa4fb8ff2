//! Formulas in MathML (<https://www.w3.org/TR/mathml-core/>) as text that says the same: powers and indices are raised and lowered,
//! fractions and roots get their signs. Run together, `10⁶` would be `106`.

use super::open::MAX_DEPTH;
use super::tree::{Node, Tag, text_of};

/// A formula while it is read.
pub(super) struct Formula {
    /// The elements that are open; the first is the formula itself.
    open: Vec<Open>,
}

struct Open {
    name: Vec<u8>,
    /// What each element in it shows.
    parts: Vec<Vec<Node>>,
}

impl Formula {
    pub(super) fn new() -> Self {
        Self { open: vec![Open { name: b"math".to_vec(), parts: Vec::new() }] }
    }

    /// A start tag; what is nested deeper than a tree may be belongs to what is around it.
    pub(super) fn start(&mut self, name: &[u8]) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(Open { name: name.to_vec(), parts: Vec::new() });
        }
    }

    /// An end tag, which ends what is open within its element, too.
    pub(super) fn end(&mut self, name: &[u8]) {
        if let Some(at) = self.open.iter().skip(1).rposition(|open| open.name == name) {
            self.close_down_to(at + 1);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.push(vec![Node::Text(text)]);
        }
    }

    /// What the formula shows.
    pub(super) fn finish(mut self) -> Vec<Node> {
        self.close_down_to(1);
        self.open.pop().map(shown).unwrap_or_default()
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth
            && let Some(open) = self.open.pop()
        {
            self.push(shown(open));
        }
    }

    fn push(&mut self, part: Vec<Node>) {
        if let Some(open) = self.open.last_mut() {
            open.parts.push(part);
        }
    }
}

/// What an element shows, by the elements in it; one that has not as many as it should is a row.
fn shown(Open { name, mut parts }: Open) -> Vec<Node> {
    let last = |parts: &mut Vec<Vec<Node>>| parts.pop().unwrap_or_default();
    let sign = |sign: &str| vec![Node::Text(sign.to_owned())];
    match (&*name, parts.len()) {
        (b"mphantom", _) => Vec::new(),
        (b"msqrt", _) => joined([sign("√"), in_brackets(joined(parts))]),
        (b"msup" | b"mover", 2) => {
            let above = last(&mut parts);
            joined([last(&mut parts), vec![Node::element(Tag::Sup, above)]])
        }
        (b"msub" | b"munder", 2) => {
            let below = last(&mut parts);
            joined([last(&mut parts), vec![Node::element(Tag::Sub, below)]])
        }
        (b"msubsup" | b"munderover", 3) => {
            let (above, below) = (last(&mut parts), last(&mut parts));
            joined([last(&mut parts), vec![Node::element(Tag::Sub, below), Node::element(Tag::Sup, above)]])
        }
        (b"mfrac", 2) => {
            let below = last(&mut parts);
            joined([in_brackets(last(&mut parts)), sign("/"), in_brackets(below)])
        }
        (b"mroot", 2) => {
            let index = last(&mut parts);
            joined([vec![Node::element(Tag::Sup, index)], sign("√"), in_brackets(last(&mut parts))])
        }
        _ => joined(parts),
    }
}

/// Brackets around what is more than a name or a number.
fn in_brackets(nodes: Vec<Node>) -> Vec<Node> {
    let is_one = text_of(&nodes).chars().all(|c| c.is_alphanumeric() || c == '.');
    if is_one { nodes } else { joined([vec![Node::Text("(".to_owned())], nodes, vec![Node::Text(")".to_owned())]]) }
}

fn joined(parts: impl IntoIterator<Item = Vec<Node>>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for node in parts.into_iter().flatten() {
        match (joined.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => joined.push(node),
        }
    }
    joined
}
