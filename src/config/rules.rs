//! The rules of `site.toml`: outlets, tags, boilerplate, what is built.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use chrono::NaiveDate;

use super::typed::{FilterTable, OutletTable, StripTable, TagTable, WithdrawTable};
use super::{Canonical, fault};
use crate::address::{UrlKey, canonical_key, parse_web};
use crate::diagnostics::Diagnostic;
use crate::digest::{Digest, Digester};

/// Whom the mirror mirrors, as `[[outlet]]` describes them.
#[derive(Clone, Debug, Default)]
pub struct Outlet {
    /// The name in addresses and in `list`.
    pub name: String,
    /// The name that readers see.
    pub title: String,
    /// The language of its articles.
    pub language: Option<String>,
    /// A notice over its articles.
    pub notice: Option<String>,
    /// Which address is canonical.
    pub canonical: Canonical,
    /// The digest of what its articles' pages show of it.
    pub key: Digest,
}

/// All `[[outlet]]` rules, ready to be asked.
#[derive(Debug, Default)]
pub struct OutletRules {
    outlets: Vec<Outlet>,
    by_host: HashMap<String, usize>,
    by_tag: HashMap<String, usize>,
    by_folder: Vec<(String, usize)>,
}

impl OutletRules {
    pub(super) fn new(tables: Vec<OutletTable>) -> Self {
        let mut rules = Self::default();
        for (index, table) in tables.into_iter().enumerate() {
            let lower = |text: String| (text.to_lowercase(), index);
            rules.by_host.extend(table.hosts.into_iter().map(lower));
            rules.by_tag.extend(table.tags.into_iter().map(lower));
            rules.by_tag.entry(table.name.to_lowercase()).or_insert(index);
            rules.by_folder.extend(table.folders.into_iter().map(|f| (format!("{}/", f.trim_matches('/')), index)));
            rules.outlets.push(Outlet {
                key: Digester::new().value(&(&table.title, &table.notice, table.canonical)).finish(),
                title: table.title.unwrap_or_else(|| table.name.clone()),
                name: table.name,
                language: table.language,
                notice: table.notice,
                canonical: table.canonical,
            });
        }
        rules
    }

    /// The outlet whose name is `name`.
    pub fn by_name(&self, name: &str) -> Option<&Outlet> {
        self.outlets.iter().find(|outlet| outlet.name == name)
    }

    /// The outlet to which a host, or a domain over it, belongs.
    pub fn by_host(&self, host: &str) -> Option<&Outlet> {
        let mut rest = host;
        loop {
            if let Some(index) = self.by_host.get(rest) {
                return Some(&self.outlets[*index]);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// The outlet that a tag or category means.
    pub fn by_tag(&self, tag: &str) -> Option<&Outlet> {
        if self.by_tag.is_empty() {
            return None;
        }
        self.by_tag.get(&tag.to_lowercase()).map(|index| &self.outlets[*index])
    }

    /// The outlet of a folder, given a path below a content folder.
    pub fn by_folder(&self, path: &str) -> Option<&Outlet> {
        self.by_folder.iter().find(|(folder, _)| path.starts_with(folder)).map(|(_, index)| &self.outlets[*index])
    }
}

/// All `[[tag]]` rules: one automaton over the words of all of them.
#[derive(Debug, Default)]
pub struct TagRules {
    automaton: Option<AhoCorasick>,
    tag_of_word: Vec<String>,
}

impl TagRules {
    pub(super) fn new(tables: &[TagTable]) -> Result<Self, Diagnostic> {
        if tables.iter().any(|table| table.name.trim().is_empty()) {
            return Err(fault("tag: a rule has an empty name").hint("give it the name that readers see"));
        }
        let words: Vec<(&str, &str)> = tables
            .iter()
            .flat_map(|table| table.words.iter().map(|word| (table.name.as_str(), word.as_str())))
            .filter(|(_, word)| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Ok(Self::default());
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|(_, word)| word))
            .map_err(|why| fault(format!("[[tag]]: {why}")))?;
        Ok(Self { automaton: Some(automaton), tag_of_word: words.iter().map(|(tag, _)| (*tag).to_owned()).collect() })
    }

    /// Whether there is any rule; without one no plain text is needed.
    pub fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// The tags whose words stand in any of `texts`, in the order of the rules, each once.
    pub fn tags_of(&self, texts: &[&str]) -> Vec<&str> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found = vec![false; self.tag_of_word.len()];
        for text in texts {
            for hit in automaton.find_overlapping_iter(text) {
                let word = hit.pattern().as_usize();
                found[word] |= is_whole(text, hit.start(), hit.end());
            }
        }
        let mut tags: Vec<&str> = Vec::new();
        for (tag, _) in self.tag_of_word.iter().zip(found).filter(|(_, found)| *found) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        tags
    }
}

/// A Latin word must not be found inside another; Han has no spaces, so there every place counts.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let cut = |inner: Option<char>, outer: Option<char>| letter(inner) && letter(outer);
    let hit = &text[start..end];
    !cut(hit.chars().next(), text[..start].chars().next_back())
        && !cut(hit.chars().next_back(), text[end..].chars().next())
}

/// One `[[strip]]`.
#[derive(Debug)]
pub struct StripRule {
    /// The outlet's name; none means every outlet.
    pub outlet: Option<String>,
    /// What is dropped.
    pub what: StripWhat,
}

/// What a `[[strip]]` drops.
#[derive(Debug, PartialEq, Eq)]
pub enum StripWhat {
    /// Every paragraph that holds this text.
    Text(String),
    /// Every element that fits: each part given must.
    Element {
        /// The element's name, lower-case.
        tag: Option<String>,
        /// One of its classes.
        class: Option<String>,
        /// Its id.
        id: Option<String>,
    },
}

impl StripRule {
    pub(super) fn new(table: StripTable) -> Result<Self, Diagnostic> {
        let what = match (table.text, table.element) {
            (Some(text), None) if !text.trim().is_empty() => StripWhat::Text(text.trim().to_owned()),
            (None, Some(element)) => element_of(&element)?,
            _ => return Err(fault("[[strip]] needs one of `text` and `element`")),
        };
        Ok(Self { outlet: table.outlet, what })
    }
}

/// Reads `tag`, `.class`, `#id`, `tag.class` or `tag#id`.
fn element_of(text: &str) -> Result<StripWhat, Diagnostic> {
    let name_end = text.find(['.', '#']).unwrap_or(text.len());
    let (tag, rest) = text.split_at(name_end);
    let part = |mark: char| rest.strip_prefix(mark).filter(|name| !name.is_empty()).map(str::to_owned);
    let (class, id) = (part('.'), part('#'));
    let plain = |name: &str| !name.contains([' ', '>', '.', '#', '[', ':']);
    if (tag.is_empty() && rest.is_empty()) || !plain(tag) || !rest.get(1..).is_none_or(plain) {
        return Err(
            fault(format!("[[strip]]: `{text}` is no element")).hint("write `tag`, `.class`, `#id` or `tag.class`")
        );
    }
    Ok(StripWhat::Element { tag: (!tag.is_empty()).then(|| tag.to_lowercase()), class, id })
}

fn day_of(text: &str) -> Result<NaiveDate, Diagnostic> {
    text.parse().map_err(|_| fault(format!("`{text}` is no day")).hint("write YYYY-MM-DD"))
}

/// One `[[include]]` or `[[exclude]]`: an article fits if every part that is given fits.
#[derive(Debug)]
pub struct Filter {
    outlet: Option<String>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Filter {
    pub(super) fn new(table: &FilterTable) -> Result<Self, Diagnostic> {
        let filter = Self {
            outlet: table.outlet.clone(),
            from: table.from.as_deref().map(day_of).transpose()?,
            until: table.until.as_deref().map(day_of).transpose()?,
        };
        match (&filter.outlet, filter.from, filter.until) {
            (None, None, None) => {
                Err(fault("a rule of [[include]] or [[exclude]] that says nothing means every article")
                    .hint("give it `outlet`, `from` or `until`, or take it out"))
            }
            (_, Some(from), Some(until)) if from > until => {
                Err(fault(format!("a rule of [[include]] or [[exclude]] ends on {until}, before it begins on {from}"))
                    .hint("exchange `from` and `until`"))
            }
            _ => Ok(filter),
        }
    }

    /// Whether an article of this outlet and local day is meant; an undated one fits no rule with a date.
    pub fn fits(&self, outlet: Option<&str>, day: Option<NaiveDate>) -> bool {
        let outlet_fits = self.outlet.as_deref().is_none_or(|name| outlet == Some(name));
        let from_fits = self.from.is_none_or(|from| day.is_some_and(|day| day >= from));
        let until_fits = self.until.is_none_or(|until| day.is_some_and(|day| day <= until));
        outlet_fits && from_fits && until_fits
    }
}

/// One `[[withdraw]]`.
#[derive(Debug)]
pub struct Withdrawal {
    /// What is withdrawn.
    pub what: WithdrawWhat,
    /// Why, for readers.
    pub reason: Option<String>,
    /// When.
    pub date: Option<NaiveDate>,
    /// Whether a notice stands where the article was.
    pub notice: bool,
}

/// What a `[[withdraw]]` takes out.
#[derive(Debug, PartialEq, Eq)]
pub enum WithdrawWhat {
    /// Every version of an original.
    Original(UrlKey),
    /// A source, by its path from the site's folder, and the other versions of its original.
    Source(String),
    /// All articles of an outlet, by its name.
    Outlet(String),
}

impl Withdrawal {
    pub(super) fn new(table: &WithdrawTable) -> Result<Self, Diagnostic> {
        let what = match (&table.url, &table.source, &table.outlet) {
            (Some(url), None, None) => {
                let parsed = parse_web(url).ok_or_else(|| fault(format!("[[withdraw]]: `{url}` is no web address")))?;
                WithdrawWhat::Original(UrlKey::of(&canonical_key(&parsed)))
            }
            (None, Some(source), None) => WithdrawWhat::Source(super::folder_of(source)),
            (None, None, Some(outlet)) => WithdrawWhat::Outlet(outlet.clone()),
            _ => return Err(fault("[[withdraw]] needs one of `url`, `source` and `outlet`")),
        };
        let date = table.date.as_deref().map(day_of).transpose()?;
        Ok(Self { what, reason: table.reason.clone(), date, notice: table.notice.unwrap_or(true) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_word_is_found_whole_and_a_han_word_anywhere() {
        let table = |name: &str, word: &str| TagTable { name: name.into(), words: vec![word.into()] };
        let rules = TagRules::new(&[table("ai", "AI"), table("港口", "渡轮")]).unwrap();
        assert_eq!(rules.tags_of(&["said that the 新渡轮线"]), ["港口"]);
        assert_eq!(rules.tags_of(&["the ai一代"]), ["ai"]);
    }

    #[test]
    fn a_host_stands_for_its_subdomains() {
        let table = OutletTable { name: "harbor".into(), hosts: vec!["example.org".into()], ..OutletTable::default() };
        let rules = OutletRules::new(vec![table]);
        assert!(rules.by_host("www.example.org").is_some());
        assert!(rules.by_host("notexample.org").is_none());
    }
}
