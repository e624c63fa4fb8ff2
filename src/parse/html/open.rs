//! The elements of a tree that are open while it is built: [`OpenElements`].
//!
//! Everything is bounded: nesting by [`MAX_DEPTH`], formatting elements that wait to be opened again by [`MAX_FORMATTING`], the bytes of
//! their attributes that are copied by [`COPIES`] and the length of the text.

use super::tree::{Attr, Element, Node, Tag, size_of};

/// What becomes of an element when it is closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Kept,
    Dropped,
}

/// Deeper elements are unwrapped. Design's cap: no real article of the archives nests deeper than 60.
pub(super) const MAX_DEPTH: usize = 256;

/// So many formatting elements are opened again in the next block; older ones are forgotten.
const MAX_FORMATTING: usize = 8;

/// Bytes of attributes that even a short text may have copied, beyond its own length.
const COPIES: usize = 64 << 10;

/// An open element.
struct Open {
    /// What the input called it, in our words; an end tag is compared with this.
    source: Tag,
    element: Element,
    /// It goes, with its content, when it closes; and so many formatting elements were there before it.
    dropped: Option<usize>,
    /// Whether an end tag of its own has closed it: a `noscript` without one is none, for all that follows would be in it.
    is_ended: bool,
}

/// The open elements, and what stands in none of them.
pub(super) struct OpenElements {
    /// Outermost first; phrases stand above every block, in the order of `formatting`.
    stack: Vec<Open>,
    root: Vec<Node>,
    /// Formatting elements that are open, or that a block has closed and the next text opens again.
    formatting: Vec<(Tag, Vec<(Attr, String)>)>,
    /// For every open table cell, caption or `noscript`: how many formatting elements were there before it.
    markers: Vec<usize>,
    /// How many open elements take text as it is.
    pre: usize,
    /// How many keep line breaks.
    lines: usize,
    /// So many may be open.
    most: usize,
    /// How many bytes of attributes may still be copied into elements that are opened again.
    copies: usize,
}

impl OpenElements {
    /// None yet, of a text of so many bytes.
    pub(super) fn new(length: usize) -> Self {
        Self::within(MAX_DEPTH, length)
    }

    /// The same of a text that stands within another, where no more than `most` may be open.
    pub(super) fn within(most: usize, length: usize) -> Self {
        Self {
            most,
            stack: Vec::new(),
            root: Vec::new(),
            formatting: Vec::new(),
            markers: Vec::new(),
            pre: 0,
            lines: 0,
            copies: COPIES + length,
        }
    }

    /// How many more may be opened.
    pub(super) fn depth_left(&self) -> usize {
        self.most.saturating_sub(self.stack.len())
    }

    /// Whether an element of a kind is open.
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.stack.iter().any(|open| open.source == tag)
    }

    /// Whether text is taken as it is.
    pub(super) fn are_verbatim(&self) -> bool {
        self.pre > 0
    }

    /// Whether what stands here is shown as code. (Headings, summaries and captions of tables hold no listing.)
    pub(super) fn show_code(&self) -> bool {
        let is_line = |tag: Tag| tag.is_heading() || matches!(tag, Tag::Summary | Tag::Caption);
        let is_listing = || self.are_verbatim() && !self.stack.iter().any(|open| is_line(open.source));
        self.phrases().iter().any(|open| open.source == Tag::Code) || is_listing()
    }

    /// Whether what stands here is a heading or a caption.
    pub(super) fn are_in_title(&self) -> bool {
        let is_title = |tag: Tag| tag.is_heading() || matches!(tag, Tag::Figcaption | Tag::Caption | Tag::Summary);
        self.stack.iter().any(|open| is_title(open.element.tag))
    }

    /// Whether line breaks are kept in text that is not taken as it is.
    pub(super) fn keep_lines(&self) -> bool {
        self.lines > 0 && self.pre == 0
    }

    /// Whether what stands here is what a player holds.
    pub(super) fn are_in_player(&self) -> bool {
        self.phrases().iter().any(|open| matches!(open.source, Tag::Audio | Tag::Video))
    }

    pub(super) fn insert_void(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
        if self.in_svg() {
            self.close_svg();
        }
        self.reopen_formatting();
        self.append(Node::Element(Element { tag, attrs, children: Vec::new() }));
    }

    /// Foreign content goes, up to its end tag or, as in a browser, the first element of HTML that ends it.
    pub(super) fn start_svg(&mut self) {
        self.open(Tag::Svg, Element::new(Tag::Svg, Vec::new()), Content::Dropped);
    }

    /// Puts a picture where the foreign content stands that is open, for that goes.
    pub(super) fn insert_beside_svg(&mut self, picture: Element) {
        let node = Node::Element(picture);
        match self.stack.iter().position(|open| open.source == Tag::Svg) {
            Some(0) => self.root.push(node),
            Some(at) => self.stack[at - 1].element.children.push(node),
            None => self.append(node),
        }
    }

    /// Formatting elements outside are none of its business, as of a cell's.
    pub(super) fn start_noscript(&mut self, attrs: Vec<(Attr, String)>, content: Content) {
        let tag = Tag::Noscript;
        if self.open(tag, Element { tag, attrs, children: Vec::new() }, content) {
            self.markers.push(self.formatting.len());
        }
    }

    pub(super) fn start_formatting(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
        let since = self.markers.last().copied().unwrap_or(0);
        if tag == Tag::A {
            // A link within a link ends the outer one.
            self.end_formatting(tag);
        }
        if self.formatting.len() - since >= MAX_FORMATTING {
            self.close_phrases();
            self.formatting.remove(since);
        }
        self.reopen_formatting();
        self.formatting.push((tag, attrs.clone()));
        self.open(tag, Element { tag, attrs, children: Vec::new() }, Content::Kept);
    }

    /// Phrases that no block opens again: `ruby` and its parts, `picture`, `audio`, `video`.
    pub(super) fn start_phrase(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
        if matches!(tag, Tag::Rt | Tag::Rp) {
            self.close_upto_within_phrases(&[Tag::Rt, Tag::Rp]);
            if !self.phrases().iter().any(|open| open.source == Tag::Ruby) {
                return;
            }
        }
        // One in another ends it: else each would be copied around each part of a line that is cut.
        if tag == Tag::Ruby {
            self.close_upto_within_phrases(&[Tag::Ruby]);
        }
        self.reopen_formatting();
        self.open(tag, Element { tag, attrs, children: Vec::new() }, Content::Kept);
    }

    /// Opens a block; formatting does not leak out of some.
    pub(super) fn start_block(&mut self, source: Tag, element: Element, content: Content) {
        if self.open(source, element, content) && opens_scope(source) {
            self.markers.push(self.formatting.len());
        }
    }

    /// Closes what a start tag of a block ends without saying so.
    pub(super) fn close_implied(&mut self, tag: Tag) {
        let top = |elements: &Self| elements.stack.last().map(|open| open.source);
        if top(self) == Some(Tag::P) {
            self.close_top();
        }
        if tag.is_heading() && top(self).is_some_and(Tag::is_heading) {
            self.close_top();
        }
        let siblings: &[Tag] = match tag {
            Tag::Li => &[Tag::Li],
            Tag::Dt | Tag::Dd => &[Tag::Dt, Tag::Dd],
            _ => return,
        };
        let reach = self
            .stack
            .iter()
            .rev()
            .take_while(|open| matches!(open.source, Tag::Div | Tag::P) || siblings.contains(&open.source));
        if let Some(above) = reach.map(|open| open.source).position(|source| siblings.contains(&source)) {
            self.close_down_to(self.stack.len() - 1 - above);
        }
    }

    /// Closes everything down to where a part of a table may stand; says whether there is a table at all.
    pub(super) fn clear_for_table_part(&mut self, tag: Tag) -> bool {
        let Some(table) = self.stack.iter().rposition(|open| open.source == Tag::Table) else { return false };
        let holders: &[Tag] = match tag {
            Tag::Td | Tag::Th => &[Tag::Tr, Tag::Thead, Tag::Tbody, Tag::Tfoot],
            Tag::Tr => &[Tag::Thead, Tag::Tbody, Tag::Tfoot],
            _ => &[],
        };
        let holder = self.stack[table..].iter().rposition(|open| holders.contains(&open.source));
        self.close_down_to(table + holder.unwrap_or(0) + 1);
        true
    }

    pub(super) fn end_noscript(&mut self) {
        if let Some(at) = self.stack.iter().rposition(|open| open.source == Tag::Noscript) {
            self.close_down_to(at + 1);
            self.stack[at].is_ended = true;
            self.close_top();
        }
    }

    pub(super) fn end_formatting(&mut self, tag: Tag) {
        let since = self.markers.last().copied().unwrap_or(0);
        let Some(at) = self.formatting[since..].iter().rposition(|(open, _)| *open == tag) else { return };
        // Open phrases are the first of `formatting`, in order, with those in between that are never opened again.
        let depth = self.phrases().iter().filter(|open| open.source.is_formatting()).count();
        if at < depth {
            let block = self.stack.len() - self.phrases().len();
            let position = self.stack[block..]
                .iter()
                .enumerate()
                .filter(|(_, open)| open.source.is_formatting())
                .nth(at)
                .map_or(self.stack.len(), |(position, _)| block + position);
            self.close_down_to(position);
        }
        self.formatting.remove(since + at);
    }

    pub(super) fn end_block(&mut self, tag: Tag) {
        let reach = |open: &Open| open.source == tag || (tag.is_heading() && open.source.is_heading());
        let is_of_table = tag.is_table_part() || tag == Tag::Table;
        let wall = |open: &Open| open.source == Tag::Table || (opens_scope(open.source) && !is_of_table);
        for at in (0..self.stack.len()).rev() {
            if reach(&self.stack[at]) {
                return self.close_down_to(at);
            }
            if wall(&self.stack[at]) {
                return;
            }
        }
    }

    /// The open phrases: those above the innermost block.
    fn phrases(&self) -> &[Open] {
        let blocks = self.stack.iter().rposition(|open| !open.source.is_phrase()).map_or(0, |at| at + 1);
        &self.stack[blocks..]
    }

    /// Opens again the formatting elements that a block has closed.
    pub(super) fn reopen_formatting(&mut self) {
        let since = self.markers.last().copied().unwrap_or(0);
        let waiting = self.formatting.len() - since;
        if waiting == 0 {
            return;
        }
        let open = self.phrases().iter().filter(|open| open.source.is_formatting()).count();
        if self.stack.len() + waiting > self.most {
            self.formatting.truncate(since + open);
        }
        for at in since + open..self.formatting.len() {
            let Some(left) = self.copies.checked_sub(size_of(&self.formatting[at].1)) else {
                return self.formatting.truncate(at);
            };
            self.copies = left;
            let (tag, attrs) = self.formatting[at].clone();
            self.open(tag, Element { tag, attrs, children: Vec::new() }, Content::Kept);
        }
    }

    /// Says whether it was opened: at the cap it is unwrapped.
    fn open(&mut self, source: Tag, element: Element, content: Content) -> bool {
        if self.stack.len() >= self.most {
            // A formatting element must be forgotten too, or it would be counted as open.
            if source.is_formatting() {
                self.formatting.pop();
            }
            return false;
        }
        self.pre += usize::from(source == Tag::Pre);
        self.lines += usize::from(element.attr(Attr::Lines).is_some());
        let dropped = (content == Content::Dropped).then_some(self.formatting.len());
        self.stack.push(Open { source, element, dropped, is_ended: false });
        true
    }

    pub(super) fn append(&mut self, node: Node) {
        self.siblings().push(node);
    }

    /// The content of the innermost open element.
    pub(super) fn siblings(&mut self) -> &mut Vec<Node> {
        match self.stack.last_mut() {
            Some(open) => &mut open.element.children,
            None => &mut self.root,
        }
    }

    fn close_top(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.pre -= usize::from(open.source == Tag::Pre);
        self.lines -= usize::from(open.element.attr(Attr::Lines).is_some());
        if (opens_scope(open.source) || open.source == Tag::Noscript)
            && let Some(marker) = self.markers.pop()
        {
            self.formatting.truncate(marker);
        }
        match open.dropped {
            Some(formatting) => self.formatting.truncate(formatting),
            None if open.source == Tag::Noscript && !open.is_ended => self.unwrap(open.element.children),
            None => self.append(Node::Element(open.element)),
        }
    }

    /// Puts what stood in a `noscript` that nobody closed into its place. No phrase holds a block; those that are open have seen no end, for
    /// the `noscript` hid it.
    fn unwrap(&mut self, nodes: Vec<Node>) {
        if !nodes.iter().all(Node::is_phrase) {
            let open = self.phrases().iter().filter(|open| open.source.is_formatting()).count();
            self.close_phrases();
            self.formatting.truncate(self.formatting.len().saturating_sub(open));
        }
        self.siblings().extend(nodes);
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.stack.len() > depth {
            self.close_top();
        }
    }

    pub(super) fn close_phrases(&mut self) {
        let depth = self.stack.len() - self.phrases().len();
        self.close_down_to(depth);
    }

    pub(super) fn close_svg(&mut self) {
        if let Some(at) = self.stack.iter().rposition(|open| open.source == Tag::Svg) {
            self.close_down_to(at);
        }
    }

    pub(super) fn close_upto_within_phrases(&mut self, tags: &[Tag]) {
        let block = self.stack.len() - self.phrases().len();
        if let Some(at) = self.phrases().iter().rposition(|open| tags.contains(&open.source)) {
            self.close_down_to(block + at);
        }
    }

    pub(super) fn in_svg(&self) -> bool {
        self.stack.last().is_some_and(|open| open.source == Tag::Svg)
    }

    pub(super) fn finish(mut self) -> Vec<Node> {
        self.close_down_to(0);
        self.root
    }
}

/// Formatting does not leak into or out of these.
fn opens_scope(tag: Tag) -> bool {
    matches!(tag, Tag::Td | Tag::Th | Tag::Caption)
}
