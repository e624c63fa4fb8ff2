//! Blocks of HTML in Markdown. To CommonMark they go on up to a blank line, so that the marks of what follows would be shown; here they
//! end where their elements do, and what an element holds is Markdown where it says so (`markdown="1"`), as kramdown has it
//! (<https://kramdown.gettalong.org/syntax.html#html-blocks>).

use std::borrow::Cow;

use super::markdown::{BLOCKS, opens_one_of, tags};
use super::verbatim::Verbatim;

/// A text with blank lines where blocks of HTML end.
pub(super) fn with_ends(text: &str) -> Cow<'_, str> {
    // Most have no line that ends with a tag and goes on below.
    if !text.contains(">\n") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let (mut code, mut open, mut is_behind_text) = (Verbatim::default(), None, false);
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        if code.takes(line) {
            is_behind_text = true;
            continue;
        }
        let shown = line.trim();
        if shown.is_empty() {
            (open, is_behind_text) = (None, false);
            continue;
        }
        open = match open {
            Some(depth) => Some(depth_after(depth, shown)),
            None if begins_block(shown) || (!is_behind_text && is_tag_alone(shown)) => Some(depth_after(0, shown)),
            None => None,
        };
        is_behind_text = true;
        let is_ended = open == Some(0) || (open.is_some() && holds_markdown(shown));
        if is_ended && shown.ends_with('>') && lines.peek().is_some_and(|next| is_of_markdown(next)) {
            out.push('\n');
            (open, is_behind_text) = (None, false);
        }
    }
    Cow::Owned(out)
}

/// Whether a line begins with an element that begins a block wherever it stands.
fn begins_block(line: &str) -> bool {
    line.strip_prefix('<').is_some_and(|rest| {
        let name = rest.strip_prefix('/').unwrap_or(rest);
        opens_one_of(name, BLOCKS) && !opens_one_of(name, IN_LINES)
    })
}

/// Whether a line is one element, which begins a block where no text is above it.
fn is_tag_alone(line: &str) -> bool {
    let is_tag =
        line.starts_with('<') && line[1..].trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic());
    is_tag && line.ends_with('>') && tags(line).count() <= 2
}

/// Those of [`BLOCKS`] that begin none within a paragraph.
const IN_LINES: &[&str] = &["amp-img", "audio", "img", "noscript", "object", "picture", "template", "time", "video"];

/// Elements that have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// How many elements are open behind a line, if so many are before it.
fn depth_after(depth: usize, line: &str) -> usize {
    tags(line).fold(depth, |depth, rest| {
        // No farther than to the next tag, for a line may hold nothing else.
        let is_closed = || rest.find(['<', '>']).is_some_and(|end| rest[..end].ends_with('/'));
        match rest.strip_prefix('/') {
            Some(_) => depth.saturating_sub(1),
            None if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) || opens_one_of(rest, VOID) || is_closed() => {
                depth
            }
            None => depth + 1,
        }
    })
}

/// Whether a line is the start tag of an element that holds Markdown.
fn holds_markdown(line: &str) -> bool {
    line.contains(" markdown=") && tags(line).count() == 1
}

/// What begins with a tag goes on with the block, and what is far indented would be a listing.
fn is_of_markdown(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && !text.starts_with('<') && !line.starts_with("    ") && !line.starts_with('\t')
}

#[cfg(test)]
mod tests {
    use crate::parse::markdown::to_html;

    #[test]
    fn what_follows_an_element_is_markdown() {
        let cases = [
            (
                "前文。\n\n<div><img src=\"a.jpg\"></div>\n## 小节\n正文**粗**。",
                "<h2>小节</h2>\n<p>正文<strong>粗</strong>。</p>",
            ),
            (
                "<p align=\"center\">图片说明</p>\n**下一行**，[链接](/a)",
                "<p><strong>下一行</strong>，<a href=\"/a\">链接</a></p>",
            ),
            ("前文。\n\n<br>\n**粗体**行", "<p><strong>粗体</strong>行</p>"),
            ("<p>第二</p>\n* 一\n* 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>"),
            (
                "<div class=\"note\" markdown=\"1\">\n**注意**\n</div>\n*后*",
                "<p><strong>注意</strong></p>\n</div>\n<p><em>后</em></p>",
            ),
        ];
        for (text, wanted) in cases {
            assert!(to_html(text).contains(wanted), "{}", to_html(text));
        }
        for text in [
            "<div>\n**甲**\n</div>",
            "<table>\n<tr><td>a</td></tr>\n* b\n</table>",
            "<pre>\n<b>a</b>\n* b\n</pre>",
            "<p>一</p>\n    <p>二</p>",
        ] {
            assert_eq!(to_html(text).trim(), text);
        }
    }
}
