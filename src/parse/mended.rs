//! Mistakes in whole bodies: markup that was escaped once too often, a section of XML, a comment that nobody ended.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::markdown::{opens_one_of, tags};

/// Every body is searched for these: what searches is made once.
static ESCAPED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("&lt;"));
static COMMENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<!--"));

/// A body as its writer meant it.
pub(super) fn mended(body: &str) -> Cow<'_, str> {
    // Typecho says so of what it holds.
    let body = body.strip_prefix("<!--markdown-->").unwrap_or(body);
    let body = without_section(body);
    if is_escaped_twice(body) {
        return with_ended_comment(&unescaped(body)).into_owned().into();
    }
    with_ended_comment(body)
}

/// Feeds put markup into `<![CDATA[…]]>`.
fn without_section(body: &str) -> &str {
    let inner = |body: &str| body.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")).map(str::len);
    let trimmed = body.trim();
    match inner(trimmed) {
        Some(length) => &trimmed["<![CDATA[".len()..][..length],
        None => body,
    }
}

/// Whether tags of paragraphs are escaped, as many as there are tags at all; where code is shown, they are part of it.
fn is_escaped_twice(body: &str) -> bool {
    const BLOCKS: &[&str] = &["p", "br", "div", "section", "figure", "img", "blockquote"];
    let escaped = || ESCAPED.find_iter(body.as_bytes()).map(|at| &body[at + "&lt;".len()..]);
    if escaped().next().is_none() || body.contains('`') {
        return false;
    }
    let of_blocks = escaped().filter(|rest| opens_one_of(rest.strip_prefix('/').unwrap_or(rest), BLOCKS)).count();
    let shows_code = || tags(body).any(|rest| opens_one_of(rest, &["code", "pre", "kbd", "samp", "textarea"]));
    of_blocks > 1 && of_blocks >= tags(body).count() && !shows_code()
}

fn unescaped(body: &str) -> String {
    let references = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#039;", "'"), ("&amp;", "&")];
    references.iter().fold(body.to_owned(), |text, (reference, character)| text.replace(reference, character))
}

/// A comment that nobody ended would hide all that follows: it is its line.
fn with_ended_comment(body: &str) -> Cow<'_, str> {
    // (A search from behind goes a byte at a time.)
    let Some(start) = COMMENT.find_iter(body.as_bytes()).last() else { return body.into() };
    let rest = &body[start + "<!--".len()..];
    let is_ended =
        ["-->", "--!>"].iter().any(|end| rest.contains(end)) || rest.starts_with('>') || rest.starts_with("->");
    let line = &body[body[..start].rfind('\n').map_or(0, |end| end + 1)..];
    if is_ended || line.lines().next().is_some_and(|line| line.contains('`')) {
        return body.into();
    }
    let end = rest.find('\n').unwrap_or(rest.len());
    [&body[..start], &rest[end..]].concat().into()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn a_body_is_what_its_writer_meant() {
        let cases = [
            ("<p>&lt;p&gt;一&lt;/p&gt;&lt;p&gt;二&amp;nbsp;&lt;/p&gt;</p>", "<p><p>一</p><p>二&nbsp;</p></p>"),
            ("&lt;p&gt;一&lt;br&gt;二&lt;/p&gt;\n", "<p>一<br>二</p>\n"),
            ("<![CDATA[<p>一</p>]]>\n", "<p>一</p>"),
            ("一\n\n<!-- 编者注\n\n二\n\n三", "一\n\n\n\n二\n\n三"),
            ("<p>一</p>\n<!-- /wp:paragraph --\n<p>二</p>", "<p>一</p>\n\n<p>二</p>"),
        ];
        for (body, wanted) in cases {
            assert_eq!(mended(body), wanted);
        }
        let as_they_are = [
            "<p>写作 <code>&lt;p&gt;</code> 与 &lt;/p&gt;</p>",
            "<p>标签 &lt;p&gt; 的用法</p><p>又</p>",
            "<!-- 一 --><p>二</p><!-->",
            "写作 `<!--` 即可",
        ];
        assert!(as_they_are.iter().all(|body| mended(body) == *body));
    }
}
