//! Markup → tags and texts: what [`html5gum`]'s tokenizer says, gathered for the [`Builder`].
//!
//! The tokenizer offers emitters of its own; this one does less. It looks for no errors, assembles no attribute that
//! nobody reads, and gives the text between two tags as one, whatever comments and references were in it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::Range;

use html5gum::{Emitter, Error, Reader, State, Tokenizer};

use super::build::Builder;
use super::policy::{attribute_of, background_of, keeps_lines, makes_line, may_be_heeded, phrase_of, taken_by};
use super::tree::Attr;
use super::white_space::without_controls;

/// A tag that means something has no more attributes, of those that are read; a bomb has, and each of them many times.
const MOST_ATTRIBUTES: usize = 64;

/// Reads markup into a builder.
pub(super) fn read(markup: &str, builder: &mut Builder<'_>) {
    let tokens = Tokens {
        builder,
        text: Gathered::of(markup),
        tag: Tag::default(),
        attribute: Attribute { name: Vec::new(), read: None, value: Gathered::of(markup) },
        last_start_tag: Vec::new(),
    };
    let Ok(()) = Tokenizer::new_with_emitter(Markup::of(markup), tokens).finish();
    // A frame or a style sheet that nobody closed has taken the rest for its own: it is read as what it is.
    if let Some(rest) = builder.unended.take() {
        read(&rest, builder);
    }
}

/// Markup as the tokenizer asks for it. Text and quoted values, most of all bytes, end with one of two characters, which
/// [`memchr`] finds faster than the tokenizer's own reader.
struct Markup<'a> {
    rest: &'a [u8],
    has_null: bool,
}

impl<'a> Markup<'a> {
    fn of(markup: &'a str) -> Self {
        let rest = markup.as_bytes();
        Self { rest, has_null: memchr::memchr(0, rest).is_some() }
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

impl Reader for Markup<'_> {
    type Error = Infallible;

    #[inline(always)]
    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        Ok(Some(*first))
    }

    #[inline(always)]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        let is_next = self
            .rest
            .get(..text.len())
            .is_some_and(|next| if case_sensitive { next == text } else { next.eq_ignore_ascii_case(text) });
        if is_next {
            self.take(text.len());
        }
        Ok(is_next)
    }

    #[inline(always)]
    fn read_until<'b>(&'b mut self, ends: &[u8], _: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        let is_end = |byte: &u8| ends.contains(byte);
        let end = match (self.rest.first(), ends) {
            (None, _) => return Ok(None),
            (Some(first), _) if is_end(first) => 1,
            (_, [first, second, 0, b'\r']) if !self.has_null => {
                memchr::memchr3(*first, *second, b'\r', self.rest).unwrap_or(self.rest.len())
            }
            _ => self.rest.iter().position(is_end).unwrap_or(self.rest.len()),
        };
        Ok(Some(self.take(end)))
    }
}

struct Tokens<'a, 'rules> {
    builder: &'a mut Builder<'rules>,
    /// The text since the last tag.
    text: Gathered<'a>,
    tag: Tag,
    attribute: Attribute<'a>,
    /// Raw text ends with the end tag of this name.
    last_start_tag: Vec<u8>,
}

/// A tag while it arrives.
#[derive(Default)]
struct Tag {
    name: Vec<u8>,
    attrs: Vec<(Attr, String)>,
    is_end: bool,
    closing: Closing,
}

/// How a start tag says that its element ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Closing {
    /// Not at all: an end tag does.
    #[default]
    Later,
    /// By itself, with a slash before its end.
    Itself,
}

/// An attribute while it arrives; its value is gathered only if it is one that is read.
struct Attribute<'a> {
    name: Vec<u8>,
    read: Option<Attr>,
    value: Gathered<'a>,
}

/// Text that arrives in parts: where they follow each other in the markup, as they mostly do, a place there, else a
/// copy of them.
struct Gathered<'a> {
    markup: &'a str,
    place: Range<usize>,
    copy: Vec<u8>,
}

impl<'a> Gathered<'a> {
    fn of(markup: &'a str) -> Self {
        Self { markup, place: 0..0, copy: Vec::new() }
    }

    #[inline(always)]
    fn push(&mut self, part: &[u8]) {
        if self.copy.is_empty() {
            match self.place_of(part) {
                Some(place) if self.place.is_empty() => return self.place = place,
                Some(place) if self.place.end == place.start => return self.place.end = place.end,
                _ => self.copy.extend_from_slice(self.placed().as_bytes()),
            }
        }
        self.copy.extend_from_slice(part);
    }

    /// Where in the markup a part lies, if it is a slice of it.
    #[inline(always)]
    fn place_of(&self, part: &[u8]) -> Option<Range<usize>> {
        let start = part.as_ptr().addr().checked_sub(self.markup.as_ptr().addr())?;
        let place = start..start.checked_add(part.len())?;
        self.markup.get(place.clone()).map(|_| place)
    }

    #[inline(always)]
    fn placed(&self) -> &'a str {
        self.markup.get(self.place.clone()).unwrap_or_default()
    }

    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.place.is_empty() && self.copy.is_empty()
    }

    #[inline(always)]
    fn text(&self) -> Cow<'_, str> {
        if self.copy.is_empty() { Cow::Borrowed(self.placed()) } else { utf8(&self.copy) }
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.place = 0..0;
        self.copy.clear();
    }
}

// The tokenizer calls these for every tag and text, from states that it goes through by pointers: inlined they cost less than the calls.

impl Tokens<'_, '_> {
    #[inline(always)]
    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            self.builder.string(&self.text.text());
            self.text.clear();
        }
    }

    #[inline(always)]
    fn flush_attribute(&mut self) {
        let attribute = &mut self.attribute;
        // An attribute without a value has not been looked at yet.
        let read = attribute.read.take().or_else(|| attribute_of(&attribute.name));
        if let Some(attr) = read.filter(|_| self.tag.attrs.len() < MOST_ATTRIBUTES) {
            let value = attribute.value.text();
            if attr == Attr::Style {
                push_style(&mut self.tag.attrs, &value);
            } else {
                self.tag.attrs.push((attr, without_controls(&value)));
            }
        }
        attribute.name.clear();
        attribute.value.clear();
    }

    fn begin_tag(&mut self) {
        self.tag.name.clear();
        self.tag.attrs.clear();
        self.tag.is_end = false;
        self.tag.closing = Closing::Later;
        self.attribute.name.clear();
    }
}

/// What a style says, as attributes.
fn push_style(attrs: &mut Vec<(Attr, String)>, style: &str) {
    if !may_be_heeded(style) {
        return;
    }
    let background = background_of(style).map(|address| (Attr::Background, without_controls(address)));
    let phrase = phrase_of(style).map(|tag| (Attr::Phrase, tag.name().to_owned()));
    let taken = taken_by(style).map(|property| (Attr::Plain, property.to_owned()));
    let flags = [(Attr::Lines, keeps_lines(style)), (Attr::Style, makes_line(style))];
    attrs.extend(background.into_iter().chain(phrase).chain(taken));
    attrs.extend(flags.into_iter().filter(|(_, holds)| *holds).map(|(attr, _)| (attr, String::new())));
}

/// The tokenizer was given UTF-8; it cuts it at its own marks, which are ASCII.
fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    simdutf8::basic::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

impl Emitter for Tokens<'_, '_> {
    type Token = Infallible;

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    #[inline(always)]
    fn emit_string(&mut self, text: &[u8]) {
        self.text.push(text);
    }

    #[inline(always)]
    fn init_start_tag(&mut self) {
        self.begin_tag();
    }

    #[inline(always)]
    fn init_end_tag(&mut self) {
        self.begin_tag();
        self.tag.is_end = true;
    }

    #[inline(always)]
    fn push_tag_name(&mut self, name: &[u8]) {
        self.tag.name.extend_from_slice(name);
    }

    #[inline(always)]
    fn init_attribute(&mut self) {
        self.flush_attribute();
    }

    #[inline(always)]
    fn push_attribute_name(&mut self, name: &[u8]) {
        self.attribute.name.extend_from_slice(name);
    }

    #[inline(always)]
    fn init_attribute_value(&mut self) {
        self.attribute.read = attribute_of(&self.attribute.name);
        self.attribute.name.clear();
    }

    #[inline(always)]
    fn push_attribute_value(&mut self, value: &[u8]) {
        if self.attribute.read.is_some() {
            self.attribute.value.push(value);
        }
    }

    fn set_self_closing(&mut self) {
        self.tag.closing = Closing::Itself;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_attribute();
        self.flush_text();
        if self.tag.is_end {
            self.builder.end_tag(&self.tag.name);
            return None;
        }
        self.last_start_tag.clone_from(&self.tag.name);
        self.builder.start_tag(&self.tag.name, std::mem::take(&mut self.tag.attrs), self.tag.closing)
    }

    #[inline(always)]
    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.tag.is_end && !self.tag.name.is_empty() && self.tag.name == self.last_start_tag
    }

    fn emit_eof(&mut self) {
        if self.builder.must_end() {
            self.builder.leave_unended(self.text.text().into_owned());
        } else {
            self.flush_text();
        }
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start_tag = name.unwrap_or_default().to_vec();
    }

    // Comments and doctypes show nothing.
    fn emit_error(&mut self, _: Error) {}
    fn init_comment(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn emit_current_comment(&mut self) {}
    fn init_doctype(&mut self) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn set_force_quirks(&mut self) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn emit_current_doctype(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::super::build::build;
    use super::super::tree::{Attr, Node, text_of};

    #[test]
    fn parts_that_are_slices_of_the_markup_and_parts_that_are_not_make_one_text() {
        let text = |markup: &str| text_of(&build(markup, &[]));
        assert_eq!(text("港口"), "港口");
        assert_eq!(text("港<!-- x -->口"), "港口");
        assert_eq!(text("a < b &amp; c<中 &#x6e2f;&hellip;d&"), "a < b & c<中 港…d&");
        assert_eq!(text("<p>一\0二</p>三"), "一二三");
        for null in ["", "\0"] {
            assert_eq!(text(&format!("<p title=\"\r{null}\">a\r\nb{null}\rc</p>")), "a b c");
        }
        let Some(Node::Element(link)) = build("<a href='/?a=1&amp;b=港' title=\"\" id=x&y>z</a>", &[]).pop() else {
            panic!()
        };
        let value = |attr| link.attr(attr);
        assert_eq!(
            (value(Attr::Href), value(Attr::Title), value(Attr::Id)),
            (Some("/?a=1&b=港"), Some(""), Some("x&y"))
        );
    }
}
