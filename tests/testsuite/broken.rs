//! What scrapers break, and what others forge: each of these bodies once lost text, links or meaning.

use std::fmt::Write as _;

use crate::harness::{Site, body_of};

fn source(number: usize, more: &str, body: &str) -> String {
    format!(
        "---\ntitle: 渡轮停航第{number}日\ndate: 2024-01-02 08:00:00 +00:00\nlink: https://e.example.org/{number}\n{more}---\n\n{body}"
    )
}

/// Bodies, each of an article of its own, and what each became.
fn cleaned(ending: &str, config: &str, bodies: &[&str]) -> Vec<String> {
    let articles = bodies.iter().enumerate();
    let site = articles.fold(Site::new().config(config), |site, (number, body)| {
        site.file(&format!("content/{number:03}.{ending}"), source(number, "", body))
    });
    site.build();
    let mut list = site.list();
    list.sort_by_key(|line| line["source"].as_str().unwrap().to_owned());
    assert_eq!(list.len(), bodies.len());
    list.iter().map(|line| body_of(&site.output(line["output"].as_str().unwrap())).to_owned()).collect()
}

fn assert_cleaned(ending: &str, cases: &[(&str, &str)]) {
    let bodies: Vec<&str> = cases.iter().map(|(body, _)| *body).collect();
    let mut wrong = String::new();
    for ((body, wanted), got) in cases.iter().zip(cleaned(ending, "", &bodies)) {
        if got != *wanted {
            let _ = writeln!(wrong, "{body}\n  gave  {got}\n  not   {wanted}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_attribute_forges_a_hole() {
    assert_cleaned(
        "html",
        &[
            (
                "<abbr title=\"&#1;L0000000000000000 onfocus=alert(1) &#2;\">甲</abbr>乙",
                "<p><abbr title=\"L0000000000000000 onfocus=alert(1)\">甲</abbr>乙</p>",
            ),
            ("<p>甲<dfn title=\"\u{1}\">乙</dfn>丙</p><p>丁</p>", "<p>甲<dfn>乙</dfn>丙</p><p>丁</p>"),
        ],
    );
}

#[test]
fn feeds_hold_no_controls() {
    let body = "<p>文字</p><img src=\"https://e.example.org/a.jpg\" alt=\"甲&#1;乙&#11;丙\">";
    let site = Site::new().file("content/a.html", source(1, "tags: [\"甲\\x01乙\"]\nauthor: \"丙\\x02丁\"\n", body));
    site.build();
    let feed = site.output("feed.xml");
    assert!(feed.contains("甲乙丙") && feed.contains("丙丁"), "{feed}");
    assert!(!feed.contains(|c: char| c.is_control() && c != '\n'), "{feed:?}");
}

#[test]
fn what_was_not_closed_swallows_nothing() {
    const FILM: &str = "<figure><a href=\"https://e.example.org/1.mp4\" rel=\"noreferrer noopener\">视频（e.example.org）</a></figure>";
    const CARD: &str = "<figure><a href=\"https://e.example.org/v\" rel=\"noreferrer noopener\"><strong>嵌入内容</strong> <small>e.example.org</small></a></figure>";
    assert_cleaned(
        "html",
        &[
            (
                "<video src=\"https://e.example.org/1.mp4\" controls>文字一<br><br>文字<b>二</b><p>三</p>",
                &format!("{FILM}<p>文字一</p><p>文字<b>二</b></p><p>三</p>"),
            ),
            (
                "<video src=\"https://e.example.org/1.mp4\">您的浏览器不支持视频。</video><p>三</p>",
                &format!("{FILM}<p>三</p>"),
            ),
            (
                "<video src=\"https://e.example.org/1.mp4\">工会支持罢工。<p>三</p>",
                &format!("{FILM}<p>工会支持罢工。</p><p>三</p>"),
            ),
            ("<video src=\"blob:x\"><source data-src=\"https://e.example.org/1.mp4\"></video>", FILM),
            ("<picture><source>文字一<br><br>文字二<p>三</p>", "<p>文字一</p><p>文字二</p><p>三</p>"),
            (
                "<p>一</p><iframe src=\"https://e.example.org/v\" />二<p>三</p>",
                &format!("<p>一</p>{CARD}<p>二</p><p>三</p>"),
            ),
            (
                "<p>一</p><iframe src=\"https://e.example.org/v\">二<p>三</p>",
                &format!("<p>一</p>{CARD}<p>二</p><p>三</p>"),
            ),
            ("<script src=\"https://e.example.org/x.js\" /><p>一</p>", "<p>一</p>"),
            ("<svg><defs><style type=\"text/css\"/></defs></svg><p>一</p>", "<p>一</p>"),
            ("<div><select><option>甲<option>乙</div><p>一</p>", "<p>一</p>"),
            ("<div><select><option>甲</option></select>一</div>", "<p>一</p>"),
            ("<p><b>一<noscript></b><img src=\"data:x\"></noscript>二</b>三</p>", "<p><b>一二</b>三</p>"),
            ("<canvas width=1>一<p>二</p>", "<p>一</p><p>二</p>"),
            ("甲 <math><mi>x</mi><mo>=</mo><mn>2</mn><annotation>x=2</annotation></math> 乙", "<p>甲 x=2 乙</p>"),
            ("一</p>二</p>三</p>", "<p>一</p><p>二</p><p>三</p>"),
            ("<p>一<noscript><img src=\"data:x\" width=1 height=1></noscript>二</p>", "<p>一二</p>"),
        ],
    );
}

#[test]
fn a_strip_rule_ends_where_a_browser_would_end_what_it_drops() {
    let got = cleaned(
        "html",
        "[[strip]]\nelement = \".ad\"",
        &["<p>一<span class=ad>广告</p><p>二</p>", "<div><span class=ad><p>广告<p>广告</span>三</div>"],
    );
    assert_eq!(got, ["<p>一</p><p>二</p>", "<p>三</p>"]);
}

#[test]
fn a_caption_is_no_article() {
    let picture = "<img src=\"data:,\">";
    let text = "这一段文字说的是港口、渡轮和灯塔。".repeat(30);
    let bodies = [
        format!("<figure>{picture}<figcaption>图说<p>{text}</p></figure>"),
        format!("<div class=\"no-caption\"><p>{text}</p></div>"),
        format!("<figure><img src=\"https://e.example.org/1.jpg\"></figure><p>图为{text}</p>"),
    ];
    for got in cleaned("html", "", &bodies.each_ref().map(String::as_str)) {
        assert!(got.contains(&text) && !got.contains("figcaption"), "{got}");
    }
}

#[test]
fn links_within_the_page_find_their_places() {
    assert_cleaned(
        "html",
        &[
            (
                "<p>文<a href=\"#n1\">1</a></p><p><a name=\"n1\"></a>注</p>",
                "<p>文<a href=\"#n-n1\">1</a></p><p><a id=\"n-n1\"></a>注</p>",
            ),
            (
                "<p>文<a href=\"#n1\">1</a><br><a id=\"n1\"></a>注</p>",
                "<p>文<a href=\"#n-n1\">1</a><br><a id=\"n-n1\"></a>注</p>",
            ),
            (
                "<a href=\"#t\">上</a>文<br><br><a name=t></a><br><br>尾",
                "<p><a href=\"#n-t\">上</a>文</p><p><a id=\"n-t\"></a>尾</p>",
            ),
            ("<a href=\"#t\">上</a>文<br><a name=t></a>", "<p><a href=\"#n-t\">上</a>文<a id=\"n-t\"></a></p>"),
            (
                "<p>文<a href=\"#n1\">1</a></p><ol><li><p id=\"n1\">注</p></li></ol>",
                "<p>文<a href=\"#n-n1\">1</a></p><ol><li><p id=\"n-n1\">注</p></li></ol>",
            ),
        ],
    );
}

#[test]
fn a_place_where_nothing_stands_is_that_of_what_comes_next() {
    assert_cleaned(
        "html",
        &[
            (
                "<p>toc <a href=\"#s2\">two</a> <a href=\"#s3\">three</a></p><a name=\"s2\"></a><h2>Two</h2><p><b><a name=\"s3\"></a></b>Text</p>",
                "<p>toc <a href=\"#n-s2\">two</a> <a href=\"#n-s3\">three</a></p><h2 id=\"n-s2\">Two</h2><p><a id=\"n-s3\"></a>Text</p>",
            ),
            (
                "<p><a href=\"#n\">x</a></p><a name=\"n\"></a><ul><li>one</li></ul>",
                "<p><a href=\"#n-n\">x</a></p><ul id=\"n-n\"><li>one</li></ul>",
            ),
        ],
    );
}

#[test]
fn a_noscript_without_end_in_a_link_links_nothing_else() {
    let link = "<div><a href=\"https://e.example.org/x\"><img data-src=\"https://p.example.org/a.jpg\"><noscript><img src=\"https://p.example.org/a.jpg\"></a>";
    let bodies = cleaned(
        "html",
        "",
        &[&format!("{link}<p>One</p><p>Two</p><h2>Head</h2><ul><li>i1<li>i2</ul></div><p>after</p>")],
    );
    assert!(
        bodies[0].contains("<p>One</p><p>Two</p><h2>Head</h2><ul><li>i1</li><li>i2</li></ul><p>after</p>"),
        "{}",
        bodies[0]
    );
}

#[test]
fn a_caption_of_paragraphs_takes_a_line_as_one() {
    let bodies = cleaned(
        "html",
        "",
        &[
            "<figure><img src=\"https://p.example.org/a.jpg\"><figcaption><p>One.</p><p>Two.</p></figcaption></figure><div class=\"photo-credit\">Photo: <a href=\"https://ap.example.org/\">AP</a> / <b>2021</b></div>",
        ],
    );
    assert_eq!(bodies[0].matches("<p>").count(), 3, "{}", bodies[0]);
    assert!(bodies[0].contains("</a> / <b>2021</b></p></figcaption>"), "{}", bodies[0]);
}

#[test]
fn a_picture_in_a_link_that_leads_nowhere_has_its_own() {
    let picture = "<a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a>";
    assert_cleaned(
        "html",
        &[("<a href=\"#popup\"><img src=\"https://e.example.org/a.jpg\"></a>", &format!("<figure>{picture}</figure>"))],
    );
}

#[test]
fn a_right_to_left_box_is_so_in_all_its_paragraphs() {
    assert_cleaned(
        "html",
        &[(
            "<div dir=rtl lang=ug id=x><p>a</p><p>b</p></div>",
            "<p dir=\"rtl\" lang=\"ug\">a</p><p dir=\"rtl\" lang=\"ug\">b</p>",
        )],
    );
}

#[test]
fn a_noscript_a_frame_and_a_player_take_no_text_along() {
    let film = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}\" rel=\"noreferrer noopener\">视频（e.example.org）</a></figure>"
        )
    };
    let card = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}\" rel=\"noreferrer noopener\"><strong>嵌入内容</strong> \
             <small>e.example.org</small></a></figure>"
        )
    };
    assert_cleaned(
        "html",
        &[
            ("<p>一</p><noscript>说明<p>二</p><p>三</p>", "<p>一</p><p>说明</p><p>二</p><p>三</p>"),
            ("<div><noscript><p>二</p></div><p>三</p>", "<p>二</p><p>三</p>"),
            (
                "<iframe src=https://e.example.org/1><p>一</p><iframe src=https://e.example.org/2></iframe><p>二</p>",
                &format!("{}<p>一</p>{}<p>二</p>", card("1"), card("2")),
            ),
            (
                "<p>一</p><video src=https://e.example.org/v><p>您的浏览器不支持视频。</p></video><p>二</p>",
                &format!("<p>一</p>{}<p>二</p>", film("v")),
            ),
            // Behind a player it is a sentence like others.
            (
                "<video src=https://e.example.org/v></video><p>浏览器不支持视频。</p>",
                &format!("{}<p>浏览器不支持视频。</p>", film("v")),
            ),
        ],
    );
}

#[test]
fn markdown_behind_a_block_of_html_is_markdown() {
    let link = "<a href=\"https://e.example.org/x\" rel=\"noreferrer noopener\">链接</a>";
    assert_cleaned(
        "md",
        &[
            (
                "<!-- x -->\n\n第一段 [链接](https://e.example.org/x)。\n\n第二段 **粗**。\n",
                &format!("<p>第一段 {link}。</p><p>第二段 <strong>粗</strong>。</p>"),
            ),
            ("<p>一</p>\n\n**粗体**文字\n", "<p>一</p><p><strong>粗体</strong>文字</p>"),
            (
                "<div>一\n二</div>\n\n第一段。\n\n第二段，见 <https://e.example.org/x>。\n",
                &format!(
                    "<p>一二</p><p>第一段。</p><p>第二段，见 {}。</p>",
                    link.replace("链接", "https://e.example.org/x")
                ),
            ),
            (
                "![图**注意:**这里](https://e.example.org/**图:**一.jpg)\n\n见[文](https://e.example.org/**图:**一)。",
                "<figure><a href=\"https://e.example.org/**%E5%9B%BE:**%E4%B8%80.jpg\" rel=\"noreferrer noopener\">\
                 图片：图注意:这里（e.example.org）</a></figure>\
                 <p>见<a href=\"https://e.example.org/**%E5%9B%BE:**%E4%B8%80\" rel=\"noreferrer noopener\">文</a>。</p>",
            ),
            (
                "<h2>题</h2>\n段一。\n\n段二。\n\n<blockquote>引一\n\n引二</blockquote>\n\n段三。\n\n<ul>\n<li>甲</li>\n\n<li>乙</li>\n</ul>\n\n段四。\n\n<pre>a\n\n  b</pre>\n",
                "<h2>题</h2><p>段一。</p><p>段二。</p><blockquote><p>引一</p><p>引二</p></blockquote><p>段三。</p><ul><li>甲</li><li>乙</li></ul><p>段四。</p><pre>a\n\n  b</pre>",
            ),
            (
                "<p>一</p>\n\n<table>\n<tr><td>甲\n\n乙</td></tr>\n\n<tr><td>丙</td></tr></table>\n\n段一。\n\n段二。",
                "<p>一</p><table><tbody><tr><td><p>甲</p><p>乙</p></td></tr><tr><td>丙</td></tr></tbody></table><p>段一。</p><p>段二。</p>",
            ),
            (
                "甲：\n\n<pre>\n:wq\n  [1]: 乙\n| a |\n%%\n丙\n%%\n</pre>\n\n:丁\n",
                "<p>甲：</p><pre>:wq\n  [1]: 乙\n| a |\n%%\n丙\n%%\n</pre><p>:丁</p>",
            ),
            // A listing within a block would end at its blank line.
            ("<div><pre>a\n\n*b*</pre></div>\n\n段一。\n\n段二。", "<pre>a\n\n*b*</pre><p>段一。段二。</p>"),
            // Blank lines within a block mean nothing: it is HTML.
            ("<div>\n\n    第一段\n\n第二段\n\n</div>", "<p>第一段第二段</p>"),
            (
                "**注意:**这里。**GDP(2020)**增长。",
                "<p><strong>注意:</strong>这里。<strong>GDP(2020)</strong>增长。</p>",
            ),
            ("见**[链接](https://e.example.org/x)**文字", &format!("<p>见<strong>{link}</strong>文字</p>")),
        ],
    );
}

#[test]
fn a_title_is_text_whatever_it_was_written_in() {
    let titles = [
        ("为什么<em>这样</em>做", "为什么这样做"),
        ("A &lt;i&gt;B&lt;/i&gt; C", "A B C"),
        ("A &amp;quot;B&amp;quot; C", "A \"B\" C"),
        ("网页的 <title> 标签", "网页的 <title> 标签"),
        ("a < b & c", "a < b & c"),
        ("Use &lt;b&gt; not &lt;strong&gt;", "Use <b> not <strong>"),
        ("学会 i<a 与 b>c", "学会 i<a 与 b>c"),
    ];
    let site = titles.iter().enumerate().fold(Site::new(), |site, (number, (title, _))| {
        site.file(&format!("content/{number}.md"), format!("---\ntitle: '{title}'\ndate: 2024-01-02\n---\n文字"))
    });
    let shown: Vec<_> = site.list().iter().map(|line| line["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(shown, titles.map(|(_, wanted)| wanted));
}

#[test]
fn a_header_that_was_broken_is_a_header() {
    for (header, title) in
        [("[题\n二](https://e.example.org/1)\n------\n", "题 二"), ("[题](https://e.example.org/1)\n", "题")]
    {
        let site = Site::new()
            .file("content/深海/1.md", format!("<!--1639742343000-->\n{header}\n<div>正文，没有别的。</div>"));
        site.build();
        let line = site.list().remove(0);
        assert_eq!((&line["title"], &line["outlet"]), (&title.into(), &"深海".into()));
        assert_eq!(line["date"], "2021-12-17T11:59:03Z");
        assert_eq!(body_of(&site.only_page()), "<p>正文，没有别的。</p>");
    }
}

#[test]
fn a_byline_takes_no_sentence_and_loses_no_name() {
    let body = "<p>渡轮公司昨日表示，张三船长已经平安回家<br>2024-01-02 07:30</p><p>正文。</p>";
    let site = Site::new().file("content/a.html", source(1, "author: 张三\n", body));
    site.build();
    assert!(body_of(&site.only_page()).contains("渡轮公司昨日表示，张三船长已经平安回家"));
    assert_eq!(site.list()[0]["authors"], serde_json::json!(["张三"]));
    let body = "<p>张三 发自北京 摄影李四<br>2024-01-02 07:30</p><p>正文。</p>";
    let site = Site::new().file("content/a.html", source(1, "author: 张三\n", body));
    site.build();
    assert_eq!(body_of(&site.only_page()), "<p>正文。</p>");
    assert_eq!(site.list()[0]["authors"], serde_json::json!(["张三 发自北京 摄影李四"]));
}

#[test]
fn a_front_page_is_no_original_that_articles_share() {
    let of = |title: &str| format!("---\ntitle: {title}\ndate: 2024-01-02\nlink: https://e.example.org/\n---\n文字");
    let site = Site::new().file("content/a.md", of("甲篇")).file("content/b.md", of("乙篇"));
    site.build();
    let front = site.output("index.html");
    assert!(front.contains("甲篇") && front.contains("乙篇"));
    assert!(site.list().iter().all(|line| line["version_of"].is_null()));
}

#[test]
fn a_saved_page_says_outlet_and_picture_once() {
    let body = "<h1>渡轮停航</h1><div class=meta>林一 2024年1月2日 3 Minutes</div><img src=\"https://e.example.org/a.jpg\"><figure><img src=\"https://e.example.org/a.jpg\"><figcaption>图说</figcaption></figure><p>渡轮今天停了。</p>";
    let site = Site::new().file(
        "content/a.html",
        format!("---\ntitle: 渡轮停航 - 海港日报\ndate: 2024-01-02\noutlet: 海港日报\n---\n{body}"),
    );
    site.build();
    assert_eq!(site.list()[0]["title"], "渡轮停航");
    let page = site.only_page();
    assert_eq!(body_of(&page).matches("<figure>").count(), 1, "{page}");
    assert!(body_of(&page).contains("图说") && !body_of(&page).contains("<h"), "{page}");
    assert!(page.contains("<meta name=\"description\" content=\"渡轮今天停了。\">"), "{page}");
}

#[test]
fn what_only_looks_like_it_is_no_header_no_twin_and_no_name() {
    let body = "<!--more-->\n[甲](https://e.example.org/x)、[乙](https://e.example.org/y)\n\n正文一段。";
    let site = Site::new().file("content/a.md", source(1, "author: 张三丰\n", body));
    site.build();
    assert!(body_of(&site.only_page()).contains(">甲</a>、<a"), "{}", site.only_page());
    assert_eq!(site.list()[0]["original_url"], "https://e.example.org/1");
    let figure = |caption: &str| {
        format!("<figure><img src=\"https://e.example.org/1.jpg\"><figcaption>{caption}</figcaption></figure>")
    };
    let body = format!("<p>张三、张三丰<br>2024-01-02 07:30</p>{}{}", figure("图说甲"), figure("图说乙"));
    let site = Site::new().file("content/a.html", source(1, "author: 张三丰\n", &body));
    site.build();
    assert_eq!(site.list()[0]["authors"], serde_json::json!(["张三丰", "张三"]));
    let page = site.only_page();
    assert!(page.contains("图说甲") && page.contains("图说乙"));
    let title = "<h1>渡轮停航 - 海港日报</h1><p>正文。</p>";
    let site = Site::new().file(
        "content/a.html",
        format!("---\ntitle: 渡轮停航 - 海港日报\ndate: 2024-01-02\noutlet: 海港日报\n---\n{title}"),
    );
    site.build();
    assert_eq!((body_of(&site.only_page()), &site.list()[0]["title"]), ("<p>正文。</p>", &"渡轮停航".into()));
}

#[test]
fn lines_of_links_over_a_rule_are_no_title() {
    let body = "[甲](https://x.example.org/) 是一个链接\n第二行。\n[乙](https://y.example.org/)\n---\n文字";
    let site = Site::new().file("content/a.md", source(1, "", body));
    site.build();
    assert_eq!(site.list()[0]["original_url"], "https://e.example.org/1");
    assert!(body_of(&site.only_page()).contains("是一个链接"));
}

#[test]
fn a_twin_leaves_its_link() {
    let got = cleaned(
        "html",
        "",
        &[
            "<figure><a href=\"https://e.example.org/s\"><img src=\"/1.jpg\"></a></figure><figure><img src=\"/1.jpg\"><figcaption>图说</figcaption></figure>",
        ],
    );
    assert_eq!(got[0].matches("<figure>").count(), 1, "{got:?}");
    assert!(got[0].contains("https://e.example.org/s") && got[0].contains("图说"), "{got:?}");
}

#[test]
fn a_link_and_a_rule_may_begin_a_text() {
    let of = |number: usize, first: &str| source(number, "", &format!("{first}\n\n---\n\n正文一段。"));
    let site = Site::new()
        .file("content/1.md", of(1, "[本文是系列报道之二](https://e.example.org/series)"))
        .file("content/2.md", of(2, "[本文是系列报道之二](https://e.example.org/series)"))
        .file("content/3.md", of(3, "[上一篇](https://e.example.org/p) 说明 [下一篇](https://e.example.org/q)"))
        .file("content/4.md", "[English version](/en/x)\n\n----------\n\n正文一段。");
    site.build();
    for line in site.list() {
        assert!(line["version_of"].is_null(), "{line}");
        let page = site.output(line["output"].as_str().unwrap());
        assert!(["系列报道之二", "说明", "English version"].iter().any(|text| body_of(&page).contains(text)), "{page}");
    }
    assert_eq!(site.list()[0]["original_url"], "https://e.example.org/1");
}

#[test]
fn a_link_to_the_articles_own_original_leads_there() {
    let body = "<p>正文。<a href=\"https://e.example.org/1\">阅读原文</a></p>";
    let site = Site::new().file("content/a.html", source(1, "", body));
    site.build();
    let link = "<a href=\"https://e.example.org/1\" rel=\"noreferrer noopener\">阅读原文</a>";
    assert!(body_of(&site.only_page()).contains(link), "{}", site.only_page());
}

#[test]
fn different_places_stay_different() {
    let places = "<p id=\"a b\">一</p><p id=\"a_20b\">二</p><p><a href=\"#a%20b\">甲</a><a href=\"#a_20b\">乙</a></p>";
    let shown = "<p id=\"n-a.20.b\">一</p><p id=\"n-a_20b\">二</p><p><a href=\"#n-a.20.b\">甲</a><a href=\"#n-a_20b\">乙</a></p>";
    assert_cleaned("html", &[(places, shown)]);
}

#[test]
fn markdown_as_people_write_it_loses_nothing() {
    assert_cleaned(
        "md",
        &[
            ("据报道[1]。\n\n[1]: 新华社六月十五日电\n", "<p>据报道[1]。</p><p>[1]: 新华社六月十五日电</p>"),
            ("　　第一段。\n　　第二段。\n", "<p>第一段。</p><p>第二段。</p>"),
            (
                "![码头](https://e.example.org/a.jpg \"清晨\")\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片：码头（e.example.org）</a><figcaption>清晨</figcaption></figure>",
            ),
            (
                "![](https://e.example.org/a.jpg)\n*清晨的**码头***\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a><figcaption>清晨的<strong>码头</strong></figcaption></figure>",
            ),
            (
                "渡轮公司恢复了所有航线。\n\n:tada: 新航线。\n:-) 好\n",
                "<p>渡轮公司恢复了所有航线。</p><p>:tada: 新航线。<br> :-) 好</p>",
            ),
            (
                "<div align=\"center\">\n![](https://e.example.org/a.jpg)\n图注\n</div>\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a></figure><p>图注</p>",
            ),
            ("渡轮\n: 过河的船\n", "<dl><dt>渡轮</dt><dd>过河的船</dd></dl>"),
            (
                "甲^[注一]。\n",
                "<p>甲<sup><a href=\"#n-note-1\" id=\"n-note-ref-1\">1</a></sup>。</p><hr><ol><li id=\"n-note-1\">注一 <a href=\"#n-note-ref-1\">↩</a></li></ol>",
            ),
            ("导语。\n{: .lead}\n\n{::comment}\n私注\n{:/comment}\n\n正文。\n", "<p>导语。</p><p>正文。</p>"),
            (
                "| 国家 | 数量 |\n|---|---|\n| 中国 | 12 | 备注 |\n",
                "<table><thead><tr><th>国家</th><th>数量</th></tr></thead><tbody><tr><td>中国</td><td>12 | 备注</td></tr></tbody></table>",
            ),
        ],
    );
}

#[test]
fn dates_and_tags_in_ordinary_forms_are_read() {
    let of = |head: &str| format!("---\ntitle: T\n{head}\n---\n正文。");
    let cases = [
        ("date: 1718439000\ntags: 国际 时政", "2024-06-15T08:10:00Z", vec!["国际", "时政"]),
        ("date: 1718439000000\ntags: 中东,以色列、加沙", "2024-06-15T08:10:00Z", vec!["中东", "以色列", "加沙"]),
        ("date: 2024年6月15日 10:00 北京时间\ntags: [a b]", "2024-06-15T02:00:00Z", vec!["a b"]),
    ];
    for (head, date, tags) in cases {
        let site = Site::new().file("content/a.md", of(head));
        let line = &site.list()[0];
        assert_eq!((line["date"].as_str(), line["tags"].clone()), (Some(date), serde_json::json!(tags)), "{head}");
    }
}

#[test]
fn pictures_films_and_code_of_many_editors_are_found() {
    let picture = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a></figure>"
        )
    };
    let cases = ["zoomfile", "real_src"].map(|attribute| {
        (
            format!("<p>甲</p><img src=\"none.gif\" {attribute}=\"https://e.example.org/a.jpg\">"),
            format!("<p>甲</p>{}", picture("a")),
        )
    });
    let cases: Vec<(&str, &str)> = cases.iter().map(|(written, shown)| (written.as_str(), shown.as_str())).collect();
    assert_cleaned("html", &cases);
    assert_cleaned(
        "html",
        &[
            (
                "<p>甲</p><pre><code>let a = 1;</code><code>let b = 2;</code></pre>",
                "<p>甲</p><pre><code>let a = 1;</code>\n<code>let b = 2;</code></pre>",
            ),
            (
                "<p>甲</p><pre><code>a\n</code><code>b</code></pre>",
                "<p>甲</p><pre><code>a\n</code><code>b</code></pre>",
            ),
        ],
    );
    for (written, address) in [
        (
            "<iframe src=\"https://www.youtube.com/embed/videoseries?list=PLabc\"></iframe>",
            "embed/videoseries?list=PLabc",
        ),
        (
            "<figure class=\"media\"><oembed url=\"https://www.youtube.com/watch?v=abcDEF12345\"></oembed></figure>",
            "watch?v=abcDEF12345",
        ),
        (
            "<figure class=\"wp-block-embed is-type-video\"><div class=\"wp-block-embed__wrapper\">\nhttps://youtu.be/abcDEF12345\n</div></figure>",
            "watch?v=abcDEF12345",
        ),
    ] {
        let site =
            Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p>{written}"));
        site.build();
        let page = site.only_page();
        assert!(body_of(&page).contains(&format!("href=\"https://www.youtube.com/{address}\"")), "{page}");
    }
}

#[test]
fn labels_before_dates_are_understood() {
    for (written, author) in
        [("发布时间：2024-06-15 08:30", None), ("作者：林一<br>发布时间：2024-06-15 08:30", Some("林一"))]
    {
        let site = Site::new().file("content/a.html", format!("<h1>行</h1><p>{written}</p><p>正文。</p>"));
        site.build();
        let line = &site.list()[0];
        assert_eq!(line["date"], "2024-06-15T08:30:00Z");
        let page = site.only_page();
        assert_eq!(body_of(&page), "<p>正文。</p>");
        assert_eq!(page.contains("class=\"p-author\">林一<"), author.is_some(), "{page}");
    }
}

#[test]
fn a_saved_page_is_called_by_its_title_and_dated_by_what_it_tells_search_engines() {
    let data = r#"<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite"},{"@type":"NewsArticle","datePublished":"2024-03-05T06:07:08+08:00","author":[{"name":"林一"}]}]}</script>"#;
    for head in [
        "<title>渡轮复航 - 海港网</title><meta property=\"og:site_name\" content=\"海港网\">",
        "<title>渡轮复航 - 海港网</title><meta property=\"og:title\" content=\"渡轮复航\">",
    ] {
        let page = format!(
            "<!doctype html><html><head>{head}{data}</head><body><h1>海港网</h1><h2>渡轮复航</h2><p>正文。</p></body></html>"
        );
        let site = Site::new().file("content/a.html", page);
        site.build();
        let line = &site.list()[0];
        assert_eq!((line["title"].as_str(), line["date"].as_str()), (Some("渡轮复航"), Some("2024-03-04T22:07:08Z")));
        let page = site.only_page();
        assert_eq!(body_of(&page), "<p>正文。</p>");
        assert!(page.contains("林一"), "{page}");
    }
    let site_first = "<!doctype html><html><head><title>海港网 - 渡轮复航</title><meta property=\"og:title\" content=\"海港网\"></head><body><h1>渡轮复航</h1><p>正文。</p></body></html>";
    assert_eq!(Site::new().file("content/a.html", site_first).list()[0]["title"], "渡轮复航");
    let parts = "<h1>问</h1><p>甲</p><h1>答</h1><p>乙</p><h1>问</h1><p>丙</p>";
    let site = Site::new().file("content/a.html", parts);
    site.build();
    assert_eq!(body_of(&site.only_page()), "<p>甲</p><h2>答</h2><p>乙</p><h2>问</h2><p>丙</p>");
    let site = Site::new().file("content/a.html", "<h1>新渡轮</h1><p>甲</p><h1>新渡轮</h1><p>正文。</p>");
    site.build();
    assert_eq!(body_of(&site.only_page()), "<p>甲</p><p>正文。</p>");
}

#[test]
fn addresses_that_were_copied_out_of_markup_are_those_of_the_original() {
    let article = |address: &str| format!("---\ntitle: T\ndate: 2024-05-06\nlink: \"{address}\"\n---\n正文。\n");
    let site = Site::new()
        .file("content/a.md", article("https://e.example.org/s?b=1&amp;mid=2&#038;idx=3"))
        .file("content/b.md", article("https://e.example.org/s?b=1&mid=2&idx=3"));
    site.build();
    let list = site.list();
    assert_eq!(
        list.iter().filter(|line| line["original_url"] == "https://e.example.org/s?b=1&mid=2&idx=3").count(),
        2,
        "{list:?}"
    );
}

#[test]
fn lines_of_dates_and_numbers_end_where_they_end_and_a_formula_parts_no_paragraph() {
    assert_cleaned(
        "md",
        &[
            (
                "记者 王小明\n2024年6月15日 08:30\n北京\n\n正文。\n",
                "<p>记者 王小明<br> 2024年6月15日 08:30<br> 北京</p><p>正文。</p>",
            ),
            (
                "我们的地址：\n海港市码头路 12 号\n电话 010-12345678\n邮箱 editor@example.org\n",
                "<p>我们的地址：<br> 海港市码头路 12 号<br> 电话 010-12345678<br> 邮箱 editor@example.org</p>",
            ),
        ],
    );
    let formula = "<p>水温<img class=\"mwe-math-fallback-image-inline\" src=\"https://e.example.org/a.svg\" alt=\"E=c^{2}\">是公式。</p>";
    let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{formula}"));
    site.build();
    let page = site.only_page();
    assert_eq!(body_of(&page).matches("<p>").count(), 1, "{page}");
}

/// What `list --json` says of a body under a heading, in a file whose name tells nothing.
fn listed(body: &str) -> serde_json::Value {
    let site = Site::new().config("timezone = \"Asia/Shanghai\"").file("content/a.html", body);
    site.build();
    site.list().remove(0)
}

#[test]
fn the_date_that_a_page_shows_is_its_date_where_nothing_else_tells_one() {
    for shown in [
        "<p>2024-06-15 09:10 来源：晨港日报</p>",
        "<p>作者：林小川\u{3000}2024-06-15 09:10\u{3000}来源：晨港日报</p>",
        "<div>2024年06月15日09:10 | 来源：<a href=\"http://x.example.org\">山城网</a></div>",
        "<p>发布于 2024-06-15 09:10</p>",
        "<p>發表於 2024年6月15日 上午9:10</p>",
        "<p><time datetime=\"2024-06-15T09:10:00+08:00\">6月15日</time></p>",
        "<div><time itemprop=\"datePublished\" datetime=\"2024-06-15T09:10:00+08:00\">昨天</time></div>",
        "<abbr class='published' title='2024-06-15T09:10:00+08:00'>九点</abbr>",
        "<em id=\"publish_time\">2024-06-15 09:10</em>",
        "<ul><li><em>发表于 2024-6-15 09:10:00</em></li></ul>",
    ] {
        let line = listed(&format!("<h1>渡轮</h1>{shown}<p>正文。</p>"));
        assert_eq!(line["date"], "2024-06-15T01:10:00Z", "{shown}");
    }
    let text = "<p>清晨的雾很大，码头上的人都看不见对岸，渡轮没有来。</p>";
    for other in [
        "<p>1998-01-02 是旧历的事，来源：不明。</p>".to_owned(),
        "<p>电话 2024-06-15</p>".to_owned(),
        "<p>来源：晨港日报</p>".to_owned(),
        "<li>出生日期：1955年5月1日</li>".to_owned(),
        "<p>活动时间：2019年3月1日 14:00</p>".to_owned(),
        "<h2>北京时间2008年5月12日14:28，大地震动</h2>".to_owned(),
        "<p>Photo taken By Someone, 1999-10-01</p>".to_owned(),
        "<script>\nvar lastUpdated = \"2016-03-01 10:00:00\";\n</script>".to_owned(),
        "<p>1350123456</p>".to_owned(),
        "<p>那天是<time datetime=\"1989-06-04\">六月四日</time></p>".to_owned(),
        format!("{text}<ul><li><time class=\"entry-date\" datetime=\"2011-01-01\">一</time></li></ul>"),
        format!("{text}<p>2011年3月11日 14:46</p>"),
    ] {
        let line = listed(&format!("<h1>渡轮</h1>{other}<p>正文。</p>"));
        assert_eq!(line["date"], serde_json::Value::Null, "{other}");
    }
    let changed = "---\ntitle: T\nlastmod: 2024-05-05\n---\n<h2>二</h2><p>发布于 2011-03-11 14:46</p><p>正文。</p>";
    assert_eq!(listed(changed)["date"], "2024-05-04T16:00:00Z");
    let page = |line: &str| format!("<h1>渡轮</h1><p>{line}</p><p>正文。</p>");
    let site = Site::new().file("content/a.html", page("2024-06-15 09:10 来源：晨港日报"));
    site.build();
    assert!(body_of(&site.only_page()).contains("来源：晨港日报"), "the line says more");
}

#[test]
fn titles_and_dates_of_hexo_and_blogger_are_found() {
    let site =
        Site::new().file("content/a.md", "title: 渡轮（旧）\ndate: 2024-06-15 09:10:00\ntags:\n- 航运\n---\n首段。\n");
    site.build();
    let line = &site.list()[0];
    assert_eq!((line["title"].as_str(), line["date"].as_str()), (Some("渡轮（旧）"), Some("2024-06-15T09:10:00Z")));
    assert_eq!(body_of(&site.only_page()), "<p>首段。</p>");
    let heading = Site::new().file("content/a.md", "title: 渡轮\n---\n首段。\n");
    heading.build();
    assert!(body_of(&heading.only_page()).contains("title: 渡轮</h2>"));
    let blog = "<!DOCTYPE html><html><head><title>江边旧事: 渡轮停航那天</title><meta content='渡轮停航那天' property='og:title'/></head><body><h1 class='title'><a href='http://jiangbian.example.org/'>江边旧事</a></h1><h3 class='post-title'>渡轮停航那天</h3><p>那天早上下雨。</p></body></html>";
    assert_eq!(listed(blog)["title"], "渡轮停航那天");
}

#[test]
fn a_saved_page_says_where_it_comes_from_and_who_wrote_it() {
    let page = |head: &str| {
        format!("<!doctype html>{head}<body><h1>渡轮</h1><p><a href=\"/b.html\">下一篇</a></p></body></html>")
    };
    for head in [
        "<html><head><!--\n Page saved with SingleFile \n url: https://e.example.org/2024/06/ferry.html \n saved date: x\n--><title>渡轮</title></head>",
        "<!-- saved from url=(0041)https://e.example.org/2024/06/ferry.html --><html><head><title>渡轮</title></head>",
        "<html><head><link rel=\"canonical\" href=\"https://web.archive.org/web/20240616000000/https://e.example.org/2024/06/ferry.html\"></head>",
        "<html><head><meta name=\"source-url\" content=\"https://e.example.org/2024/06/ferry.html\"></head>",
    ] {
        let line = listed(&page(head));
        assert_eq!(line["original_url"], "https://e.example.org/2024/06/ferry.html", "{head}");
        assert_eq!(line["outlet"], "e.example.org", "{head}");
    }
    let kept = "<!doctype html><html><head><link rel=\"canonical\" href=\"https://web.archive.org/web/20240616000000/https://e.example.org/2024/06/ferry.html\"></head><body><h1>渡轮</h1><p>文<a href=\"/web/20240616000000/https://e.example.org/b.html\">下一篇</a></p><img src=\"/web/20240616000000im_/https://e.example.org/a.jpg\"></body></html>";
    let site = Site::new().file("content/a.html", kept);
    site.build();
    let body = body_of(&site.only_page()).to_owned();
    for address in ["https://e.example.org/b.html", "https://e.example.org/a.jpg"] {
        assert!(body.contains(&format!("href=\"{address}\"")), "{body}");
    }
    for (source, is_article) in [
        ("https://news.example.org/2024/06/ferry-one", true),
        ("https://news.example.org/world/2024/jun/15/ferry", true),
        ("https://space.example.org/12345/article", false),
        ("https://e.example.org/24h/news", false),
    ] {
        let line = listed(&format!("---\ntitle: T\nsource: {source}\n---\n<p>正文。</p>"));
        assert_eq!(line["original_url"].is_string(), is_article, "{source}");
    }
    let names = listed("---\ntitle: T\nauthor: 阿卜杜拉&middot;奥贾兰; 李二\n---\n<p>正文。</p>");
    assert_eq!(names["authors"], serde_json::json!(["阿卜杜拉·奥贾兰", "李二"]));
    let data = r#"<script type="application/ld+json">{"@graph":[{"@type":"WebPage","datePublished":"2024-03-05"},{"@type":"LiveBlogPosting","datePublished":"2024-03-05","author":[{"name":"王一"},{"name":"李二"}]}]}</script>"#;
    for head in [
        "<html><head><meta name=\"dcterms.date\" content=\"2024-03-05\"><meta name=\"author\" content=\"王一\"><meta name=\"author\" content=\"李二\"></head>",
        &format!("<html><head><meta name=\"author\" content=\"me@e.example.org\">{data}</head>"),
        "<html><head><meta name=\"created\" content=\"2024-03-05 00:00:00 +0800\"><meta name=\"author\" content=\"王一、李二\"></head>",
    ] {
        let line = listed(&page(head));
        assert_eq!(line["authors"], serde_json::json!(["王一", "李二"]), "{head}");
        assert_eq!(line["date"], "2024-03-04T16:00:00Z", "{head}");
    }
}

#[test]
fn what_scripts_and_styles_would_show_is_shown_and_what_they_hide_twice_is_not() {
    let picture = |name: &str| format!("href=\"https://p.example.org/{name}\"");
    let cases = [
        (
            "<div><a class=\"tgme_widget_message_photo_wrap\" href=\"https://t.me/s/101\" style=\"width:800px;background-image:url('https://p.example.org/1.jpg')\"><div style=\"padding-top:75%\"></div></a><div>江边今晨水位上涨。</div></div>",
            "1.jpg",
        ),
        ("<div class=\"lazy\" data-bg=\"https://p.example.org/2.jpg\"></div><p>文</p>", "2.jpg"),
        ("<div style=\"background: #eee url(https://p.example.org/3.jpg) center\"></div><p>文</p>", "3.jpg"),
        ("<p>文</p><img data-lazy=\"https://p.example.org/4.jpg\" src=\"//l.example.org/spacer.gif\">", "4.jpg"),
        ("<p>文</p><img data-lazy=\"true\" src=\"https://p.example.org/5.jpg\">", "5.jpg"),
        (
            "<p>文</p><figure><noscript><img src=\"https://p.example.org/abc_w650_r1.jpg\" alt=\"渡轮\"></noscript><img data-src=\"https://p.example.org/abc_w33_r1.jpg\" src=\"\" alt=\"渡轮\"><figcaption>旧渡轮</figcaption></figure>",
            "abc_w650_r1.jpg",
        ),
    ];
    let bodies: Vec<&str> = cases.iter().map(|(body, _)| *body).collect();
    for ((body, name), got) in cases.iter().zip(cleaned("html", "", &bodies)) {
        assert!(
            got.contains(&picture(name)) && got.matches("href=\"https://p.example.org").count() == 1,
            "{body}\n{got}"
        );
    }
    assert_cleaned(
        "html",
        &[
            ("<p>文</p><i class=\"icon\" style=\"background-image:url(/sprite.png)\"></i>", "<p>文</p>"),
            ("<p>文</p><div style=\"width:40px;background-image:url(/face.png)\"></div>", "<p>文</p>"),
            (
                "<div><p>首段。</p><news-body><template shadowrootmode=\"open\"><p>影子根里的正文。</p></template></news-body><template><p>模板</p></template><p>末段。</p></div>",
                "<p>首段。</p><p>影子根里的正文。</p><p>末段。</p>",
            ),
            (
                "<p>首段文字<font class=\"jammer\">a7 r$ k9</font><br>第二行，<span class=\"katex\"><span class=\"katex-mathml\"><math><mi>a</mi></math></span><span class=\"katex-html\" aria-hidden=\"true\"><span>a</span></span></span></p>",
                "<p>首段文字<br>第二行，a</p>",
            ),
            (
                "<p>质能 <span class=\"katex\"><span class=\"katex-html\">E=mc²</span></span> 之后</p>",
                "<p>质能 E=mc² 之后</p>",
            ),
            (
                "<p>质能<span class=\"mwe-math-element\"><span class=\"mwe-math-mathml-inline mwe-math-mathml-a11y\" style=\"display: none;\"><math><mi>E</mi></math></span><span class=\"f\">E=mc²</span></span>之后</p>",
                "<p>质能E=mc²之后</p>",
            ),
            ("<p>文</p><div style=\"height:2px;background:url(/line.gif) repeat-x\"></div>", "<p>文</p>"),
        ],
    );
    assert_cleaned(
        "md",
        &[
            ("前文 %%私人备注%% 后文，增长5%%，又5%%。", "<p>前文 后文，增长5%%，又5%%。</p>"),
            ("前文。\n\n%%\n块备注\n%%\n\n后文。", "<p>前文。</p><p>后文。</p>"),
            ("参数 %%d 与 %%s 两个，5%% 又 %%备注%% 完。", "<p>参数 %%d 与 %%s 两个，5%% 又 完。</p>"),
            ("前文。\n\n%%\n没有关上。", "<p>前文。</p><p>%%<br> 没有关上。</p>"),
        ],
    );
}

/// Run together, they would say another number.
#[test]
fn formulas_say_what_they_said() {
    assert_cleaned(
        "html",
        &[
            (
                "<p>增长 <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>，即 <math><msup><mn>10</mn><mn>6</mn></msup></math> 元</p>",
                "<p>增长 1/2，即 10<sup>6</sup> 元</p>",
            ),
            (
                "<p><math xmlns='x'><semantics><mrow><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>\n                 <msqrt><mi>c</mi><mo>-</mo><mn>1</mn></msqrt></mfrac></mrow><annotation encoding='application/x-tex'>x</annotation></semantics></math></p>",
                "<p>x=(a+b)/(√(c-1))</p>",
            ),
            (
                "<p><b>甲<math><msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup><mspace/><msub><mi>x</mi><mi>i</mi></msub><mroot><mi>y</mi><mn>3</mn></mroot></math>乙</b></p>",
                "<p><b>甲∫<sub>0</sub><sup>1</sup> x<sub>i</sub><sup>3</sup>√y乙</b></p>",
            ),
            // Nobody has closed it.
            (
                "<div><p>甲<math><msup><mi>x</mi><mn>2</mn><p>乙</p><p>丙</div>",
                "<p>甲x<sup>2</sup></p><p>乙</p><p>丙</p>",
            ),
            ("<p>甲<math><mi>x</p><p>乙</p>", "<p>甲x</p><p>乙</p>"),
            (
                "<p><a href=https://e.example.org/a><math><mi>x</mi></a> 甲 <b><math>y</b> 乙</p><p>丙</p>",
                "<p><a href=\"https://e.example.org/a\" rel=\"noreferrer noopener\">x</a> 甲 <b>y</b> 乙</p><p>丙</p>",
            ),
            ("<p><math><mi>x</mi><b>甲</b>乙</p><p>丙</p>", "<p>x<b>甲</b>乙</p><p>丙</p>"),
            // A script in a script, and what needs brackets.
            (
                "<p><math><msup><mi>e</mi><msup><mi>x</mi><mn>2</mn></msup></msup><mo>,</mo><msup><mfrac><mi>a</mi><mi>b</mi></mfrac><mn>2</mn></msup><mo>,</mo>\
                 <mfrac><mn>1</mn><mrow><mn>2</mn><mi>x</mi></mrow></mfrac><mo>,</mo><msqrt><msup><mn>10</mn><mn>6</mn></msup></msqrt></math></p>",
                "<p>e<sup>x^2</sup>,(a/b)<sup>2</sup>,1/(2x),√(10<sup>6</sup>)</p>",
            ),
            (
                "<p><math><munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder> <mi>sin</mi> <mi>x</mi><mspace/><mfenced><mi>x</mi><mi>y</mi></mfenced></math></p>",
                "<p>lim<sub>x→0</sub> sin x (x, y)</p>",
            ),
            (
                "<p><math><mfenced open='[' close=']'><mi>a</mi><mi>b</mi></mfenced><mo>,</mo><msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup><mo>,</mo>\
                 <mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>,</mo><mn>0</mn><mtext> for<br>all </mtext><mi>n</mi></math></p>",
                "<p>[a, b],(ab)<sup>2</sup>,2 1/2,0 for all n</p>",
            ),
            (
                "<p><math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr> <mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable>\
                 <mtext>&nbsp;if <i>all</i> hold</mtext></math></p>",
                "<p>1 2; 3 4&nbsp;if all hold</p>",
            ),
            ("<p>甲<math/>乙<math><svg><path/></svg><mi>x</mi></math></p>", "<p>甲乙x</p>"),
        ],
    );
}

/// Wikis name a heading by what is in it, makers of contents by an empty element before its words.
#[test]
fn links_lead_to_places_whose_elements_mean_nothing() {
    assert_cleaned(
        "html",
        &[
            (
                "<p><a href='#背景'>背景</a></p><h2><span class='mw-headline' id='背景'>背景</span></h2>",
                "<p><a href=\"#n-背景\">背景</a></p><h2><a id=\"n-背景\"></a>背景</h2>",
            ),
            (
                "<a href='#b4'>四</a><p>甲<span id='b4'>乙</span><a href='/x'><span id='c'>丙</span></a></p>",
                "<p><a href=\"#n-b4\">四</a></p><p>甲<a id=\"n-b4\"></a>乙<a href=\"https://e.example.org/x\" rel=\"noreferrer noopener\">丙</a></p>",
            ),
            ("<p><span id=a>甲</span>乙</p>", "<p>甲乙</p>"),
            (
                "<p><a href='#a&amp;b'>一</a></p><p>甲<span id='a&amp;b'>乙</span></p>",
                "<p><a href=\"#n-a.26.b\">一</a></p><p>甲<a id=\"n-a.26.b\"></a>乙</p>",
            ),
            (
                "<p><a href='#h'>一</a></p><p>正文。</p><p><span id='h'></span><span id=other></span><b>小标题</b></p><p>正文。</p>",
                "<p><a href=\"#n-h\">一</a></p><p>正文。</p><h2><a id=\"n-h\"></a>小标题</h2><p>正文。</p>",
            ),
        ],
    );
}

#[test]
fn what_a_frame_holds_itself_is_shown_in_its_place() {
    let film = "<p><a href=\"https://www.youtube.com/watch?v=abcdefghijk\" rel=\"noreferrer noopener\">";
    assert_cleaned(
        "html",
        &[
            (
                "<p>甲</p><iframe srcdoc=\"&lt;p&gt;乙&lt;b&gt;丙&lt;/p&gt;&lt;iframe srcdoc=&#39;&lt;p&gt;丁&#39;>\"></iframe><p>戊</p>",
                "<p>甲</p><p>乙<b>丙</b></p><p>戊</p>",
            ),
            ("<p>甲</p><iframe src=\"data:text/html,%3Cp%3E%E4%B9%99\"></iframe>", "<p>甲</p><p>乙</p>"),
            ("<p>甲</p><iframe src=\"data:text/html;base64,PHA+Yg==\"></iframe>", "<p>甲</p><p>b</p>"),
        ],
    );
    let site = Site::new().file(
        "content/a.html",
        "---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p><iframe src=https://www.youtube.com/embed/abcdefghijk srcdoc='<a href=/x>▶</a>'></iframe>",
    );
    site.build();
    assert!(
        site.only_page().contains(film.trim_start_matches("<p>")) && !site.only_page().contains("▶"),
        "{}",
        site.only_page()
    );
}

#[test]
fn frames_in_depth_nest_no_deeper_than_elements() {
    let inner = "&lt;blockquote&gt;".repeat(250) + "深";
    let outer = "<blockquote>".repeat(250);
    let site = Site::new().file(
        "content/a.html",
        format!("---\ntitle: T\ndate: 2024-05-06\n---\n{outer}甲<iframe srcdoc=\"{inner}\"></iframe>乙"),
    );
    site.build();
    let page = site.only_page();
    assert!(
        page.matches("<blockquote>").count() <= 256 && page.contains("深") && page.contains("乙"),
        "{}",
        page.matches("<blockquote>").count()
    );
    let shown = |markup: &str| {
        let site =
            Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p>{markup}"));
        site.build();
        body_of(&site.only_page()).to_owned()
    };
    for src in ["javascript:void(0)", "blob:https://e.example.org/1", "./a_files/saved.html", "about:blank"] {
        assert!(shown(&format!("<iframe src='{src}' srcdoc='<p>乙'></iframe>")).contains("<p>乙</p>"), "{src}");
    }
    assert!(
        shown("<iframe data-src=about:blank src=https://www.youtube.com/embed/abcdefghijk></iframe>")
            .contains("watch?v=abcdefghijk")
    );
    let lazy = "<p>甲</p><iframe srcdoc='<p>Loading' data-src=https://www.youtube.com/embed/abcdefghijk></iframe>";
    let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{lazy}"));
    site.build();
    assert!(site.only_page().contains("watch?v=abcdefghijk") && !site.only_page().contains("Loading"));
}

/// Platforms count who follows a link; the target is what the article means.
#[test]
fn links_through_redirectors_lead_to_their_target() {
    let link = |url: &str| format!("<p><a href=\"{url}\" rel=\"noreferrer noopener\">甲</a></p>");
    let target = link("https://news.example.org/2024/other?a=1");
    let cases = [
        "https://link.zhihu.com/?target=https%3A//news.example.org/2024/other%3Fa%3D1",
        "https://weibo.cn/sinaurl?u=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1&usg=x",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1&h=AT0",
        "https://vk.com/away.php?to=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fnews.example.org%252F2024%252Fother%253Fa%253D1",
    ];
    let own = "https://gitee.com/linklab/repo?target=https%3A%2F%2Fevil.example.org%2F";
    assert_cleaned("html", &[(&format!("<p><a href=\"{own}\">甲</a></p>"), &link(own))]);
    let cases: Vec<String> =
        cases.iter().map(|url| format!("<p><a href=\"{}\">甲</a></p>", url.replace('&', "&amp;"))).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|case| (case.as_str(), target.as_str())).collect();
    assert_cleaned("html", &cases);
    let site = Site::new()
        .file("content/a.html", "---\ntitle: a\ndate: 2024-05-06\nlink: https://e.example.org/a\n---\n<p><a href='https://web.archive.org/web/20240101000000/https://e.example.org/b'>乙</a><a href='https://web.archive.org/web/20240101000000/https://e.example.org/c'>丙</a></p>")
        .file("content/b.html", "---\ntitle: b\ndate: 2024-05-06\nlink: https://e.example.org/b\n---\n<p>文</p>");
    site.build();
    let list = site.list();
    let page = site.output(list.iter().find(|line| line["title"] == "a").unwrap()["output"].as_str().unwrap());
    // What the mirror does not have is more likely there than at its first home.
    assert!(
        !page.contains("https://e.example.org/b\"")
            && page.contains("https://web.archive.org/web/20240101000000/https://e.example.org/c"),
        "{page}"
    );
    assert!(!page.contains("web.archive.org/web/20240101000000/https://e.example.org/b"), "{page}");
}

#[test]
fn the_title_that_stands_twice_goes_twice() {
    let page = "<!DOCTYPE html><html><head><title>My Ferry</title></head><body><article class=h-entry><header><h1 class=p-name>My Ferry</h1></header>\
        <section><h3>My Ferry</h3><p>text of the article</p></section><footer><a href=https://m.example.org/@a class='p-author h-card'>John Doe</a> \
        <a href=https://m.example.org/@a/ferry-1 class=p-canonical>link</a></footer></article></body></html>";
    let site = Site::new().file("content/a.html", page);
    site.build();
    let page = site.only_page();
    assert!(!page.contains("<h2>My Ferry") && !page.contains("<h3>My Ferry"), "{page}");
    let list = site.list();
    assert_eq!(list[0]["original_url"], "https://m.example.org/@a/ferry-1");
    assert_eq!(list[0]["authors"], serde_json::json!(["John Doe"]));
}

#[test]
fn a_caption_in_a_figure_of_its_own_is_that_of_the_picture_before() {
    let page = |markup: &str| {
        let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{markup}"));
        site.build();
        body_of(&site.only_page()).to_owned()
    };
    let captioned = page(
        "<div><div><img src=https://e.example.org/b.jpg></div><div><figure><figcaption><p>说明</p><p>摄影：林一</p></figcaption></figure></div></div><p>正文</p>",
    );
    assert!(
        captioned.contains("<figcaption>")
            && captioned.contains("摄影：林一")
            && captioned.find("说明") < captioned.find("</figure>"),
        "{captioned}"
    );
    assert!(page("<p>正文</p><figure><figcaption>说明</figcaption></figure><p>后</p>").contains("<p>说明</p>"));
    for inner in ["<pre>let a;</pre>", "<table><tr><td>甲</td></tr></table>", "<blockquote>甲</blockquote>"] {
        let listing = page(&format!(
            "<figure><img src=https://e.example.org/b.jpg></figure><figure><figcaption>a.rb</figcaption>{inner}</figure>"
        ));
        assert!(!listing.contains("<figcaption>") && listing.contains("<p>a.rb</p>"), "{listing}");
    }
}

#[test]
fn what_a_style_makes_of_text_is_kept() {
    let cases = [
        ("<p>甲<span style=\"font-weight: 700\">乙</span>丙</p>", "<p>甲<strong>乙</strong>丙</p>"),
        (
            "<p>见<span style=\"color:red\">注<span style=\"vertical-align:super\">1</span></span>。</p>",
            "<p>见注<sup>1</sup>。</p>",
        ),
        ("<p>原价<font style='text-decoration:line-through'>九元</font></p>", "<p>原价<s>九元</s></p>"),
        ("<p style=\"font-style:italic\">题记</p><p>正文</p>", "<p><em>题记</em></p><p>正文</p>"),
        // A block ends it, whatever was not closed.
        ("<p>甲<span style=\"font-weight:bold\">乙</p><p>丙</span>丁</p>", "<p>甲<strong>乙</strong></p><p>丙丁</p>"),
        // An editor's copy stands in a `<b>` that is none.
        (
            "<b style=\"font-weight:normal\"><p>甲<span style=\"font-weight:400\">乙</span></p><p>丙</p></b>",
            "<p>甲乙</p><p>丙</p>",
        ),
        (
            "<p>甲<b style=\"font-style:normal\">乙</b><em style=\"font-style:normal\">丙</em></p>",
            "<p>甲<b>乙</b>丙</p>",
        ),
    ];
    for (source, shown) in cases {
        let site = Site::new().file("content/a.html", format!("<!--ms--><p>开头。</p>{source}<p>结尾。</p>"));
        site.build();
        let page = site.only_page();
        assert!(body_of(&page).contains(shown), "{source}: {}", body_of(&page));
    }
}
