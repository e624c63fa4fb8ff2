//! What each shortcode shows, as markup.

use super::arguments::Arguments;
use super::{Mark, Tool};
use crate::address::parse_web;
use crate::escape::{self, attribute, escape_text};
use crate::parse::foreign_markdown::is_word;
use crate::parse::html::media_ref::is_picture_address;
use crate::parse::html::serialise::POST;
use crate::parse::markdown::{Markup, to_html};

/// Whether what stands between a mark of this name and its end is no text of the article as it is.
pub(super) fn is_of_block(name: &str) -> bool {
    matches!(name, "highlight" | "codeblock" | "code" | "sourcecode" | "caption" | "wp_caption" | "embed")
}

/// What a mark and its end make of what is between them.
pub(super) fn block(mark: &Mark<'_>, inner: &str, markup: Markup, indent: &str) -> Option<String> {
    match (mark.name, mark.tool) {
        ("highlight", Tool::Hexo) => None,
        // In HTML it is markup already.
        ("code" | "sourcecode", Tool::WordPress) if markup == Markup::Html => {
            Some(format!("<pre><code>{}</code></pre>", inner.trim_matches(['\n', '\r'])))
        }
        ("highlight" | "codeblock" | "code" | "sourcecode", _) => Some(listing(inner, indent)),
        ("embed", Tool::WordPress) => parse_web(inner.trim()).map(|_| frame(inner.trim())),
        ("caption" | "wp_caption", Tool::WordPress) => captioned(mark, inner.trim()),
        _ => None,
    }
}

/// A listing, as far to the right as its mark: in a list it belongs to an item.
fn listing(code: &str, indent: &str) -> String {
    let mut out = format!("\n{indent}<pre><code>");
    escape_text(code.trim_matches(['\n', '\r']), &mut out);
    out + "</code></pre>\n\n"
}

fn frame(address: &str) -> String {
    format!("<iframe src=\"{}\"></iframe>\n", attribute(address))
}

/// `<img …> caption`, in a link or not.
fn captioned(mark: &Mark<'_>, inner: &str) -> Option<String> {
    let end_of = |mark: &str| inner.find(mark).map(|at| at + mark.len());
    let end = match inner.find("<img") {
        Some(picture) => end_of("</a>").or_else(|| Some(picture + inner[picture..].find('>')? + 1)),
        None => inner
            .find("![")
            .and_then(|picture| Some(picture + inner[picture..].find("](")?))
            .and_then(|address| Some(address + inner[address..].find(')')? + 1)),
    }?;
    let (picture, caption) = inner.split_at(end);
    let caption = Some(caption.trim().to_owned())
        .filter(|caption| !caption.is_empty())
        .or_else(|| mark.arguments.named(&["caption"]));
    let caption = caption.unwrap_or_default();
    Some(if picture.contains("<img") {
        format!("<figure>{picture}<figcaption>{caption}</figcaption></figure>\n")
    } else {
        format!("\n{picture}\n*{caption}*\n")
    })
}

/// What a mark without an end shows.
pub(super) fn alone(mark: &Mark<'_>) -> Option<String> {
    let arguments = &mark.arguments;
    let first = || arguments.first().filter(|_| mark.tool != Tool::WordPress);
    let source =
        || arguments.named(&["src", "url", "link", "mp3", "m4a", "ogg", "wav", "mp4", "webm", "file"]).or_else(first);
    let id = || arguments.named(&["id"]).or_else(first).filter(|id| is_word(id));
    match mark.name {
        "figure" | "image" | "img" | "picture" | "asset_img" => figure(arguments),
        "youtube" => match id() {
            Some(id) => Some(frame(&format!("https://www.youtube.com/embed/{id}"))),
            None => arguments.address().map(|address| frame(&address)),
        },
        "vimeo" => Some(frame(&format!("https://player.vimeo.com/video/{}", id()?))),
        "bilibili" => Some(frame(&format!("https://player.bilibili.com/player.html?bvid={}", id()?))),
        "tweet" | "x" => Some(frame(&format!(
            "https://twitter.com/{}/status/{}",
            arguments.named(&["user"])?,
            arguments.named(&["id"])?
        ))),
        "audio" | "video" => Some(format!("<{0} src=\"{1}\"></{0}>\n", mark.name, attribute(&source()?))),
        "ref" | "relref" if mark.tool == Tool::Hugo => {
            Some(address_of(&arguments.named(&["path"]).or_else(|| arguments.first())?))
        }
        "vc_empty_space" | "vc_separator" | "et_pb_divider" | "su_divider" | "su_spacer" => Some(String::new()),
        "post_path" => Some(address_of(&arguments.first()?)),
        "post_link" => {
            let words = arguments.words();
            let (slug, title) = words.split_first()?;
            let title = title
                .iter()
                .filter(|word| !matches!(word.as_str(), "true" | "false"))
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" ");
            Some(anchor(&address_of(slug), if title.is_empty() { slug } else { &title }))
        }
        "asset_link" => {
            let words = arguments.words();
            let (file, title) = words.split_first()?;
            Some(anchor(file, if title.is_empty() { file.clone() } else { title.join(" ") }.as_str()))
        }
        _ => None,
    }
}

/// A path from the site's folder leads to its source; another, or a name alone, to the source that is called so.
fn address_of(written: &str) -> String {
    let post = if written.starts_with(['/', '#']) { "" } else { POST };
    [post, written].concat().replace(' ', "%20")
}

fn anchor(address: &str, words: &str) -> String {
    let mut out = format!("<a href=\"{}\">", attribute(address));
    escape_text(words, &mut out);
    out + "</a>"
}

/// A picture with its title, caption and source below it.
fn figure(arguments: &Arguments<'_>) -> Option<String> {
    let words = arguments.words();
    let file = words.iter().position(|word| is_picture_address(word));
    let source = arguments.named(&["src", "url"]).or_else(|| words.get(file?).cloned())?;
    // Hexo has sizes between the file and its title.
    let is_title = |word: &&String| !word.contains('=') && !word.bytes().all(|byte| byte.is_ascii_digit());
    let of_words = || Some(words.get(file? + 1..)?.iter().filter(is_title).cloned().collect::<Vec<_>>().join(" "));
    let title = arguments.named(&["title"]);
    let caption = arguments.named(&["caption"]).or_else(|| if title.is_none() { of_words() } else { None });
    let alt = arguments.named(&["alt"]).unwrap_or_default();
    let by = arguments.named(&["attr"]).map(|by| match arguments.named(&["attrlink"]) {
        Some(link) => anchor(&link, &by),
        None => escape::text(&by),
    });
    let texts = [title, caption].into_iter().flatten().map(|text| phrases(&text));
    let said: Vec<String> = texts.chain(by).filter(|text| !text.is_empty()).collect();
    let picture = format!("<img src=\"{}\" alt=\"{}\">", attribute(&source), attribute(&alt));
    let picture = match arguments.named(&["link"]) {
        Some(link) => format!("<a href=\"{}\">{picture}</a>", attribute(&link)),
        None => picture,
    };
    Some(if said.is_empty() {
        picture
    } else {
        format!("<figure>{picture}<figcaption>{}</figcaption></figure>", said.join(" "))
    })
}

/// A caption may be Markdown of one paragraph.
fn phrases(text: &str) -> String {
    if !text.contains(['*', '_', '[', '`', '<']) {
        return escape::text(text);
    }
    let html = to_html(text);
    let inner = html.trim().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    inner.filter(|html| !html.contains("<p")).map_or_else(|| escape::text(text), str::to_owned)
}
