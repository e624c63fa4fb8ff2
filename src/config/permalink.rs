//! The patterns of permalinks, in Jekyll's notation.
//!
//! The placeholders and their presets are Jekyll's (jekyll 4, `lib/jekyll/url.rb`, `drops/url_drop.rb`), so that a mirror that moves keeps
//! its addresses; `:id` is ours. What they stand for in an article, `plan::permalink` says.

use crate::address::decoded;

/// A permalink's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Value(Placeholder),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Id,
    Title,
    Slug,
    Categories,
    SluggedCategories,
    Name,
    Year,
    ShortYear,
    Month,
    IMonth,
    ShortMonth,
    LongMonth,
    Day,
    IDay,
    YDay,
    ShortDay,
    LongDay,
    WeekDay,
    Week,
    WeekYear,
    Hour,
    Minute,
    Second,
    OutputExt,
}

const PLACEHOLDERS: &[(&str, Placeholder)] = &[
    ("slugified_categories", Placeholder::SluggedCategories),
    ("short_month", Placeholder::ShortMonth),
    ("long_month", Placeholder::LongMonth),
    ("output_ext", Placeholder::OutputExt),
    ("categories", Placeholder::Categories),
    ("short_year", Placeholder::ShortYear),
    ("short_day", Placeholder::ShortDay),
    ("long_day", Placeholder::LongDay),
    ("i_month", Placeholder::IMonth),
    ("w_year", Placeholder::WeekYear),
    ("w_day", Placeholder::WeekDay),
    ("i_day", Placeholder::IDay),
    ("y_day", Placeholder::YDay),
    ("minute", Placeholder::Minute),
    ("second", Placeholder::Second),
    ("month", Placeholder::Month),
    ("title", Placeholder::Title),
    ("year", Placeholder::Year),
    ("week", Placeholder::Week),
    ("hour", Placeholder::Hour),
    ("slug", Placeholder::Slug),
    ("name", Placeholder::Name),
    ("day", Placeholder::Day),
    ("id", Placeholder::Id),
];

/// Jekyll's presets.
pub(super) const PRESETS: &[(&str, &str)] = &[
    ("date", "/:categories/:year/:month/:day/:title:output_ext"),
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("ordinal", "/:categories/:year/:y_day/:title:output_ext"),
    ("weekdate", "/:categories/:year/W:week/:short_day/:title:output_ext"),
    ("none", "/:categories/:title:output_ext"),
];

impl Default for Pattern {
    /// `/:year/:month/:day/:id.html`: short enough to say on the phone, and it survives a new title.
    fn default() -> Self {
        let slash = || Part::Text("/".to_owned());
        let parts = [Placeholder::Year, Placeholder::Month, Placeholder::Day, Placeholder::Id]
            .into_iter()
            .flat_map(|value| [slash(), Part::Value(value)]);
        Self { parts: parts.chain([Part::Text(".html".to_owned())]).collect() }
    }
}

impl Pattern {
    /// Whether its addresses end with a slash: each article is the index of a folder.
    pub fn makes_folders(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Text(text)) if text.ends_with('/'))
    }

    /// Reads a pattern or a preset's name.
    ///
    /// # Errors
    /// Says which placeholder is not known, or that there is none at all.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pattern = PRESETS.iter().find(|(name, _)| *name == text).map_or(text, |(_, pattern)| pattern);
        let parts = parts_of(pattern)?;
        if !parts.iter().any(|part| matches!(part, Part::Value(value) if value.tells_articles_apart())) {
            return Err(format!(
                "`{text}` has none of :id, :title, :slug and :name, so all articles would meet on one address"
            ));
        }
        Ok(Self { parts })
    }

    /// Reads an article's own permalink, which may be a plain path, percent-encoded or not.
    ///
    /// # Errors
    /// Says which placeholder is not known, or that the address is the front page's.
    pub fn parse_own(text: &str) -> Result<Self, String> {
        if text.trim_matches('/').is_empty() {
            return Err(format!("`{text}` is the address of the front page"));
        }
        let mut parts = parts_of(text)?;
        for part in &mut parts {
            if let Part::Text(text) = part {
                *text = decoded(text).into_owned();
            }
        }
        Ok(Self { parts })
    }

    /// Whether it has a part of a date, which an undated article lacks.
    pub fn needs_date(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(value) if value.is_of_date()))
    }
}

fn parts_of(pattern: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((text, after)) = rest.split_once(':') {
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        let end = after.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(after.len());
        let (length, value) = known(&after[..end]).ok_or_else(|| {
            let names: Vec<String> = PLACEHOLDERS.iter().map(|(name, _)| format!(":{name}")).collect();
            format!("`:{}` is no placeholder; there are {}", &after[..end], names.join(", "))
        })?;
        parts.push(Part::Value(value));
        rest = &after[length..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// The placeholder of a word, and its length: in `:title_x` it ends before the underscore, as for Jekyll.
fn known(word: &str) -> Option<(usize, Placeholder)> {
    let ends = std::iter::once(word.len()).chain(word.rmatch_indices('_').map(|(at, _)| at));
    ends.filter_map(|end| PLACEHOLDERS.iter().find(|(name, _)| *name == &word[..end]))
        .map(|(name, value)| (name.len(), *value))
        .next()
}

impl Placeholder {
    fn tells_articles_apart(self) -> bool {
        matches!(self, Self::Id | Self::Title | Self::Slug | Self::Name)
    }

    fn is_of_date(self) -> bool {
        !self.tells_articles_apart() && !matches!(self, Self::Categories | Self::SluggedCategories | Self::OutputExt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_and_patterns_are_read() {
        assert_eq!(Pattern::parse("/:year/:month/:day/:id.html").unwrap(), Pattern::default());
        assert_eq!(
            Pattern::parse("pretty").unwrap(),
            Pattern::parse("/:categories/:year/:month/:day/:title/").unwrap()
        );
        assert!(Pattern::parse("/:yeer/:title").unwrap_err().contains(":yeer"));
        assert!(Pattern::parse("/:slugorcontentbasename/").unwrap_err().contains(":slugorcontentbasename"));
        assert_eq!(
            Pattern::parse("/:title_x/").unwrap(),
            Pattern { parts: vec![Part::Text("/".into()), Part::Value(Placeholder::Title), Part::Text("_x/".into())] }
        );
        assert!(Pattern::parse("/:year/").unwrap_err().contains("one address"));
        assert!(!Pattern::parse("none").unwrap().needs_date());
        assert_eq!(Pattern::parse_own("/%E6%B8%AF/").unwrap(), Pattern::parse_own("/港/").unwrap());
        assert!(Pattern::parse_own("/10%3A30/").is_ok());
        assert!(Pattern::parse_own("/").unwrap_err().contains("front page"));
    }
}
