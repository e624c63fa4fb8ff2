//! Elements without a meaning of their own: what they leave in the tree. Most leave what is in them and nothing else.

use std::collections::HashSet;

use super::build::Builder;
use super::policy::{Sight, has_no_content, sight_of};
use super::start_tags::has_caption_class;
use super::styled::{is_bare, phrase_of};
use super::tree::{Attr, Tag};
use crate::address::decoded;
use crate::parse::inline::without_references;

impl Builder<'_> {
    /// One begins: a check box, a place to which a link leads, a caption, a style leave a trace.
    pub(super) fn start_unwrapped(&mut self, name: &[u8], attrs: &[(Attr, String)]) {
        if name == b"input" && attrs.iter().any(|(attr, value)| *attr == Attr::Type && value == "checkbox") {
            let checked = attrs.iter().any(|(attr, _)| *attr == Attr::Checked);
            self.text(if checked { "☑" } else { "☐" });
        }
        let sight = sight_of(attrs);
        let is_unseen = match sight {
            Sight::Plain | Sight::Bold => false,
            Sight::Apart => {
                self.text(" ");
                false
            }
            Sight::Unseen => true,
            Sight::Formula => {
                self.has_formula = true;
                false
            }
            // KaTeX shows a formula twice, to programs and to eyes.
            Sight::FormulaTwin => std::mem::take(&mut self.has_formula),
        };
        if (is_unseen || self.drops(name, attrs)) && !has_no_content(name) {
            return self.skip(name);
        }
        // Links lead there, though the element goes: wikis have their headings' names in those.
        if let Some((_, id)) = attrs.iter().find(|(attr, _)| *attr == Attr::Id)
            && self.places.get_or_insert_with(|| places_in(self.markup)).contains(id.as_str())
            && !self.elements.has(Tag::A)
            && !self.elements.in_svg()
        {
            self.elements.insert_void(Tag::A, vec![(Attr::Id, id.clone())]);
        }
        if is_bare(name) && !self.elements.in_svg() {
            // A line of small letters behind a picture is its caption; elsewhere it is what it was.
            let small = || (has_caption_class(attrs) && !self.elements.are_in_title()).then_some(Tag::Small);
            let bold = || (sight == Sight::Bold).then_some(Tag::Strong);
            let phrase = phrase_of(attrs).or_else(bold).or_else(small);
            self.start_styled(phrase);
        }
    }

    /// An element begins of which its style makes this.
    pub(super) fn start_styled(&mut self, phrase: Option<Tag>) {
        self.styled.start(phrase);
        if let Some(tag) = phrase {
            self.elements.start_formatting(tag, Vec::new());
        }
    }

    pub(super) fn end_styled(&mut self) {
        for tag in self.styled.end_all() {
            self.elements.end_formatting(tag);
        }
    }
}

/// The places within a page to which links in its markup lead.
fn places_in(markup: &str) -> HashSet<String> {
    const LINK: &str = "href=";
    let links = memchr::memmem::find_iter(markup.as_bytes(), LINK).map(|at| &markup[at + LINK.len()..]);
    let places = links.filter_map(|link| link.trim_start_matches(['"', '\'']).strip_prefix('#'));
    let ends = |c: char| matches!(c, '"' | '\'' | '>' | '<') || c.is_ascii_whitespace();
    let places = places.map(|place| without_references(place.split(ends).next().unwrap_or_default()));
    places.map(|place| decoded(&place).into_owned()).collect()
}
