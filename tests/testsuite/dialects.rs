//! Every dialect is told by its own marks, and gives title, dates, outlet, tags and text.

use crate::harness::{Site, body_of};

fn only(name: &str, text: &str) -> (serde_json::Value, String) {
    let site = Site::new().file(&format!("content/{name}"), text);
    site.build();
    (site.list().remove(0), site.only_page())
}

#[test]
fn a_has_yaml_and_a_header() {
    let (article, page) = only(
        "2020-03-14-食物.md",
        "---\nlayout: post\ntitle: \"重新認識 \\\"食物\\\"\"\ndate: 2020-03-14T10:42:57.000Z\nauthor: 林一\nfrom: https://e.example.org/food?source=rss-7e\ntags: [ Sudao ]\ncategories: [ Sudao ]\n---\n<!--1584182577000-->\n[重新認識 \"食物\"](https://e.example.org/food?source=rss-7e)\n------\n\n<div>\n<p>文字</p></div>\n",
    );
    assert_eq!(article["dialect"], "a");
    assert_eq!(article["title"], "重新認識 \"食物\"");
    assert_eq!(article["date"], "2020-03-14T10:42:57Z");
    assert_eq!(article["outlet"], "Sudao");
    assert_eq!(article["tags"], serde_json::json!([]));
    assert_eq!(article["authors"], serde_json::json!(["林一"]));
    assert_eq!(article["original_url"], "https://e.example.org/food");
    assert_eq!(body_of(&page), "<p>文字</p>");
}

#[test]
fn b_has_the_header_alone_and_its_folder_is_the_outlet() {
    let (article, page) =
        only("深海/1047440.md", "<!--NaN-->\n[[港] 题](https://e.example.org/x)\n------\n\n<p>一</p><p>二</p>");
    assert_eq!(
        (&article["dialect"], &article["outlet"], &article["title"]),
        (&"b".into(), &"深海".into(), &"[港] 题".into())
    );
    assert_eq!(article["date"], serde_json::Value::Null);
    assert!(article["output"].as_str().unwrap().starts_with("undated/"));
    assert_eq!(body_of(&page), "<p>一</p><p>二</p>");
}

#[test]
fn c_has_a_link_and_html_with_captions_in_lists_and_breaks_for_paragraphs() {
    let (article, page) = only(
        "2025-11-11-CHU-x.html",
        "---\nlayout: post\ntitle: 标题\ndate: 2025-11-11 02:16:04.000000000 +00:00\nlink: https://e.example.org/viw.asp?n=1&cate=\ncategories: chu\n---\n\n<div>2025-11-11&nbsp;01:52  &nbsp;</div><div id=\"articleBody\">\n\t\t<div >\t\n\t<dl>\t\t\n<dt><img src=\"https://images.weserv.nl/?url=e.example.org/4(1).jpg\"></dt>\n<dd>▲ 图说。/甲</dd>\n</dl></div>\n<!-- <audio src=\"/x\"></audio> -->\n\t\t甲段。<br /><br />乙段20&#37;。<br />\n</div>",
    );
    assert_eq!((&article["dialect"], &article["outlet"]), (&"c".into(), &"chu".into()));
    assert_eq!(article["published"], "2025-11-11T01:52:00Z");
    assert_eq!(
        body_of(&page),
        "<figure><a href=\"https://e.example.org/4(1).jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a><figcaption>▲ 图说。/甲</figcaption></figure><p>甲段。</p><p>乙段20%。</p>"
    );
}

#[test]
fn d_is_markdown_made_from_html() {
    let (article, page) = only("x.md", "灯塔日志 by 林一\n------\n**2023-11-02**\n\n*   一\n*   二\n\n_完_ \\*\n");
    assert_eq!(
        (&article["dialect"], &article["title"], &article["date"]),
        (&"d".into(), &"灯塔日志".into(), &"2023-11-02T00:00:00Z".into())
    );
    assert_eq!(body_of(&page), "<ul><li>一</li><li>二</li></ul><p><em>完</em> *</p>");
}

#[test]
fn e_is_loose_html_whose_blank_lines_and_indentation_mean_nothing() {
    let (article, page) = only(
        "2019-08-08-x.md",
        "---\ntitle: \"月出 - 拾光\"\ndate: 2019-08-08T16:00:28+00:00\nfrom: https://e.example.org/moon/\ntags: [ 拾光 ]\n---\n\n<article class=\"post\">\n <header>\n  <h1>\n   月出\n  </h1>\n </header>\n\n    <p>\n     一行\n     接一行\n    </p>\n\n        <p>缩进</p>\n</article>\n",
    );
    assert_eq!((&article["dialect"], &article["outlet"]), (&"e".into(), &"拾光".into()));
    assert_eq!(body_of(&page), "<p>一行接一行</p><p>缩进</p>");
}

#[test]
fn toml_json_and_plain_markdown_are_what_other_generators_write() {
    let (article, _) =
        only("a.md", "+++\ntitle = \"T\"\ndate = 2024-05-01\n[taxonomies]\ntags = [\"x\", \"y\"]\n+++\ntext");
    assert_eq!((&article["dialect"], &article["date"]), (&"toml".into(), &"2024-05-01T00:00:00Z".into()));
    assert_eq!(article["tags"], serde_json::json!(["x", "y"]));
    let (article, _) = only("a.md", "{\n\"title\": \"T\", \"date\": \"2024-05-01T08:00:00+08:00\"\n}\ntext");
    assert_eq!((&article["dialect"], &article["date"]), (&"json".into(), &"2024-05-01T00:00:00Z".into()));
    let (article, page) =
        only("a.md", "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~x~~ [^1]\n\n- [x] done\n\n[^1]: note\n");
    assert_eq!((&article["dialect"], &article["title"]), (&"plain".into(), &"Title".into()));
    let body = body_of(&page);
    assert!(
        body.contains(
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
        ),
        "{body}"
    );
    assert!(body.contains("<s>x</s>") || body.contains("<del>x</del>"));
    assert!(body.contains("☑ done"));
    let (reference, note) = (
        "<sup><a href=\"#n-note-1\" id=\"n-note-ref-1\">1</a></sup>",
        "<hr><ol><li id=\"n-note-1\">note <a href=\"#n-note-ref-1\">↩</a></li></ol>",
    );
    assert!(body.contains(reference) && body.ends_with(note), "{body}");
}

#[test]
fn a_summary_ends_where_its_author_says() {
    let summary = |front: &str, body: &str| {
        let (_, page) = only("a.md", &format!("---\ntitle: T\ndate: 2024-05-01\n{front}---\n{body}"));
        let (_, rest) = page.split_once("<meta name=\"description\" content=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let long = "一句很长的话说了又说。".repeat(20);
    assert_eq!(
        summary("", &format!("第一段。\n\n![](https://e.example.org/a.png)\n<!-- more -->\n\n{long}")),
        "第一段。"
    );
    assert_eq!(summary("", &format!("<div><p>T</p><p>第一段。</p><!--more--><p>{long}</p></div>")), "第一段。");
    let front = "excerpt_separator: <!--excerpt-->\n";
    assert_eq!(summary(front, &format!("<p>第一段。</p>\n<!--excerpt-->\n<p>{long}</p>")), "第一段。");
    let twice = format!("记者说：是。\n\n{}\n\n是。\n\n<!--more-->\n\n后。", "第一段。".repeat(20));
    assert!(summary("", &twice).contains("第一段"));
    for body in [format!("<p>第一段。</p><!--more or less--><p>{long}</p>"), format!("<!--more--><p>{long}</p>")] {
        assert!(summary("", &body).contains("说了又说"));
    }
}

#[test]
fn markup_in_front_matter_overrides() {
    let (_, page) = only("a.md", "---\ntitle: T\nmarkup: html\n---\n*a* &lt;\n\n    b\n");
    assert_eq!(body_of(&page), "<p>*a* &lt; b</p>");
}

#[test]
fn rules_give_outlets_tags_and_take_boilerplate_away() {
    let site = Site::new()
        .config("[[outlet]]\nname = \"harbor\"\ntitle = \"Harbor Wire\"\nhosts = [\"e.example.org\"]\nlanguage = \"en\"\nnotice = \"A copy.\"\ncanonical = \"original\"\n[[tag]]\nname = \"渡轮\"\nwords = [\"ferry\"]\n[[strip]]\noutlet = \"harbor\"\ntext = \"Subscribe\"\n[[strip]]\nelement = \".share\"\n[[exclude]]\noutlet = \"harbor\"\nuntil = \"2000-12-31\"")
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-01\nlink: https://www.e.example.org/1\ntags: [Harbor, sea]\n---\n<p>The ferry.</p><p>Subscribe now</p><div class=\"x share\"><p>Tweet</p></div>")
        .file("content/b.md", "---\ntitle: Old\ndate: 1999-01-01\nlink: https://e.example.org/2\n---\ntext");
    let run = site.build();
    assert!(run.stdout.contains("1 skipped (0 drafts, 1 filtered, 0 faulty)"), "{}", run.stdout);
    let article = site.list().remove(0);
    assert_eq!(article["outlet"], "harbor");
    assert_eq!(article["tags"], serde_json::json!(["sea", "渡轮"]));
    let page = site.only_page();
    assert_eq!(body_of(&page), "<p>The ferry.</p>");
    assert!(page.contains("class=\"e-content\" lang=\"en\""));
    assert!(page.contains("A copy.") && page.contains("Harbor Wire"));
    assert!(page.contains("<link rel=\"canonical\" href=\"https://www.e.example.org/1\">"));
    assert!(!site.has_output("sitemap-2024.xml"));
}

#[test]
fn shortcodes_show_what_they_mean_or_are_said() {
    let front = "+++\ntitle = \"T\"\ndate = 2024-05-01\n+++\n";
    let body = "{{< figure src=\"https://e.example.org/a.jpg\" caption=\"码头\" >}}\n\n{{< youtube abcdefghijk >}}\n\n{{< gallery >}}正文{{< /gallery >}}\n";
    for front in [front, "---\ntitle: T\ndate: 2024-05-01\n---\n"] {
        let site = Site::new().file("content/a.md", format!("{front}{body}"));
        let run = site.build();
        let page = site.only_page();
        assert!(
            page.contains("e.example.org/a.jpg")
                && page.contains("<figcaption>码头</figcaption>")
                && page.contains("<p>正文</p>")
                && page.contains("watch?v=abcdefghijk"),
            "{page}"
        );
        assert!(
            run.stderr.contains("`{{< gallery >}}`: not known here, only the text in it is shown"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_clipped_page_says_where_it_is_from() {
    let (article, _) = only(
        "a.md",
        "---\ntitle: \"甲\"\nsource: \"https://n.example.org/19\"\nauthor:\n  - \"[[赵某]]\"\npublished: 2023-01-01\ncreated: 2023-01-09\n---\n正文。",
    );
    assert_eq!(article["date"], "2023-01-01T00:00:00Z");
    assert_eq!(
        (&article["original_url"], &article["outlet"]),
        (&"https://n.example.org/19".into(), &"n.example.org".into())
    );
    assert_eq!(article["authors"], serde_json::json!(["赵某"]));
    let (article, _) = only(
        "a.md",
        "---\ntitle: 甲\nsource: 新华社\npublished: true\nauthor: 陈某、李某，Wang\ndate: 2023-01-02\n---\n正文。",
    );
    assert_eq!(
        (&article["original_url"], &article["date"]),
        (&serde_json::Value::Null, &"2023-01-02T00:00:00Z".into())
    );
    assert_eq!(article["authors"], serde_json::json!(["陈某", "李某", "Wang"]));
    for name in ["王某（河口日报，特约）", "García Márquez, Gabriel"] {
        let (article, _) = only("a.md", &format!("---\ntitle: 甲\nauthor: \"{name}\"\n---\n正文。"));
        assert_eq!(article["authors"], serde_json::json!([name]));
    }
    let section = "---\ntitle: 甲\nsource: https://n.example.org/world/\npublished: yes\ndate: 2023-01-02\n---\n正文。";
    let (article, _) = only("a.md", section);
    assert_eq!(article["original_url"], serde_json::Value::Null);
}

#[test]
fn what_front_matter_says_is_taken_as_it_is_meant() {
    let listed = |front: &str, body: &str| {
        let site = Site::new().file("content/a.md", format!("---\n{front}\n---\n{body}"));
        site.build();
        (site.list().remove(0), site.only_page())
    };
    let (article, _) = listed(
        "title: 8.10\ntags: [ Radio Free Asia ]\ncategories: [ Radio Free Asia ]\nfrom: 南方周末\nlink: https://rfa.example.org/1\ndate: \"\"\npubDate: 2024-05-02\nauthor: \"\"\nauthors: [A]",
        "<p>text</p>",
    );
    assert_eq!((article["title"].as_str(), article["outlet"].as_str()), (Some("8.10"), Some("Radio Free Asia")));
    assert_eq!(article["original_url"], "https://rfa.example.org/1");
    assert_eq!((article["date"].as_str(), article["authors"][0].as_str()), (Some("2024-05-02T00:00:00Z"), Some("A")));
    assert_eq!(article["tags"].as_array().unwrap().len(), 0);
    let (article, page) = listed(
        "title: 他说: \"你好\"\ndate: 2024-05-02 # day\ntitle2: x\ndescription: >\n  <b>摘要</b>\n  两行\ntags:\n  - 一\n  - 二",
        "<p>text</p>",
    );
    assert_eq!(
        (article["title"].as_str(), &article["tags"]),
        (Some("他说: \"你好\""), &serde_json::json!(["一", "二"]))
    );
    assert!(page.contains("content=\"摘要 两行\""), "{page}");
    let (article, _) = listed("title: [快讯]\ndate: 2024-05-02\ntags: a\ntags: [b]", "<p>text</p>");
    assert_eq!((article["title"].as_str(), &article["tags"]), (Some("[快讯]"), &serde_json::json!(["b"])));
    let (article, _) =
        listed("title: \"热搜 #某某事件# 引发\"热议\"\ndate: 2024-05-03 08:00:00\n  tags: [a]", "<p>text</p>");
    assert_eq!(article["date"], "2024-05-03T08:00:00Z");
    assert_eq!(article["title"], "热搜 #某某事件# 引发\"热议");
    let (_, page) = listed("两道线之间的一段话，它不是文件头。", "第二段话。");
    assert!(page.contains("两道线之间的一段话") && page.contains("第二段话"), "{page}");
}

/// What each header says: title, day, original, authors, outlet; the body is what is behind it.
#[test]
fn headers_without_a_fence_or_in_other_words_are_headers() {
    let original = "https://v.example.org/2023/11/office";
    let cases = [
        // Jina's reader
        format!(
            "Title: 山谷邮局\n\nURL Source: {original}\n\nPublished Time: 2023-11-20T09:00:00+08:00\n\nMarkdown Content:\n山谷邮局\n========\n\n正文。"
        ),
        // Pelican
        format!("Title: 山谷邮局\nDate: 2023-11-20 10:20\nAuthors: 河生\nSlug: office\nLink: {original}\n\n正文。"),
        // Nikola
        format!(
            "<!--\n.. title: 山谷邮局\n.. date: 2023-11-20 10:00:00 UTC+08:00\n.. author: 河生\n.. link: {original}\n-->\n\n正文。"
        ),
        // a blank line before the fence, a comment, a blank
        format!("\n---\ntitle: 山谷邮局\ndate: 2023-11-20\nlink: {original}\n---\n正文。"),
        format!("<!-- generated -->\n---\ntitle: 山谷邮局\ndate: 2023-11-20\nlink: {original}\n---\n正文。"),
        format!(" ---\ntitle: 山谷邮局\ndate: 2023-11-20\nlink: {original}\n---\n正文。"),
        // in Chinese, with either colon
        format!("---\n标题: 山谷邮局\n日期: 2023-11-20\n作者: 河生\n来源: {original}\n---\n正文。"),
        format!("---\n标题：山谷邮局\n日期：2023-11-20\n原文链接：{original}\n---\n正文。"),
        format!("标题：山谷邮局\n日期：2023-11-20\n链接：{original}\n\n正文。"),
        // other words
        format!("---\nheadline: 山谷邮局\npublishedAt: 2023-11-20\nsource-url: {original}\n---\n正文。"),
        format!(
            "---\ntitle: 山谷邮局\ndate:\n  created: 2023-11-20\n  updated: 2024-01-02\nurl: <{original}>\n---\n正文。"
        ),
        format!("---\ntitle: 山谷邮局\npublished: 2023-11-20\nsource: \"[邮报]({original})\"\n---\n正文。"),
        format!("---\ntitle: 山谷邮局\npublished: 2023-11-20\nsource:\n  - {original}\n---\n正文。"),
        format!("---\ntitle: 山谷邮局\npublished: 2023-11-20\nsource:\n  name: 邮报\n  url: {original}\n---\n正文。"),
        // the heading's link
        format!("---\ndate: 2023-11-20\n---\n# [山谷邮局]({original})\n\n正文。"),
        format!("---\ntitle: 山谷邮局\ndate: 2023-11-20\n---\n# [山谷邮局]({original})\n\n正文。"),
        format!("---\ndate: 2023-11-20\n---\n[山谷邮局]({original})\n===\n\n正文。"),
    ];
    for text in cases {
        let (article, page) = only("a.md", &text);
        assert_eq!((&article["title"], &article["original_url"]), (&"山谷邮局".into(), &original.into()), "{text}");
        assert!(article["date"].as_str().is_some_and(|date| date.starts_with("2023-11-20")), "{text}: {article}");
        assert!(article["authors"] == serde_json::json!(["河生"]) || !text.contains("河生"), "{text}: {article}");
        assert_eq!(body_of(&page), "<p>正文。</p>", "{text}");
    }
}

#[test]
fn a_linked_heading_is_no_original_where_another_is_said_or_articles_share_it() {
    let (article, _) = only(
        "a.md",
        "---\nurl: https://a.example.org/2024/01/02/ship.html\n---\n# [The ship](https://b.example.com/2024/01/home)\n\nText.",
    );
    assert_eq!(article["original_url"], "https://a.example.org/2024/01/02/ship.html");
    for shared in [
        "# [Daily briefing](https://paper.example.org/briefing)\n\nText.",
        "# [First](https://x.example.org/story/1)\n\nText.\n\n# Second\n\nText.",
    ] {
        let site = Site::new().file("content/a.md", shared).file("content/b.md", format!("{shared} More."));
        site.build();
        assert!(site.list().iter().all(|line| line["version_of"].is_null()), "{shared}");
    }
    let of_section = |day: u8| {
        format!(
            "---\ntitle: T{day}\npublished: 2024-01-0{day}\nsource: https://news.example.org/section\n---\nText {day}."
        )
    };
    let site = Site::new().file("content/a.md", of_section(5)).file("content/b.md", of_section(6));
    site.build();
    assert!(site.list().iter().all(|line| line["version_of"].is_null()), "{:?}", site.list());
}

#[test]
fn a_source_is_an_address_an_outlet_or_a_front_page() {
    for (source, url, outlet) in [
        ("https://blog.example.org/ferry-lamp", Some("https://blog.example.org/ferry-lamp"), "blog.example.org"),
        ("城南晚报", None, "城南晚报"),
        ("https://blog.example.org/", None, ""),
        ("www.example.org", None, ""),
        ("\"[[邮报]]\"", None, "邮报"),
        ("true", None, ""),
    ] {
        let (article, _) =
            only("a.md", &format!("---\ntitle: 题\npublished: 2024-03-05\nsource: {source}\n---\n正文。"));
        assert_eq!(article["original_url"].as_str(), url, "{source}");
        assert_eq!(article["outlet"].as_str().unwrap_or_default(), outlet, "{source}");
    }
    // What only looks like a header stays in the text.
    for (text, kept) in [
        ("Title: 1984\n\nThe book begins with a clock.", "Title: 1984"),
        ("Title: Storm\nDate: 2024-01-02\nWarning: floods are expected.\n\nText.", "Warning: floods are expected."),
        ("Title: Storm\nDate: 2024-01-02\nFrom: Jane, who wrote this at sea\n\nText.", "who wrote this at sea"),
        ("题目：甲\n原文：我们认为这是不对的。\n\n乙。", "我们认为这是不对的"),
        ("标题：甲\n日期：2024-02-05\n日期：2024-02-06 的会议上，部长说了话。\n\n乙。", "部长说了话"),
    ] {
        assert!(body_of(&only("a.md", text).1).contains(kept), "{text}");
    }
}
