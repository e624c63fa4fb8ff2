//! Formulas in MathML (<https://www.w3.org/TR/mathml-core/>) as text that says the same: powers and indices are raised and lowered,
//! fractions and roots get their signs, and brackets where these need them. Run together, `10⁶` would be `106`.

use super::open::MAX_DEPTH;
use super::tree::{Attr, Node, Tag};
use super::white_space::is_control;

/// A formula while it is read.
pub(super) struct Formula {
    /// The elements that are open; the first is the formula itself.
    open: Vec<Open>,
}

struct Open {
    name: Vec<u8>,
    /// What stands around an `mfenced`.
    fence: [String; 2],
    parts: Vec<Part>,
}

/// What an element shows.
struct Part {
    nodes: Vec<Node>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One letter or name.
    Name,
    Number,
    /// Text, which stands apart from what is beside it.
    Words,
    /// A fraction: a number before it would become a part of it.
    Fraction,
    /// Between brackets: one whole.
    Fenced,
    Other,
}

impl Formula {
    pub(super) fn new() -> Self {
        Self { open: vec![Open::of(b"math", &[])] }
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
    pub(super) fn start(&mut self, name: &[u8], attrs: &[(Attr, String)]) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(Open::of(name, attrs));
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
                false if is_control(c) => {}
                false => collapsed.push(c),
                true if collapsed.ends_with(' ') => {}
                true => collapsed.push(' '),
            }
        }
        // Between elements white space means nothing.
        if collapsed != " " || self.is_in_words() {
            self.push(Part { nodes: text_node(&collapsed), kind: Kind::Other });
        }
    }

    /// What the formula shows.
    pub(super) fn finish(mut self) -> Vec<Node> {
        self.close_down_to(1);
        self.open.pop().map(|open| shown(open).nodes).unwrap_or_default()
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth
            && let Some(open) = self.open.pop()
        {
            self.push(shown(open));
        }
    }

    fn push(&mut self, part: Part) {
        if let Some(open) = self.open.last_mut() {
            open.parts.push(part);
        }
    }
}

impl Open {
    fn of(name: &[u8], attrs: &[(Attr, String)]) -> Self {
        let value = |wanted: Attr| attrs.iter().find(|(attr, _)| *attr == wanted).map(|(_, value)| value.clone());
        let fence = [(Attr::Open, "("), (Attr::Close, ")")]
            .map(|(attr, usual)| value(attr).unwrap_or_else(|| usual.to_owned()));
        Self { name: name.to_vec(), fence, parts: Vec::new() }
    }
}

fn is_token(name: &[u8]) -> bool {
    matches!(name, b"mi" | b"mn" | b"mo" | b"mtext" | b"ms")
}

/// What an element shows, by the elements in it; one that has not as many as it should is a row.
fn shown(Open { name, fence, mut parts }: Open) -> Part {
    let other = |nodes| Part { nodes, kind: Kind::Other };
    match (&*name, parts.len()) {
        (b"mphantom", _) => other(Vec::new()),
        (b"mspace", _) => other(text_node(" ")),
        (token, _) if is_token(token) => {
            let kind = match token {
                b"mi" => Kind::Name,
                b"mn" => Kind::Number,
                b"mtext" | b"ms" => Kind::Words,
                _ => Kind::Other,
            };
            Part { nodes: trimmed(joined(parts)), kind }
        }
        // What is of HTML stands in words.
        (html, _) if !html.starts_with(b"m") => other(joined(parts)),
        (b"msqrt", _) => other(around("√", in_brackets(row(parts)), "")),
        (b"mfenced", _) => {
            let [open, close] = fence;
            Part { nodes: around(&open, between(parts, ", "), &close), kind: Kind::Fenced }
        }
        (b"mtr", _) => other(between(parts, " ")),
        (b"mtable", _) => other(between(parts, "; ")),
        (b"msup" | b"mover", 2) => {
            let above = last(&mut parts);
            other(followed(in_brackets(last(&mut parts)), [script(Tag::Sup, &above)]))
        }
        (b"msub" | b"munder", 2) => {
            let below = last(&mut parts);
            other(followed(in_brackets(last(&mut parts)), [script(Tag::Sub, &below)]))
        }
        (b"msubsup" | b"munderover", 3) => {
            let (above, below) = (last(&mut parts), last(&mut parts));
            other(followed(in_brackets(last(&mut parts)), [script(Tag::Sub, &below), script(Tag::Sup, &above)]))
        }
        (b"mfrac", 2) => {
            let below = in_brackets(last(&mut parts));
            let above = around("", in_brackets(last(&mut parts)), "/");
            Part { nodes: followed(above, below), kind: Kind::Fraction }
        }
        (b"mroot", 2) => {
            let index = last(&mut parts);
            let root = around("√", in_brackets(last(&mut parts)), "");
            other(followed(vec![script(Tag::Sup, &index)], root))
        }
        _ => row(parts),
    }
}

fn last(parts: &mut Vec<Part>) -> Part {
    parts.pop().unwrap_or(Part { nodes: Vec::new(), kind: Kind::Other })
}

fn text_node(text: &str) -> Vec<Node> {
    vec![Node::Text(text.to_owned())]
}

/// What is raised or lowered; within it, what is raised again is said with signs.
fn script(tag: Tag, part: &Part) -> Node {
    Node::element(tag, text_node(&in_line(&part.nodes)))
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

/// Brackets around what is more than one name, number, sign or whole.
fn in_brackets(part: Part) -> Vec<Node> {
    let is_sign = matches!(part.nodes.as_slice(), [] | [Node::Text(_)])
        && (is_in_brackets(&part.nodes) || in_line(&part.nodes).chars().count() < 2);
    if is_sign || matches!(part.kind, Kind::Name | Kind::Number | Kind::Fenced) {
        return part.nodes;
    }
    around("(", part.nodes, ")")
}

/// `(a+b)`, and not `(a)+(b)`.
fn is_in_brackets(nodes: &[Node]) -> bool {
    let [Node::Text(text)] = nodes else { return false };
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.contains(['(', ')']))
}

/// Elements beside each other; what would run together stands apart.
fn row(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 {
        return last(&mut parts);
    }
    let mut nodes: Vec<Node> = Vec::with_capacity(parts.len());
    let mut before: Option<Kind> = None;
    for part in parts {
        let touches = last_char(&nodes).is_some_and(char::is_alphanumeric)
            && first_char(&part.nodes).is_some_and(char::is_alphanumeric);
        let is_name = |kind: Kind, nodes: &[Node]| kind == Kind::Name && in_line(nodes).chars().count() > 1;
        let are_apart = matches!(
            (before, part.kind),
            (Some(Kind::Words), _) | (_, Kind::Words) | (Some(Kind::Number), Kind::Number | Kind::Fraction)
        ) || is_name(part.kind, &part.nodes)
            || before == Some(Kind::Name) && ends_with_name(&nodes);
        if touches && are_apart {
            push(&mut nodes, Node::Text(" ".to_owned()));
        }
        before = Some(part.kind);
        part.nodes.into_iter().for_each(|node| push(&mut nodes, node));
    }
    Part { nodes, kind: Kind::Other }
}

/// Whether two letters end a row.
fn ends_with_name(nodes: &[Node]) -> bool {
    let Some(Node::Text(text)) = nodes.last() else { return false };
    text.chars().rev().take(2).filter(|c| c.is_alphabetic()).count() == 2
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

fn between(parts: Vec<Part>, sign: &str) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(2 * parts.len());
    for (at, part) in parts.into_iter().enumerate() {
        push(&mut nodes, Node::Text(if at > 0 { sign } else { "" }.to_owned()));
        part.nodes.into_iter().for_each(|node| push(&mut nodes, node));
    }
    nodes
}

fn around(before: &str, nodes: Vec<Node>, after: &str) -> Vec<Node> {
    followed(followed(text_node(before), nodes), text_node(after))
}

fn followed(mut nodes: Vec<Node>, more: impl IntoIterator<Item = Node>) -> Vec<Node> {
    more.into_iter().for_each(|node| push(&mut nodes, node));
    nodes
}

fn joined(parts: Vec<Part>) -> Vec<Node> {
    followed(Vec::new(), parts.into_iter().flat_map(|part| part.nodes))
}

fn push(nodes: &mut Vec<Node>, node: Node) {
    match (nodes.last_mut(), node) {
        (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
        (_, Node::Text(text)) if text.is_empty() => {}
        (_, node) => nodes.push(node),
    }
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
