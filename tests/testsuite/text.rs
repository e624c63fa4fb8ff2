//! Text is kept: on every article's page stands all that its source says.

use std::collections::HashMap;
use std::path::PathBuf;

use html5ever::parse_document;
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::harness::{Site, body_of};
use crate::sanitise::copy;

/// Real articles, where they are at hand.
pub(crate) fn shared_samples() -> Option<PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    folder.is_dir().then_some(folder)
}

/// The text that markup shows: outside script, style, noscript, form controls and comments, without white space.
pub(crate) fn text_of(html: &str) -> String {
    let dom = parse_document(RcDom::default(), Default::default()).one(html);
    let mut text = String::new();
    collect(&dom.document, &mut text);
    text
}

fn collect(node: &Handle, out: &mut String) {
    match &node.data {
        NodeData::Text { contents } => {
            out.extend(contents.borrow().chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{feff}'));
        }
        NodeData::Element { name, .. }
            if ["script", "style", "noscript", "button", "select", "textarea", "option", "title", "iframe", "svg"]
                .contains(&&*name.local) => {}
        _ => {
            for child in node.children.borrow().iter() {
                collect(child, out);
            }
        }
    }
}

/// Which share of a text's characters another one holds.
pub(crate) fn kept(source: &str, page: &str) -> f64 {
    let mut counts: HashMap<char, i64> = HashMap::new();
    for c in page.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let mut found = 0;
    for c in source.chars() {
        let count = counts.entry(c).or_default();
        found += i64::from(*count > 0);
        *count -= 1;
    }
    if source.is_empty() { 1.0 } else { found as f64 / source.chars().count() as f64 }
}

/// The body of a source as the test sees it: what follows the last line of front matter and header.
fn body(source: &str) -> &str {
    let rest =
        source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(source, |(_, body)| body);
    rest.split_once("\n------\n").map_or(rest, |(_, body)| body)
}

#[test]
fn real_articles_keep_their_text() {
    let Some(samples) = shared_samples() else { return };
    let site = Site::new();
    copy(&samples, &site.path().join("content"));
    site.build();
    let mut poor = Vec::new();
    for article in site.list().iter().filter(|article| article["source"] != "content/README.md") {
        let source = std::fs::read_to_string(site.path().join(article["source"].as_str().unwrap())).unwrap();
        let page = site.output(article["output"].as_str().unwrap());
        let share = kept(&text_of(body(&source)), &text_of(&page));
        if share < 0.98 {
            poor.push(format!("{share:.3} {}", article["source"]));
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}

/// The body of an article of this markup.
fn cleaned(markup: &str) -> String {
    let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{markup}"));
    site.build();
    body_of(&site.only_page()).to_owned()
}

#[test]
fn words_in_items_cells_and_captions_stay_apart() {
    for markup in [
        "<ul><li><b>Foo</b> <i>Bar</i></li></ul>",
        "<table><tr><td><b>New</b> <i>York</i></td></tr></table>",
        "<dl><dt>t</dt><dd><b>New</b> <i>York</i></dd></dl>",
        "<figure><img src=https://e.example.org/a.jpg><figcaption><b>New</b> <i>York</i></figcaption></figure>",
    ] {
        assert!(cleaned(markup).contains("</b> <i>"), "{}", cleaned(markup));
    }
}

#[test]
fn captions_stay_with_their_own_pictures() {
    let boxed = "<div class=\"wp-caption\"><img src=https://e.example.org/b.jpg><p class=\"wp-caption-text\">CAP B</p></div><p><img src=https://e.example.org/c.jpg></p>";
    let shown = cleaned(boxed);
    let at = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}"));
    assert!(at("b.jpg") < at("CAP B") && at("CAP B") < at("c.jpg"), "{shown}");
    assert_eq!(shown.matches("<figure>").count(), 2);
    let dead = "<figure><img alt=x><figcaption>CAP A</figcaption></figure><figure><img src=https://e.example.org/b.jpg><figcaption>CAP B</figcaption></figure>";
    assert!(cleaned(dead).starts_with("<p>CAP A</p><figure>"), "{}", cleaned(dead));
}

#[test]
fn the_captions_and_rows_of_galleries_are_told_from_articles() {
    let picture = |name: &str| format!("<img src=https://e.example.org/{name}.jpg>");
    let shown = |name: &str| {
        format!("<a href=\"https://e.example.org/{name}.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a>")
    };
    let item = |name: &str| format!("<li>{}</li>", shown(name));
    let figure = |name: &str| format!("<figure>{}</figure>", shown(name));
    let (a, b, c) = (picture("a"), picture("b"), picture("c"));
    let cases = [
        // A figure's caption is that of all, and what stands before the first picture is no picture's.
        (
            format!(
                "<figure class=wp-block-gallery><p>引言。</p><figure>{a}<figcaption>甲</figcaption></figure><figure>{b}</figure>\n<figcaption>整组</figcaption>\n</figure>"
            ),
            format!(
                "<p>引言。</p><ul><li><figure>{}<figcaption>甲</figcaption></figure></li><li>{}</li></ul><p>整组</p>",
                shown("a"),
                figure("b")
            ),
        ),
        // Rows of a gallery are one.
        (
            format!(
                "<div class=kg-gallery><div><div class=kg-gallery-row><div>{a}</div><div>{b}</div></div></div><div class=kg-gallery-row>{c}{a}</div></div>"
            ),
            format!("<ul>{}{}{}{}</ul>", item("a"), item("b"), item("c"), item("a")),
        ),
        // A class of the whole article.
        (
            format!("<div class=lightbox-on><p>{}</p>{a}<p>间。</p>{b}</div>", "文。".repeat(400)),
            format!("<p>{}</p>{}<p>间。</p>{}", "文。".repeat(400), figure("a"), figure("b")),
        ),
        // Blogger's table; and a table.
        (
            format!("<table><tr><td>{a}</td></tr><tr><td class=tr-caption>图注</td></tr></table>"),
            format!("<figure>{}<figcaption>图注</figcaption></figure>", shown("a")),
        ),
        (
            format!("<p>前</p><noscript><figure>{a}<figcaption>图注</figcaption></figure><p>请打开脚本</p></noscript>"),
            format!("<p>前</p><figure>{}<figcaption>图注</figcaption></figure>", shown("a")),
        ),
        (format!("{a}<p class=cta-caption>订阅</p>"), format!("{}<p>订阅</p>", figure("a"))),
    ];
    for (markup, wanted) in cases {
        assert_eq!(cleaned(&markup), wanted, "{markup}");
    }
}

#[test]
fn pictures_of_characters_stand_in_their_line() {
    let link = |url: &str, words: &str| format!("<a href=\"{url}\" rel=\"noreferrer noopener\">{words}</a>");
    for (picture, url, alt) in [
        ("<img class='wp-smiley' alt=笑 src=https://e.example.org/1.svg>", "https://e.example.org/1.svg", "笑"),
        ("<img alt=😂 src=https://e.example.org/1.svg>", "https://e.example.org/1.svg", "😂"),
        ("<img alt=[微笑] src=https://e.example.org/1.png>", "https://e.example.org/1.png", "[微笑]"),
        ("<img alt=x^2 src=https://e.example.org/equation?tex=x>", "https://e.example.org/equation?tex=x", "x^2"),
    ] {
        assert_eq!(cleaned(&format!("<p>前{picture}后。</p>")), format!("<p>前{}后。</p>", link(url, alt)));
    }
    for photograph in ["alt=[现场图片]", "alt=▲", "alt=📷 width=800", "alt=📷 srcset='https://e.example.org/2.jpg 2x'"]
    {
        let page = cleaned(&format!("<p>前<img {photograph} src=https://e.example.org/1.jpg>后。</p>"));
        assert!(page.contains("</p><figure>"), "{page}");
    }
}

#[test]
fn lists_count_as_they_did_and_lines_stay_lines() {
    assert_eq!(
        cleaned("<ol type=a reversed start=3><li>甲</li></ol><ol type=x><li>乙</li></ol>"),
        "<ol type=\"a\" reversed=\"\" start=\"3\"><li>甲</li></ol><ol><li>乙</li></ol>"
    );
    assert_eq!(
        cleaned(
            "<p><span style='display: block'>甲</span><span style='color:red;display:block'>乙</span><b style='DISPLAY: block; white-space: pre-line'>丙</b><b style='display:inline-block'>丁</b></p>"
        ),
        "<p>甲<br>乙<br><b>丙</b><b>丁</b></p>"
    );
}

#[test]
fn an_article_without_a_picture_shows_that_of_its_front_matter() {
    let shown = |matter: &str, body: &str| {
        let site = Site::new().file("content/a.md", format!("---\ntitle: A\ndate: 2024-05-02\n{matter}\n---\n{body}"));
        site.build();
        body_of(&site.only_page()).to_owned()
    };
    let figure = "<figure><a href=\"https://e.example.org/c.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a></figure><p>正文。</p>";
    for matter in [
        "image: https://e.example.org/c.jpg",
        "cover:\n  image: https://i0.wp.com/e.example.org/c.jpg?w=300",
        "images: [https://e.example.org/c.jpg]",
    ] {
        assert_eq!(shown(matter, "正文。"), figure, "{matter}");
    }
    for matter in ["cover: false", "image: Photo by A. Smith", "banner: 24/7"] {
        assert_eq!(shown(matter, "正文。"), "<p>正文。</p>");
    }
    let own = shown("image: https://e.example.org/c.jpg", "正文。<img src=https://e.example.org/d.jpg>");
    assert!(own.contains("d.jpg") && !own.contains("c.jpg"), "{own}");
    let emoji = "正文。<img class=emoji alt=😀 width=16 src=https://e.example.org/s.png>";
    assert!(shown("image: https://e.example.org/c.jpg", emoji).contains("c.jpg"));
}

#[test]
fn what_a_script_would_embed_is_linked() {
    let page = cleaned(
        "<amp-twitter data-tweetid=8856></amp-twitter><amp-vimeo data-videoid=2724></amp-vimeo><lite-youtube videoid=abcdefghijk></lite-youtube>\
         <div class=fb-post data-href=https://www.facebook.com/p/1><p>帖文</p></div><div data-href=https://e.example.org/x>文</div>\
         <div class=fb-share-button data-href=https://www.facebook.com/e.example.org></div><amp-twitter data-tweetid='e.example.org/../x'></amp-twitter>\
         <script async src=https://telegram.org/js/telegram-widget.js data-telegram-post=gonggao/17 data-width=100%></script>\
         <script data-telegram-post=../x></script><mpvoice name=第三集 voice_encode_fileid=MzI_4-a></mpvoice>\
         <blockquote class=twitter-tweet><p><a href=https://twitter.com/a/status/9></a></p></blockquote>\
         <blockquote class=instagram-media data-instgrm-permalink=https://www.instagram.com/p/b/></blockquote>\
         <blockquote class=twitter-tweet><p>推文</p><a href=https://twitter.com/a/status/7>日</a></blockquote>\
         <blockquote class=twitter-tweet data-tweetid=3><a href=https://x.com/a/status/8></a><a href=#top></a></blockquote>\
         <blockquote class=twitter-tweet-less><a href=https://twitter.com/a/status/6></a></blockquote>\
         <blockquote class=instagram-media data-href=https://e.example.org/ad></blockquote>\
         <amp-dailymotion data-videoid=x8abc></amp-dailymotion>\
         <mp-common-videosnap data-url=https://v.example.net/film></mp-common-videosnap>\
         <mp-common-qqmusic music_name=第四首 audiourl=https://v.example.net/song.mp3></mp-common-qqmusic>",
    );
    for url in [
        "twitter.com/i/status/8856",
        "vimeo.com/2724",
        "www.youtube.com/watch?v=abcdefghijk",
        "www.facebook.com/p/1",
        "t.me/gonggao/17",
        "res.wx.qq.com/voice/getvoice?mediaid=MzI_4-a",
        "twitter.com/a/status/9",
        "www.instagram.com/p/b/",
        "www.dailymotion.com/video/x8abc",
        "x.com/a/status/8",
        "v.example.net/film",
        "v.example.net/song.mp3",
    ] {
        assert!(page.contains(&format!("<a href=\"https://{url}\"")), "{page}");
    }
    assert!(page.contains("<blockquote><p>推文</p><p><a href=\"https://twitter.com/a/status/7\""), "{page}");
    assert!(!page.contains("status/6"), "{page}");
    assert!(
        page.contains("<p>帖文</p>")
            && page.contains("第三集")
            && page.contains("第四首")
            && !page.contains("e.example.org"),
        "{page}"
    );
    assert!(!page.contains("script") && !page.contains("t.me/.."), "{page}");
}

#[test]
fn bold_lines_that_say_who_and_where_are_no_headings() {
    let bold = |line: &str| format!("<p><strong>{line}</strong></p>");
    let text = "<p>正文。</p>".repeat(8);
    let credits = ["责任编辑：李四", "文／張三", "记者 王五", "（完）"].map(bold).concat();
    let titles = ["小题 ——", "（一）背景（上）", "记者之死"];
    let parts = |titles: [String; 3]| titles.map(|title| format!("{title}{text}")).concat();
    let page = cleaned(&format!("{}{text}{}{credits}<p>完。</p>", bold("华盛顿 —"), parts(titles.map(bold))));
    let headings = parts(titles.map(|title| format!("<h2>{title}</h2>")));
    assert_eq!(page, format!("{}{text}{headings}{credits}<p>完。</p>", bold("华盛顿 —")));
}

#[test]
fn a_rule_drops_what_it_names_and_no_more() {
    let site = Site::new()
        .config("[[strip]]\nelement = \".ad\"\n[[strip]]\ntext = \"关注我们\"")
        .file(
            "content/a.html",
            "---\ntitle: T\ndate: 2024-05-06\n---\n<p>before</p><hr class=ad><input class=ad><img class=ad src=https://e.example.org/ad.jpg><p class=ad>AD<p>after<div class=ad>AD<p>AD</div><table><tr><td>one</td><td>请关注我们</td><td>three</td></tr></table><p>第一行<br>请关注我们<br>第三行</p><hr><div class=ad><a href=https://ad.example.org/><b>买</div><p>二。</p><p>三。</p>",
        );
    site.build();
    let page = site.only_page();
    let shown = body_of(&page);
    assert!(shown.contains("<p>after</p>") && !shown.contains("AD") && !shown.contains("ad.jpg"), "{shown}");
    assert!(shown.contains("<td>one</td><td></td><td>three</td>"), "{shown}");
    assert!(shown.contains("<p>第一行<br>第三行</p><hr><p>二。</p><p>三。</p>"), "{shown}");
}

#[test]
fn a_long_link_that_is_never_closed_costs_no_more_than_it_is_long() {
    let hostile = format!("<a href=\"https://e.example/{}\">{}", "a".repeat(80_000), "<p>x".repeat(20_000));
    let lines = format!("<p><a href=\"https://e.example/{}\">{}</a>", "a".repeat(80_000), "x<br>".repeat(20_000));
    for markup in [hostile, lines] {
        let shown = cleaned(&markup);
        assert!(shown.len() < 20 * markup.len() && shown.matches('x').count() >= 20_000, "{}", shown.len());
    }
}

#[test]
fn a_first_sentence_that_begins_like_the_title_is_text() {
    for (title, first) in [("渡轮停航三天", "渡轮停航。"), ("Fire kills ten in the harbour", "Fire kills ten.")]
    {
        let source = format!("---\ntitle: {title}\ndate: 2024-01-02\n---\n<p>{first}</p><p>第二段。</p>");
        let site = Site::new().file("content/a.html", source);
        site.build();
        assert_eq!(body_of(&site.only_page()), format!("<p>{first}</p><p>第二段。</p>"));
    }
    let source = "---\ntitle: 渡轮停航三天乘客改走大桥\ndate: 2024-01-02\n---\n<p>渡轮停航三天乘客…</p><p>第二段。</p>";
    let site = Site::new().file("content/a.html", source);
    site.build();
    assert_eq!(body_of(&site.only_page()), "<p>第二段。</p>");
}

#[test]
fn markdown_is_markdown_whatever_stands_before_it() {
    let site = Site::new().file(
        "content/a.md",
        "---\ntitle: T\ndate: 2024-05-06\nlink: https://e.example.org/1\n---\n<img src=\"https://e.example.org/a.jpg\">\n\n## 小节\n\n- 一\n- 二\n\n**注意：**这里。\n\n```\n<div>\n```\n",
    );
    site.build();
    let page = site.only_page();
    let shown = body_of(&page);
    for part in ["<h2>小节</h2>", "<li>一</li>", "<strong>注意：</strong>这里", "&lt;div&gt;"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn two_line_breaks_are_a_paragraph_inside_emphasis_too() {
    assert_eq!(
        cleaned("<p><em>第一段<br> <br>第二段<br><strong> </strong><br>第三段</em></p>"),
        "<p><em>第一段</em></p><p><em>第二段</em></p><p><em>第三段</em></p>"
    );
}

#[test]
fn words_about_elements_cost_what_they_are_long() {
    let site = Site::new()
        .file("content/a.md", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{}", "甲 <title> ".repeat(60_000)));
    site.build();
    assert_eq!(body_of(&site.only_page()).matches("&lt;title&gt;").count(), 60_000);
}

#[test]
fn links_within_the_site_lead_to_its_pages() {
    let links = "[页](/2021/02/02/two/) [旧](/news/2021/02/02/two) [源](2021-02-02-two.md) [章](../../../../2021/02/02/two/#a) [关](/about/) \
                 [图](/files/x.pdf) [无](/nowhere/) [本](#b)";
    let site = Site::new()
        .config("permalink = \"/:year/:month/:day/:title/\"\n")
        .file("content/2021-01-01-one.md", format!("---\ntitle: One\n---\n{links}"))
        .file("content/2021-02-02-two.md", "---\ntitle: Two\n---\n文字")
        .file(
            "pages/about.md",
            "---\ntitle: About\n---\n[首页](../index.html) [一](../2021/01/01/one/index.html) [关](/about/)",
        )
        .file("static/files/x.pdf", "x");
    let arguments = ["build", "--offline", "--base-url", "https://m.example.org/news/"];
    let run = site.run(&arguments);
    assert!(
        run.stderr.contains("content/2021-01-01-one.md: `/nowhere/` is no page or file of the site"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.matches("is no page or file").count(), 1, "{}", run.stderr);
    let two = "../../../02/02/two/index.html";
    let wanted = format!(
        "<p><a href=\"{two}\">页</a> <a href=\"{two}\">旧</a> <a href=\"{two}\">源</a> <a href=\"{two}#a\">章</a> \
         <a href=\"../../../../about/index.html\">关</a> <a href=\"../../../../files/x.pdf\">图</a> <a>无</a> 本</p>"
    );
    assert_eq!(body_of(&site.output("2021/01/01/one/index.html")), wanted);
    let about = site.output("about/index.html");
    for link in [
        "<a href=\"../index.html\">首页</a>",
        "<a href=\"../2021/01/01/one/index.html\">一</a>",
        "<a href=\"index.html\">关</a>",
    ] {
        assert!(about.contains(link), "{link}: {about}");
    }
    assert!(
        site.output("feed.xml").contains("https://m.example.org/news/2021/02/02/two/"),
        "{}",
        site.output("feed.xml")
    );
    // A target that comes later is led to.
    let site = site.file("static/nowhere/index.html", "x");
    let run = site.run(&arguments);
    assert!(!run.stderr.contains("is no page or file"), "{}", run.stderr);
    assert!(site.output("2021/01/01/one/index.html").contains("<a href=\"../../../../nowhere/index.html\">无</a>"));
}

#[test]
fn line_breaks_that_a_style_keeps_are_kept() {
    let lines =
        "<div style=\"color:red; white-space: pre-wrap\">\n第一行\n第二 <b>行\n第三</b>行\n\n \n\n新的一段\n</div>";
    let site = Site::new().file(
        "content/a.html",
        format!("<h1>标题</h1>{lines}<p>一行\n到底</p><div style=\"white-space:normal\">又一\n行</div>"),
    );
    site.build();
    let body = "<p>第一行<br>第二 <b>行</b><br><b>第三</b>行</p><p>新的一段</p><p>一行到底</p><p>又一行</p>";
    assert!(body_of(&site.only_page()).contains(body), "{}", body_of(&site.only_page()));
}

#[test]
fn what_a_writer_got_wrong_is_shown_as_it_was_meant() {
    let cases = [
        ("<p>　　段一。<br>　　段二。<br>　　<b>段三</b>。</p>", "<p>段一。</p><p>段二。</p><p><b>段三</b>。</p>"),
        ("<p>　　甲<br>　　　　乙<br>　　丙</p>", "<p>甲<br>　　　　乙<br>　　丙</p>"),
        (
            "<p>&amp;#8220;引&amp;#8221;，AT&amp;amp;T，<code>&amp;nbsp;</code></p>",
            "<p>“引”，AT&amp;T，<code>&amp;nbsp;</code></p>",
        ),
        ("<p>&lt;p&gt;一&lt;/p&gt;&lt;p&gt;二&lt;/p&gt;</p>", "<p>一</p><p>二</p>"),
        ("<p>一</p>\n<!-- /wp:paragraph --\n<p>二</p>", "<p>一</p><p>二</p>"),
        ("<p>见<a href=\"#\">目录</a>。</p>", "<p>见目录。</p>"),
    ];
    for (source, wanted) in cases {
        let front = "---\ntitle: T\ndate: 2024-05-01\nlink: https://e.example.org/1\n---\n";
        let site = Site::new().file("content/a.html", format!("{front}{source}"));
        site.build();
        assert_eq!(body_of(&site.only_page()).replace('\n', ""), wanted);
    }
}
