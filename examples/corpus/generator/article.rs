//! An article before its bytes, and what the grammar calls by name of it.

use chrono::DateTime;

/// An article before its bytes.
pub(super) struct Article {
    pub(super) index: u64,
    /// Whose address and text these are: its own, unless this is a copy.
    pub(super) original: u64,
    pub(super) outlet: String,
    pub(super) host: String,
    pub(super) layout: String,
    /// The place of its lexicon.
    pub(super) script: usize,
    /// Seconds since 1970.
    pub(super) time: i64,
    pub(super) author: String,
    pub(super) title: String,
    pub(super) url: String,
}

impl Article {
    /// What a rule calls by name.
    pub(super) fn fact(&self, name: &str) -> Option<String> {
        // A visible date is up to two hours and a half before the stamp; of one article in a hundred, a month.
        let early = self.original * 7_919 % 9_000 + if self.original % 100 == 7 { 2_600_000 } else { 0 };
        let seen = self.time - early as i64;
        Some(match name {
            "id" => (1_000_000 + self.index).to_string(),
            "outlet" => self.outlet.clone(),
            "host" => self.host.clone(),
            "HOST" => self.host.to_uppercase(),
            "author" => self.author.clone(),
            "title" => self.title.clone(),
            "escaped title" => self.title.replace('\\', "\\\\").replace('"', "\\\""),
            "name" => shorten(&self.title.replace('/', "-"), 180) + &self.mark(),
            "slug" => {
                shorten(&self.title.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-"), 180) + &self.mark()
            }
            "url" => self.url.clone(),
            "percent" => percent(&self.title, "%"),
            "percent twice" => percent(&self.title, "%25"),
            "year" => at("%Y", self.time),
            "day" => at("%F", self.time),
            "date" => at("%Y%m%d", self.time),
            "time" => at("%F %T", self.time),
            "iso time" => at("%FT%T", self.time),
            "millis" => (self.time * 1000).to_string(),
            "seen day" => at("%F", seen),
            "seen time" => at("%F %T", seen),
            "seen iso time" => at("%FT%T", seen),
            "seen mail time" => at("%a, %d %b %Y %T GMT", seen),
            _ => return None,
        })
    }

    /// Keeps the name of a copy apart: it may have its original's day and title.
    fn mark(&self) -> String {
        if self.index == self.original { String::new() } else { format!(" ({})", self.index) }
    }
}

/// A time in one of chrono's formats.
fn at(format: &str, time: i64) -> String {
    DateTime::from_timestamp(time, 0).map_or_else(String::new, |time| time.format(format).to_string())
}

/// At most so many bytes, whole characters.
fn shorten(text: &str, bytes: usize) -> String {
    let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
    text[..ends.take_while(|&end| end <= bytes).last().unwrap_or(0)].to_owned()
}

/// Percent-encoded, with a sign of one's own: `%25` encodes twice, as one outlet does.
fn percent(text: &str, sign: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        _ if byte.is_ascii_alphanumeric() => out + &char::from(byte).to_string(),
        _ if byte.is_ascii() => out + "-",
        _ => format!("{out}{sign}{byte:02X}"),
    })
}
