//! Liquid, in which Jekyll's articles are templates (<https://jekyllrb.com/docs/liquid/>): what shows text as it is, hides it, or
//! names a page or file of the site is done; the rest stands as text and is said.

use std::borrow::Cow;

use super::html::serialise::escape_text;

/// A body without Liquid, as far as we know it.
#[derive(Debug)]
pub(super) struct Rendered<'text> {
    pub(super) text: Cow<'text, str>,
    /// The first mark that we do not know, and how many there are.
    pub(super) unknown: Option<(String, usize)>,
}

/// Does what a body's Liquid says.
pub(super) fn rendered(body: &str) -> Rendered<'_> {
    if next_mark(body).is_none() {
        return Rendered { text: body.into(), unknown: None };
    }
    let mut renderer = Renderer { out: String::with_capacity(body.len()), unclosed: Vec::new(), unknown: None };
    renderer.render(body);
    Rendered { text: renderer.out.into(), unknown: renderer.unknown }
}

struct Renderer {
    out: String,
    /// Blocks of which no end follows, so that it is not sought again.
    unclosed: Vec<&'static str>,
    unknown: Option<(String, usize)>,
}

/// What stands between `{{` and `}}`, or `{%` and `%}`.
enum Mark<'text> {
    Value(&'text str),
    Tag { name: &'text str, rest: &'text str },
}

impl Renderer {
    fn render(&mut self, mut rest: &str) {
        while let Some(at) = next_mark(rest) {
            self.out.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some((mark, length)) = mark_of(rest) else {
                // No mark: two braces of a text.
                self.out.push_str(&rest[..2]);
                rest = &rest[2..];
                continue;
            };
            let (written, after) = rest.split_at(length);
            rest = match mark {
                Mark::Value(value) => match address_of(value) {
                    Some(address) => self.put(&address, after),
                    None => self.leave(written, after),
                },
                Mark::Tag { name: "raw", .. } => self.block("endraw", (written, after), str::to_owned),
                Mark::Tag { name: "comment", .. } => self.block("endcomment", (written, after), |_| String::new()),
                Mark::Tag { name: "highlight", rest: options } => {
                    self.block("endhighlight", (written, after), |inner| listing(inner, options))
                }
                Mark::Tag { name: "post_url", rest: post } => self.put(&format!("{post}.md"), after),
                Mark::Tag { name: "link", rest: path } => self.put(&format!("/{path}"), after),
                Mark::Tag { .. } => self.leave(written, after),
            };
        }
        self.out.push_str(rest);
    }

    fn put<'text>(&mut self, text: &str, after: &'text str) -> &'text str {
        self.out.push_str(text);
        after
    }

    /// Leaves a mark as text.
    fn leave<'text>(&mut self, written: &str, after: &'text str) -> &'text str {
        self.unknown.get_or_insert_with(|| (written.to_owned(), 0)).1 += 1;
        self.put(written, after)
    }

    /// Puts what a block means, and goes on behind its end.
    fn block<'text>(
        &mut self,
        end: &'static str,
        (written, after): (&str, &'text str),
        meaning: impl Fn(&str) -> String,
    ) -> &'text str {
        let found = if self.unclosed.contains(&end) { None } else { end_of(after, end) };
        match found {
            Some((inner, length)) => self.put(&meaning(&after[..inner]), &after[inner + length..]),
            None => {
                self.unclosed.push(end);
                self.leave(written, after)
            }
        }
    }
}

fn next_mark(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).find(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%')))
}

/// No mark is longer, in bytes.
const LONGEST: usize = 256;

/// The mark that a text begins with, and its length.
fn mark_of(text: &str) -> Option<(Mark<'_>, usize)> {
    let end = if text.starts_with("{{") { "}}" } else { "%}" };
    let near = &text[..text.floor_char_boundary(LONGEST)];
    let length = near.find(end)? + 2;
    // A dash at either side drops the blanks around it.
    let inner = text[2..length - 2].trim_matches('-').trim();
    if end == "}}" {
        return Some((Mark::Value(inner), length));
    }
    let (name, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    Some((Mark::Tag { name, rest: rest.trim() }, length))
}

/// Where the tag of a name stands, and its length.
fn end_of(text: &str, name: &str) -> Option<(usize, usize)> {
    memchr::memmem::find_iter(text.as_bytes(), "{%").find_map(|at| match mark_of(&text[at..])? {
        (Mark::Tag { name: found, .. }, length) if found == name => Some((at, length)),
        _ => None,
    })
}

/// An address from the site's folder: `site.baseurl`, `"/a" | relative_url`. Where the site is, links say by themselves.
fn address_of(value: &str) -> Option<String> {
    let mut parts = value.split('|').map(str::trim);
    let first = parts.next()?;
    let is_of_address = |filter: &str| {
        let name = filter.split(':').next().unwrap_or(filter).trim();
        matches!(name, "relative_url" | "absolute_url") || (name == "prepend" && filter.contains("site."))
    };
    if !parts.all(is_of_address) {
        return None;
    }
    if matches!(first, "site.baseurl" | "site.url" | "site.github.url") {
        return Some(String::new());
    }
    let quoted = ['"', '\''].into_iter().find_map(|quote| first.strip_prefix(quote)?.strip_suffix(quote))?;
    Some(format!("/{}", quoted.trim_start_matches('/'))).filter(|_| value.contains('|'))
}

/// A listing, as markup that Markdown, too, leaves as it is.
fn listing(code: &str, options: &str) -> String {
    let language = options.split_whitespace().next().unwrap_or_default();
    let mut out = format!("\n<pre><code class=\"language-{language}\">");
    escape_text(code.trim_matches(['\n', '\r']), &mut out);
    out + "</code></pre>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        rendered(text).text.into_owned()
    }

    #[test]
    fn what_we_know_is_done() {
        assert_eq!(shown("{% raw %}<p>{{ a }} {% b %}</p>{%- endraw -%}。"), "<p>{{ a }} {% b %}</p>。");
        assert_eq!(shown("甲{% comment %}乙 {{ x }}{% endcomment %}丙"), "甲丙");
        assert_eq!(shown("![]({{ site.baseurl }}/a.png) {{site.url}}{{ site.baseurl }}/b"), "![](/a.png) /b");
        assert_eq!(shown("{{ \"/a.png\" | relative_url }} {{ 'b' | prepend: site.baseurl }}"), "/a.png /b");
        assert_eq!(
            shown("[x]({% post_url 2024-01-01-a %}) [y]({% link _posts/b.md %})"),
            "[x](2024-01-01-a.md) [y](/_posts/b.md)"
        );
        assert_eq!(
            shown("{% highlight html linenos %}\n<div>\n  a\n{% endhighlight %}"),
            "\n<pre><code class=\"language-html\">&lt;div&gt;\n  a</code></pre>\n"
        );
    }

    #[test]
    fn the_rest_stands_and_is_said() {
        for text in ["{{ page.title }}", "{% include a.html %}", "{% raw %} a", "{{ 'a' | upcase }}", "{{ \"a\" }}"] {
            let rendered = rendered(text);
            assert_eq!(rendered.text, text);
            assert_eq!(rendered.unknown.unwrap().1, 1);
        }
        for text in ["a {{ b", "{%", "a } { b", "{{", &"{% raw %}".repeat(50_000)] {
            assert_eq!(shown(text), text);
        }
    }
}
