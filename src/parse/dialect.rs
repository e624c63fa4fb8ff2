//! Dialects: how a source says what it is. They are told apart by their own marks, never by configuration.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::date;
use super::front_matter::{Fence, FrontMatter};
use super::origin::ADDRESSES;
use crate::address::parse_web;

/// The form in which a mirror holds an article; the letters are those of the design's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialect {
    /// YAML, then a header of stamp, link and rule.
    A,
    /// The header alone; the folder is the outlet.
    B,
    /// YAML with a link, then HTML.
    C,
    /// `title by author`, a rule, a bold day, Markdown made from HTML.
    D,
    /// YAML with a link, then loose HTML or Markdown.
    E,
    /// YAML without a link: what Jekyll's users write.
    Yaml,
    /// TOML: what Zola's users write.
    Toml,
    /// JSON: what Hugo's users may write.
    Json,
    /// No header of any kind.
    Plain,
}

impl Dialect {
    /// The name in `list`.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
            Self::Yaml => "yaml",
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Plain => "plain",
        }
    }

    /// Whether a scraper wrote it: then what holds a block of markup is no Markdown.
    pub fn is_scraped(self) -> bool {
        matches!(self, Self::A | Self::B | Self::C | Self::D | Self::E)
    }
}

/// What a header between front matter and body says.
#[derive(Debug, Default, PartialEq)]
pub struct Header<'text> {
    /// The scraper's stamp.
    pub stamp: Option<DateTime<Utc>>,
    /// The title.
    pub title: Option<&'text str>,
    /// The author.
    pub author: Option<&'text str>,
    /// The original's address.
    pub link: Option<&'text str>,
    /// The day, as written.
    pub day: Option<&'text str>,
    /// The heading that is the text's first line, and the only one of its level, and where it leads.
    pub linked_title: Option<(&'text str, &'text str)>,
}

/// Tells the dialect, and cuts header from body.
pub fn recognise<'text>(
    fence: Option<Fence>,
    front_matter: &FrontMatter,
    text: &'text str,
) -> (Dialect, Header<'text>, &'text str) {
    let header = scraper_header(text);
    if let Some((header, _, body)) = header.filter(|(header, has_stamp, _)| *has_stamp || agrees(header, front_matter))
    {
        let dialect = if fence.is_some() { Dialect::A } else { Dialect::B };
        return (dialect, header, body);
    }
    let dialect = match fence {
        Some(Fence::Toml) => Dialect::Toml,
        Some(Fence::Json) => Dialect::Json,
        Some(Fence::Yaml) if front_matter.text(&["link"]).is_some() => Dialect::C,
        Some(Fence::Yaml) if front_matter.text(&["from"]).is_some() => Dialect::E,
        Some(Fence::Yaml) => Dialect::Yaml,
        None => match turndown_header(text) {
            Some((header, body)) => return (Dialect::D, header, body),
            None => Dialect::Plain,
        },
    };
    (dialect, Header { linked_title: linked_heading(text), ..Header::default() }, text)
}

/// A text's first line and where it leads, if it is its only heading of the first level and wholly a link.
fn linked_heading(text: &str) -> Option<(&str, &str)> {
    // Most texts begin otherwise, and are one long line.
    let text = Some(text.trim_start()).filter(|text| text.starts_with(['#', '[']))?;
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let is_underlined = || {
        let line = rest.lines().next().unwrap_or_default().trim_end();
        !line.is_empty() && line.bytes().all(|byte| byte == b'=')
    };
    let linked =
        first.strip_prefix("# ").or_else(|| Some(first).filter(|first| first.starts_with('[') && is_underlined()))?;
    let (title, link) = link_line(linked)?;
    (!title.contains("](") && !rest.lines().any(|line| line.starts_with("# "))).then_some((title, link))
}

/// Whether a header without a stamp is one: a link and a rule may begin a text, too. It says again what front matter says,
/// if that says anything.
fn agrees(header: &Header<'_>, front_matter: &FrontMatter) -> bool {
    let (title, link) = (header.title.unwrap_or_default(), header.link.unwrap_or_default());
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let is_one = |known: &str| {
        let (known, title) = (letters(known), letters(title));
        !title.is_empty() && (known.contains(&title) || (!known.is_empty() && title.contains(&known)))
    };
    let known_title = front_matter.text(&["title"]);
    let known_links = front_matter.texts(ADDRESSES);
    if known_title.is_none() && known_links.is_empty() {
        return parse_web(link).is_some() && !title.contains("](");
    }
    known_title.is_some_and(|known| is_one(&known)) || known_links.iter().any(|known| known.trim() == link)
}

/// `<!--stamp-->`, `[title](url)`, a rule; the stamp may be missing or `NaN`; behind a stamp the rule may be missing. Says
/// whether there was a stamp.
fn scraper_header(text: &str) -> Option<(Header<'_>, bool, &str)> {
    let mut rest = text.trim_start();
    let (mut header, mut has_stamp) = (Header::default(), false);
    if let Some(comment) = rest.strip_prefix("<!--") {
        let (stamp, after) = comment.split_once("-->")?;
        if stamp.len() > 32 {
            return None;
        }
        header.stamp = date::stamp(stamp);
        has_stamp = header.stamp.is_some() || stamp.trim() == "NaN";
        rest = after.trim_start();
    }
    let (title, link, after) = link_lines(rest)?;
    let (rule, body) = after.trim_start().split_once('\n').unwrap_or((after.trim(), ""));
    if !is_rule(rule) && !has_stamp {
        return None;
    }
    let body = if is_rule(rule) { body } else { after };
    header.title = Some(title).filter(|title| !title.trim().is_empty());
    header.link = Some(link).filter(|link| !link.is_empty());
    Some((header, has_stamp, body))
}

/// A title has so many lines at most.
const TITLE_LINES: usize = 3;

/// The title and the link at the beginning of a text, and what follows their line; a title may be broken.
fn link_lines(text: &str) -> Option<(&str, &str, &str)> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).take(TITLE_LINES);
    ends.filter(|_| text.starts_with('[')).find_map(|end| {
        // A line break and another link: these are lines of a text.
        let (title, link) =
            link_line(&text[..end]).filter(|(title, _)| !(title.contains('\n') && title.contains("](")))?;
        Some((title, link, &text[end + 1..]))
    })
}

/// `[title](url)` where the title may hold brackets and the URL parentheses.
fn link_line(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim().strip_prefix('[')?.strip_suffix(')')?;
    let (title, link) = inner.rsplit_once("](")?;
    Some((title, link.trim()))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.bytes().all(|byte| byte == b'-')
}

/// `title by author`, a rule, `**day**`.
fn turndown_header(text: &str) -> Option<(Header<'_>, &str)> {
    let (first, rest) = text.trim_start().split_once('\n')?;
    let (rule, rest) = rest.trim_start().split_once('\n')?;
    let (day, body) = rest.trim_start().split_once('\n').unwrap_or((rest.trim(), ""));
    let day = day.trim().strip_prefix("**")?.strip_suffix("**")?;
    if !is_rule(rule) || day.len() < 8 || !day.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (title, author) = match first.trim().rsplit_once(" by ") {
        Some((title, author)) => (title, Some(author.trim())),
        None => (first.trim(), None),
    };
    Some((Header { title: Some(title), author, day: Some(day), ..Header::default() }, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_whatever_its_title_holds() {
        let text = "<!--NaN-->\n[[港口] 一则(新闻)](https://e.example.org/a_(b))\n------\n\n<p>正文</p>";
        let (dialect, header, body) = recognise(None, &FrontMatter::default(), text);
        assert_eq!(dialect, Dialect::B);
        assert_eq!(header.title, Some("[港口] 一则(新闻)"));
        assert_eq!(header.link, Some("https://e.example.org/a_(b)"));
        assert_eq!(body.trim(), "<p>正文</p>");
    }

    #[test]
    fn a_turndown_header_names_title_author_and_day() {
        let (dialect, header, body) =
            recognise(None, &FrontMatter::default(), "灯塔 by 林一\n------\n**2023-11-02**\n\n正文");
        assert_eq!(dialect, Dialect::D);
        assert_eq!((header.title, header.author, header.day), (Some("灯塔"), Some("林一"), Some("2023-11-02")));
        assert_eq!(body.trim(), "正文");
    }

    #[test]
    fn a_link_and_a_rule_within_a_text_are_no_header() {
        let (dialect, _, _) = recognise(None, &FrontMatter::default(), "# Title\n\n[a](https://e.example.org)\n---\n");
        assert_eq!(dialect, Dialect::Plain);
    }
}
