//! Addresses, lists, links between pages.

use std::collections::BTreeSet;

use crate::harness::{Site, files_below};
use crate::sanitise::copy;

fn article(title: &str, date: &str, link: &str) -> String {
    format!("---\ntitle: {title}\ndate: {date}\nlink: {link}\ncategories: Ferry\n---\n<p>{title}</p>")
}

#[test]
fn jekylls_addresses_open_their_articles() {
    let names = ["2021-12-17-GANG-習近平與 [video]？—— Ü 2.0 (飛步).md", "2021-12-18-a_b~c & d.html"];
    let cases = [
        (
            "/:year-:month-:day/:title/",
            ["2021-12-17/GANG-習近平與-video-Ü-2.0-(飛步)/index.html", "2021-12-18/a_b~c-&-d/index.html"],
        ),
        (
            "/:year-:month-:day/:title",
            ["2021-12-17/GANG-習近平與-video-Ü-2.0-(飛步).html", "2021-12-18/a_b~c-&-d.html"],
        ),
        ("date", ["ferry/2021/12/17/GANG-習近平與-video-Ü-2.0-(飛步).html", "ferry/2021/12/18/a_b~c-&-d.html"]),
    ];
    for (permalink, expected) in cases {
        let site = Site::new()
            .config(&format!("permalink = \"{permalink}\"\ncontent = [\"_posts\"]"))
            .file(&format!("_posts/{}", names[0]), article("A", "2021-12-17 08:00:00 +0000", "https://e.example.org/1"))
            .file(
                &format!("_posts/{}", names[1]),
                article("B", "2021-12-18 08:00:00 +0000", "https://e.example.org/2"),
            );
        site.build();
        for (path, title) in expected.iter().zip(["A", "B"]) {
            assert!(site.output(path).contains(&format!("<h1 class=\"p-name\">{title}</h1>")), "{permalink}");
        }
    }
}

#[test]
fn init_makes_a_site_that_builds() {
    let site = Site::new();
    assert_eq!(site.run(&["init", "fresh"]).status, 0);
    let run = site.run(&["--site", "fresh", "build", "--offline"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(site.path().join("fresh/public/index.html").is_file());
}

#[test]
fn the_newest_source_of_an_original_is_the_article_and_older_ones_keep_their_pages() {
    let site = Site::new()
        .file("content/1.md", article("旧题", "2024-01-01", "https://e.example.org/1"))
        .file("content/2.md", article("新题", "2024-01-03", "http://www.e.example.org/1/?utm_source=x"))
        .file("content/3.md", article("同日", "2024-01-03", "https://e.example.org/1#top"));
    site.build();
    let list = site.list();
    let newest = list.iter().find(|line| line["version_of"].is_null()).unwrap();
    assert_eq!(newest["title"], "同日");
    assert_eq!(list.iter().filter(|line| line["version_of"] == "content/3.md").count(), 2);
    let paths: BTreeSet<&str> = list.iter().map(|line| line["output"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 3);
    let front = site.output("index.html");
    assert!(front.contains("同日") && !front.contains("旧题") && !front.contains("新题"));
    for line in &list {
        let page = site.output(line["output"].as_str().unwrap());
        let versions = page.split("<section class=\"versions\">").nth(1).unwrap();
        assert_eq!(versions.matches("<li>").count(), 3, "every version names all");
        assert_eq!(versions.matches("2024年1月3日</").count(), 2, "a version is known by its day");
        let title = line["title"].as_str().unwrap();
        assert!(!versions.contains(title), "and by its title where that is another: {versions}");
        assert_eq!(page.contains("noindex"), !line["version_of"].is_null());
    }
}

#[test]
fn articles_that_meet_on_an_address_take_their_ids_and_the_address_links_to_each() {
    let site = Site::new()
        .config("permalink = \"/:year/:title.html\"")
        .file("content/2024-01-01-x.md", article("甲", "2024-01-01", "https://e.example.org/1"))
        .file("content/2024-01-02-X.md", article("乙", "2024-01-02", "https://e.example.org/2"));
    let run = site.build();
    assert!(run.stderr.contains("articles that meet on one address"), "{}", run.stderr);
    let choice = site.output("2024/x.html");
    assert!(choice.contains("甲") && choice.contains("乙"));
    assert!(
        site.list()
            .iter()
            .all(|line| line["output"].as_str().unwrap().starts_with("2024/") && line["output"] != "2024/x.html")
    );
}

#[test]
fn lists_are_cut_by_the_calendar_in_parts_of_a_hundred() {
    let mut site = Site::new();
    for number in 0..120 {
        let date = format!("2024-05-06 {:02}:{:02}:00", number / 60, number % 60);
        site = site.file(
            &format!("content/{number}.md"),
            article(&format!("n{number:03}x"), &date, &format!("https://e.example.org/{number}")),
        );
    }
    site.build();
    let (first, second) = (site.output("2024/05/06/index.html"), site.output("2024/05/06/index-2.html"));
    assert!(first.contains("n000x") && first.contains("n099x") && !first.contains("n100x"));
    assert!(second.contains("n119x") && !second.contains("n099x"));
    let term = site.output("outlets/ferry/index.html");
    assert!(term.contains("n119x") && term.contains("n070x") && !term.contains("n069x"));
    assert!(site.has_output("outlets/ferry/2024-05.html") && site.has_output("outlets/ferry/2024-05-2.html"));
    assert_eq!(site.output("feed.xml").matches("<item>").count(), 50);
}

#[test]
fn a_link_to_a_mirrored_article_leads_to_the_mirrors_page() {
    let site = Site::new().file("content/1.md", article("甲", "2024-01-01", "https://e.example.org/1")).file(
        "content/2.md",
        article("乙", "2024-01-02", "https://e.example.org/2")
            + "<p><a href=\"http://www.e.example.org/1?utm_source=x#p2\">甲</a> <a href=\"/3\">丙</a></p>",
    );
    site.build();
    let list = site.list();
    let (one, two) = (list[0]["output"].as_str().unwrap(), list[1]["output"].as_str().unwrap());
    let page = site.output(two);
    assert!(page.contains(&format!("<a href=\"../01/{}\">甲</a>", one.rsplit('/').next().unwrap())), "{page}");
    assert!(page.contains("<a href=\"https://e.example.org/3\" rel=\"noreferrer noopener\">丙</a>"));
}

/// Pages that name their originals as canonical are in no sitemap, and a sitemap without an address is none.
#[test]
fn no_sitemap_is_empty() {
    let article = |url: &str| format!("---\ntitle: A\ndate: 2021-05-06\nfrom: {url}\n---\n正文。\n");
    let site = Site::new()
        .config("[[outlet]]\nname = \"theirs\"\nhosts = [\"e.example.org\"]\ncanonical = \"original\"")
        .file("content/a.md", article("https://e.example.org/a"));
    site.build();
    assert!(!site.has_output("sitemap-2021.xml") && !site.output("sitemap.xml").contains("2021"));
    let site = site.file("content/b.md", article("https://ours.example.org/b"));
    site.build();
    assert_eq!(site.output("sitemap-2021.xml").matches("<url>").count(), 1);
}

/// Every link of every page of the sample mirror leads to a file that is there, none starts with a slash, and no
/// page names another host in anything but a link to follow.
#[test]
fn no_link_is_dead_and_no_page_asks_another_host() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = Site::new();
    for folder in ["content", "pages", "static"] {
        copy(&root.join(folder), &site.path().join(folder));
    }
    site.build();
    let seen = assert_links_hold(&site);
    assert!(seen > 500, "{seen}");
}

/// Follows every link of every page; says how many lead to the site's own files.
pub(crate) fn assert_links_hold(site: &Site) -> usize {
    let files = files_below(&site.path().join("public"));
    let mut seen = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        for (attribute, value) in attributes(&page) {
            let is_local = !value.contains("://") && !value.starts_with("mailto:") && !value.starts_with('#');
            if is_local {
                assert!(!value.starts_with('/'), "{path}: {value}");
                let target = resolve(path, &value);
                assert!(files.contains_key(&target), "{path}: {value} → {target}");
                seen += 1;
            } else if attribute != "href" {
                panic!("{path} asks another host: {attribute}={value}");
            }
        }
    }
    seen
}

/// The site's own files to which a page links.
pub(crate) fn local_links(path: &str, page: &str) -> Vec<String> {
    let links = attributes(page).into_iter().filter(|(attribute, _)| *attribute == "href").map(|(_, value)| value);
    let local = links.filter(|value| !value.contains(':') && !value.starts_with('#'));
    local.map(|value| resolve(path, &value)).collect()
}

fn attributes(page: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for attribute in ["href", "src", "srcset"] {
        for part in page.split(&format!(" {attribute}=\"")).skip(1) {
            let value = part.split('"').next().unwrap().replace("&amp;", "&");
            let urls = if attribute == "srcset" {
                value.split(", ").map(|one| one.split(' ').next().unwrap().to_owned()).collect()
            } else {
                vec![value]
            };
            found.extend(urls.into_iter().map(|url| (attribute, url)));
        }
    }
    found
}

fn resolve(from: &str, link: &str) -> String {
    let base = url::Url::parse("http://x/")
        .unwrap()
        .join(&from.replace('%', "%25").replace('?', "%3F").replace('#', "%23"))
        .unwrap();
    let path = base.join(link).unwrap().path().to_owned();
    percent_encoding::percent_decode_str(path.trim_start_matches('/')).decode_utf8().unwrap().into_owned()
}

#[test]
fn feeds_have_what_readers_need() {
    let site = Site::new().file(
        "content/1.md",
        article("甲 & 乙", "2024-01-01 10:00:00", "https://e.example.org/1") + "<p>正文 &amp; 完</p>",
    );
    site.build();
    let feed = site.output("outlets/ferry/feed.xml");
    for part in [
        "<title>甲 &amp; 乙</title>",
        "<guid isPermaLink=\"false\">heliostat:",
        "<pubDate>Mon, 01 Jan 2024 10:00:00 +0000</pubDate>",
        "<source url=\"https://e.example.org/1\">Ferry</source>",
        "<atom:link href=\"https://m.example.org/outlets/ferry/feed.xml\" rel=\"self\"",
        "<content:encoded><![CDATA[<p>正文 &amp; 完</p>]]></content:encoded>",
    ] {
        assert!(feed.contains(part), "{part}\n{feed}");
    }
    assert!(site.output("sitemap.xml").contains("<loc>https://m.example.org/sitemap-2024.xml</loc>"));
    assert!(site.output("robots.txt").contains("Sitemap: https://m.example.org/sitemap.xml"));
}

#[test]
fn a_feed_shows_text_as_text_and_its_places_where_they_are() {
    let front = "---\ntitle: T\ndate: 2024-01-02\n---\n";
    let site = Site::new()
        .file("content/a.md", format!("{front}若 a<b，写 `<img src=x onerror=alert(1)>` 即可[^1]。\n\n[^1]: 注\n"))
        .file("content/b.md", "---\ntitle: B\ndate: 2024-01-01\nlang: ar\n---\nنص\n");
    site.build();
    let feed = site.output("feed.xml");
    let page = site.list()[0]["output"].as_str().unwrap().to_owned();
    for part in [
        "<description>若 a&amp;lt;b，写 &amp;lt;img src=x onerror=alert(1)&amp;gt; 即可。</description>",
        &format!("<a href=\"https://m.example.org/{page}#n-note-1\" id=\"n-note-ref-1\">"),
        "<![CDATA[<div lang=\"ar\" dir=\"auto\"><p>نص</p></div>]]>",
    ] {
        assert!(feed.contains(part), "{part}\n{feed}");
    }
    assert!(site.output(&page).contains("<a href=\"#n-note-1\" id=\"n-note-ref-1\">"));
}

#[test]
fn articles_without_a_date_come_last_in_feeds() {
    let undated = "---\ntitle: 无期\nlink: https://e.example.org/1\n---\n正文。";
    let dated = article("有期", "2024-01-02", "https://e.example.org/2") + "正文。";
    let site = Site::new().file("content/1.md", undated).file("content/2.md", dated);
    site.build();
    let feed = site.output("feed.xml");
    let items: Vec<&str> = feed.split("<item>").skip(1).collect();
    assert!(items[0].contains("有期") && items[1].contains("无期") && !items[1].contains("pubDate"), "{feed}");
}

#[test]
fn sitemaps_lead_to_articles_and_indexes_once_each() {
    let undated = "---\ntitle: 无期\nlink: https://e.example.org/1\n---\n正文。";
    let site = Site::new()
        .file("content/1.md", undated)
        .file("content/2.md", article("甲", "2023-01-02", "https://e.example.org/2") + "正文。")
        .file("content/3.md", article("乙", "2024-01-02", "https://e.example.org/3") + "正文。")
        .file("pages/about.md", "# 关于\n\n镜像。");
    site.build();
    let locations = |path: &str| -> Vec<String> {
        let sitemap = site.output(path);
        let locations = sitemap.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap());
        locations.map(|url| url.strip_prefix("https://m.example.org/").unwrap().to_owned()).collect()
    };
    let index = ["sitemap-2023.xml", "sitemap-2024.xml", "sitemap-undated.xml", "sitemap-pages.xml"];
    assert_eq!(locations("sitemap.xml"), index);
    let articles: Vec<String> = index[..3].iter().flat_map(|path| locations(path)).collect();
    let mut listed: Vec<String> =
        site.list().iter().map(|article| article["output"].as_str().unwrap().to_owned()).collect();
    listed.sort_by_key(|path| articles.iter().position(|article| article == path));
    assert_eq!(articles, listed);
    let indexes = ["", "2024/", "2023/", "outlets/", "outlets/e.example.org/", "outlets/ferry/", "tags/", "about.html"];
    assert_eq!(locations("sitemap-pages.xml"), indexes);
}

#[test]
fn a_book_keeps_no_news_out_of_a_feed() {
    let book = "<p>很长的一行文字。</p>".repeat(100_000);
    let site = Site::new()
        .file("content/1.md", article("书", "2024-01-03", "https://e.example.org/1") + &book)
        .file("content/2.md", article("新闻", "2024-01-02", "https://e.example.org/2") + "<p>正文</p>");
    site.build();
    let feed = site.output("feed.xml");
    assert_eq!(feed.matches("<item>").count(), 2);
    assert!(feed.contains("<description>很长的一行文字。") && feed.contains("<![CDATA[<p>正文</p>]]>"));
    assert!(feed.len() < 10_000, "{}", feed.len());
}

#[test]
fn a_day_without_a_time_is_that_day_for_machines_too() {
    let site = Site::new()
        .config("timezone = \"Asia/Shanghai\"")
        .file("content/1.md", article("甲", "2024-07-11", "https://e.example.org/1") + "<p>正文</p>");
    site.build();
    assert!(site.only_page().contains("\"datePublished\":\"2024-07-11\""), "{}", site.only_page());
    assert!(site.output("sitemap-2024.xml").contains("<lastmod>2024-07-11</lastmod>"));
    assert!(site.output("feed.xml").contains("<pubDate>Thu, 11 Jul 2024 00:00:00 +0800</pubDate>"));
}

#[test]
fn without_a_base_url_what_needs_one_is_left_out_with_one_warning() {
    let site = Site::new()
        .file("site.toml", "title = \"T\"\n")
        .file("content/1.md", article("甲", "2024-01-01", "https://e.example.org/1"));
    let run = site.build();
    assert_eq!(run.stderr.matches("no base_url").count(), 1, "{}", run.stderr);
    assert!(!site.outputs().iter().any(|path| path.ends_with(".xml")));
    assert!(!site.only_page().contains("canonical"));
}

#[test]
fn list_shows_a_table_that_lines_up_under_han_titles() {
    let site = Site::new()
        .file("content/1.md", article("中文标题", "2024-01-01", "https://e.example.org/1"))
        .file("content/2.md", article("English", "2024-01-02", "https://e.example.org/2"))
        .file("content/港口日报/3.md", "<!--1700000000000-->\n[题](https://e.example.org/2)\n------\n<p>文字</p>");
    let run = site.run(&["list"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_page_of_the_sites_own_takes_no_other_pages_address() {
    let site = Site::new()
        .file("content/a.md", article("a", "2024-05-06", "a"))
        .file("pages/index.md", "---\ntitle: Welcome\n---\nWords of welcome.")
        .file("pages/2024/index.md", "---\ntitle: Year\n---\nWords on a year.")
        .file("pages/about.html", "---\ntitle: About one\n---\n<p>First.</p>")
        .file("pages/about.md", "---\ntitle: About two\n---\nSecond.")
        .file("pages/+/x.md", "---\ntitle: Marks\n---\nBelow a folder of marks alone.");
    let run = site.build();
    assert_eq!(run.stderr.matches("is that of another page").count(), 3, "{}", run.stderr);
    assert!(site.output("index-2.html").contains("Words of welcome"));
    assert!(site.output("2024/index-2.html").contains("Words on a year"));
    assert!(site.output("about.html").contains("First.") && site.output("about-2.html").contains("Second."));
    let marks = site.outputs().into_iter().find(|path| path.ends_with("/x.html")).unwrap();
    assert!(site.output(&marks).contains("Below a folder"));
    assert!(site.output("index.html").contains("about-2.html"));
    assert!(site.build().stdout.contains(" 0 files written, "));
    let site = site.file("content/b.md", article("b", "2024-05-07", "b"));
    site.build();
}

#[test]
fn a_file_never_stands_where_a_folder_must() {
    let own = |name: &str, permalink: &str, tag: &str| {
        format!(
            "---\ntitle: {name}\ndate: 2024-05-06\npermalink: {permalink}\ntags: [{tag}]\n---\n<p>text of {name}</p>"
        )
    };
    let long = "/x".repeat(3000);
    let site = Site::new()
        .file("content/1.md", own("one", "/index.html/", "index.html"))
        .file("content/2.md", own("two", "/a/b.html", "新闻"))
        .file("content/3.md", own("three", "/A/B.html/c.html", "x"))
        .file("content/4.md", own("four", "/tags/", "x"))
        .file("content/5.md", own("five", &long, "x"))
        .file("content/6.md", own("six", "/tags/x/index.html/deep", "x"));
    site.build();
    for line in site.list() {
        let (output, title) = (line["output"].as_str().unwrap(), line["title"].as_str().unwrap());
        assert!(site.output(output).contains(&format!("text of {title}")), "{line}");
    }
    assert!(site.output("tags/index.html").contains("index.html"), "the tag is listed");
    assert_eq!(site.list()[1]["output"], "a/b.html");
}

/// A page that was saved every hour: each names some of the others, and from page to page they lead to all.
#[test]
fn of_thousands_of_versions_each_names_those_about_it() {
    let site = (0..120).fold(Site::new(), |site, number| {
        let (day, hour) = (number / 24 + 1, number % 24);
        site.file(
            &format!("content/{number}.md"),
            format!("---\ntitle: Live\ndate: 2024-05-{day:02} {hour:02}:00:00\nlink: https://e.example.org/live\n---\n<p>text {number}</p>"),
        )
    });
    site.build();
    let list = site.list();
    let page = |number: usize| {
        let source = format!("content/{number}.md");
        site.output(list.iter().find(|line| line["source"] == source).unwrap()["output"].as_str().unwrap())
    };
    let named = |page: &str| {
        page.split("class=\"versions\"").nth(1).unwrap().split("</section>").next().unwrap().matches("<li>").count()
    };
    assert_eq!((named(&page(119)), named(&page(60)), named(&page(0))), (50, 51, 51));
    let name = |number: usize| {
        list.iter().find(|line| line["source"] == format!("content/{number}.md")).unwrap()["output"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    assert!(
        page(0).contains(&name(119))
            && page(60).contains(&name(119))
            && page(60).contains(&name(50))
            && !page(0).contains(&name(60))
    );
}

#[test]
fn rules_about_articles_leave_the_sites_own_pages_alone() {
    let site = Site::new()
        .config("[[include]]\nfrom = \"2024-01-01\"")
        .file("content/1.md", article("旧", "2023-01-02", "https://e.example.org/1") + "旧文")
        .file("content/2.md", article("新", "2024-01-02", "https://e.example.org/2") + "新文")
        .file("pages/about.md", "# 关于\n\n镜像。");
    let run = site.build();
    assert!(site.has_output("about.html") && run.stdout.starts_with("1 article, "), "{}", run.stdout);
}

#[test]
fn articles_that_meet_on_a_long_address_have_names_that_fit() {
    let long = format!("---\npermalink: /{}\ndate: 2024-01-02\n", "a".repeat(300));
    let site = Site::new()
        .file("content/1.md", format!("{long}title: A\nlink: https://e.example.org/1\n---\n甲"))
        .file("content/2.md", format!("{long}title: B\nlink: https://e.example.org/1\n---\n乙乙"))
        .file("content/3.md", format!("{long}title: C\n---\n丙"));
    site.build();
    assert_eq!(site.list().len(), 3);
    assert!(site.list().iter().all(|article| site.has_output(article["output"].as_str().unwrap())));
}
