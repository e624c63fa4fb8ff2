//! Formulas in MathML (<https://www.w3.org/TR/mathml-core/>) as text that says the same: powers and indices are raised and lowered,
//! fractions and roots get their signs, and brackets where these need them. Run together, `10⁶` would be `106`.

use super::open::MAX_DEPTH;
use super::tree::{Node, Tag};

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

    /// Whether an element of this name is open.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.open.iter().any(|open| open.name == name)
    }

    /// Whether what follows is words within a formula, among which HTML may stand.
    pub(super) fn is_in_words(&self) -> bool {
        self.open.iter().any(|open| is_token(&open.name))
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
        let mut collapsed = String::with_capacity(text.len());
        for c in text.chars() {
            match c.is_ascii_whitespace() {
                false => collapsed.push(c),
                true if collapsed.ends_with(' ') => {}
                true => collapsed.push(' '),
            }
        }
        // Between elements white space means nothing.
        if collapsed != " " || self.is_in_words() {
            self.push(vec![Node::Text(collapsed)]);
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

fn is_token(name: &[u8]) -> bool {
    matches!(name, b"mi" | b"mn" | b"mo" | b"mtext" | b"ms")
}

/// What an element shows, by the elements in it; one that has not as many as it should is a row.
fn shown(Open { name, mut parts }: Open) -> Vec<Node> {
    match (&*name, parts.len()) {
        (b"mphantom", _) => Vec::new(),
        (b"mspace", _) => text(" "),
        (token, _) if is_token(token) => trimmed(joined(parts)),
        // What is of HTML stands in words.
        (other, _) if !other.starts_with(b"m") => joined(parts),
        (b"msqrt", _) => joined([text("√"), in_brackets(row(parts))]),
        (b"mfenced", _) => joined([text("("), joined(between(parts, ", ")), text(")")]),
        (b"mtr", _) => joined(between(parts, " ")),
        (b"mtable", _) => joined(between(parts, "; ")),
        (b"msup" | b"mover", 2) => {
            let above = last(&mut parts);
            joined([as_base(last(&mut parts)), script(Tag::Sup, &above)])
        }
        (b"msub" | b"munder", 2) => {
            let below = last(&mut parts);
            joined([as_base(last(&mut parts)), script(Tag::Sub, &below)])
        }
        (b"msubsup" | b"munderover", 3) => {
            let (above, below) = (last(&mut parts), last(&mut parts));
            joined([as_base(last(&mut parts)), script(Tag::Sub, &below), script(Tag::Sup, &above)])
        }
        (b"mfrac", 2) => {
            let below = last(&mut parts);
            joined([in_brackets(last(&mut parts)), text("/"), in_brackets(below)])
        }
        (b"mroot", 2) => {
            let index = last(&mut parts);
            joined([script(Tag::Sup, &index), text("√"), in_brackets(last(&mut parts))])
        }
        _ => row(parts),
    }
}

fn last(parts: &mut Vec<Vec<Node>>) -> Vec<Node> {
    parts.pop().unwrap_or_default()
}

fn text(text: &str) -> Vec<Node> {
    vec![Node::Text(text.to_owned())]
}

/// What is raised or lowered; within it, what is raised again is said with signs.
fn script(tag: Tag, nodes: &[Node]) -> Vec<Node> {
    vec![Node::element(tag, text(&in_line(nodes)))]
}

fn in_line(nodes: &[Node]) -> String {
    let mut line = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => line.push_str(text),
            Node::Element(element) => {
                let inner = in_line(&element.children);
                let is_one = inner.chars().count() == 1;
                line.push(if element.tag == Tag::Sup { '^' } else { '_' });
                line.push_str(&if is_one { inner } else { format!("({inner})") });
            }
            Node::Media(_) => {}
        }
    }
    line
}

/// Brackets around what is more than one letter or number.
fn in_brackets(nodes: Vec<Node>) -> Vec<Node> {
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_one = match nodes.as_slice() {
        [] => true,
        [Node::Text(text)] => is_number(text) || text.chars().count() == 1 || is_in_brackets(text),
        _ => false,
    };
    if is_one { nodes } else { joined([text("("), nodes, text(")")]) }
}

/// Around what is raised or lowered upon, names, too, stand without.
fn as_base(nodes: Vec<Node>) -> Vec<Node> {
    let is_name = matches!(nodes.as_slice(), [Node::Text(text)] if text.chars().all(char::is_alphabetic));
    if is_name { nodes } else { in_brackets(nodes) }
}

/// `(a+b)`, and not `(a)+(b)`.
fn is_in_brackets(text: &str) -> bool {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.contains(['(', ')']))
}

/// Elements beside each other; names of several letters stand apart.
fn row(parts: Vec<Vec<Node>>) -> Vec<Node> {
    let is_name = |part: &[Node]| matches!(part, [Node::Text(text)] if text.chars().count() > 1 && text.chars().all(char::is_alphabetic));
    let mut out: Vec<Vec<Node>> = Vec::with_capacity(parts.len());
    for part in parts {
        if let Some(before) = out.last()
            && (is_name(before) || is_name(&part))
            && last_char(before).is_some_and(char::is_alphanumeric)
            && first_char(&part).is_some_and(char::is_alphanumeric)
        {
            out.push(text(" "));
        }
        out.push(part);
    }
    joined(out)
}

fn first_char(nodes: &[Node]) -> Option<char> {
    match nodes.first()? {
        Node::Text(text) => text.chars().next(),
        Node::Element(element) => first_char(&element.children),
        Node::Media(_) => None,
    }
}

fn last_char(nodes: &[Node]) -> Option<char> {
    match nodes.last()? {
        Node::Text(text) => text.chars().next_back(),
        Node::Element(element) => last_char(&element.children),
        Node::Media(_) => None,
    }
}

fn between(parts: Vec<Vec<Node>>, sign: &str) -> Vec<Vec<Node>> {
    parts.into_iter().enumerate().flat_map(|(at, part)| [text(if at > 0 { sign } else { "" }), part]).collect()
}

fn trimmed(mut nodes: Vec<Node>) -> Vec<Node> {
    if let Some(Node::Text(text)) = nodes.first_mut() {
        *text = text.trim_start_matches(' ').to_owned();
    }
    if let Some(Node::Text(text)) = nodes.last_mut() {
        text.truncate(text.trim_end_matches(' ').len());
    }
    nodes
}

fn joined(parts: impl IntoIterator<Item = Vec<Node>>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for node in parts.into_iter().flatten() {
        match (joined.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, Node::Text(text)) if text.is_empty() => {}
            (_, node) => joined.push(node),
        }
    }
    joined
}
