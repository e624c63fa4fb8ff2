//! The arguments of a shortcode: with names or without, in quotes or not.

use crate::parse::text::is_han;

/// What stands behind a name: `a="b" c`, `"b"`, `b c`, `a="b", c=3`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arguments<'text>(pub(super) &'text str);

impl Arguments<'_> {
    /// The first of these that is given.
    pub(super) fn named(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| {
            let is_whole = |at: &usize| *at == 0 || self.0[..*at].ends_with(|c: char| c.is_whitespace() || c == ',');
            let mut places = self.0.match_indices(key).map(|(at, _)| at).filter(is_whole);
            let value = places.find_map(|at| self.0[at + key.len()..].trim_start().strip_prefix('='))?.trim_start();
            let bare = || value.split([' ', ',', '\n']).next().unwrap_or(value).to_owned();
            Some(quoted(value).map_or_else(bare, |(text, _)| text)).filter(|text| !text.is_empty())
        })
    }

    /// Those without a name: words, and texts in quotes.
    pub(super) fn words(&self) -> Vec<String> {
        let (mut words, mut rest) = (Vec::new(), self.0.trim_start());
        while !rest.is_empty() {
            let (word, length) = quoted(rest).unwrap_or_else(|| {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (rest[..end].to_owned(), end)
            });
            words.push(word);
            rest = rest[length..].trim_start();
        }
        words
    }

    pub(super) fn first(&self) -> Option<String> {
        self.words().into_iter().next().filter(|word| !word.contains('='))
    }

    /// The first that is a web address, whatever stands before it.
    pub(super) fn address(&self) -> Option<String> {
        let at = self.0.find("http")?;
        self.0[at..].split([' ', '"', '\'', ']']).next().map(str::to_owned)
    }

    /// What a box is called: its title, else words behind its kind, or in quotes. One word without any letter of a title is a style or
    /// an id.
    pub(super) fn title(&self) -> Option<String> {
        let is_title = |text: &String| {
            let is_icon = text.split(' ').any(|word| word.starts_with("fa-") || matches!(word, "fas" | "far" | "fab"));
            !is_icon && text.chars().any(|c| is_han(c) || c.is_uppercase())
        };
        let words = || {
            let words = self.words();
            let words =
                words.iter().enumerate().filter(|(at, word)| !word.contains('=') && (*at > 0 || is_title(word)));
            Some(words.map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")).filter(|_| !self.0.contains('='))
        };
        self.named(&["title", "summary", "header"]).or_else(|| words().filter(is_title))
    }
}

/// The text in the quotes with which a text begins, and the length of it all. What is escaped in it ends it not.
fn quoted(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let end = text[1..].match_indices(quote).map(|(at, _)| at + 1).find(|at| !text[..*at].ends_with('\\'))?;
    Some((text[1..end].replace('\\', ""), end + 1))
}
