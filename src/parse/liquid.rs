//! Liquid, in which Jekyll's articles are templates (<https://jekyllrb.com/docs/liquid/>): what shows text as it is, hides it, or
//! names a page or file of the site is done; the rest stands as text and is said.

use std::borrow::Cow;

use url::Url;

use crate::escape::escape_text;

/// A body without Liquid, as far as we know it.
#[derive(Debug)]
pub(super) struct Rendered<'text> {
    pub(super) text: Cow<'text, str>,
    /// The first mark that we do not know, and how many there are.
    pub(super) unknown: Option<(String, usize)>,
    /// How many characters a comment hides.
    pub(super) hidden: usize,
}

/// Does what a body's Liquid says, in a site at `base`.
pub(super) fn rendered<'text>(body: &'text str, base: Option<&Url>) -> Rendered<'text> {
    if next_mark(body).is_none() {
        return Rendered { text: body.into(), unknown: None, hidden: 0 };
    }
    let host = base.map(|base| base[..url::Position::BeforePath].to_owned()).unwrap_or_default();
    let folder = base.map(|base| base.path().trim_end_matches('/').to_owned()).unwrap_or_default();
    let out = String::with_capacity(body.len());
    let mut renderer = Renderer { host, folder, out, unclosed: Vec::new(), unknown: None, hidden: 0 };
    renderer.render(body);
    Rendered { text: renderer.out.into(), unknown: renderer.unknown, hidden: renderer.hidden }
}

struct Renderer {
    /// Where the site is, as `https://host` and `/folder`; nothing where that is not known. Addresses of its own are absolute
    /// so that they are not taken for the original's.
    host: String,
    folder: String,
    out: String,
    /// Blocks of which no end follows, so that it is not sought again.
    unclosed: Vec<&'static str>,
    unknown: Option<(String, usize)>,
    hidden: usize,
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
                Mark::Value(value) => match self.address_of(value) {
                    Some(address) => self.put(&address, after),
                    None => self.leave(written, after),
                },
                Mark::Tag { name: "raw", .. } => self.block("endraw", written, after, |_, inner| inner.to_owned()),
                Mark::Tag { name: "comment", .. } => self.block("endcomment", written, after, |renderer, inner| {
                    renderer.hidden += inner.trim().chars().count();
                    String::new()
                }),
                Mark::Tag { name: "highlight", .. } => self.block("endhighlight", written, after, Self::listing),
                Mark::Tag { name: "post_url", rest: post } => {
                    self.put(&self.own(&format!("/_posts/{}.md", post.trim_start_matches('/'))), after)
                }
                Mark::Tag { name: "link", rest: path } => {
                    self.put(&self.own(&format!("/{}", path.trim_start_matches('/'))), after)
                }
                Mark::Tag { .. } => self.leave(written, after),
            };
        }
        self.out.push_str(rest);
    }

    /// A listing, as markup that Markdown, too, leaves as it is; what shows templates stands in `raw` within it.
    fn listing(&mut self, code: &str) -> String {
        let outer = (std::mem::take(&mut self.out), std::mem::take(&mut self.unclosed));
        self.render(code);
        let code = std::mem::take(&mut self.out);
        (self.out, self.unclosed) = outer;
        let mut listing = String::from("\n<pre><code>");
        escape_text(code.trim_matches(['\n', '\r']), &mut listing);
        listing + "</code></pre>\n"
    }

    /// The address of a path from the site's folder; what of it stands before it already is not said again.
    fn own(&self, path: &str) -> String {
        let (host, folder) = (self.host.as_str(), self.folder.as_str());
        match self.out.strip_suffix(folder) {
            _ if host.is_empty() => [folder, path].concat(),
            Some(before) if before.ends_with(host) => path.to_owned(),
            _ if self.out.ends_with(host) => [folder, path].concat(),
            _ => [host, folder, path].concat(),
        }
    }

    /// `site.baseurl`, `"/a" | relative_url`.
    fn address_of(&self, value: &str) -> Option<String> {
        let mut parts = value.split('|').map(str::trim);
        let first = parts.next()?;
        let is_of_address = |filter: &str| {
            let name = filter.split(':').next().unwrap_or(filter).trim();
            matches!(name, "relative_url" | "absolute_url") || (name == "prepend" && filter.contains("site."))
        };
        if !parts.all(is_of_address) {
            return None;
        }
        match first {
            "site.url" | "site.github.url" => return Some(self.host.clone()),
            "site.baseurl" => return Some(self.own("")),
            _ => {}
        }
        let quoted = ['"', '\''].into_iter().find_map(|quote| first.strip_prefix(quote)?.strip_suffix(quote))?;
        let address = if quoted.contains("://") {
            quoted.to_owned()
        } else {
            self.own(&format!("/{}", quoted.trim_start_matches('/')))
        };
        Some(address).filter(|_| value.contains('|'))
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
        written: &str,
        after: &'text str,
        meaning: impl Fn(&mut Self, &str) -> String,
    ) -> &'text str {
        let found = if self.unclosed.contains(&end) { None } else { end_of(after, end) };
        match found {
            Some((inner, length)) => {
                let text = meaning(self, &after[..inner]);
                self.put(&text, &after[inner + length..])
            }
            None => {
                self.unclosed.push(end);
                self.leave(written, after)
            }
        }
    }
}

fn next_mark(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut of_shortcode = None;
    memchr::memchr_iter(b'{', bytes).find(|at| match bytes.get(at + 1) {
        // Hugo's shortcodes begin with `{{<` and `{{%`.
        Some(b'{') if matches!(bytes.get(at + 2), Some(b'<' | b'%')) => {
            of_shortcode = Some(at + 1);
            false
        }
        next => matches!(next, Some(b'{' | b'%')) && of_shortcode != Some(*at),
    })
}

/// No mark is longer, in bytes.
const LONGEST: usize = 256;

/// The mark that a text begins with, and its length.
fn mark_of(text: &str) -> Option<(Mark<'_>, usize)> {
    let end = if text.starts_with("{{") { "}}" } else { "%}" };
    let near = text[..text.floor_char_boundary(LONGEST)].get(2..)?;
    let (inner, _) = near.split_once(end)?;
    let length = 2 + inner.len() + 2;
    // A dash at either side drops the blanks around it.
    let inner = inner.trim_matches('-').trim();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let base = Url::parse("https://m.example.org/sub/").unwrap();
        rendered(text, Some(&base)).text.into_owned()
    }

    #[test]
    fn what_we_know_is_done() {
        for (text, expected) in [
            ("{% raw %}<p>{{ a }} {% b %}</p>{%- endraw -%}。", "<p>{{ a }} {% b %}</p>。"),
            ("甲{% comment %}乙 {{ x }}{% endcomment %}丙", "甲丙"),
            ("![]({{ site.baseurl }}/a.png)", "![](https://m.example.org/sub/a.png)"),
            ("{{site.url}}{{ site.baseurl }}/b", "https://m.example.org/sub/b"),
            ("{{ site.baseurl }}{% post_url /2024-01-01-a %}", "https://m.example.org/sub/_posts/2024-01-01-a.md"),
            ("{{ site.url }}{{ '/b' | relative_url }}", "https://m.example.org/sub/b"),
            ("{{ \"/a.png\" | relative_url }}", "https://m.example.org/sub/a.png"),
            ("{{ 'b' | prepend: site.baseurl | prepend: site.url }}", "https://m.example.org/sub/b"),
            ("{{ 'https://e.example.org/p.png' | relative_url }}", "https://e.example.org/p.png"),
            ("[x]({% post_url 2024-01-01-a %})", "[x](https://m.example.org/sub/_posts/2024-01-01-a.md)"),
            ("[y]({% link about.md %})", "[y](https://m.example.org/sub/about.md)"),
            (
                "{% highlight html linenos %}\n<div>\n  a\n{% endhighlight %}",
                "\n<pre><code>&lt;div&gt;\n  a</code></pre>\n",
            ),
            ("{% highlight x %}{% raw %}{{ y }}{% endraw %}{% endhighlight %}", "\n<pre><code>{{ y }}</code></pre>\n"),
            ("{% highlight a\"><script> %}b{% endhighlight %}", "\n<pre><code>b</code></pre>\n"),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(rendered("[x]({{ site.baseurl }}/a)", None).text, "[x](/a)");
        for text in [
            "甲{% comment %} 乙丙 {% endcomment %}",
            "{% highlight x %}{% comment %}乙丙{% endcomment %}{% endhighlight %}",
        ] {
            assert_eq!(rendered(text, None).hidden, 2);
        }
    }

    #[test]
    fn the_rest_stands_and_is_said() {
        for text in ["{{ page.title }}", "{% include a.html %}", "{% raw %} a", "{{ 'a' | upcase }}", "{{ \"a\" }}"] {
            let rendered = rendered(text, None);
            assert_eq!(rendered.text, text);
            assert_eq!(rendered.unknown.unwrap().1, 1);
        }
        for text in ["a {{ b", "{%", "{%}", "{{}", "a } { b", "{{", &"{% raw %}".repeat(50_000)] {
            assert_eq!(shown(text), text);
        }
    }
}
