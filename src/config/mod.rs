//! `site.toml`: first [as typed](typed::SiteFile), then resolved once into a [`Config`].
//!
//! [`load`] is the entry point. What the user typed and what it means are two types: the first has only optional
//! fields and refuses unknown keys, the second has every value, checked.

mod media;
pub mod permalink;
mod rules;
mod text;
pub mod typed;

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use media::{HostHeader, MaxBytes, MediaConfig, Rewrite};
pub use rules::{Filter, Outlet, OutletRules, StripRule, StripWhat, TagRules, WithdrawWhat, Withdrawal};

use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::digest::{Digest, Digester};
use permalink::{PRESETS, Pattern};
use typed::OutletTable;
use typed::SiteFile;
pub use typed::{LinkTable, NavTable};

/// The folder of state below a site's.
pub const STATE_FOLDER: &str = ".heliostat";

/// The folder of single files that replace the theme's, where site.toml names none.
pub const OVERRIDES: &str = "theme";

/// The folder of pages that are no articles, unless site.toml names another.
pub const PAGES: &str = "pages";

/// The folder of files that are published as they are, unless site.toml names another.
pub const STATIC: &str = "static";

/// The name of the configuration file in a site's folder.
pub const FILE_NAME: &str = "site.toml";

/// The file that makes a folder an output of ours.
pub const OUTPUT_MARKER: &str = ".heliostat-output";

/// Everything that a build asks of its site, resolved and checked.
#[derive(Debug)]
pub struct Config {
    /// The folder of `site.toml`; every other path is below it or absolute.
    pub root: PathBuf,
    /// The site's name.
    pub title: String,
    /// One sentence on the site, for feeds and search engines.
    pub description: String,
    /// Where the site will be reached, with a slash at its end; `None` leaves out what demands an absolute URL.
    pub base_url: Option<url::Url>,
    /// The language of the site's own words, and of articles whose language nothing tells.
    pub language: String,
    /// The zone in which dates without one are read and all dates are shown.
    pub timezone: Tz,
    /// What a date of YAML with a time, without quotes and without a zone is of.
    pub yaml_dates: YamlDates,
    /// Content folders, relative to the root.
    pub content: Vec<String>,
    /// The folder of pages that are no articles, relative to the root.
    pub pages: String,
    /// The folder that is copied as it is, relative to the root.
    pub static_folder: String,
    /// The theme: the name of a built-in one, or its folder, relative to the root.
    pub theme: String,
    /// The folder of single templates and assets that replace the theme's, relative to the root.
    pub overrides: String,
    /// `[theme_options]`, as typed: the theme knows which it has.
    pub theme_options: toml::Table,
    /// `[[nav]]`.
    pub nav: Vec<NavTable>,
    /// `[[link]]`.
    pub links: Vec<LinkTable>,
    /// A text over every page.
    pub notice: Option<String>,
    /// Words of the interface that the site says otherwise, by their names.
    pub labels: BTreeMap<String, String>,
    /// Whom holders of rights may write to.
    pub contact: Option<String>,
    /// The output folder.
    pub output: PathBuf,
    /// The addresses of articles.
    pub permalink: Pattern,
    /// Whether articles marked as drafts are built.
    pub drafts: bool,
    /// `[[outlet]]`.
    pub outlets: OutletRules,
    /// `[[tag]]`.
    pub tags: TagRules,
    /// `[[strip]]`.
    pub strips: Vec<StripRule>,
    /// `[[include]]`: if there is any, only articles that one of them fits are built.
    pub include: Vec<Filter>,
    /// `[[exclude]]`: articles that one of them fits are left out.
    pub exclude: Vec<Filter>,
    /// `[[withdraw]]`: articles that are taken out of the site.
    pub withdrawals: Vec<Withdrawal>,
    /// `[media]`.
    pub media: MediaConfig,
    /// The folder of state.
    pub state: PathBuf,
    /// Digests of what stages read here.
    pub keys: Keys,
}

/// Digests of what stages read of the configuration: what was made under another is made anew.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// What parsing reads.
    pub parse: Digest,
    /// What every page shows.
    pub page: Digest,
    /// All of it.
    pub all: Digest,
}

impl Keys {
    fn of(typed: &SiteFile, overrides: &Overrides) -> Self {
        let base_url = overrides.base_url.as_ref().or(typed.base_url.as_ref());
        let words = (&typed.language, &typed.timezone);
        let words_of_articles = (words, &typed.yaml_dates);
        let rules = (&typed.outlet, &typed.tag, &typed.strip, &typed.include, &typed.exclude);
        let folders = (&typed.content, &typed.pages);
        let frame = (&typed.nav, &typed.link, &typed.notice, &typed.contact, &typed.labels);
        Self {
            parse: Digester::new().value(&(words_of_articles, base_url, rules, folders, overrides.drafts)).finish(),
            page: Digester::new().value(&(&typed.title, &typed.description, base_url, words, frame)).finish(),
            all: Digester::new().value(&(typed, base_url, overrides.drafts, overrides.offline)).finish(),
        }
    }
}

/// What a date of YAML with a time, without quotes and without a zone is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum YamlDates {
    /// The site's `timezone`, as whoever writes one thinks.
    #[default]
    Timezone,
    /// UTC, as YAML says (<https://yaml.org/type/timestamp.html>) and Jekyll takes it.
    Utc,
}

/// Which address an outlet's articles call the canonical one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Canonical {
    /// The original's: search engines are sent there.
    Original,
    /// The mirror's own.
    #[default]
    #[serde(rename = "self")]
    Mirror,
}

/// What the command line says over `site.toml`.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// `--output`.
    pub output: Option<PathBuf>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--offline`.
    pub offline: bool,
    /// `--drafts`.
    pub drafts: bool,
    /// Nothing is left out, neither drafts nor what `[[include]]` and `[[exclude]]` say: for who asks what sources name.
    pub everything: bool,
    /// Another folder of state, for a preview.
    pub state: Option<PathBuf>,
}

/// Reads and resolves the `site.toml` in `root`.
///
/// # Errors
/// What stops the parser, or every unknown key and every value that has no meaning.
pub fn load(root: &Path, overrides: &Overrides) -> Result<Config, Vec<Diagnostic>> {
    let path = root.join(FILE_NAME);
    let text = std::fs::read_to_string(&path).map_err(|fault| {
        let hint = match fault.kind() {
            std::io::ErrorKind::InvalidData => "save it as UTF-8",
            _ => "run `heliostat init DIR` for a new site, or name the site's folder with --site",
        };
        let message = format!("cannot be read: {fault}");
        vec![Diagnostic::error(Code::Config, message).in_file(path.display().to_string()).hint(hint)]
    })?;
    let (typed, mut faults) = text::parse(&text);
    let Some(mut typed) = typed else { return Err(faults) };
    let resolved = if overrides.everything {
        (typed.include, typed.exclude) = (Vec::new(), Vec::new());
        resolve(root, typed, &Overrides { drafts: true, ..overrides.clone() })
    } else {
        resolve(root, typed, overrides)
    };
    match resolved {
        Ok(config) if faults.is_empty() => Ok(config),
        resolved => {
            faults.extend(resolved.err().unwrap_or_default());
            Err(faults)
        }
    }
}

impl Config {
    /// What the text of a `site.toml` says of a site in a folder, if it has no fault.
    pub(crate) fn of_text(root: &Path, text: &str) -> Option<Self> {
        match text::parse(text) {
            (Some(typed), faults) if faults.is_empty() => resolve(root, typed, &Overrides::default()).ok(),
            _ => None,
        }
    }
}

/// The JSON Schema (<https://json-schema.org/draft/2020-12>) of `site.toml`, which editors use to complete and to check
/// it.
pub fn schema() -> String {
    // A schema is plain JSON: to print it fails for no type of ours.
    serde_json::to_string_pretty(&schemars::schema_for!(SiteFile)).unwrap_or_default()
}

/// Line and column, both from 1, of a byte offset; columns count characters.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset.min(text.len()))];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

fn resolve(root: &Path, typed: SiteFile, overrides: &Overrides) -> Result<Config, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let keys = Keys::of(&typed, overrides);
    let base_url = overrides.base_url.clone().or(typed.base_url).filter(|url| !url.is_empty());
    let config = Config {
        root: root.to_owned(),
        title: typed.title.unwrap_or_else(|| "Mirror".to_owned()),
        description: typed.description.unwrap_or_default(),
        base_url: base_url.and_then(|text| keep(&mut faults, base_url_of(&text))),
        language: typed
            .language
            .and_then(|tag| keep(&mut faults, language_of(&tag)))
            .unwrap_or_else(|| "zh-Hans".to_owned()),
        timezone: typed.timezone.and_then(|name| keep(&mut faults, zone_of(&name))).unwrap_or(Tz::UTC),
        yaml_dates: typed.yaml_dates.unwrap_or_default(),
        content: typed.content.map_or_else(|| vec!["content".to_owned()], |list| contents_of(root, &list)),
        pages: typed.pages.as_ref().map_or_else(|| PAGES.to_owned(), folder_of),
        static_folder: typed.static_folder.as_ref().map_or_else(|| STATIC.to_owned(), folder_of),
        theme: typed.theme.unwrap_or_else(|| "broadsheet".to_owned()),
        overrides: typed.overrides.unwrap_or_else(|| OVERRIDES.to_owned()),
        theme_options: typed.theme_options,
        nav: typed.nav.into_iter().filter_map(|nav| keep(&mut faults, nav_of(nav))).collect(),
        links: typed.link.into_iter().filter_map(|link| keep(&mut faults, link_of(link))).collect(),
        notice: typed.notice.filter(|text| !text.is_empty()),
        labels: typed.labels,
        contact: typed.contact.filter(|text| !text.is_empty()).and_then(|text| keep(&mut faults, contact_of(&text))),
        output: match &overrides.output {
            Some(path) => path.clone(),
            None => root.join(typed.output.as_deref().unwrap_or("public")),
        },
        permalink: keep(&mut faults, permalink_of(typed.permalink.as_deref())).unwrap_or_default(),
        drafts: overrides.drafts,
        outlets: keep(&mut faults, outlets_of(typed.outlet)).unwrap_or_default(),
        tags: keep(&mut faults, TagRules::new(&typed.tag)).unwrap_or_default(),
        strips: typed.strip.into_iter().filter_map(|rule| keep(&mut faults, StripRule::new(rule))).collect(),
        include: typed.include.iter().filter_map(|rule| keep(&mut faults, Filter::new(rule))).collect(),
        exclude: typed.exclude.iter().filter_map(|rule| keep(&mut faults, Filter::new(rule))).collect(),
        withdrawals: typed.withdraw.iter().filter_map(|rule| keep(&mut faults, Withdrawal::new(rule))).collect(),
        media: media::resolve(root, typed.media, overrides, &mut faults),
        state: overrides.state.clone().unwrap_or_else(|| root.join(STATE_FOLDER)),
        keys,
    };
    faults.extend(overlap(&config));
    faults.extend(one_for_two(&config));
    if faults.is_empty() { Ok(config) } else { Err(faults) }
}

/// A build removes from its output folder what it does not make, and reads what lies in the others: neither may it be one of them, nor
/// lie in one, nor one in it. (Content may be the whole site: then the others are left out of it.)
fn overlap(config: &Config) -> Option<Diagnostic> {
    let output = real(&config.output);
    let named = [("pages", &config.pages), ("static", &config.static_folder), ("overrides", &config.overrides)];
    let content = config.content.iter().filter(|folder| !folder.is_empty()).map(|folder| ("content", folder));
    let folders = named.into_iter().chain(content).map(|(name, folder)| (name, config.root.join(folder)));
    let both = |(name, folder): (&'static str, PathBuf)| {
        let folder = real(&folder);
        (output.starts_with(&folder) || folder.starts_with(&output)).then_some((name, folder))
    };
    let state = Some(real(&config.state)).filter(|state| state.starts_with(&output)).map(|state| ("state", state));
    let store = ("media.store", config.media.store.clone());
    let (name, folder) = folders.chain([store]).find_map(both).or(state)?;
    let message = format!("output: {} and {name}, {}, lie in each other", output.display(), folder.display());
    Some(fault(message).hint("give the output a folder of its own"))
}

/// State and store each have a lock of the same name.
fn one_for_two(config: &Config) -> Option<Diagnostic> {
    let is_one = real(&config.media.store) == real(&config.state);
    let message = || format!("media.store: {} is the folder of state, which may be deleted", config.state.display());
    is_one.then(|| fault(message()).hint("give what was rescued a folder of its own: `media`"))
}

/// A path as the file system has it: without `..`, and without links as far as it is there.
fn real(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for part in absolute(path).components() {
        if part == Component::ParentDir {
            real.pop();
            continue;
        }
        real.push(part);
        if let Ok(there) = real.canonicalize() {
            real = there;
        }
    }
    real
}

/// A path from the root of the file system, whether or not it is there.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Folders in which there are no articles, though they may lie in a content folder; absolute.
pub fn not_content(config: &Config) -> Vec<PathBuf> {
    let own = [&config.pages, &config.static_folder, &config.overrides, &config.theme];
    let own = own.into_iter().map(|folder| config.root.join(folder));
    own.chain([config.output.clone(), config.media.store.clone()]).map(|folder| absolute(&folder)).collect()
}

/// Remembers a fault and goes on, so that all faults of a file are told at once.
fn keep<T>(faults: &mut Vec<Diagnostic>, value: Result<T, Diagnostic>) -> Option<T> {
    value.map_err(|fault| faults.push(fault)).ok()
}

/// A fault of a value that the parser took.
pub(super) fn fault(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Config, message).in_file(FILE_NAME)
}

/// A folder as sources' paths spell it: `./posts/` is `posts`, `.` is empty.
fn folder_of(text: &String) -> String {
    let parts = Path::new(text).components().filter(|part| !matches!(part, Component::CurDir));
    let names: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    names.join("/").replace("//", "/")
}

fn base_url_of(text: &str) -> Result<url::Url, Diagnostic> {
    let with_slash = format!("{}/", text.trim_end_matches('/'));
    match url::Url::parse(&with_slash) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && is_bare(&url) => Ok(url),
        _ => Err(fault(format!("base_url: `{text}` is no web address"))
            .hint("write it whole, such as \"https://mirror.example.org\"")),
    }
}

/// Whether it is nothing but a host and a path, to which others can be added.
fn is_bare(url: &url::Url) -> bool {
    url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
}

/// `zh_TW` is how systems write `zh-TW`.
fn language_of(tag: &str) -> Result<String, Diagnostic> {
    let tag = tag.replace('_', "-");
    if is_language(&tag) {
        return Ok(tag);
    }
    Err(fault(format!("language: `{tag}` is no tag of one"))
        .hint("write \"zh-Hans\", \"zh-Hant\", \"en\" or another BCP 47 tag"))
}

/// Content folders, each once, however it is spelled.
fn contents_of(root: &Path, list: &[String]) -> Vec<String> {
    let mut known = HashSet::new();
    list.iter().map(folder_of).filter(|folder| known.insert(real(&root.join(folder)))).collect()
}

fn outlets_of(mut tables: Vec<OutletTable>) -> Result<OutletRules, Diagnostic> {
    for tag in tables.iter_mut().filter_map(|table| table.language.as_mut()) {
        *tag = language_of(tag)?;
    }
    if tables.iter().any(|table| table.name.trim().is_empty()) {
        return Err(fault("outlet: a rule has an empty name").hint("give it the name that readers see"));
    }
    let twice = tables.iter().enumerate().find(|(at, one)| tables[..*at].iter().any(|other| other.name == one.name));
    match twice {
        None => Ok(OutletRules::new(tables)),
        Some((_, table)) => Err(fault(format!("outlet: there are two rules of the name `{}`", table.name))
            .hint("one rule takes several hosts, tags and folders")),
    }
}

fn nav_of(nav: NavTable) -> Result<NavTable, Diagnostic> {
    if nav.path.is_some() == nav.url.is_some() {
        return Err(fault(format!("nav: `{}` needs a path or a url, one of them", nav.title))
            .hint("a path leads to a page of this site, a url elsewhere"));
    }
    let leads_out = |path: &str| path.starts_with('/') || path.split('/').any(|part| part.is_empty() || part == "..");
    if let Some(path) = nav.path.as_deref().filter(|path| leads_out(path) || path.contains(':')) {
        return Err(fault(format!("nav: `{path}` is no path of a page from the site's folder"))
            .hint("write it whole and without a slash before it, such as \"tags/index.html\""));
    }
    nav.url.as_deref().map_or(Ok(()), |url| check_address("nav", url))?;
    Ok(nav)
}

fn link_of(link: LinkTable) -> Result<LinkTable, Diagnostic> {
    check_address("link", &link.url)?;
    Ok(link)
}

/// An address of mail as a link to it, or that of a page.
fn contact_of(text: &str) -> Result<String, Diagnostic> {
    let is_mail = text.contains('@') && !text.contains([' ', ':', '/']);
    let url = if is_mail { format!("mailto:{text}") } else { text.to_owned() };
    check_address("contact", &url).map(|()| url)
}

/// Another mirror may be reached by any protocol; what runs or shows what it says itself is no address.
fn check_address(key: &str, text: &str) -> Result<(), Diagnostic> {
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "javascript" | "vbscript" | "data" | "file" | "blob") => Ok(()),
        _ => Err(fault(format!("{key}: `{text}` is the address of no page and no mail"))
            .hint("write it whole, such as \"https://example.org/\" or \"mailto:desk@example.org\"")),
    }
}

fn zone_of(name: &str) -> Result<Tz, Diagnostic> {
    name.parse().map_err(|_| {
        fault(format!("timezone: `{name}` is not known")).hint("use an IANA name, such as \"Asia/Shanghai\"")
    })
}

fn permalink_of(text: Option<&str>) -> Result<Pattern, Diagnostic> {
    text.map_or_else(
        || Ok(Pattern::default()),
        |text| {
            let preset = || did_you_mean(text, PRESETS.iter().map(|(name, _)| *name));
            let hint = || preset().unwrap_or_else(|| "see `permalink` in the sample site.toml".to_owned());
            Pattern::parse(text).map_err(|why| fault(format!("permalink: {why}")).hint(hint()))
        },
    )
}

fn duration_of(key: &str, text: Option<&str>, default: Duration) -> Result<Duration, Diagnostic> {
    text.map_or(Ok(default), |text| {
        humantime::parse_duration(text)
            .map_err(|why| fault(format!("{key}: `{text}`: {why}")).hint("write \"10min\", \"30s\" or the like"))
    })
}

/// Whether a text has the form of a BCP 47 tag.
pub fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    parts
        .next()
        .is_some_and(|first| (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_values_are_told_at_once() {
        let typed = text::parse("timezone = \"Mars/Base\"\nbase_url = \"mirror\"\n[media]\nquality = 0\n").0.unwrap();
        let faults = resolve(Path::new("."), typed, &Overrides::default()).unwrap_err();
        assert_eq!(faults.len(), 3);
    }
}
