//! `site.toml` as a user types it: every key optional, unknown keys refused.
//!
//! What each key means stands, commented, in the `site.toml` of the sample site.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Canonical;

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
    /// Content folders.
    pub content: Option<Vec<String>>,
    /// The folder of pages that are no articles.
    pub pages: Option<String>,
    /// The folder that is copied as it is.
    #[serde(rename = "static")]
    pub static_folder: Option<String>,
    /// The folder of the site's own templates and assets.
    pub theme: Option<String>,
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
    /// `[media]`.
    #[serde(default)]
    pub media: MediaTable,
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
    /// Widths of variants, in pixels.
    pub widths: Option<Vec<u32>>,
    /// 1 to 100.
    pub quality: Option<u8>,
    /// How long one build may fetch, such as `"10min"`.
    pub time: Option<String>,
    /// How long one request may take.
    pub timeout: Option<String>,
    /// In bytes.
    pub max_bytes: Option<u64>,
    /// In pixels.
    pub max_pixels: Option<u64>,
    /// Whether private addresses may be asked.
    pub allow_private: Option<bool>,
    /// Whether nobody is asked.
    pub offline: Option<bool>,
    /// How we introduce ourselves.
    pub user_agent: Option<String>,
    /// `[[media.rewrite]]`.
    #[serde(default)]
    pub rewrite: Vec<RewriteTable>,
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
