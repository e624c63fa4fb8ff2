//! Permalinks: the pattern by which an article's address is made, in Jekyll's notation.
//!
//! The placeholders, their presets and how values become slugs are Jekyll's (jekyll 4, `lib/jekyll/url.rb`,
//! `drops/url_drop.rb`, `utils.rb`), so that a mirror that moves keeps its addresses. `:id` is ours.

use chrono::{DateTime, Datelike as _, Timelike as _};
use chrono_tz::Tz;

use super::slug::{JekyllMode, jekyll_slugify};
use crate::parse::url::short_id;
use crate::parse::{Entry, stem_of};

/// A permalink's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Placeholder),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placeholder {
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

/// Longest names first, for `:slugified_categories` begins as `:slug` does.
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
const PRESETS: &[(&str, &str)] = &[
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

    /// Reads an article's own permalink, which may be a plain path.
    ///
    /// # Errors
    /// Says which placeholder is not known.
    pub fn parse_own(text: &str) -> Result<Self, String> {
        Ok(Self { parts: parts_of(text)? })
    }

    /// Whether it has a part of a date, which an undated article lacks.
    pub fn needs_date(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(value) if value.is_of_date()))
    }

    /// The output file of an article, from the site's folder; `at` is its date in the site's zone.
    pub fn path(&self, entry: &Entry, at: Option<DateTime<Tz>>) -> String {
        if at.is_none() && self.needs_date() {
            return format!("undated/{}.html", entry.id);
        }
        let mut url = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Value(value) => url.push_str(&value.of(entry, at)),
            }
        }
        output_path(&url, &entry.id)
    }
}

fn parts_of(pattern: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((text, after)) = rest.split_once(':') {
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        let known = PLACEHOLDERS.iter().find(|(name, _)| after.starts_with(name));
        let (name, value) = known.ok_or_else(|| {
            let word: String = after.chars().take_while(|c| c.is_ascii_alphabetic() || *c == '_').collect();
            format!("`:{word}` is no placeholder")
        })?;
        parts.push(Part::Value(*value));
        rest = &after[name.len()..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

impl Placeholder {
    fn tells_articles_apart(self) -> bool {
        matches!(self, Self::Id | Self::Title | Self::Slug | Self::Name)
    }

    fn is_of_date(self) -> bool {
        !self.tells_articles_apart() && !matches!(self, Self::Categories | Self::SluggedCategories | Self::OutputExt)
    }

    fn of(self, entry: &Entry, at: Option<DateTime<Tz>>) -> String {
        match self {
            Self::Id => entry.id.clone(),
            Self::Title => or_id(jekyll_slugify(&entry.slug, JekyllMode::Pretty), entry),
            Self::Slug => or_id(jekyll_slugify(&entry.slug, JekyllMode::Default).to_lowercase(), entry),
            Self::Name => or_id(jekyll_slugify(stem_of(&entry.source), JekyllMode::Default).to_lowercase(), entry),
            Self::Categories => categories(entry, str::to_lowercase),
            Self::SluggedCategories => {
                categories(entry, |name| jekyll_slugify(name, JekyllMode::Default).to_lowercase())
            }
            Self::OutputExt => ".html".to_owned(),
            _ => at.map(|at| self.of_date(at)).unwrap_or_default(),
        }
    }

    fn of_date(self, at: DateTime<Tz>) -> String {
        match self {
            Self::Year => format!("{:04}", at.year()),
            Self::ShortYear => at.format("%y").to_string(),
            Self::Month => format!("{:02}", at.month()),
            Self::IMonth => at.month().to_string(),
            Self::ShortMonth => at.format("%b").to_string(),
            Self::LongMonth => at.format("%B").to_string(),
            Self::Day => format!("{:02}", at.day()),
            Self::IDay => at.day().to_string(),
            Self::YDay => format!("{:03}", at.ordinal()),
            Self::ShortDay => at.format("%a").to_string(),
            Self::LongDay => at.format("%A").to_string(),
            Self::WeekDay => at.weekday().number_from_monday().to_string(),
            Self::Week => format!("{:02}", at.iso_week().week()),
            Self::WeekYear => at.iso_week().year().to_string(),
            Self::Hour => format!("{:02}", at.hour()),
            Self::Minute => format!("{:02}", at.minute()),
            Self::Second => format!("{:02}", at.second()),
            _ => String::new(),
        }
    }
}

/// A slug of nothing but marks is empty; the id stands in for it.
fn or_id(slug: String, entry: &Entry) -> String {
    if slug.is_empty() { entry.id.clone() } else { slug }
}

/// As `named` spells them, each once, joined by slashes; what would leave the folder does not.
fn categories(entry: &Entry, named: impl Fn(&str) -> String) -> String {
    let mut names: Vec<String> = Vec::new();
    for category in &entry.categories {
        let name = named(category);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("/")
}

/// The longest component, in bytes: file systems take 255; an id and an ending may be added.
const MAX_COMPONENT: usize = 230;

/// The longest path, in bytes: with the site's own folder before it, it must stay under a system's limit (4096 here, 1024
/// on macOS).
const MAX_PATH: usize = 768;

/// An address → the file that a web server shows for it: `/a/` is `a/index.html`, `/a` is `a.html`.
fn output_path(url: &str, id: &str) -> String {
    let is_folder = url.ends_with('/');
    let mut path =
        url.split('/').filter(|part| !part.is_empty()).map(|part| component(part, id)).collect::<Vec<_>>().join("/");
    if path.is_empty() || path.len() > MAX_PATH {
        return format!("{id}.html");
    }
    if is_folder {
        path.push_str("/index.html");
    } else if !path.ends_with(".html") && !path.ends_with(".htm") {
        path.push_str(".html");
    }
    path
}

fn component(part: &str, id: &str) -> String {
    let clean: String = part.chars().map(|c| if c.is_control() || matches!(c, '\\' | '/') { '-' } else { c }).collect();
    // A leading dot hides a file from many servers; dots alone lead out of the folder.
    let clean = clean.trim_start_matches('.').to_owned();
    if clean.is_empty() {
        return "-".to_owned();
    }
    if clean.len() <= MAX_COMPONENT {
        return clean;
    }
    // The end of a long name may be its ending.
    let ending = if clean.ends_with(".html") { ".html" } else { "" };
    format!("{}-{}{ending}", &clean[..clean.floor_char_boundary(MAX_COMPONENT - 20)], short_id(&format!("{id}{clean}")))
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
        assert!(Pattern::parse("/:year/").unwrap_err().contains("one address"));
        assert!(!Pattern::parse("none").unwrap().needs_date());
    }

    #[test]
    fn an_address_ends_in_a_file_and_never_leaves_the_site() {
        assert_eq!(output_path("/2021-12-17/标题/", "id"), "2021-12-17/标题/index.html");
        assert_eq!(output_path("/a/2.0-b", "id"), "a/2.0-b.html");
        assert_eq!(output_path("/../..//x.html", "id"), "-/-/x.html");
        assert!(output_path(&format!("/{}/", "长".repeat(200)), "id").len() < 255);
        assert_eq!(output_path(&"/a".repeat(5000), "id"), "id.html");
    }
}
