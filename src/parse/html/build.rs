//! Markup → tree: [`build`] drives the tokenizer and puts what it says into a tree, as a browser would, with one
//! difference: a phrase never holds a block.
//!
//! A browser that meets `<b><p>` keeps the paragraph inside the bold; here the bold is closed before the block and
//! opened again inside it, for every formatting element. The tree is loose: what is inside what is brought into
//! the strict form by [`normalise`](super::normalise).
//!
//! Everything is bounded: nesting by [`MAX_DEPTH`], formatting elements that wait to be opened again by
//! [`MAX_FORMATTING`]; so time is linear in the input, whatever it holds.

use html5gum::State;

use super::policy::{Meaning, Sight, embedded, has_no_content, is_frame, meaning_of, raw_state, sight_of};
use super::skipped::{Ended, Skipped};
use super::tokens;
use super::tree::{Attr, Element, Node, Tag, is_blank, size_of};
use super::white_space::{collapse, verbatim};
use crate::config::StripWhat;

/// Deeper elements are unwrapped. Design's cap: no real article of the archives nests deeper than 60.
pub const MAX_DEPTH: usize = 256;

/// So many formatting elements are opened again in the next block; older ones are forgotten.
const MAX_FORMATTING: usize = 8;

/// Bytes of attributes that even a short text may have copied, beyond its own length.
const COPIES: usize = 64 << 10;

/// Builds the tree of a body. `dropped` are the elements that `[[strip]]` rules name.
pub fn build(markup: &str, dropped: &[&StripWhat]) -> Vec<Node> {
    let mut builder = Builder::new(dropped, markup.len());
    tokens::read(markup, &mut builder);
    builder.finish()
}

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

/// What is done with the raw text that follows a start tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RawText {
    Drop,
    /// The same, of an element whose content was markup before: if its end is missing, it has none.
    Frame,
    Show,
}

/// The tree while it is built.
pub(super) struct Builder<'rules> {
    /// Open elements, outermost first; phrases stand above every block, in the order of `formatting`.
    stack: Vec<Open>,
    root: Vec<Node>,
    /// Formatting elements that are open, or that a block has closed and the next text opens again.
    formatting: Vec<(Tag, Vec<(Attr, String)>)>,
    /// For every open table cell, caption or `noscript`: how many formatting elements were there before it.
    markers: Vec<usize>,
    raw_text: Option<RawText>,
    skipping: Option<Skipped>,
    /// What follows a frame without an end.
    pub(super) unended: Option<String>,
    /// Whether there was one: those behind it are no better.
    has_unended: bool,
    /// Whether a formula stands there that KaTeX will show once more.
    has_formula: bool,
    open_pre: usize,
    /// How many open elements keep line breaks.
    open_lines: usize,
    /// How many bytes of attributes may still be copied into elements that are opened again.
    copies: usize,
    dropped: &'rules [&'rules StripWhat],
}

impl<'rules> Builder<'rules> {
    fn new(dropped: &'rules [&'rules StripWhat], length: usize) -> Self {
        Self {
            stack: Vec::new(),
            root: Vec::new(),
            formatting: Vec::new(),
            markers: Vec::new(),
            raw_text: None,
            skipping: None,
            unended: None,
            has_unended: false,
            has_formula: false,
            open_pre: 0,
            open_lines: 0,
            copies: COPIES + length,
            dropped,
        }
    }

    /// A start tag; gives the state in which the tokenizer must read what follows, if not as markup.
    pub(super) fn start_tag(&mut self, name: &[u8], attrs: Vec<(Attr, String)>, self_closing: bool) -> Option<State> {
        let meaning = meaning_of(name);
        // In a drawing a title is an element like others. What a writer of XML has closed has no content, though a
        // browser would look for its end.
        let is_raw = !(self_closing || (name == b"title" && self.in_svg()) || (is_frame(name) && self.has_unended));
        let raw = raw_state(name).filter(|_| is_raw);
        if let Some(skipped) = &mut self.skipping {
            skipped.start_tag(name);
            self.raw_text = raw.is_some().then_some(RawText::Drop);
            return raw;
        }
        if let Some((tag, address)) = embedded(name, &attrs).filter(|_| !self.drops(name, &attrs)) {
            let title = attrs.iter().find(|(attr, _)| matches!(attr, Attr::Title | Attr::Name)).cloned();
            let title = title.map(|(_, title)| (Attr::Title, title));
            self.insert_void(tag, [(Attr::Src, address)].into_iter().chain(title).collect());
        }
        let is_in_line =
            matches!(meaning, Meaning::Unwrapped) || matches!(meaning, Meaning::Is(tag) if tag.is_formatting());
        if is_in_line && attrs.iter().any(|(attr, _)| *attr == Attr::Style) && !self.drops(name, &attrs) {
            self.begin_line();
        }
        match meaning {
            Meaning::Is(tag) if tag.is_void() && self.drops(name, &attrs) => {}
            Meaning::Is(Tag::Iframe) => self.insert_void(Tag::Iframe, attrs),
            Meaning::Is(Tag::Svg) => self.start_svg(self_closing),
            Meaning::Is(tag) => self.start_element(tag, name, attrs),
            Meaning::Unwrapped => self.start_unwrapped(name, &attrs),
            // A shadow tree's content, as a saved page has it, is shown.
            Meaning::Dropped if attrs.iter().any(|(attr, _)| *attr == Attr::Shadow) => {}
            Meaning::Dropped if !self_closing => self.skip(name),
            Meaning::Dropped | Meaning::DroppedRaw => {}
            Meaning::Verbatim if self_closing => {}
            Meaning::Verbatim => self.start_element(Tag::Pre, name, Vec::new()),
        }
        if raw.is_some() {
            self.raw_text = Some(match meaning {
                Meaning::Verbatim => RawText::Show,
                _ if is_frame(name) => RawText::Frame,
                _ => RawText::Drop,
            });
        }
        raw
    }

    /// What follows stands in a line of its own, if anything stands before it.
    fn begin_line(&mut self) {
        // A longer text is not looked through each time: it shows something, or is odd.
        let is_blank = |node: &&Node| matches!(node, Node::Text(text) if text.len() < 64 && is_blank(text));
        let before = self.siblings().iter().rev().take(2).find(|node| !is_blank(node));
        if before.is_some_and(|node| node.is_phrase() && node.tag() != Some(Tag::Br)) {
            self.append(Node::element(Tag::Br, Vec::new()));
        }
    }

    /// Foreign content goes, up to its end tag or, as in a browser, the first element of HTML that ends it.
    fn start_svg(&mut self, self_closing: bool) {
        if !self_closing {
            self.open(Tag::Svg, Element::new(Tag::Svg, Vec::new()), true);
        }
    }

    /// Elements without meaning: only a check box and a rule's element leave a trace.
    fn start_unwrapped(&mut self, name: &[u8], attrs: &[(Attr, String)]) {
        if name == b"input" && attrs.iter().any(|(attr, value)| *attr == Attr::Type && value == "checkbox") {
            let checked = attrs.iter().any(|(attr, _)| *attr == Attr::Checked);
            self.text(if checked { "☑" } else { "☐" });
        }
        let is_unseen = match sight_of(attrs) {
            Sight::Plain => false,
            Sight::Unseen => true,
            Sight::Formula => {
                self.has_formula = true;
                false
            }
            // KaTeX shows a formula twice, to programs and to eyes.
            Sight::FormulaTwin => std::mem::take(&mut self.has_formula),
        };
        if (is_unseen || self.drops(name, attrs)) && !has_no_content(name) {
            self.skip(name);
        }
    }

    fn skip(&mut self, name: &[u8]) {
        self.skipping = Some(Skipped::new(name));
    }

    /// The input ends within a frame: the text is none of it.
    pub(super) fn leave_frame(&mut self, text: String) {
        (self.raw_text, self.unended, self.has_unended) = (None, Some(text), true);
    }

    /// Whether what is read is the content of a frame.
    pub(super) fn is_in_frame(&self) -> bool {
        self.raw_text == Some(RawText::Frame)
    }

    /// Whether a rule drops an element.
    fn drops(&self, name: &[u8], attrs: &[(Attr, String)]) -> bool {
        self.dropped.iter().any(|rule| rule_fits(rule, name, attrs))
    }

    fn start_element(&mut self, tag: Tag, name: &[u8], attrs: Vec<(Attr, String)>) {
        if self.in_svg() {
            if !ends_foreign_content(tag) {
                return;
            }
            self.close_through(|open| open.source == Tag::Svg);
        }
        if tag.is_void() && tag != Tag::Hr {
            return self.insert_void(tag, attrs);
        }
        let dropped = self.drops(name, &attrs);
        match tag {
            // It stands where its picture would, within a line too.
            Tag::Noscript => self.start_noscript(attrs, dropped),
            // A block may end without an end tag.
            _ if !tag.is_phrase() => self.start_block(tag, attrs, dropped),
            _ if dropped => self.skip(name),
            _ if tag.is_formatting() => self.start_formatting(tag, attrs),
            _ => self.start_phrase(tag, attrs),
        }
    }

    /// Formatting elements outside are none of its business, as of a cell's.
    fn start_noscript(&mut self, attrs: Vec<(Attr, String)>, dropped: bool) {
        let tag = Tag::Noscript;
        if self.open(tag, Element { tag, attrs, children: Vec::new() }, dropped) {
            self.markers.push(self.formatting.len());
        }
    }

    fn start_formatting(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
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
        self.open(tag, Element { tag, attrs, children: Vec::new() }, false);
    }

    /// Phrases that no block opens again: `ruby` and its parts, `picture`, `audio`, `video`.
    fn start_phrase(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
        if matches!(tag, Tag::Rt | Tag::Rp) {
            self.close_upto_within_phrases(&[Tag::Rt, Tag::Rp]);
            if !self.phrases().iter().any(|open| open.source == Tag::Ruby) {
                return;
            }
        }
        self.reopen_formatting();
        self.open(tag, Element { tag, attrs, children: Vec::new() }, false);
    }

    fn start_block(&mut self, tag: Tag, mut attrs: Vec<(Attr, String)>, dropped: bool) {
        if tag.is_table_part() && !self.clear_for_table_part(tag) {
            return;
        }
        if self.phrases().iter().any(|open| matches!(open.source, Tag::Audio | Tag::Video)) {
            attrs.push((Attr::InPlayer, String::new()));
        }
        self.close_phrases();
        self.close_implied(tag);
        if tag == Tag::Hr {
            return self.append(Node::element(Tag::Hr, Vec::new()));
        }
        let shown = if is_caption(tag, &attrs) { Tag::Figcaption } else { tag };
        let opened = self.open(tag, Element { tag: shown, attrs, children: Vec::new() }, dropped);
        if opened && opens_scope(tag) {
            self.markers.push(self.formatting.len());
        }
    }

    /// Closes what a start tag of a block ends without saying so.
    fn close_implied(&mut self, tag: Tag) {
        let top = |builder: &Self| builder.stack.last().map(|open| open.source);
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
    fn clear_for_table_part(&mut self, tag: Tag) -> bool {
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

    fn insert_void(&mut self, tag: Tag, attrs: Vec<(Attr, String)>) {
        if self.in_svg() {
            self.close_through(|open| open.source == Tag::Svg);
        }
        self.reopen_formatting();
        self.append(Node::Element(Element { tag, attrs, children: Vec::new() }));
    }

    /// An end tag.
    pub(super) fn end_tag(&mut self, name: &[u8]) {
        if self.raw_text.take().is_some() && meaning_of(name) != Meaning::Verbatim {
            // The end of raw text that was dropped: nothing was opened for it.
            if self.skipping.is_none() {
                return;
            }
        }
        let ended = self
            .skipping
            .as_mut()
            .map(|skipped| skipped.end_tag(name, |tag| self.stack.iter().any(|open| open.source == tag)));
        match ended {
            Some(Ended::Nothing) => return,
            Some(Ended::Itself) => return self.skipping = None,
            Some(Ended::Around) => self.skipping = None,
            None => {}
        }
        let tag = match meaning_of(name) {
            Meaning::Is(tag) => tag,
            Meaning::Verbatim => Tag::Pre,
            _ => return,
        };
        match tag {
            // The standard: `</br>` is `<br>`, and a `</p>` of no paragraph is one.
            Tag::Br => self.insert_void(Tag::Br, Vec::new()),
            Tag::Svg => self.close_through(|open| open.source == Tag::Svg),
            Tag::Noscript => self.end_noscript(),
            _ if tag.is_void() || self.in_svg() => {}
            _ if tag.is_formatting() => self.end_formatting(tag),
            _ if tag.is_phrase() => self.close_upto_within_phrases(&[tag]),
            Tag::P if !self.stack.iter().any(|open| open.source == Tag::P) => {
                self.close_phrases();
                self.append(Node::element(Tag::P, Vec::new()));
            }
            _ => self.end_block(tag),
        }
    }

    fn end_noscript(&mut self) {
        if let Some(at) = self.stack.iter().rposition(|open| open.source == Tag::Noscript) {
            self.close_down_to(at + 1);
            self.stack[at].is_ended = true;
            self.close_top();
        }
    }

    fn end_formatting(&mut self, tag: Tag) {
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

    fn end_block(&mut self, tag: Tag) {
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

    /// The text between two tags.
    pub(super) fn string(&mut self, text: &str) {
        match (self.raw_text, &self.skipping) {
            (_, Some(_)) => {}
            (Some(RawText::Drop), _) => {}
            (Some(RawText::Frame), _) if holds_frame(text) => {
                // Another frame's end: nobody has closed this one, and what followed it is none of its.
                self.raw_text = None;
                tokens::read(text, self);
            }
            (Some(RawText::Frame), _) => self.remember_framed(text),
            _ if self.in_svg() => {}
            _ if self.open_lines > 0 && self.open_pre == 0 => self.lines(text),
            _ => self.text(text),
        }
    }

    /// Text whose lines are kept. Two breaks make a paragraph, and more are no more than two.
    fn lines(&mut self, text: &str) {
        let mut breaks = 0;
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 && breaks < 2 {
                self.insert_void(Tag::Br, Vec::new());
                breaks += 1;
            }
            if at == 0 || !is_blank(line) {
                self.text(line);
                breaks = 0;
            }
        }
    }

    /// An iframe without an address may name one in its fallback content.
    fn remember_framed(&mut self, text: &str) {
        if let Some(Node::Element(element)) = self.siblings().last_mut()
            && element.tag == Tag::Iframe
            && element.attr(Attr::Src).is_none_or(str::is_empty)
        {
            element.attrs.push((Attr::Value, text.to_owned()));
        }
    }

    fn text(&mut self, text: &str) {
        let clean = if self.open_pre > 0 { verbatim(text) } else { collapse(text) };
        if clean.is_empty() {
            return;
        }
        let blank = clean.bytes().all(|byte| byte == b' ' || byte == b'\n');
        if !blank {
            self.reopen_formatting();
        }
        let in_line = self.open_pre == 0;
        match self.siblings().last_mut() {
            // What stood between the two had no meaning: their white space is one.
            Some(Node::Text(before)) if in_line => {
                let is_parted = before.ends_with(' ');
                before.push_str(if is_parted { clean.trim_start_matches(' ') } else { &clean });
            }
            _ => self.append(Node::Text(clean)),
        }
    }

    /// The open phrases: those above the innermost block.
    fn phrases(&self) -> &[Open] {
        let blocks = self.stack.iter().rposition(|open| !open.source.is_phrase()).map_or(0, |at| at + 1);
        &self.stack[blocks..]
    }

    /// Opens again the formatting elements that a block has closed.
    fn reopen_formatting(&mut self) {
        let since = self.markers.last().copied().unwrap_or(0);
        let waiting = self.formatting.len() - since;
        if waiting == 0 {
            return;
        }
        let open = self.phrases().iter().filter(|open| open.source.is_formatting()).count();
        if self.stack.len() + waiting > MAX_DEPTH {
            self.formatting.truncate(since + open);
        }
        for at in since + open..self.formatting.len() {
            let Some(left) = self.copies.checked_sub(size_of(&self.formatting[at].1)) else {
                return self.formatting.truncate(at);
            };
            self.copies = left;
            let (tag, attrs) = self.formatting[at].clone();
            self.open(tag, Element { tag, attrs, children: Vec::new() }, false);
        }
    }

    /// Says whether it was opened: at the cap it is unwrapped.
    fn open(&mut self, source: Tag, element: Element, dropped: bool) -> bool {
        if self.stack.len() >= MAX_DEPTH {
            // A formatting element must be forgotten too, or it would be counted as open.
            if source.is_formatting() {
                self.formatting.pop();
            }
            return false;
        }
        self.open_pre += usize::from(source == Tag::Pre);
        self.open_lines += usize::from(element.attr(Attr::Lines).is_some());
        self.stack.push(Open { source, element, dropped: dropped.then_some(self.formatting.len()), is_ended: false });
        true
    }

    fn append(&mut self, node: Node) {
        self.siblings().push(node);
    }

    /// The content of the innermost open element.
    fn siblings(&mut self) -> &mut Vec<Node> {
        match self.stack.last_mut() {
            Some(open) => &mut open.element.children,
            None => &mut self.root,
        }
    }

    fn close_top(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.open_pre -= usize::from(open.source == Tag::Pre);
        self.open_lines -= usize::from(open.element.attr(Attr::Lines).is_some());
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

    fn close_phrases(&mut self) {
        let depth = self.stack.len() - self.phrases().len();
        self.close_down_to(depth);
    }

    fn close_through(&mut self, fits: impl Fn(&Open) -> bool) {
        if let Some(at) = self.stack.iter().rposition(fits) {
            self.close_down_to(at);
        }
    }

    fn close_upto_within_phrases(&mut self, tags: &[Tag]) {
        let block = self.stack.len() - self.phrases().len();
        if let Some(at) = self.phrases().iter().rposition(|open| tags.contains(&open.source)) {
            self.close_down_to(block + at);
        }
    }

    fn in_svg(&self) -> bool {
        self.stack.last().is_some_and(|open| open.source == Tag::Svg)
    }

    fn finish(mut self) -> Vec<Node> {
        self.close_down_to(0);
        self.root
    }
}

fn holds_frame(text: &str) -> bool {
    const START: &[u8] = b"<iframe";
    let mut starts = memchr::memchr_iter(b'<', text.as_bytes()).map(|at| &text.as_bytes()[at..]);
    starts.any(|rest| rest.len() > START.len() && rest[..START.len()].eq_ignore_ascii_case(START))
}

/// Formatting does not leak into or out of these.
fn opens_scope(tag: Tag) -> bool {
    matches!(tag, Tag::Td | Tag::Th | Tag::Caption)
}

/// The standard's list of start tags that end foreign content, as far as we know them.
fn ends_foreign_content(tag: Tag) -> bool {
    !matches!(tag, Tag::A | Tag::Audio | Tag::Video | Tag::Picture | Tag::Svg | Tag::Q | Tag::Cite)
}

/// A box whose class says that it is a picture's caption.
fn is_caption(tag: Tag, attrs: &[(Attr, String)]) -> bool {
    matches!(tag, Tag::Div | Tag::P)
        && attrs.iter().any(|(attr, value)| {
            *attr == Attr::Class
                && value.split_ascii_whitespace().any(|class| {
                    let class = class.to_ascii_lowercase();
                    (class.ends_with("caption") && !class.starts_with("no") && !class.starts_with("cta"))
                        || class.ends_with("caption-text")
                        || class.ends_with("photo-credit")
                })
        })
}

fn rule_fits(rule: &StripWhat, name: &[u8], attrs: &[(Attr, String)]) -> bool {
    let StripWhat::Element { tag, class, id } = rule else { return false };
    let value = |wanted: Attr| attrs.iter().find(|(attr, _)| *attr == wanted).map(|(_, value)| value.as_str());
    tag.as_deref().is_none_or(|tag| tag.as_bytes() == name)
        && class
            .as_deref()
            .is_none_or(|class| value(Attr::Class).is_some_and(|v| v.split_ascii_whitespace().any(|c| c == class)))
        && id.as_deref().is_none_or(|id| value(Attr::Id) == Some(id))
}
