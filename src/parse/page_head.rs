//! What a saved page's own head says: title, address, dates, author, in the marks that news sites put there for
//! search engines and social networks (<https://ogp.me>, <https://schema.org/datePublished>, Dublin Core).

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};
use serde_json::Value;

use super::markdown::opens_one_of;
use super::microformats;
use crate::address::{WebUrl, parse_web};

/// What a head says; empty where there is none.
#[derive(Debug, Default)]
pub(super) struct PageHead {
    /// The article's title, without the site's name.
    pub(super) title: Option<String>,
    /// The same as the window shows it, mostly with that.
    pub(super) window_title: Option<String>,
    /// The site's name.
    pub(super) site: Option<String>,
    /// The page's own address.
    pub(super) url: Option<WebUrl>,
    /// When it was published, as written.
    pub(super) published: Option<String>,
    /// When it was changed last, as written.
    pub(super) modified: Option<String>,
    /// Who wrote it.
    pub(super) author: Option<String>,
    /// The page's language, as written.
    pub(super) language: Option<String>,
}

/// The names of a `meta` that say one thing, in order of trust, in lower case.
type Names = &'static [&'static str];

const TITLE: Names = &["og:title", "twitter:title"];
const SITE: Names = &["og:site_name", "application-name"];
const ADDRESS: Names = &["og:url", "twitter:url", "source-url"];
const PUBLISHED: Names = &[
    "article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
    // Evernote's.
    "created",
];
const MODIFIED: Names = &["article:modified_time", "datemodified", "dcterms.modified", "og:updated_time"];
/// What JSON for search engines says of the author, among what the `meta`s say.
const LINKED_AUTHOR: &str = "author of linked data";
const AUTHOR: Names = &["author", LINKED_AUTHOR, "article:author", "parsely-author", "dc.creator"];

impl PageHead {
    /// Reads the head of a body that begins as a page does.
    pub(super) fn of(body: &str) -> Self {
        if !begins_as_page(body) {
            return Self::default();
        }
        let said = Said::of(body);
        let site = said.meta(SITE);
        let title = said.meta(TITLE).or(said.title.as_deref()).map(|title| without_site(title, site));
        let canonical = said.canonical.as_deref().and_then(parse_web);
        let owned = |names| said.meta(names).map(str::to_owned);
        Self {
            title: title.filter(|title| !title.is_empty()).map(str::to_owned),
            window_title: said.title.as_deref().map(|title| title.trim().to_owned()),
            site: owned(SITE),
            url: canonical
                .or_else(|| parse_web(said.meta(ADDRESS)?))
                .or_else(|| parse_web(said.saved_from.as_deref()?))
                .or_else(|| microformats::address(body)),
            published: owned(PUBLISHED),
            modified: owned(MODIFIED),
            author: said.authors().or_else(|| microformats::author(body)),
            language: said.language.clone(),
        }
    }
}

/// Browsers and savers put comments before the page.
fn begins_as_page(body: &str) -> bool {
    let mut rest = body.trim_start();
    while let Some((_, after)) = rest.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        rest = after.trim_start();
    }
    rest.strip_prefix('<').is_some_and(|tag| opens_one_of(tag, &["!doctype", "html", "head", "meta", "title"]))
}

/// `Title - Site`, `Title_Site` without the site.
pub(super) fn without_site<'title>(title: &'title str, site: Option<&str>) -> &'title str {
    let bare = site.and_then(|site| title.trim_end().strip_suffix(site)).map(str::trim_end);
    let bare = bare.and_then(|bare| bare.strip_suffix(['-', '–', '—', '|', '｜', '_', '·']));
    bare.unwrap_or(title).trim()
}

/// What stands in a head.
#[derive(Default)]
struct Said {
    /// Names in lower case and contents, in order.
    metas: Vec<(String, String)>,
    title: Option<String>,
    canonical: Option<String>,
    /// From where a browser says that it has saved the page.
    saved_from: Option<String>,
    language: Option<String>,
}

impl Said {
    fn of(page: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut said = Self::default();
        let (mut in_title, mut in_linked_data, mut linked_data) = (false, false, String::new());
        for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
            match token {
                Token::StartTag(tag) if !belongs_to_head(&tag.name) => break,
                Token::StartTag(tag) => {
                    in_title = &**tag.name == b"title" && said.title.is_none();
                    in_linked_data = is_linked_data(&tag);
                    said.take(&tag);
                }
                Token::String(text) if in_linked_data => linked_data.push_str(&String::from_utf8_lossy(&text.value)),
                Token::String(text) if in_title => {
                    said.title.get_or_insert_default().push_str(&String::from_utf8_lossy(&text.value));
                }
                Token::Comment(text) => {
                    let address = saved_from(&String::from_utf8_lossy(&text.value)).map(str::to_owned);
                    said.saved_from = said.saved_from.take().or(address);
                }
                Token::EndTag(tag) if &**tag.name == b"head" => break,
                Token::EndTag(_) => {
                    in_title = false;
                    if std::mem::take(&mut in_linked_data) {
                        said.take_linked_data(&std::mem::take(&mut linked_data));
                    }
                }
                _ => {}
            }
        }
        said
    }

    fn take(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| attribute(tag, name);
        match &**tag.name {
            b"meta" => {
                let names = [b"property".as_slice(), b"name", b"itemprop"].into_iter().find_map(attribute);
                if let (Some(name), Some(content)) = (names, attribute(b"content")) {
                    self.metas.push((name.trim().to_ascii_lowercase(), content.trim().to_owned()));
                }
            }
            b"html" => self.language = self.language.take().or_else(|| attribute(b"lang")),
            b"link" if attribute(b"rel").is_some_and(|rel| rel.trim().eq_ignore_ascii_case("canonical")) => {
                self.canonical = self.canonical.take().or_else(|| attribute(b"href"));
            }
            _ => {}
        }
    }

    /// What search engines are told in JSON, of an article or of several things among which one is (<https://json-ld.org>).
    fn take_linked_data(&mut self, text: &str) {
        let Ok(data) = serde_json::from_str::<Value>(text) else { return };
        let graph = data.get("@graph").and_then(Value::as_array);
        let things = graph.or(data.as_array()).map_or(std::slice::from_ref(&data), Vec::as_slice);
        let is_article = |kind: &str| kind.ends_with("Article") || kind.ends_with("BlogPosting");
        let is_page = |kind: &str| kind == "WebPage";
        let is_of = |thing: &Value, is_kind: &dyn Fn(&str) -> bool| match thing.get("@type") {
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_kind),
            Some(kind) => kind.as_str().is_some_and(is_kind),
            None => true,
        };
        let mut dated = things.iter().filter(|thing| thing.get("datePublished").is_some());
        let article = dated.clone().find(|thing| is_of(thing, &is_article));
        let Some(article) = article.or_else(|| dated.find(|thing| is_of(thing, &is_page))) else { return };
        let name = |author: &Value| author.get("name").unwrap_or(author).as_str().map(str::to_owned);
        let authors =
            article.get("author").map(|author| author.as_array().map_or(std::slice::from_ref(author), Vec::as_slice));
        let authors: Vec<String> = authors.into_iter().flatten().filter_map(name).collect();
        let author = (!authors.is_empty()).then(|| authors.join("、"));
        let texts =
            ["datePublished", "dateModified"].into_iter().map(|key| (key, article.get(key).and_then(Value::as_str)));
        let texts = texts.filter_map(|(key, text)| Some((key.to_ascii_lowercase(), text?.to_owned())));
        self.metas.extend(texts.chain(author.map(|author| (LINKED_AUTHOR.to_owned(), author))));
    }

    /// All that the most trusted name says. Some name the author's page, or an address of mail.
    fn authors(&self) -> Option<String> {
        let of = |wanted: &str| {
            let said = self.metas.iter().filter(|(name, content)| name == wanted && !content.is_empty());
            let is_name =
                |author: &&str| parse_web(author).is_none() && (author.contains(' ') || !author.contains('@'));
            let mut authors: Vec<&str> = said.map(|(_, content)| content.as_str()).filter(is_name).collect();
            authors.dedup();
            (!authors.is_empty()).then(|| authors.join("、"))
        };
        AUTHOR.iter().find_map(|name| of(name))
    }

    fn meta(&self, names: Names) -> Option<&str> {
        names.iter().find_map(|wanted| {
            let found = self.metas.iter().find(|(name, content)| name == wanted && !content.is_empty());
            found.map(|(_, content)| content.as_str())
        })
    }
}

/// The address in the comment of a browser, `saved from url=(0033)https://…`, of monolith, `Saved from https://… at … using monolith`,
/// or of SingleFile, whose line begins with `url:`.
fn saved_from(comment: &str) -> Option<&str> {
    if let Some(rest) = comment.trim().strip_prefix("Saved from ").filter(|rest| rest.contains(" using monolith")) {
        return rest.split(' ').next();
    }
    let of_browser = || comment.trim().strip_prefix("saved from url=(")?.split_once(')');
    if let Some((_, address)) = of_browser() {
        return Some(address.trim());
    }
    comment
        .contains("SingleFile")
        .then(|| comment.lines().find_map(|line| line.trim().strip_prefix("url:")))?
        .map(str::trim)
}

/// The value of an attribute.
pub(super) fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

fn is_linked_data(tag: &StartTag<()>) -> bool {
    let kind = tag.attributes.get(b"type".as_slice()).map(|kind| kind.eq_ignore_ascii_case(b"application/ld+json"));
    &**tag.name == b"script" && kind == Some(true)
}

fn belongs_to_head(name: &HtmlString) -> bool {
    matches!(
        name.as_slice(),
        b"html" | b"head" | b"meta" | b"title" | b"link" | b"script" | b"style" | b"base" | b"noscript" | b"template"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_page_says_what_it_is() {
        let head = PageHead::of(
            "<!-- saved from url=(0026)https://m.example.org/old -->\n<!DOCTYPE html><html lang=zh><head><meta charset=utf-8>\
             <title>渡轮停航 - 海港报</title><script>var a = '<body>'</script><meta property=og:site_name content=海港报>\
             <META NAME=Author content='林一'><meta itemprop=datePublished content='2024-03-05T06:07:08+08:00'>\
             <link rel=canonical href=https://m.example.org/a></head><body><meta name=author content=别人>",
        );
        assert_eq!(head.title.as_deref(), Some("渡轮停航"));
        assert_eq!(head.language.as_deref(), Some("zh"));
        assert_eq!(head.author.as_deref(), Some("林一"));
        assert_eq!(head.published.as_deref(), Some("2024-03-05T06:07:08+08:00"));
        assert_eq!(head.url.as_ref().map(WebUrl::as_str), Some("https://m.example.org/a"));
    }

    #[test]
    fn a_text_about_a_page_says_nothing() {
        for text in ["<p><title>x</title>", "<!-- c --><p>a", "<div><meta name=author content=x>", ""] {
            let head = PageHead::of(text);
            assert!(head.title.is_none() && head.author.is_none(), "{text}");
        }
    }
}
