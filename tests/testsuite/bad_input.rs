//! Bad input is normal: each gets a diagnostic, the rest of the site is built, nothing is lost.

use std::fmt::Write as _;

use crate::harness::{Site, body_of, files_below};

fn with_good(name: &str, bytes: impl AsRef<[u8]>) -> Site {
    Site::new()
        .file("content/good.md", "---\ntitle: Good\ndate: 2024-01-01\n---\ntext")
        .file(&format!("content/{name}"), bytes)
}

/// Builds, and expects the good article on the front page and a message.
fn expect(site: &Site, message: &str) -> String {
    let run = site.build();
    assert!(site.output("index.html").contains("Good"));
    assert!(run.stderr.contains(message), "{}", run.stderr);
    run.stderr
}

#[test]
fn files_without_an_article_are_named_counted_and_left_out() {
    expect(&with_good("empty.md", " \n"), "content/empty.md: the file is empty");
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    expect(&with_good("lfs.md", lfs), "git lfs pull");
    let run = with_good("empty.md", "").build();
    assert!(run.stdout.contains("1 skipped (0 drafts, 0 filtered, 1 faulty)"), "{}", run.stdout);
}

#[test]
fn an_article_that_is_empty_for_a_moment_is_not_taken_away() {
    let text = "---\ntitle: 渡轮\ndate: 2024-01-02\n---\n正文。\n";
    let site = with_good("2024-01-02-a.md", text);
    site.build();
    let before = site.outputs();
    let site = site.file("content/2024-01-02-a.md", "version https://git-lfs.github.com/spec/v1\n");
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.contains("content/2024-01-02-a.md: gives no article any more; the last build had one"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("git lfs pull"), "{}", run.stderr);
    assert_eq!(site.outputs(), before);
    assert_eq!(site.run(&["build", "--offline", "--allow-removals"]).status, 0);
    assert!(site.outputs().len() < before.len());
    assert_eq!(site.run(&["build", "--offline"]).status, 0, "it has gone, and that is known");
    let site = site.file("content/2024-01-02-a.md", text);
    site.build();
    assert_eq!(site.outputs(), before);
}

#[test]
fn articles_of_kinds_that_are_not_read_are_named() {
    let site =
        with_good("2024-01-02-a.textile", "h1. 渡轮").file("content/saved.mht", "MIME").file("content/b.txt", "text");
    let run = site.build();
    for file in ["2024-01-02-a.textile", "saved.mht"] {
        assert!(run.stderr.contains(&format!("content/{file}: articles of this kind are not read")), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("b.txt"), "{}", run.stderr);
}

#[test]
fn front_matter_that_nobody_closed_takes_no_text() {
    let site = with_good("a.md", "---\ntitle: 港口\ndate: 2024-06-15\n\n首段没有冒号。\n\n---\n\n次段。\n");
    expect(&site, "content/a.md: the front matter has no closing `---`");
    let list = site.list();
    let page = site.output(list.iter().find(|line| line["title"] == "港口").unwrap()["output"].as_str().unwrap());
    assert_eq!(body_of(&page), "<p>首段没有冒号。</p><hr><p>次段。</p>");
}

#[test]
fn a_draft_stays_one_whatever_else_is_wrong() {
    for text in [
        "+++\ntitle = \"T\"\ndraft = true\nsummary = \"unbalanced\n+++\n机密",
        "{\"draft\": true, }\n机密",
        "{\n  \"title\": \"a, b\",\n  \"draft\": true\n  \"date\": 1\n}\n机密",
        "---\ntitle: T\ndraft: true\n\n机密没有冒号。",
        "---\ntitle: T\ndraft: true\n机密紧跟。\n\n机密: 还有。",
        "{\"title\": \"a\nb\", \"status\": \"draft\"}\n机密",
        "+++\ntitle=\"T\"\ndraft=true\nx = \"\n[params]\ndraft = false\n+++\n机密",
    ] {
        let site = with_good("a.md", text);
        let run = site.build();
        assert!(run.stdout.contains("1 articles") || run.stdout.contains("1 article,"), "{}", run.stdout);
        assert!(
            site.outputs()
                .iter()
                .filter(|path| path.ends_with(".html"))
                .all(|path| !site.output(path).contains("机密"))
        );
    }
}

#[test]
fn a_slip_in_toml_costs_its_own_line() {
    let site = with_good("a.md", "+++\ntitle = \"港口\"\ndate = 2024-06-15\nsummary = \"x\n+++\n正文。");
    expect(&site, "content/a.md:4:");
    assert!(
        site.list().iter().any(|line| line["title"] == "港口" && line["date"].as_str().unwrap().contains("2024-06-1"))
    );
}

#[test]
fn front_matter_with_a_slip_and_a_long_value_is_whole() {
    let site = with_good("a.md", "---\ntitle: \"a\" b\nsummary: >\n\n多行摘要没有缩进\n---\n正文。\n");
    let run = site.build();
    assert!(!run.stderr.contains("no closing"), "{}", run.stderr);
}

#[test]
fn a_site_without_articles_says_where_they_were_sought() {
    let site = Site::new().dir("_posts").config("content = [\"content\", \"_posts\"]").file("content/a.txt", "text");
    let run = site.build();
    let said = "content, _posts: holds no file that ends in md, markdown, mkd, mkdn, mkdown, html, htm: the site has no articles";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(run.stderr, site.build().stderr, "a build that does nothing says it again");
    let site = site.file("_posts/one.HTM", "---\ntitle: One\ndate: 2024-01-01\n---\ntext");
    assert!(!site.build().stderr.contains("no articles"));
}

#[test]
fn bytes_that_are_not_utf8_are_shown_as_such_and_placed() {
    let site = with_good("gbk.md", b"---\ntitle: T\ndate: 2024-01-02\n---\nabc \xb8\xdb end");
    expect(&site, "content/gbk.md:5:5: bytes that are not UTF-8");
    let list = site.list();
    let page = site.output(list.iter().find(|line| line["title"] == "T").unwrap()["output"].as_str().unwrap());
    assert!(body_of(&page).contains("abc \u{fffd}") && body_of(&page).contains("end"));
}

#[test]
fn old_encodings_are_read() {
    let text = "渡轮在清晨六点离开港口，终于到了对岸。";
    let saved = |charset: &str| format!("<html><head>{charset}</head><body><h1>渡轮</h1><p>{text}</p></body></html>");
    let said = saved("<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">");
    let utf_16: Vec<u8> = format!("\u{feff}{}", saved("")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let site = with_good("2024-01-02-said.html", &encoding_rs::GBK.encode(&said).0)
        .file("content/2024-01-03-guessed.html", encoding_rs::GBK.encode(&saved("")).0)
        .file("content/2024-01-04-wide.html", utf_16);
    let run = site.build();
    let guess = "content/2024-01-03-guessed.html: not UTF-8: read as GBK, which it looks like";
    assert!(
        run.stderr.contains(guess) && !run.stderr.contains("-said") && !run.stderr.contains("-wide"),
        "{}",
        run.stderr
    );
    let read: Vec<_> = site.list().into_iter().filter(|line| line["title"] == "渡轮").collect();
    assert_eq!(read.len(), 3);
    for line in read {
        assert!(body_of(&site.output(line["output"].as_str().unwrap())).contains(text));
    }
}

#[test]
fn a_saved_page_needs_no_front_matter() {
    let page = "<!DOCTYPE html>\n<html><head><title>渡轮停航 - 海港报</title><meta property=\"article:published_time\" \
        content=\"2024-01-02T03:04:05+08:00\"><meta name=author content=林一>\
        <link rel=canonical href=\"https://news.example.org/a?utm_source=x\"></head>\
        <body><h1>渡轮停航</h1><p>渡轮在清晨六点离开港口。</p></body></html>";
    let site = with_good("index (3).html", page);
    let run = site.build();
    assert!(!run.stderr.contains("index (3)"), "{}", run.stderr);
    let list = site.list();
    let line = list.iter().find(|line| line["original_url"] == "https://news.example.org/a").unwrap();
    assert_eq!((&line["title"], &line["date"]), (&"渡轮停航".into(), &"2024-01-01T19:04:05Z".into()));
    assert_eq!((&line["authors"][0], &line["outlet"]), (&"林一".into(), &"news.example.org".into()));
}

#[test]
fn a_heading_says_more_than_the_title_of_a_saved_page() {
    for (title, heading, shown) in [
        ("Untitled Document", "渡轮停航", "渡轮停航"),
        ("海港报", "渡轮停航", "渡轮停航"),
        ("渡轮停航_国内_海港报", "渡轮停航", "渡轮停航"),
        ("渡轮停航 - 海港报", "海港报", "渡轮停航 - 海港报"),
    ] {
        let page = format!("<!DOCTYPE html><title>{title}</title><h1>{heading}</h1><p>渡轮在清晨六点离开港口。");
        let site = with_good("2024-01-02-a.html", page);
        site.build();
        assert!(site.list().iter().any(|line| line["title"] == shown), "{title}");
    }
}

#[test]
fn invalid_front_matter_is_repaired_and_said() {
    expect(&with_good("y.md", "---\ntitle: \"a \"b\" c\"\ndate: 2024-01-02\n---\ntext"), "content/y.md:2:");
    let site = with_good("f.md", "---\ntitle: Future\ndate: 2099-01-01\n---\ntext");
    expect(&site, "lies in the future");
    assert!(
        site.list()
            .iter()
            .any(|line| line["title"] == "Future" && line["output"].as_str().unwrap().starts_with("undated/"))
    );
}

#[test]
fn names_with_anything_in_them_stay_inside_the_site() {
    let names =
        ["a\nb.md", "q\"uote.md", "back\\slash.md", "..dots...md", "%2e%2e%2fx.md", "c\u{7}tl.md", "sp ace?#&.md"];
    let site =
        names.iter().enumerate().fold(Site::new().config("permalink = \"/:title.html\""), |site, (number, name)| {
            site.file(&format!("content/{name}"), format!("---\ntitle: n{number}\ndate: 2024-01-01\n---\ntext"))
        });
    site.build();
    let list = site.list();
    assert_eq!(list.len(), names.len());
    for line in list {
        let path = line["output"].as_str().unwrap();
        assert!(site.has_output(path), "{path}");
        assert!(!path.contains(['\n', '"', '\\', '%', '?', '#']) && !path.contains(".."), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_site_and_folders_named_like_files() {
    let site = with_good("x.md/inner.md", "---\ntitle: Inner\ndate: 2024-01-02\n---\ntext");
    std::os::unix::fs::symlink("/etc/hostname", site.path().join("content/out.md")).unwrap();
    std::os::unix::fs::symlink("gone.txt", site.path().join("content/lost.md")).unwrap();
    expect(&site, "content/out.md: a link that leads out of the site");
    expect(&site, "content/lost.md: a link to nothing");
    assert!(site.list().iter().any(|line| line["title"] == "Inner"));
}

#[test]
fn an_article_whose_name_hides_it_is_said() {
    let site = with_good(".NET 8.md", "text").file("content/._a.md", "x").file("content/.git/b.md", "x");
    expect(&site, "content/.NET 8.md: its name hides it");
    assert!(!site.build().stderr.contains("_a.md"));
    assert_eq!(site.list().len(), 1);
}

#[test]
fn bombs_are_read_in_linear_time_and_keep_their_text() {
    let nested = "<div>".repeat(100_000) + "deep" + &"</div>".repeat(100_000) + "<p>after</p>";
    let attributes = (0..10_000).fold(String::from("<p"), |mut out, number| {
        let _ = write!(out, " a{number}=x");
        out
    }) + ">many</p>";
    let repeated = format!("<b{}>{}", " alt".repeat(6_000), "<p>x".repeat(6_000));
    let languages = format!("<div{}>{}", " lang".repeat(30_000), "<p>x</p>".repeat(10_000));
    let years = format!("<h1>years</h1>{}", format!("来源 {}<br>\n", "1999 ".repeat(14)).repeat(20_000));
    let names = format!("<meta name=\"author\" content=\"{}\"><p>named", "<b>".repeat(20_000));
    let formatting = "<b><i><font>".repeat(30_000) + "bold" + &"<p>x".repeat(3000);
    let styled = "<span style=font-weight:bold>".repeat(60_000)
        + "made bold"
        + &"<p style=font-style:italic>x</span>".repeat(20_000);
    let ruby = "<ruby>".repeat(250) + &"a<br>".repeat(100_000);
    let own_links = (0..60_000).fold(String::from("<p>linked"), |mut out, number| {
        let _ = write!(out, "<a href=\"https://m.example.org/{number}.html\">x</a>");
        out
    });
    let tables = "<table><tr><td>".repeat(20_000) + "cell";
    let line = "<p>很长的一行文字。</p>".repeat(700_000);
    let links = (0..50_000).fold(String::from("<p>linked"), |mut out, number| {
        let _ = write!(out, "<a href=\"{number}.html\">x</a>");
        out
    });
    let skipped = "<p>before</p><select>".to_owned() + &"<p>".repeat(300_000) + &"</ul>".repeat(300_000);
    let unclosed = format!("begun\n\n<div>x</div>\n{}\n", "<a".repeat(1_000_000));
    let references = format!("<p>referred{}nbsp;", "&amp;amp;".repeat(300_000));
    for (name, bomb, word) in [
        ("unclosed", unclosed, "begun"),
        ("references", references, "referred"),
        ("nested", nested, "deep"),
        ("attributes", attributes, "many"),
        ("repeated", repeated, "x"),
        ("languages", languages, "x"),
        ("names", names, "named"),
        ("years", years, "1999"),
        ("formatting", formatting, "bold"),
        ("styled", styled, "made bold"),
        ("ruby", ruby, "a"),
        ("own links", own_links, "linked"),
        ("tables", tables, "cell"),
        ("line", line, "很长"),
        ("links", links, "linked"),
        ("skipped", skipped, "before"),
    ] {
        let file = if name == "unclosed" { "bomb.md" } else { "bomb.html" };
        let site = with_good(file, format!("---\ntitle: {name}\ndate: 2024-01-02\n---\n{bomb}"));
        site.build();
        let list = site.list();
        let page = site.output(list.iter().find(|line| line["title"] == name).unwrap()["output"].as_str().unwrap());
        assert!(body_of(&page).contains(word), "{name}");
    }
}

#[test]
fn a_fault_in_front_matter_has_one_place() {
    let site = with_good("a.md", "---\ntitle: \"A\ndate: 2024-01-02\n---\ntext");
    let run = site.run(&["check"]);
    let said = "content/a.md:2:8: invalid YAML (unclosed quote); its values were quoted anew\n    | title: \"A\n";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

/// One fault an article, with its reason.
#[test]
fn why_a_date_is_not_taken_is_said_once() {
    for (name, matter, said) in [
        ("a.md", "date: 2099-01-01", "2099-01-01 lies in the future and is not trusted: it goes to `undated/`"),
        ("a.md", "date: 2001-02-30", "`2001-02-30` is no date that we can read: it goes to `undated/`"),
        ("2099-01-01-a.md", "lang: zh", "2099-01-01 lies in the future and is not trusted: it goes to `undated/`"),
        ("a.md", "lang: zh", "no date is known: it goes to `undated/`"),
    ] {
        let site = with_good(name, format!("---\ntitle: T\n{matter}\n---\ntext"));
        let run = site.run(&["check"]);
        assert!(run.stderr.contains(said) && run.stdout.contains("1 fault;"), "{said}: {}{}", run.stderr, run.stdout);
    }
}

#[test]
fn a_site_toml_in_another_encoding_is_told_as_such() {
    let site = Site::new();
    std::fs::write(site.path().join("site.toml"), b"title = \"\xb8\xdb\xb1\xa8\"").unwrap();
    let run = site.run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("save it as UTF-8"), "{}", run.stderr);
    let run = site.run(&["init", "site.toml/x"]);
    assert!(run.status == 1 && run.stderr.contains("site.toml/x: "), "{}", run.stderr);
}

#[test]
fn a_list_that_no_writer_made_is_cut() {
    for (key, what) in [("tags", "tags"), ("aliases", "old addresses")] {
        let list: Vec<String> = (0..5000).map(|number| format!("t{number}")).collect();
        let site =
            with_good("t.md", format!("---\ntitle: T\ndate: 2024-01-02\n{key}: [{}]\n---\ntext", list.join(", ")));
        expect(&site, &format!("content/t.md: it has more than 200 {what}: the first 200 are kept"));
    }
}

/// A scraped article is not to take the site's own files away, nor stand where they are.
#[test]
fn no_article_stands_where_a_file_of_the_sites_own_is_a_folder() {
    for matter in [
        "aliases: [/assets/site.css]",
        "redirect_from: /assets/site.css/x",
        "permalink: /assets/site.css/",
        "permalink: /ASSETS/SITE.CSS/",
        "aliases: [/CNAME/]",
        "permalink: /CNAME/x",
        "permalink: /media/23/23456789abcdef.webp/",
    ] {
        let site = with_good("a.md", format!("---\ntitle: Taker\ndate: 2024-01-02\n{matter}\n---\n<p>text</p>"))
            .file("static/CNAME", "m.example.org");
        site.build();
        assert_eq!(site.list().len(), 2, "{matter}");
        assert_eq!(site.output("CNAME"), "m.example.org", "{matter}");
        assert!(site.output("assets/site.css").contains("--paper"), "{matter}");
        assert!(!site.outputs().iter().any(|path| path.to_lowercase().starts_with("assets/site.css/")), "{matter}");
        assert!(!site.outputs().iter().any(|path| path.starts_with("media/23/23456789abcdef.webp/")), "{matter}");
    }
}

#[test]
fn pictures_of_hidden_folders_are_nobodys() {
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/content/notes/badge.png")).unwrap();
    let site = Site::new()
        .file(
            "content/a.md",
            "---\ntitle: T\ndate: 2024-01-02\n---\n<p>text</p><img src=../.git/o.png><img src=..%2f.hid%2fo.png><img src=/../.hid/o.png><img src=/.hid/o.png>",
        )
        .file(".git/o.png", &picture)
        .file(".hid/o.png", &picture)
        .file("static/.hid/o.png", &picture);
    site.run(&["build", "--offline"]);
    assert!(!site.only_page().contains("<img"), "{}", site.only_page());
    // What the site's owner has laid elsewhere by a link is where it is, as with git-annex.
    let site = Site::new()
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-02\n---\n<p>text</p><img src=o.png>")
        .file(".git/annex/o.png", &picture);
    std::os::unix::fs::symlink("../.git/annex/o.png", site.path().join("content/o.png")).unwrap();
    site.build();
    assert!(site.only_page().contains("<img"));
}

/// What follows a name in its line would be read backwards.
#[test]
fn nothing_in_a_title_or_name_turns_the_line() {
    let site = with_good(
        "a.md",
        "---\ntitle: \"Title \u{202e}X\"\nauthor: \"Ann\u{202e}\"\ntags: [\"q\u{2067}z\"]\noutlet: \"Out\u{202e}let\u{fffe}\"\ndate: 2024-01-02\n---\n<p>text</p>",
    );
    site.build();
    let is_odd = |c: char| matches!(c, '\u{202e}' | '\u{2067}' | '\u{fffe}');
    for (path, bytes) in files_below(&site.path().join("public")) {
        assert!(!path.contains(is_odd) && !String::from_utf8_lossy(&bytes).contains(is_odd), "{path}");
    }
    assert!(site.list().iter().any(|line| line["title"] == "Title X" && line["outlet"] == "Outlet"));
}

/// One look at each would be ten thousand million.
#[test]
fn comments_that_nobody_ends_cost_what_they_are_long() {
    let body = format!("{}-->\n\n甲\n\n乙", "<!--".repeat(100_000));
    expect(&with_good("c.md", format!("---\ntitle: T\ndate: 2024-01-02\n---\n{body}")), "");
}

#[test]
fn a_list_of_names_is_no_list_of_authors() {
    let names: Vec<String> = (0..100_000).map(|number| format!("n{number}")).collect();
    let page = format!(
        "<html><head><title>T</title><meta name=author content=\"{}\"></head><body><p>text</p>",
        names.join("、")
    );
    expect(&with_good("t.html", page), "content/t.html: it has more than 50 authors: the first 50 are kept");
}

#[test]
fn a_long_title_is_no_fault() {
    let site = with_good("t.md", format!("---\ntitle: {}\ndate: 2024-01-02\n---\ntext", "长".repeat(500)));
    expect(&site, "");
}

#[test]
fn a_mistake_in_site_toml_is_named_with_what_was_meant() {
    let site = Site::new().config("permalnk = \"pretty\"");
    let run = site.run(&["build"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.contains("site.toml:3:1: unknown field `permalnk`")
            && run.stderr.contains("did you mean `permalink`?"),
        "{}",
        run.stderr
    );
    assert_eq!(site.run(&["build", "--no-such-flag"]).status, 2);
}

#[test]
fn several_mistakes_in_site_toml_are_told_at_once() {
    let site = Site::new().config("permalnk = \"pretty\"\ntimezone = \"Mars/Base\"\n[[withdraw]]\nurl = \"https://e.example.org/a\"\ntheme = \"lite\"");
    let run = site.run(&["build"]);
    assert_eq!(run.status, 1);
    let told = [
        "unknown field `permalnk`",
        "`Mars/Base`",
        "unknown field `theme`",
        "write it above the first line in brackets",
    ];
    assert!(told.iter().all(|fault| run.stderr.contains(fault)), "{}", run.stderr);
}

#[test]
fn text_between_two_rules_is_text_though_an_address_stands_in_it() {
    let site = Site::new()
        .file("content/2024-01-01-a.md", "---\n本文首发于\nhttps://e.example.org/a\n---\n\n# 题\n\n正文。\n");
    site.build();
    let page = site.only_page();
    assert!(page.contains("本文首发于") && page.contains("正文。"), "{page}");
}

#[test]
fn a_tag_without_a_name_is_none() {
    let site = Site::new().file(
        "content/a.md",
        "---\ntitle: A\ndate: 2024-01-01\ntags: [\"#\", \"# 港口\", \"&nbsp;\", 渡轮]\n---\ntext\n",
    );
    site.build();
    assert_eq!(site.list()[0]["tags"], serde_json::json!(["港口", "渡轮"]));
}

#[test]
fn an_old_address_that_is_the_folder_of_another_page_is_left_out_and_said() {
    let head = |more: &str| format!("---\ntitle: A\ndate: 2024-01-01\n{more}\n---\ntext\n");
    let site = Site::new()
        .file("content/a.md", head("permalink: /2019/foo.html/"))
        .file("content/b.md", head("redirect_from: /2019/foo.html"));
    let run = site.build();
    assert!(site.has_output("2019/foo.html/index.html"));
    assert!(run.stderr.contains("its old address 2019/foo.html is that of another page or folder"), "{}", run.stderr);
}

/// Else every request would fail, and nobody would say why.
#[test]
fn addresses_of_media_that_cannot_be_asked_for_are_refused_at_once() {
    for (lines, said) in [
        (
            "[[media.rewrite]]\nfrom = \"https://a.example.org/\"\nto = \"b.example.org/\"",
            "media.rewrite: `to = \"b.example.org/\"`",
        ),
        ("[media]\nfallbacks = [\"https://archive.example.org/\"]", "media.fallbacks: `https://archive.example.org/`"),
        ("[[media.header]]\nhost = \"a.example.org\"\nname = \"Re ferer\"\nvalue = \"x\"", "media.header: `Re ferer`"),
    ] {
        let run = Site::new().config(lines).run(&["check"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{lines}: {}", run.stderr);
    }
    let good = "[media]\nfallbacks = [\"https://archive.example.org/{url}\"]\n[[media.rewrite]]\nfrom = \"https://proxy.example.org/\"\nto = \"\"";
    assert_eq!(Site::new().config(good).run(&["check"]).status, 0);
}

#[test]
fn strict_makes_warnings_fail_and_check_writes_nothing() {
    let site = with_good("empty.md", "");
    assert_eq!(site.run(&["build", "--offline", "--strict"]).status, 1);
    let site = with_good("empty.md", "");
    let run = site.run(&["check"]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains("content/empty.md") && run.stdout.contains("nothing written"));
    assert!(!site.path().join("public").exists());
}

#[test]
fn drafts_are_built_when_asked_for() {
    let site = with_good("d.md", "---\ntitle: Draft\ndraft: true\ndate: 2024-01-02\n---\ntext");
    site.build();
    assert!(!site.output("index.html").contains("Draft"));
    assert_eq!(site.run(&["build", "--offline", "--drafts"]).status, 0);
    assert!(site.output("index.html").contains("Draft"));
}

/// Permissions do not bind root: then the command runs as nobody, from a copy that nobody may run.
fn run_unprivileged(site: &Site, arguments: &[&str]) -> (bool, String) {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let binary = env!("CARGO_BIN_EXE_heliostat");
    let mut command = if std::fs::metadata(site.path()).unwrap().uid() == 0 {
        let copy = site.path().join("heliostat");
        std::fs::copy(binary, &copy).unwrap();
        for folder in ["", "content"] {
            std::fs::set_permissions(site.path().join(folder), std::fs::Permissions::from_mode(0o777)).unwrap();
        }
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid", "65534", "--clear-groups"]).arg(copy);
        command
    } else {
        std::process::Command::new(binary)
    };
    let output = command.args(arguments).current_dir(site.path()).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_unreadable_file_is_named_and_an_unwritable_output_stops_the_build() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = with_good("locked.md", "---\ntitle: L\ndate: 2024-01-01\n---\n<p>l</p>");
    let set = |path: &str, mode| {
        std::fs::set_permissions(site.path().join(path), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set("content/locked.md", 0o000);
    let (succeeded, said) = run_unprivileged(&site, &["build", "--offline"]);
    assert!(succeeded, "{said}");
    assert!(said.contains("content/locked.md: Permission denied"), "{said}");
    assert_eq!(site.outputs().iter().filter(|path| path.starts_with("2024/01/01/") && path.len() > 22).count(), 1);
    let site = site.dir("closed");
    std::fs::set_permissions(site.path().join("closed"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let (succeeded, said) = run_unprivileged(&site, &["build", "--offline", "--output", "closed/public"]);
    assert!(!succeeded && said.contains("cannot be written: Permission denied"), "{said}");
}

/// A file system of 2 MB that holds the site, full before the build is done; what was built before stays whole.
#[test]
fn a_full_disk_is_said_and_leaves_the_old_site_as_it_was() {
    if !crate::harness::may_mount() {
        return;
    }
    let site = with_good("b.md", "---\ntitle: B\ndate: 2024-01-02\n---\n<p>b</p>").dir("disk");
    let script = r#"
        mount -t tmpfs -o size=2m none disk && cp -r content site.toml disk/ && cd disk &&
        "$0" build --offline > /dev/null 2>&1 && cp -r public ../before || exit 3
        for number in $(seq 200); do
            printf -- '---\ntitle: n%s\ndate: 2024-03-04\n---\n<p>%s</p>' $number $number > content/$number.md
        done
        cp content/b.md ../b.md; head -c 300000 /dev/zero | tr '\0' 'x' > content/b.md
        "$0" build --offline; status=$?
        cp -r public ../after; ls -A > ../left
        exit $status"#;
    let unshared = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_heliostat")])
        .current_dir(site.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&unshared.stderr);
    assert_eq!(unshared.status.code(), Some(1), "{said}");
    assert!(said.contains("the disk is full: make room; the old site is as it was"), "{said}");
    let files = |name: &str| crate::harness::files_below(&site.path().join(name));
    assert!(files("before").len() > 5);
    assert_eq!(files("before"), files("after"));
    let left = std::fs::read_to_string(site.path().join("left")).unwrap();
    assert!(!left.contains("heliostat-next"), "{left}");
}

#[test]
fn a_linked_folder_is_said_to_be_left_out() {
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("a.md"), "---\ntitle: a\n---\n<p>text</p>").unwrap();
    let site = Site::new().dir("static").file("content/b.md", "---\ntitle: b\ndate: 2024-05-06\n---\n<p>text</p>");
    for place in ["content/linked", "static/linked"] {
        std::os::unix::fs::symlink(other.path(), site.path().join(place)).unwrap();
    }
    let run = site.build();
    assert!(run.stderr.contains("content/linked") && run.stderr.contains("a link to a folder"), "{}", run.stderr);
    assert!(run.stderr.contains("static/linked"), "{}", run.stderr);
}

#[test]
fn folders_are_named_as_people_name_them() {
    let site = Site::new()
        .config("content = [\"./posts/\"]\npages = \"./own\"\nstatic = \"static/\"")
        .file(
            "posts/港口日报/1639742343000_标题.md",
            "<!--1639742343000-->\n[标题](https://e.example.org/1)\n------\n\n<p>文。</p>",
        )
        .file("own/about.md", "---\ntitle: About\n---\nWho we are.")
        .file("static/a.txt", "a");
    site.build();
    assert_eq!(site.list()[0]["outlet"], "港口日报");
    assert_eq!(site.list()[0]["source"], "posts/港口日报/1639742343000_标题.md");
    assert!(site.has_output("about.html") && site.has_output("a.txt"));
}
