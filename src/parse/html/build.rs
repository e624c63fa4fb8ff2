//! Markup → tree: [`build`] drives the tokenizer and puts what it says into a tree, as a browser would, with one
//! difference: a phrase never holds a block.
//!
//! A browser that meets `<b><p>` keeps the paragraph inside the bold; here the bold is closed before the block and
//! opened again inside it, for every formatting element. The tree is loose: what is inside what is brought into
//! the strict form by [`normalise`](super::normalise).
//!
//! What is open is kept by [`OpenElements`], within bounds: so time is linear in the input, whatever it holds.

use std::borrow::Cow;
use std::collections::HashSet;

use html5gum::State;

use super::formula::Formula;
use super::open::{Content, OpenElements};
use super::players::address_of_frame;
use super::policy::{
    Meaning, PagePart, embedded, ends_formula, has_no_content, is_frame, meaning_of, page_part, raw_state,
};
use super::references::resolved;
use super::skipped::{Ended, Skipped};
use super::start_tags::{is_caption, is_closed_by_slash, picture_behind, rule_fits};
use super::styled::{Styled, is_bare, is_plain, phrase_of};
use super::tokens::{self, Closing};
use super::tree::{Attr, Element, Node, Tag, is_blank};
use super::white_space::{collapse, verbatim};
use crate::address::parse_web;
use crate::config::StripWhat;
use crate::parse::inline::bytes_of_data;
use crate::parse::markdown::{BLOCKS, opens_one_of};

/// Builds the tree of a body. `dropped` are the elements that `[[strip]]` rules name.
pub fn build(markup: &str, dropped: &[&StripWhat]) -> Vec<Node> {
    Builder::new(dropped, markup).read()
}

/// What is done with the raw text that follows a start tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RawText {
    Drop,
    /// The same, of an element whose content was markup before: if its end is missing, it has none.
    Frame,
    /// The same, of a style sheet: if its end is missing, it ends before the first block.
    Style,
    Show,
}

/// The text behind so many style sheets without an end is read once more for each.
const MOST_UNENDED: usize = 8;

/// The tree while it is built.
pub(super) struct Builder<'input> {
    pub(super) markup: &'input str,
    pub(super) elements: OpenElements,
    pub(super) styled: Styled,
    raw_text: Option<RawText>,
    skipping: Option<Skipped>,
    /// What follows a frame or a style sheet without an end.
    pub(super) unended: Option<String>,
    /// Whether a frame was without: those behind it are no better.
    has_unended: bool,
    /// How many style sheets were without.
    unended_styles: usize,
    /// Whether this is the content of a frame: a frame in it frames nothing, or frames could nest without an end.
    is_framed: bool,
    /// The formula that is open.
    formula: Option<Formula>,
    /// Whether a formula stands there that KaTeX will show once more.
    pub(super) has_formula: bool,
    /// The places in the text to which links lead, once somebody has asked.
    pub(super) places: Option<HashSet<String>>,
    dropped: &'input [&'input StripWhat],
}

impl<'input> Builder<'input> {
    fn new(dropped: &'input [&'input StripWhat], markup: &'input str) -> Self {
        Self {
            markup,
            elements: OpenElements::new(markup.len()),
            styled: Styled::default(),
            raw_text: None,
            skipping: None,
            unended: None,
            has_unended: false,
            unended_styles: 0,
            is_framed: false,
            formula: None,
            has_formula: false,
            places: None,
            dropped,
        }
    }

    fn read(mut self) -> Vec<Node> {
        tokens::read(self.markup, &mut self);
        self.end_formula();
        self.elements.finish()
    }

    /// A start tag; gives the state in which the tokenizer must read what follows, if not as markup.
    pub(super) fn start_tag(&mut self, name: &[u8], attrs: Vec<(Attr, String)>, closing: Closing) -> Option<State> {
        let meaning = meaning_of(name);
        let closes_itself = closing == Closing::Itself;
        let raw = raw_state(name).filter(|_| !closes_itself && self.is_raw(name));
        let is_tex =
            name == b"script" && attrs.iter().any(|(attr, value)| *attr == Attr::Type && value.starts_with("math/tex"));
        self.skipping.take_if(|skipped| skipped.ends_before(meaning));
        if let Some(skipped) = &mut self.skipping {
            skipped.start_tag(name);
            self.raw_text = raw.is_some().then_some(RawText::Drop);
            return raw;
        }
        if self.formula.is_some() && self.goes_on_in_formula(name, &attrs, closing) {
            return raw;
        }
        if !closes_itself && page_part(name, &attrs).is_some_and(|part| self.is_in_place(part)) {
            self.skipping = Some(if name == b"div" { Skipped::new(name) } else { Skipped::of_line(name) });
            return raw;
        }
        if let Some((tag, address)) = embedded(name, &attrs).filter(|_| !self.drops(name, &attrs)) {
            let title = attrs.iter().find(|(attr, _)| matches!(attr, Attr::Title | Attr::Name)).cloned();
            let title = title.map(|(_, title)| (Attr::Title, title));
            self.elements.insert_void(tag, [(Attr::Src, address)].into_iter().chain(title).collect());
        }
        let is_in_line =
            matches!(meaning, Meaning::Unwrapped) || matches!(meaning, Meaning::Is(tag) if tag.is_formatting());
        if is_in_line && attrs.iter().any(|(attr, _)| *attr == Attr::Style) && !self.drops(name, &attrs) {
            self.begin_line();
        }
        self.start_meaning(meaning, name, attrs, closing);
        if name == b"math" && !closes_itself && self.skipping.is_none() && !self.elements.in_svg() {
            self.formula = Some(Formula::new());
        }
        if raw.is_some() {
            self.raw_text = Some(match meaning {
                Meaning::Verbatim => RawText::Show,
                // MathJax's source of a formula, unless the formula itself stands before it.
                _ if is_tex && !std::mem::take(&mut self.has_formula) => RawText::Show,
                _ if is_frame(name) => RawText::Frame,
                _ if name == b"style" => RawText::Style,
                _ => RawText::Drop,
            });
        }
        raw
    }

    /// Whether a part of a page stands where it would.
    fn is_in_place(&mut self, part: PagePart) -> bool {
        match part {
            PagePart::Anywhere => true,
            PagePart::OfFigure => self.elements.has(Tag::Figure),
            PagePart::OfSound => {
                let last = self.elements.siblings().iter().rev().take(2).find(|node| !node.is_blank_text());
                last.is_some_and(|node| node.tag() == Some(Tag::Audio)) && self.elements.has(Tag::Figure)
            }
        }
    }

    /// Begins what an element means.
    fn start_meaning(&mut self, meaning: Meaning, name: &[u8], attrs: Vec<(Attr, String)>, closing: Closing) {
        let closes_itself = closing == Closing::Itself;
        match meaning {
            Meaning::Is(tag) if tag.is_void() && self.drops(name, &attrs) => {}
            Meaning::Is(Tag::Iframe) => {
                match framed(&attrs).filter(|_| !self.is_framed && self.elements.depth_left() > 1) {
                    Some(markup) => self.show_framed(&markup),
                    None => self.elements.insert_void(Tag::Iframe, attrs),
                }
            }
            Meaning::Is(Tag::Svg) => {
                // WeChat's editors put pictures behind drawings of nothing.
                if attrs.iter().any(|(attr, _)| *attr == Attr::Background) && !self.drops(name, &attrs) {
                    self.elements.insert_beside_svg(picture_behind(attrs));
                }
                if !closes_itself {
                    self.elements.start_svg();
                }
            }
            Meaning::Is(tag) => {
                // The whole page's language is the article's, and need not be said of each block.
                let is_page = matches!(name, b"html" | b"body");
                let is_closed = closes_itself && is_closed_by_slash(tag, &attrs);
                let attrs =
                    if is_page { attrs.into_iter().filter(|(attr, _)| *attr == Attr::Id).collect() } else { attrs };
                self.start_element(tag, name, attrs);
                if is_closed && !self.elements.in_svg() {
                    self.end_tag(name);
                }
            }
            Meaning::Unwrapped => {
                self.start_unwrapped(name, &attrs);
                if closes_itself && is_bare(name) && !self.elements.in_svg() {
                    self.end_tag(name);
                }
            }
            // A shadow tree's content, as a saved page has it, is shown.
            Meaning::Dropped if attrs.iter().any(|(attr, _)| *attr == Attr::Shadow) => {}
            Meaning::Dropped if !closes_itself => self.skip(name),
            Meaning::Dropped | Meaning::DroppedRaw => {}
            Meaning::Verbatim if closes_itself => {}
            Meaning::Verbatim => self.start_element(Tag::Pre, name, Vec::new()),
        }
    }

    /// Whether an element that may hold raw text does: in a drawing a title is an element like others. (What a writer of XML has closed has
    /// no content, though a browser would look for its end.)
    fn is_raw(&self, name: &[u8]) -> bool {
        !((name == b"title" && self.elements.in_svg()) || (is_frame(name) && self.has_unended))
    }

    /// What follows stands in a line of its own, if anything stands before it.
    fn begin_line(&mut self) {
        // A longer text is not looked through each time: it shows something, or is odd.
        let is_blank = |node: &&Node| matches!(node, Node::Text(text) if text.len() < 64 && is_blank(text));
        let before = self.elements.siblings().iter().rev().take(2).find(|node| !is_blank(node));
        if before.is_some_and(|node| node.is_phrase() && node.tag() != Some(Tag::Br)) {
            self.elements.append(Node::element(Tag::Br, Vec::new()));
        }
    }

    /// Shows a page in the page where it stands.
    fn show_framed(&mut self, markup: &str) {
        self.start_block(Tag::Div, Vec::new(), Content::Kept);
        let elements = OpenElements::within(self.elements.depth_left(), markup.len());
        let inner = Builder { is_framed: true, elements, ..Builder::new(self.dropped, markup) };
        self.elements.siblings().extend(inner.read());
        self.elements.end_block(Tag::Div);
    }

    /// Whether a start tag is of the formula that is open; what is of HTML ends it, but for phrases among its words.
    fn goes_on_in_formula(&mut self, name: &[u8], attrs: &[(Attr, String)], closing: Closing) -> bool {
        let Some(formula) = &mut self.formula else { return false };
        let meaning = meaning_of(name);
        if formula.is_in_words() && matches!(meaning, Meaning::Is(Tag::Br | Tag::Wbr)) {
            formula.text(" ");
            return true;
        }
        let is_word = formula.is_in_words()
            && (meaning == Meaning::Unwrapped
                || matches!(meaning, Meaning::Is(tag) if tag.is_phrase() && !tag.is_void()));
        if !is_word && ends_formula(name) {
            self.end_formula();
            return false;
        }
        let is_of_it = is_word || !matches!(meaning, Meaning::Dropped | Meaning::DroppedRaw);
        if is_of_it && !has_no_content(name) {
            formula.start(name, attrs);
            if closing == Closing::Itself {
                formula.end(name);
            }
        }
        is_of_it
    }

    fn end_formula(&mut self) {
        for node in self.formula.take().map(Formula::finish).unwrap_or_default() {
            match node {
                Node::Text(text) => self.text(&text),
                node => {
                    self.elements.reopen_formatting();
                    self.elements.append(node);
                }
            }
        }
    }

    pub(super) fn skip(&mut self, name: &[u8]) {
        self.skipping = Some(Skipped::new(name));
    }

    /// The input ends within what should have ended before: the text is none of it.
    pub(super) fn leave_unended(&mut self, text: String) {
        if self.raw_text.take() == Some(RawText::Style) {
            self.unended_styles += 1;
            self.unended = first_block(&text).map(|at| text[at..].to_owned());
        } else {
            (self.unended, self.has_unended) = (Some(text), true);
        }
    }

    /// Whether what is read is the content of an element that must have an end.
    pub(super) fn must_end(&self) -> bool {
        match self.raw_text {
            Some(RawText::Frame) => true,
            Some(RawText::Style) => self.unended_styles < MOST_UNENDED,
            _ => false,
        }
    }

    /// Whether a rule drops an element.
    pub(super) fn drops(&self, name: &[u8], attrs: &[(Attr, String)]) -> bool {
        self.dropped.iter().any(|rule| rule_fits(rule, name, attrs))
    }

    fn start_element(&mut self, tag: Tag, name: &[u8], attrs: Vec<(Attr, String)>) {
        if self.elements.in_svg() {
            if !ends_foreign_content(tag) {
                return;
            }
            self.elements.close_svg();
        }
        if tag.is_void() && tag != Tag::Hr {
            return self.elements.insert_void(tag, attrs);
        }
        let content = if self.drops(name, &attrs) { Content::Dropped } else { Content::Kept };
        match tag {
            // It stands where its picture would, within a line too.
            Tag::Noscript => self.elements.start_noscript(attrs, content),
            // A block may end without an end tag.
            Tag::P => {
                let phrase = phrase_of(&attrs);
                self.start_block(tag, attrs, content);
                self.start_styled(phrase);
            }
            _ if !tag.is_phrase() => self.start_block(tag, attrs, content),
            _ if content == Content::Dropped => self.skip(name),
            _ if is_plain(tag, &attrs) => {}
            _ if tag.is_formatting() => self.elements.start_formatting(tag, attrs),
            _ => self.elements.start_phrase(tag, attrs),
        }
    }

    pub(super) fn start_block(&mut self, tag: Tag, mut attrs: Vec<(Attr, String)>, content: Content) {
        if tag.is_table_part() && !self.elements.clear_for_table_part(tag) {
            // Rows without their table are lines of words.
            return match tag {
                Tag::Tr => self.begin_line(),
                Tag::Td | Tag::Th => self.text(" "),
                _ => {}
            };
        }
        if self.elements.are_in_player() {
            attrs.push((Attr::InPlayer, String::new()));
        }
        self.end_styled();
        self.elements.close_phrases();
        self.elements.close_implied(tag);
        if tag == Tag::Hr {
            return self.elements.append(Node::element(Tag::Hr, Vec::new()));
        }
        let shown = if is_caption(tag, &attrs) { Tag::Figcaption } else { tag };
        self.elements.start_block(tag, Element { tag: shown, attrs, children: Vec::new() }, content);
    }

    /// An end tag.
    pub(super) fn end_tag(&mut self, name: &[u8]) {
        if self.raw_text.take().is_some() && meaning_of(name) != Meaning::Verbatim {
            // The end of raw text that was dropped: nothing was opened for it.
            if self.skipping.is_none() {
                return;
            }
        }
        let ended = self.skipping.as_mut().map(|skipped| skipped.end_tag(name, |tag| self.elements.has(tag)));
        match ended {
            Some(Ended::Nothing) => return,
            Some(Ended::Itself) => return self.skipping = None,
            Some(Ended::Around) => self.skipping = None,
            None => {}
        }
        if let Some(formula) = &mut self.formula {
            let is_around = matches!(meaning_of(name), Meaning::Is(tag) if self.elements.has(tag));
            if name != b"math" && (formula.has(name) || !is_around) {
                return formula.end(name);
            }
            self.end_formula();
        }
        let tag = match meaning_of(name) {
            Meaning::Is(tag) => tag,
            Meaning::Verbatim => Tag::Pre,
            Meaning::Unwrapped if is_bare(name) => match self.styled.end() {
                Some(tag) => tag,
                None => return,
            },
            _ => return,
        };
        match tag {
            // The standard: `</br>` is `<br>`, and a `</p>` of no paragraph is one.
            Tag::Br => self.elements.insert_void(Tag::Br, Vec::new()),
            Tag::Svg => self.elements.close_svg(),
            Tag::Noscript => self.elements.end_noscript(),
            _ if tag.is_void() || self.elements.in_svg() => {}
            _ if tag.is_formatting() => self.elements.end_formatting(tag),
            _ if tag.is_phrase() => self.elements.close_upto_within_phrases(&[tag]),
            _ => self.end_block(tag),
        }
    }

    fn end_block(&mut self, tag: Tag) {
        self.end_styled();
        if tag == Tag::P && !self.elements.has(Tag::P) {
            self.elements.close_phrases();
            return self.elements.append(Node::element(Tag::P, Vec::new()));
        }
        self.elements.end_block(tag);
    }

    /// The text between two tags.
    pub(super) fn string(&mut self, text: &str) {
        match (self.raw_text, &self.skipping) {
            (_, Some(_)) => {}
            (Some(RawText::Drop | RawText::Style), _) => {}
            (Some(RawText::Frame), _) if holds_frame(text) => {
                // Another frame's end: nobody has closed this one, and what followed it is none of its.
                self.raw_text = None;
                tokens::read(text, self);
            }
            (Some(RawText::Frame), _) => self.remember_framed(text),
            _ if self.elements.in_svg() => {}
            _ if self.formula.is_some() => self.formula.iter_mut().for_each(|formula| formula.text(&resolved(text))),
            _ if self.elements.keep_lines() => self.lines(text),
            _ => self.text(text),
        }
    }

    /// Text whose lines are kept. Two breaks make a paragraph, and more are no more than two.
    fn lines(&mut self, text: &str) {
        let mut breaks = 0;
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 && breaks < 2 {
                self.elements.insert_void(Tag::Br, Vec::new());
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
        if let Some(Node::Element(element)) = self.elements.siblings().last_mut()
            && element.tag == Tag::Iframe
            && element.attr(Attr::Src).is_none_or(str::is_empty)
        {
            element.attrs.push((Attr::Value, text.to_owned()));
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let has_references = memchr::memchr(b'&', text.as_bytes()).is_some() && !self.elements.show_code();
        let text = if has_references { resolved(text) } else { Cow::Borrowed(text) };
        let clean = if self.elements.are_verbatim() { verbatim(&text) } else { collapse(&text) };
        if clean.is_empty() {
            return;
        }
        let blank = clean.bytes().all(|byte| byte == b' ' || byte == b'\n');
        if !blank {
            self.elements.reopen_formatting();
        }
        let in_line = !self.elements.are_verbatim();
        match self.elements.siblings().last_mut() {
            // What stood between the two had no meaning: their white space is one.
            Some(Node::Text(before)) if in_line => {
                let is_parted = before.ends_with(' ');
                before.push_str(if is_parted { clean.trim_start_matches(' ') } else { &clean });
            }
            _ => self.elements.append(Node::Text(clean)),
        }
    }
}

/// The markup that an iframe holds itself: SingleFile's `srcdoc`, monolith's `data:text/html,…`. Where it has an address, too, it is that
/// page's preview.
fn framed(attrs: &[(Attr, String)]) -> Option<Cow<'_, str>> {
    let value = |wanted: Attr| attrs.iter().find(|(attr, _)| *attr == wanted).map(|(_, value)| value.as_str());
    let has_address = || address_of_frame(value).is_some_and(|address| parse_web(address).is_some());
    let markup = match value(Attr::Framed).filter(|_| !has_address()) {
        Some(markup) => Cow::Borrowed(markup),
        None => String::from_utf8_lossy(&bytes_of_data(value(Attr::Src)?, "text/html")?).into_owned().into(),
    };
    Some(markup).filter(|markup| !is_blank(markup))
}

fn holds_frame(text: &str) -> bool {
    const START: &[u8] = b"<iframe";
    let mut starts = memchr::memchr_iter(b'<', text.as_bytes()).map(|at| &text.as_bytes()[at..]);
    starts.any(|rest| rest.len() > START.len() && rest[..START.len()].eq_ignore_ascii_case(START))
}

/// The standard's list of start tags that end foreign content, as far as we know them.
fn ends_foreign_content(tag: Tag) -> bool {
    !matches!(tag, Tag::A | Tag::Audio | Tag::Video | Tag::Picture | Tag::Svg | Tag::Q | Tag::Cite)
}

/// Where the first block begins in a text.
fn first_block(text: &str) -> Option<usize> {
    let is_block = |at: &usize| opens_one_of(&text[at + 1..], BLOCKS);
    memchr::memchr_iter(b'<', text.as_bytes()).find(is_block)
}
