//! `site.toml` as a user types it: every key optional, unknown keys refused.
//!
//! What each key means stands, commented, in the `site.toml` of the sample site.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Canonical, YamlDates};

/// The whole file.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteFile {
    /// The site's name.
    pub title: Option<String>,
    /// One sentence on the site.
    pub description: Option<String>,
    /// Where the site will be reached.
    pub base_url: Option<String>,
    /// A BCP 47 tag, such as `zh-Hans`.
    pub language: Option<String>,
    /// An IANA name, such as `Asia/Shanghai`.
    pub timezone: Option<String>,
    /// What a date of YAML with a time, without quotes and without a zone is of.
    pub yaml_dates: Option<YamlDates>,
    /// Content folders.
    pub content: Option<Vec<String>>,
    /// The folder of pages that are no articles.
    pub pages: Option<String>,
    /// The folder that is copied as it is.
    #[serde(rename = "static")]
    pub static_folder: Option<String>,
    /// The theme: `broadsheet`, `lite`, or a folder with a theme.toml.
    pub theme: Option<String>,
    /// The folder of single templates and assets that replace the theme's.
    pub overrides: Option<String>,
    /// A text over every page.
    pub notice: Option<String>,
    /// Whom holders of rights may write to: an address of mail or of a page.
    pub contact: Option<String>,
    /// `[theme_options]`: the options that the theme's theme.toml names.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub theme_options: toml::Table,
    /// `[[nav]]`: what stands beside the sections in the head of every index.
    #[serde(default)]
    pub nav: Vec<NavTable>,
    /// `[[link]]`: what stands at the foot of every page.
    #[serde(default)]
    pub link: Vec<LinkTable>,
    /// The output folder.
    pub output: Option<String>,
    /// A pattern or the name of one.
    pub permalink: Option<String>,
    /// `[[outlet]]`.
    #[serde(default)]
    pub outlet: Vec<OutletTable>,
    /// `[[tag]]`.
    #[serde(default)]
    pub tag: Vec<TagTable>,
    /// `[[strip]]`.
    #[serde(default)]
    pub strip: Vec<StripTable>,
    /// `[[include]]`.
    #[serde(default)]
    pub include: Vec<FilterTable>,
    /// `[[exclude]]`.
    #[serde(default)]
    pub exclude: Vec<FilterTable>,
    /// `[[withdraw]]`.
    #[serde(default)]
    pub withdraw: Vec<WithdrawTable>,
    /// `[labels]`: words of the interface in place of ours, by their names.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// `[media]`.
    #[serde(default)]
    pub media: MediaTable,
}

/// One `[[nav]]`.
#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NavTable {
    /// What readers see.
    pub title: String,
    /// An output file of this site, such as `tags/ferry/index.html`.
    pub path: Option<String>,
    /// An address elsewhere.
    pub url: Option<String>,
}

/// One `[[link]]`.
#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkTable {
    /// What readers see.
    pub title: String,
    /// Where it leads.
    pub url: String,
}

/// One `[[outlet]]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutletTable {
    /// The name in addresses.
    pub name: String,
    /// The name that readers see.
    pub title: Option<String>,
    /// Hosts of originals; a host stands for its subdomains too.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Tags and categories that mean this outlet.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Folders below a content folder.
    #[serde(default)]
    pub folders: Vec<String>,
    /// The language of its articles.
    pub language: Option<String>,
    /// A notice over its articles.
    pub notice: Option<String>,
    /// Which address is canonical.
    #[serde(default)]
    pub canonical: Canonical,
}

/// One `[[tag]]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TagTable {
    /// The tag.
    pub name: String,
    /// Words that give it, in title or text.
    pub words: Vec<String>,
}

/// One `[[strip]]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StripTable {
    /// The outlet whose articles are meant; none means all.
    pub outlet: Option<String>,
    /// Paragraphs that hold this text are dropped.
    pub text: Option<String>,
    /// Elements so named are dropped: `tag`, `.class`, `#id` or `tag.class`.
    pub element: Option<String>,
}

/// One `[[include]]` or `[[exclude]]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterTable {
    /// The outlet's name.
    pub outlet: Option<String>,
    /// Articles of this day and later.
    pub from: Option<String>,
    /// Articles of this day and earlier.
    pub until: Option<String>,
}

/// One `[[withdraw]]`: articles that are taken out of the site.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawTable {
    /// The address of the original: every version of it is meant.
    pub url: Option<String>,
    /// A source's path from the site's folder: the other versions of its original are meant, too.
    pub source: Option<String>,
    /// An outlet's name: all its articles are meant.
    pub outlet: Option<String>,
    /// Why, for readers.
    pub reason: Option<String>,
    /// When, as YYYY-MM-DD.
    pub date: Option<String>,
    /// Whether a notice stands where the article was; if not, nothing does.
    pub notice: Option<bool>,
}

/// `[media]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaTable {
    /// The store's folder.
    pub store: Option<String>,
    /// Whether originals are kept beside what is made of them.
    pub keep_originals: Option<bool>,
    /// Widths of variants, in pixels.
    pub widths: Option<Vec<u32>>,
    /// 1 to 100.
    pub quality: Option<u8>,
    /// The SSIMULACRA2 score under which the quality is raised; 0 never raises it.
    pub min_score: Option<u8>,
    /// Whether photographs are published as AVIF, too.
    pub avif: Option<bool>,
    /// How long one build may fetch, such as `"10min"`.
    pub time: Option<String>,
    /// How long one request may take.
    pub timeout: Option<String>,
    /// So many requests at once, to all hosts.
    pub connections: Option<usize>,
    /// So many to one host.
    pub connections_per_host: Option<usize>,
    /// The largest file of each kind.
    #[serde(default)]
    pub max_bytes: MaxBytesTable,
    /// In pixels.
    pub max_pixels: Option<u64>,
    /// The most bytes of published media together; newest articles come first.
    pub max_total: Option<u64>,
    /// Whether private addresses may be asked.
    pub allow_private: Option<bool>,
    /// Whether nobody is asked.
    pub offline: Option<bool>,
    /// How we introduce ourselves.
    pub user_agent: Option<String>,
    /// An HTTP or SOCKS5 proxy, such as `"socks5://127.0.0.1:9050"`.
    pub proxy: Option<String>,
    /// Where else a picture may be had: addresses with `{url}`, `{encoded_url}` or `{host_and_path}` in them.
    pub fallbacks: Option<Vec<String>>,
    /// `[[media.rewrite]]`.
    #[serde(default)]
    pub rewrite: Vec<RewriteTable>,
    /// `[[media.header]]`.
    #[serde(default)]
    pub header: Vec<HeaderTable>,
}

/// `[media.max_bytes]`, each in bytes.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaxBytesTable {
    /// A picture.
    pub picture: Option<u64>,
    /// A sound.
    pub audio: Option<u64>,
    /// A film.
    pub video: Option<u64>,
}

/// One `[[media.rewrite]]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewriteTable {
    /// The beginning of an original's URL.
    pub from: String,
    /// What is asked instead.
    pub to: String,
}

/// One `[[media.header]]`: what a host is told besides.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderTable {
    /// The host; it stands for its subdomains too.
    pub host: String,
    /// The header's name, such as `Referer`.
    pub name: String,
    /// Its value.
    pub value: String,
}
