//! Markup → tags and texts: what [`html5gum`]'s tokenizer says, gathered for the [`Builder`].
//!
//! The tokenizer offers emitters of its own; this one does less. It looks for no errors, assembles no attribute that
//! nobody reads, and gives the text between two tags as one, whatever comments and references were in it.

use std::convert::Infallible;

use html5gum::{Emitter, Error, State, Tokenizer};

use super::build::Builder;
use super::policy::attribute_of;
use super::tree::Attr;

/// Reads markup into a builder.
pub(super) fn read(markup: &str, builder: &mut Builder<'_>) {
    let tokens = Tokens {
        builder,
        text: Vec::new(),
        tag: Tag::default(),
        attribute: Attribute::default(),
        last_start_tag: Vec::new(),
    };
    let Ok(()) = Tokenizer::new_with_emitter(markup, tokens).finish();
}

struct Tokens<'a, 'rules> {
    builder: &'a mut Builder<'rules>,
    /// The text since the last tag.
    text: Vec<u8>,
    tag: Tag,
    attribute: Attribute,
    /// Raw text ends with the end tag of this name.
    last_start_tag: Vec<u8>,
}

/// A tag while it arrives.
#[derive(Default)]
struct Tag {
    name: Vec<u8>,
    attrs: Vec<(Attr, String)>,
    is_end: bool,
    is_self_closing: bool,
}

/// An attribute while it arrives; its value is gathered only if it is one that is read.
#[derive(Default)]
struct Attribute {
    name: Vec<u8>,
    read: Option<Attr>,
    value: Vec<u8>,
}

impl Tokens<'_, '_> {
    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            self.builder.string(&utf8(&self.text));
            self.text.clear();
        }
    }

    fn flush_attribute(&mut self) {
        let attribute = &mut self.attribute;
        // An attribute without a value has not been looked at yet.
        if let Some(attr) = attribute.read.take().or_else(|| attribute_of(&attribute.name)) {
            self.tag.attrs.push((attr, utf8(&attribute.value).into_owned()));
        }
        attribute.name.clear();
        attribute.value.clear();
    }

    fn begin_tag(&mut self, is_end: bool) {
        self.tag.name.clear();
        self.tag.attrs.clear();
        self.tag.is_end = is_end;
        self.tag.is_self_closing = false;
        self.attribute.name.clear();
    }
}

/// The tokenizer was given UTF-8; it cuts it at its own marks, which are ASCII.
fn utf8(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    simdutf8::basic::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), std::borrow::Cow::Borrowed)
}

impl Emitter for Tokens<'_, '_> {
    type Token = Infallible;

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn emit_string(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn init_start_tag(&mut self) {
        self.begin_tag(false);
    }

    fn init_end_tag(&mut self) {
        self.begin_tag(true);
    }

    fn push_tag_name(&mut self, name: &[u8]) {
        self.tag.name.extend_from_slice(name);
    }

    fn init_attribute(&mut self) {
        self.flush_attribute();
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        self.attribute.name.extend_from_slice(name);
    }

    fn init_attribute_value(&mut self) {
        self.attribute.read = attribute_of(&self.attribute.name);
        self.attribute.name.clear();
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        if self.attribute.read.is_some() {
            self.attribute.value.extend_from_slice(value);
        }
    }

    fn set_self_closing(&mut self) {
        self.tag.is_self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_attribute();
        self.flush_text();
        if self.tag.is_end {
            self.builder.end_tag(&self.tag.name);
            return None;
        }
        self.last_start_tag.clone_from(&self.tag.name);
        self.builder.start_tag(&self.tag.name, std::mem::take(&mut self.tag.attrs), self.tag.is_self_closing)
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.tag.is_end && !self.tag.name.is_empty() && self.tag.name == self.last_start_tag
    }

    fn emit_eof(&mut self) {
        self.flush_text();
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
