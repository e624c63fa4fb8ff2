//! Names in addresses: what a text becomes as a file's name.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::address::short_id;

/// The longest name, in bytes: two of them and an ending fit where names may have 255.
const MAX_NAME: usize = 120;

/// Names that Windows keeps for devices, with any ending.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A text as a name: NFC, lower case; white space, controls and what addresses or file systems use become `-`; Han
/// is kept; at most 120 bytes, no dot at either end, no reserved name. Empty if nothing is left.
pub fn file_name(text: &str) -> String {
    name_of(text.nfc().flat_map(char::to_lowercase))
}

fn name_of(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        let c = if is_unsafe(c) { '-' } else { c };
        if c != '-' || !out.ends_with('-') {
            out.push(c);
        }
    }
    let cut = &out[..out.floor_char_boundary(MAX_NAME)];
    let name = cut.trim_matches(['-', '.']).to_owned();
    if is_reserved(&name) { format!("{name}-") } else { name }
}

fn is_unsafe(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '#' | '%' | '&' | '+')
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(stem))
}

/// A text as a name that may be a folder's; its id where nothing is left, or where every folder has such a file.
fn folder_name(text: &str) -> String {
    let name = file_name(text);
    if name.is_empty() || name == "index.html" { part_of_id(text) } else { name }
}

/// A file's name as that of a page of the site's own, or of a folder of them: the same, but for its case, which stays; its id where
/// nothing is left.
pub fn page_name(text: &str) -> String {
    let name = name_of(text.nfc());
    if name.is_empty() || name == "index.html" { part_of_id(text) } else { name }
}

fn part_of_id(text: &str) -> String {
    short_id(text)[..6].to_owned()
}

/// Gives each of some texts a name of its own: where two meet, each takes a part of its id, but for the one that is written as the name is;
/// all of it where that is another's name.
pub fn distinct_names(texts: &[&str]) -> Vec<String> {
    let names: Vec<String> = texts.iter().map(|text| folder_name(text)).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *uses.entry(name).or_default() += 1;
    }
    let mut given: HashSet<String> = HashSet::new();
    let mut named = |(text, name): (&&str, &String)| {
        if uses[name.as_str()] == 1 || name == text {
            return name.clone();
        }
        let numbered = (2..).map(|number| format!("{}-{number}", short_id(text)));
        let mut with_id =
            [part_of_id(text), short_id(text)].into_iter().chain(numbered).map(|id| format!("{name}-{id}"));
        let free = with_id.find(|name| !uses.contains_key(name.as_str()) && !given.contains(name)).unwrap_or_default();
        given.insert(free.clone());
        free
    };
    texts.iter().zip(&names).map(&mut named).collect()
}

/// Which characters Jekyll's `slugify` keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JekyllMode {
    /// Letters, marks and digits.
    Default,
    /// These and `._~!$&'()+,;=@`.
    Pretty,
}

/// Jekyll's `Utils.slugify`: runs of other characters become `-`, one `-` is dropped at each end.
/// Source of the rules: jekyll 4, `lib/jekyll/utils.rb`.
pub fn jekyll_slugify(text: &str, mode: JekyllMode) -> String {
    let kept = |c: char| is_letter_mark_or_digit(c) || (mode == JekyllMode::Pretty && "._~!$&'()+,;=@".contains(c));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if kept(c) {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.strip_prefix('-').unwrap_or(&out);
    out.strip_suffix('-').unwrap_or(out).to_owned()
}

/// Ruby's `\p{L}\p{M}\p{Nd}`.
fn is_letter_mark_or_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    // `is_alphanumeric` also takes letter-like and other numbers (`①`, `Ⅳ`, `²`), which Ruby's classes leave out.
    (c.is_alphabetic() && !is_number_or_symbol(c)) || is_decimal(c) || unicode_normalization::char::is_combining_mark(c)
}

fn is_number_or_symbol(c: char) -> bool {
    matches!(c, '\u{2160}'..='\u{2188}' | '\u{24b6}'..='\u{24e9}' | '\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{1f130}'..='\u{1f189}')
}

fn is_decimal(c: char) -> bool {
    matches!(c, '\u{0660}'..='\u{0669}' | '\u{06f0}'..='\u{06f9}' | '\u{0966}'..='\u{096f}' | '\u{0e50}'..='\u{0e59}' | '\u{ff10}'..='\u{ff19}' | '\u{1d7ce}'..='\u{1d7ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_on_every_file_system_and_in_every_address() {
        assert_eq!(file_name("香港 / 新聞"), "香港-新聞");
        assert_eq!(file_name("..//%2e%2e"), "2e-2e");
        assert_eq!(file_name("CON"), "con-");
        assert_eq!(file_name("a\nb\u{7}c"), "a-b-c");
        assert!(file_name(&"港".repeat(200)).len() <= 120);
        assert_eq!(page_name("About us"), "About-us");
        assert_eq!(distinct_names(&["c++", "c#", "rust"])[2], "rust");
        assert_eq!(distinct_names(&["c", "c#"])[0], "c");
        let named = distinct_names(&["c++", "c#"]).remove(1);
        let with_its_name = distinct_names(&["c++", "c#", &named]);
        assert_eq!(with_its_name.iter().collect::<HashSet<_>>().len(), 3, "{with_its_name:?}");
        assert_eq!(distinct_names(&["c++", "c#"]).iter().filter(|name| name.starts_with("c-")).count(), 2);
    }

    #[test]
    fn slugs_are_jekylls() {
        assert_eq!(jekyll_slugify("CNA-黃仁勳憶與-韓國", JekyllMode::Pretty), "CNA-黃仁勳憶與-韓國");
        assert_eq!(
            jekyll_slugify("[video]如何？—— Distributed Social", JekyllMode::Pretty),
            "video-如何-Distributed-Social"
        );
        assert_eq!(jekyll_slugify("2.0 (飛步編)", JekyllMode::Pretty), "2.0-(飛步編)");
        assert_eq!(jekyll_slugify("2.0 (飛步編)", JekyllMode::Default), "2-0-飛步編");
        assert_eq!(jekyll_slugify("徐贲①：中国", JekyllMode::Pretty), "徐贲-中国");
    }
}
