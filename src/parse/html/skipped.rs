//! Elements that go with their content: by the policy, or by a `[[strip]]` rule. One that nobody closed goes as far as a browser
//! would take it: to the end of the block around it.

use super::open::MAX_DEPTH;
use super::policy::{Meaning, meaning_of};
use super::tree::Tag;

/// What goes with its content, while it is read.
pub(super) struct Skipped {
    name: Vec<u8>,
    /// How many elements of this name are open.
    depth: usize,
    /// The blocks that are open in it.
    blocks: Vec<Tag>,
    /// Whether it holds no blocks: the first one ends it.
    is_of_line: bool,
}

/// What an end tag ends while content goes.
pub(super) enum Ended {
    Nothing,
    /// What goes.
    Itself,
    /// Something around it, whose end a browser would obey.
    Around,
}

impl Skipped {
    pub(super) fn new(name: &[u8]) -> Self {
        Self { name: name.to_vec(), depth: 1, blocks: Vec::new(), is_of_line: false }
    }

    /// A part of a line: if nobody closed it, it takes no paragraphs along.
    pub(super) fn of_line(name: &[u8]) -> Self {
        Self { is_of_line: true, ..Self::new(name) }
    }

    /// Whether what begins ends it.
    pub(super) fn ends_before(&self, meaning: Meaning) -> bool {
        self.is_of_line && matches!(meaning, Meaning::Is(tag) if !tag.is_phrase() && !tag.is_void())
    }

    pub(super) fn start_tag(&mut self, name: &[u8]) {
        if self.name == name {
            self.depth += 1;
        } else if let Some(tag) = block_of(name)
            // Deeper ones are none, as in the tree: the list is looked through at each end tag.
            && self.blocks.len() < MAX_DEPTH
        {
            self.blocks.push(tag);
        }
    }

    pub(super) fn end_tag(&mut self, name: &[u8], is_around: impl Fn(Tag) -> bool) -> Ended {
        if self.name == name {
            self.depth -= 1;
            return if self.depth == 0 { Ended::Itself } else { Ended::Nothing };
        }
        let Some(tag) = block_of(name) else { return Ended::Nothing };
        if let Some(at) = self.blocks.iter().rposition(|open| *open == tag) {
            self.blocks.truncate(at);
            return Ended::Nothing;
        }
        if is_around(tag) { Ended::Around } else { Ended::Nothing }
    }
}

/// The block that a name means. An option is one in our words alone: most are never closed.
fn block_of(name: &[u8]) -> Option<Tag> {
    match meaning_of(name) {
        Meaning::Is(tag) if !tag.is_phrase() && !tag.is_void() && name != b"option" => Some(tag),
        _ => None,
    }
}
