//! What articles say of themselves in broken, odd and forged headers: titles, dates, bylines, originals.

use crate::harness::{Site, assert_cleaned, body_of, source};

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
    assert_eq!((heading.list()[0]["title"].as_str(), body_of(&heading.only_page())), (Some("渡轮"), "<p>首段。</p>"));
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
fn the_first_line_is_the_title_where_there_is_no_other() {
    let titled = |body: &str| {
        let site = Site::new().file("content/some-name.md", body);
        site.build();
        let title = site.list()[0]["title"].as_str().unwrap().to_owned();
        (title, body_of(&site.only_page()).to_owned())
    };
    for (body, title, shown) in [
        ("**海雾中的小镇**\n\n海雾来了。\n\n船停了。", "海雾中的小镇", "<p>海雾来了。</p><p>船停了。</p>"),
        ("## 海雾中的小镇\n\n海雾来了。\n\n船停了。", "海雾中的小镇", "<p>海雾来了。</p><p>船停了。</p>"),
        (
            "## 背景\n\n海雾来了。\n\n### 二\n\n船停了。",
            "some-name",
            "<h2>背景</h2><p>海雾来了。</p><h3>二</h3><p>船停了。</p>",
        ),
        (
            "**华盛顿 —**\n\n海雾来了。\n\n船停了。",
            "some-name",
            "<p><strong>华盛顿 —</strong></p><p>海雾来了。</p><p>船停了。</p>",
        ),
        ("**海雾来了。**\n\n船停了。", "some-name", "<p><strong>海雾来了。</strong></p><p>船停了。</p>"),
    ] {
        assert_eq!(titled(body), (title.to_owned(), shown.to_owned()), "{body}");
    }
}

#[test]
fn a_byline_with_a_date_dates_an_article_that_nothing_else_dates() {
    for line in [
        "作者：吴铭 2023-12-05",
        "苏盐 · 2023年12月5日",
        "记者 吴铭 2023年12月5日",
        "By 林晚 | 2023年12月5日 | 5 分钟阅读",
        "- **日期**：2023-12-05",
        "By Jane Harbour, December 5, 2023",
        "By Jane Harbour 5 December 2023",
        "By Jane Harbour and Ann Pier, 5 December 2023",
        "By Ludwig van der Pier, December 5, 2023",
        "编辑 2023-12-05",
        "By 2023-12-05",
    ] {
        let text = format!("# 标题\n\n{line}\n\n正文第一段，说的是渡轮在清晨离开了港口，很久没有回来。\n");
        let site = Site::new().file("content/a.md", text);
        site.build();
        let article = site.list().remove(0);
        assert!(article["date"].as_str().is_some_and(|date| date.starts_with("2023-12-05")), "{line}: {article}");
    }
}

#[test]
fn what_happened_on_a_day_dates_no_article() {
    for text in [
        "# 选举结果\n\n| 日 | 席 |\n| --- | --- |\n| 2012-11-06 | 10 |\n",
        "# 港口大事记\n\n2011-03-05 | 渡轮下水\n",
        "# 港口\n\n记者王五曾于2009年3月5日到访该港\n",
        "# 港口\n\n编辑部 2008-08-08 成立\n",
        "# Ferries\n\nBy 5 May 2022\n",
        "# Ferries\n\nBy Friday, March 5, 2021\n",
        "# Ferries\n\nBy dawn on 6 June 1944\n",
        "# Ferries\n\nBy order of the King, 4 July 1776\n",
        "# Ferries\n\nThe harbour was closed\nby the two ministers on 4 July 1976\nand nobody asked why.\n",
        "# Ferries\n\nBy the time the ferry left on 5 May 2022\nnobody was on board.\n",
        "# Ferries\n\n<figure><img src=\"a.jpg\"><figcaption>By Jane Harbour, 4 July 1976</figcaption></figure>\n",
        "# 港口\n\n编辑部 成立于 2008年 8月 8日\n",
        "# 港口\n\n记者王五曾于 2009年 3月 5日\n",
        "# 港口\n\n- 时间：2011年3月5日\n- 地点：港口\n",
    ] {
        let site = Site::new().file("content/a.md", text);
        site.build();
        assert_eq!(site.list()[0]["date"], serde_json::Value::Null, "{text}");
    }
}
