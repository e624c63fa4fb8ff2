//! Shortcodes, by which Hugo, Zola, Hexo and WordPress put into a text what Markdown and HTML cannot say there: what shows a picture, a
//! film, a listing, a quotation or a link is written as markup; of what stands around text the text is kept; the rest stands as
//! it is written and is said.
//!
//! | tool | shape |
//! | --- | --- |
//! | Hugo (<https://gohugo.io/content-management/shortcodes/>) | `{{< name a="b" >}} … {{< /name >}}`, `{{% name %}}` |
//! | Zola (<https://www.getzola.org/documentation/content/shortcodes/>) | `{{ name(a="b") }}`, `{% name(a="b") %} … {% end %}` |
//! | Hexo (<https://hexo.io/docs/tag-plugins>) | `{% name a b %} … {% endname %}` |
//! | WordPress (<https://codex.wordpress.org/Shortcode>) | `[name a="b"] … [/name]`, of the names that it and builders of pages have |

mod arguments;
mod marks;
mod meaning;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::markdown::{Markup, Writer, markup_of};
use crate::escape::escape_text;
use marks::{Mark, Tool, is_of_builder, marks, may_hold_marks};
use meaning::{alone, block, is_of_block};

/// A body without the shortcodes that we know.
pub(super) struct Expanded<'text> {
    pub(super) text: Cow<'text, str>,
    /// The first that we do not know, and how many there are.
    pub(super) unknown: Option<(String, usize)>,
    /// The same of those around text, of which only the text is left.
    pub(super) unwrapped: Option<(String, usize)>,
}

/// Writes the shortcodes of a body as markup.
pub(super) fn expanded(body: &str) -> Expanded<'_> {
    // Only a body with marks is looked at again.
    let (markup, marks) = if may_hold_marks(body) {
        let markup = markup_of(body, Writer::Unknown);
        (markup, marks(body, markup))
    } else {
        (Markup::Html, Vec::new())
    };
    if marks.is_empty() {
        return Expanded { text: body.into(), unknown: None, unwrapped: None };
    }
    let (out, open) = (String::with_capacity(body.len()), Vec::new());
    let mut expander = Expander { body, markup, ends: ends(&marks), open, out, unknown: None, unwrapped: None };
    let mut done = 0;
    for mark in &marks {
        if mark.place.start >= done {
            expander.out.push_str(&body[done..mark.place.start]);
            done = expander.expand(mark);
        }
    }
    expander.out.push_str(&body[done..]);
    Expanded { text: expander.out.into(), unknown: expander.unknown, unwrapped: expander.unwrapped }
}

/// Where marks of a tool and name end what they began, in order.
type Ends<'text> = HashMap<(Tool, &'text str), Vec<Range<usize>>>;

fn ends<'text>(marks: &[Mark<'text>]) -> Ends<'text> {
    let mut ends = Ends::new();
    for mark in marks.iter().filter(|mark| mark.is_end) {
        ends.entry((mark.tool, mark.name)).or_default().push(mark.place.clone());
    }
    ends
}

/// More boxes in each other are nobody's.
const DEPTH: usize = 32;

struct Expander<'text> {
    body: &'text str,
    markup: Markup,
    ends: Ends<'text>,
    /// What was begun and not ended, and what is written where it ends.
    open: Vec<(Tool, &'text str, String)>,
    out: String,
    unknown: Option<(String, usize)>,
    unwrapped: Option<(String, usize)>,
}

impl<'text> Expander<'text> {
    /// Writes what a mark means, and says from where the body goes on.
    fn expand(&mut self, mark: &Mark<'text>) -> usize {
        let Range { start, end } = mark.place;
        if mark.is_end {
            let at = self
                .open
                .iter()
                .rposition(|(tool, name, _)| *tool == mark.tool && (mark.name.is_empty() || *name == mark.name));
            match at {
                Some(at) => self.out.push_str(&self.open.remove(at).2),
                None => self.out.push_str(&self.body[start..end]),
            }
            return end;
        }
        if mark.tool == Tool::HugoEscaped {
            let written = &self.body[start..end];
            // Liquid, too, must not take it for a mark.
            self.out.push_str("&#123;");
            escape_text(&written[1..3], &mut self.out);
            escape_text(mark.name, &mut self.out);
            escape_text(&written[written.len() - 3..], &mut self.out);
            return end;
        }
        if let Some(place) = self.end_of(mark).filter(|_| is_of_block(mark.name)) {
            let inner = &self.body[end..place.start];
            let before = self.body[..start].trim_end_matches([' ', '\t']);
            let is_first = before.is_empty() || before.ends_with('\n');
            let indent = if is_first { &self.body[before.len()..start] } else { "" };
            match block(mark, inner, self.markup, indent) {
                Some(markup) => self.out.push_str(&markup),
                None => self.leave(start..place.end),
            }
            return place.end;
        }
        if let Some(markup) = self.shown(mark) {
            self.out.push_str(&markup);
            let before = self.body[..start].trim_end_matches([' ', '\t']);
            let after = self.body[end..].trim_start_matches([' ', '\t', '\r']);
            let is_line =
                (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
            // Markup goes on until a blank line.
            self.out.push_str(if is_line { "\n" } else { "" });
            let own_end = self
                .end_of(mark)
                .filter(|place| mark.tool == Tool::WordPress && self.body[end..place.start].trim().is_empty());
            return own_end.map_or(end, |place| place.end);
        } else if self.end_of(mark).is_some() && holds_text(mark) && self.open.len() < DEPTH {
            self.begin(mark);
        } else {
            self.leave(start..end);
        }
        end
    }

    /// What a mark shows; an address only where one can stand.
    fn shown(&self, mark: &Mark<'text>) -> Option<String> {
        let before = &self.body[..mark.place.start];
        let is_in_link = || ["](", "](<", "=\"", "='", "]: "].iter().any(|mark| before.ends_with(mark));
        let is_address = matches!(mark.name, "ref" | "relref" | "post_path");
        alone(mark).filter(|_| !is_address || is_in_link())
    }

    /// Keeps the text around which marks stand.
    fn begin(&mut self, mark: &Mark<'text>) {
        let is_named = !matches!(mark.name, "tabs" | "columns" | "column" | "row" | "col" | "alert");
        let title = match mark.tool {
            Tool::WordPress => mark.arguments.named(&["title"]),
            _ => mark.arguments.title().filter(|_| is_named),
        };
        let title = title.unwrap_or_default();
        let quotes = ["quote", "blockquote", "centerquote", "pullquote", "cq", "su_quote", "su_pullquote"];
        let (before, after) = if quotes.contains(&mark.name) {
            let by = mark.arguments.named(&["author"]).or(Some(title)).filter(|author| !author.is_empty());
            let by = by.map(|author| format!("— {author}\n\n")).unwrap_or_default();
            ("\n<blockquote>\n\n".to_owned(), format!("\n\n{by}</blockquote>\n\n"))
        } else if title.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("**{title}**\n\n"), String::new())
        };
        if !BOXES.contains(&mark.name) && !is_of_builder(mark.name) {
            self.unwrapped.get_or_insert_with(|| (self.body[mark.place.clone()].to_owned(), 0)).1 += 1;
        }
        self.out.push_str(&before);
        self.open.push((mark.tool, mark.name, after));
    }

    /// The first end of a mark behind it.
    fn end_of(&self, mark: &Mark<'text>) -> Option<Range<usize>> {
        // Zola's values have no end, and all its blocks the same.
        let name = if mark.tool == Tool::Zola { "" } else { mark.name };
        let ends = self.ends.get(&(mark.tool, name))?;
        ends.get(ends.partition_point(|end| end.start < mark.place.end)).cloned()
    }

    /// Leaves a mark as it is written. Of what may be Jekyll's, Liquid speaks itself.
    fn leave(&mut self, place: Range<usize>) {
        let written = &self.body[place];
        self.out.push_str(written);
        // Words in brackets are words.
        let is_word = written.starts_with('[') && !written.contains('=');
        if !is_word && (!written.starts_with("{%") || written.contains('(')) {
            self.unknown.get_or_insert_with(|| (written.to_owned(), 0)).1 += 1;
        }
    }
}

/// Whether the text between a mark and its end is the article's: Liquid's tags, which look like Hexo's, may mean anything.
fn holds_text(mark: &Mark<'_>) -> bool {
    match mark.tool {
        Tool::Hugo | Tool::Zola => true,
        Tool::Hexo => BOXES.contains(&mark.name),
        Tool::WordPress => is_of_builder(mark.name),
        Tool::HugoEscaped | Tool::ZolaValue => false,
    }
}

/// What boxes around text are called, whose marks can go without a loss.
const BOXES: &[&str] = &[
    "admonition",
    "alert",
    "aside",
    "blockquote",
    "box",
    "callout",
    "card",
    "center",
    "centerquote",
    "col",
    "column",
    "columns",
    "cq",
    "danger",
    "details",
    "expand",
    "fold",
    "hint",
    "info",
    "left",
    "note",
    "notes",
    "notice",
    "pullquote",
    "quote",
    "right",
    "row",
    "spoiler",
    "steps",
    "tab",
    "tabs",
    "tip",
    "warning",
];

#[cfg(test)]
mod tests {
    use super::expanded;

    #[test]
    fn what_shows_something_is_markup() {
        let cases = [
            (
                "{{< figure src=\"a.jpg\" caption=\"码头\" >}}\n文\n",
                "<figure><img src=\"a.jpg\" alt=\"\"><figcaption>码头</figcaption></figure>\n\n文\n",
            ),
            (
                "甲{{<figure\n  src=\"a.jpg\"\n  alt=\"<b>\" title=\"题\" attr=\"林一\" attrlink=\"https://e.example.org/\">}}乙",
                "甲<figure><img src=\"a.jpg\" alt=\"‹b›\"><figcaption>题 <a href=\"https://e.example.org/\">林一</a></figcaption></figure>乙",
            ),
            ("{{< youtube abc_-1 >}}", "<iframe src=\"https://www.youtube.com/embed/abc_-1\"></iframe>\n\n"),
            (
                "{{ youtube(id=\"abc_-1\", class=\"x\") }}",
                "<iframe src=\"https://www.youtube.com/embed/abc_-1\"></iframe>\n\n",
            ),
            ("[上]({{< ref \"x.md\" >}})[下]({{< relref path=\"/a/y.md\" >}})", "[上](post:x.md)[下](/a/y.md)"),
            (
                "{% asset_img small a.jpg 300 200 \"清晨\" %}",
                "<figure><img src=\"a.jpg\" alt=\"\"><figcaption>清晨</figcaption></figure>\n",
            ),
            ("见{% post_link second-post '第二篇' %}。", "见<a href=\"post:second-post\">第二篇</a>。"),
            (
                "{{< highlight go >}}\nfunc() {\n  a<b\n}\n{{< /highlight >}}",
                "\n<pre><code>func() {\n  a&lt;b\n}</code></pre>\n\n",
            ),
            ("{% codeblock lang:js %}\nlet a;\n{% endcodeblock %}", "\n<pre><code>let a;</code></pre>\n\n"),
            ("{% note info 提示 %}\n**正文**\n{% endnote %}", "**提示**\n\n\n**正文**\n"),
            (
                "{% quote(author=\"林一\") %}\n正文\n{% end %}",
                "\n<blockquote>\n\n\n正文\n\n\n— 林一\n\n</blockquote>\n\n",
            ),
            (
                "[caption id=\"1\" width=\"3\"]<a href=\"b\"><img src=\"a.jpg\" /></a> 清晨[/caption]",
                "<figure><a href=\"b\"><img src=\"a.jpg\" /></a><figcaption>清晨</figcaption></figure>\n",
            ),
            ("[embed]https://e.example.org/?v=1[/embed]", "<iframe src=\"https://e.example.org/?v=1\"></iframe>\n"),
            (
                "用`<pre>`{{< vimeo 1 >}}`</pre>`",
                "用`<pre>`<iframe src=\"https://player.vimeo.com/video/1\"></iframe>\n`</pre>`",
            ),
            ("[video width=\"640\" mp4=\"a.mp4\"][/video]", "<video src=\"a.mp4\"></video>\n"),
            ("{% note blue 'fas fa-bus-alt' modern %}文{% endnote %}", "文"),
            ("{{< tabs \"Unique\" >}}文{{< /tabs >}}", "文"),
            (
                "[vc_row][vc_column width=\"1/2\"][vc_column_text]甲[/vc_column_text][vc_empty_space][/vc_column][/vc_row]乙",
                "甲乙",
            ),
            ("[su_quote cite=\"x\"]引文[/su_quote]", "\n<blockquote>\n\n引文\n\n</blockquote>\n\n"),
            ("<p>a</p>[code]&lt;b&gt;[/code]", "<p>a</p><pre><code>&lt;b&gt;</code></pre>"),
            ("[{{< ref \"a/b.md\" >}}]({{< ref \"a/b.md#c\" >}})", "[{{< ref \"a/b.md\" >}}](post:a/b.md#c)"),
            (
                "{{< img src=\"a.jpg\" caption=\"**清晨**\" link=\"/b\" >}}",
                "<figure><a href=\"/b\"><img src=\"a.jpg\" alt=\"\"></a><figcaption><strong>清晨</strong></figcaption></figure>\n",
            ),
            ("{{</* youtube id */>}}", "&#123;{&lt; youtube id &gt;}}"),
        ];
        for (text, wanted) in cases {
            let expanded = expanded(text);
            assert_eq!(expanded.text, wanted);
            assert!(expanded.unknown.is_none() || text.starts_with('['), "{text}");
        }
    }

    #[test]
    fn what_we_do_not_know_stands_or_loses_its_marks_and_is_said() {
        for (text, wanted, first) in [
            ("{{< chart 3 >}}甲", "{{< chart 3 >}}甲", "{{< chart 3 >}}"),
            ("{{ resize(path=\"a\") }}", "{{ resize(path=\"a\") }}", "{{ resize(path=\"a\") }}"),
            ("{{< figure width=3 >}}", "{{< figure width=3 >}}", "{{< figure width=3 >}}"),
        ] {
            let expanded = expanded(text);
            assert_eq!((&*expanded.text, expanded.unknown), (wanted, Some((first.to_owned(), 1))));
        }
        let team = expanded("{{< team >}}甲{{< /team >}}乙");
        assert_eq!((&*team.text, team.unwrapped), ("甲乙", Some(("{{< team >}}".to_owned(), 1))));
    }

    #[test]
    fn what_is_no_shortcode_or_shows_one_stays() {
        for text in [
            "`{{< youtube a >}}`",
            "``{{< youtube a >}}``",
            "文\n\n    {{< youtube a >}}\n",
            "`a\n{{< youtube a >}}`",
            "{%- raw -%}{{ youtube(id=\"a\") }}{%- endraw -%}",
            "[video of the protest] [audio cuts out] [youtube link] [audio: 采访] [embed]见官网[/embed]",
            "In Jinja write {{ url_for(\"index\") }}. {% end %}",
            "见{{< ref \"x\" >}}。",
            "```\n{{< youtube a >}}\n```\n",
            "<pre>{{< youtube a >}}</pre>",
            "{% raw %}{{ youtube(id=\"a\") }}{% endraw %}",
            "{{ page.title }} {% include a.html %} {% highlight x %}a{% endhighlight %}",
            "[video](a.mp4) [code] [embed](b) [甲]",
            "[video]甲",
            "{{<",
            "{{< a",
            "{%",
            "{%}",
            "{{}}",
            "{{%}}",
            "[caption",
            "[caption]甲[/caption]",
            "{{< /a >}}",
            &"{{< a >}}".repeat(3)[..8],
        ] {
            let expanded = expanded(text);
            assert_eq!(expanded.text, text);
            assert!(!text.starts_with("[video") || expanded.unknown.is_none(), "{text}");
        }
        let many = "{{< a >}}".repeat(50_000) + "{{< /a >}}";
        assert!(expanded(&many).text.starts_with("{{< a >}}"));
    }
}
