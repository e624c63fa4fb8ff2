//! Sites of Hugo, Zola, Hexo and notes of Obsidian: what their own tools show at which address, a mirror shows there, too.

use crate::harness::{Site, body_of};

fn outputs_of(site: &Site) -> Vec<(String, String)> {
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    site.list().iter().map(|line| (text(line, "source"), text(line, "output"))).collect()
}

#[test]
fn addresses_are_where_other_tools_have_them() {
    let dated = |more: &str| format!("---\ntitle: T\ndate: 2024-05-06\n{more}---\n正文。\n");
    let site = Site::new()
        .config("permalink = \"/posts/:slug/\"")
        .file("content/posts/bundle/index.md", dated(""))
        .file("content/posts/2021-05-07-folder/index.md", "---\ntitle: T\n---\n正文。\n")
        .file("content/a.md", dated("url: /special/a.html\n"))
        .file("content/b.md", dated("url: https://e.example.org/b\n"))
        .file("content/c.md", "+++\ntitle = \"T\"\ndate = 2024-05-06\npath = \"special/c\"\n+++\n正文。\n")
        .file("content/d.md", dated("aliases: [/old, sibling, /p.html]\nredirect_from: [/jekyll]\n"))
        .file("content/index.md", dated(""));
    assert_eq!(site.run(&["build", "--offline", "--strict"]).status, 0);
    let outputs = outputs_of(&site);
    for (source, output) in [
        ("content/posts/bundle/index.md", "posts/bundle/index.html"),
        ("content/posts/2021-05-07-folder/index.md", "posts/folder/index.html"),
        ("content/a.md", "special/a.html"),
        ("content/b.md", "posts/b/index.html"),
        ("content/c.md", "special/c/index.html"),
        ("content/index.md", "posts/index/index.html"),
    ] {
        assert!(outputs.contains(&(source.to_owned(), output.to_owned())), "{source} {output} {outputs:?}");
    }
    for alias in ["old/index.html", "posts/sibling/index.html", "p.html", "jekyll.html"] {
        assert!(
            site.output(alias).contains("posts/d/index.html") || site.output(alias).contains("d/index.html"),
            "{alias}"
        );
    }
}

#[test]
fn what_was_held_back_is_not_shown_or_said() {
    let site = Site::new()
        .file("content/a.md", "---\nTitle: 题\nDate: 2024-05-06\nTags: ['#港口', 'A &amp; B']\n---\n正文。\n")
        .file("content/b.md", "---\nTitle: B\nDraft: true\n---\n正文。\n")
        .file("content/_drafts/c.md", "---\ntitle: C\n---\n正文。\n")
        .file(
            "content/d.md",
            "---\ntitle: D\nlastmod: 2024-05-07\ncategories:\n- [新闻, 本地]\n- [交通]\npassword: x\n---\n正文。\n",
        )
        .file("content/_index.md", "---\ntitle: All\n---\n一节。\n");
    let run = site.build();
    assert!(run.stdout.contains("3 skipped (2 drafts, 0 filtered, 1 faulty)"), "{}", run.stdout);
    assert!(
        run.stderr.contains("`password` is not heeded") && run.stderr.contains("_index.md: a section's page"),
        "{}",
        run.stderr
    );
    let list = site.list();
    assert_eq!(
        (list[1]["title"].as_str(), &list[1]["tags"]),
        (Some("D"), &serde_json::json!(["新闻", "本地", "交通"]))
    );
    assert_eq!((list[0]["title"].as_str(), &list[0]["tags"]), (Some("题"), &serde_json::json!(["港口", "A & B"])));
    assert_eq!(list[1]["date"], "2024-05-07T00:00:00Z");
}

#[test]
fn what_exporters_hold_back_is_held_back_and_what_is_shown_all_the_same_is_said() {
    let article = |name: &str, more: &str| format!("---\ntitle: {name}\ndate: 2024-05-06\n{more}---\n正文。\n");
    let mut site = Site::new();
    for (name, more) in [
        ("a", "status: private\n"),
        ("b", "status: draft\n"),
        ("c", "private: true\n"),
        ("d", "status: publish\n"),
        ("e", "publishDate: 2099-01-01\n"),
        ("f", "build:\n  list: never\n"),
        ("g", "redirect_to: https://e.example.org/\n"),
        ("h", "publishDate: 2024-05-05\nbuild:\n  list: always\n"),
    ] {
        site = site.file(&format!("content/{name}.md"), article(name, more));
    }
    let run = site.build();
    assert!(run.stdout.contains("5 articles") && run.stdout.contains("3 drafts"), "{}", run.stdout);
    for said in ["e.md: `publishdate`", "f.md: `build`", "g.md: `redirect_to`"] {
        assert!(run.stderr.contains(&format!("content/{said} is not heeded")), "{said}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("h.md"), "{}", run.stderr);
}

#[test]
fn links_lead_to_the_articles_that_other_tools_mean() {
    let links = "[一](@/posts/target.md) [二]({{< ref \"/posts/target\" >}}) [三]({{< ref \"target.md\" >}}) \
         [四](/posts/bundle/) {% post_link target '五' %} [[target|六]] [[无|七]]\n";
    let site = Site::new()
        .file("content/posts/target.md", "+++\ntitle = \"T\"\ndate = 2024-05-06\n+++\n正文。\n")
        .file("content/posts/bundle/index.md", "+++\ntitle = \"B\"\ndate = 2024-05-05\n+++\n正文。\n")
        .file("content/a.md", format!("+++\ntitle = \"A\"\ndate = 2024-05-07\n+++\n{links}"))
        .file(
            "content/b.md",
            "---\ntitle: B\ndate: 2024-05-07\nlink: https://e.example.org/b\n---\n[[target]] [八](@/posts/target.md)\n",
        );
    let run = site.build();
    let outputs = outputs_of(&site);
    let page = |source: &str| outputs.iter().find(|(found, _)| found == source).unwrap().1.clone();
    let name = |source: &str| page(source).rsplit('/').next().unwrap().to_owned();
    let body = site.output(&page("content/a.md"));
    let target = name("content/posts/target.md");
    for words in ["一", "二", "三", "五", "六"] {
        assert!(body.contains(&format!("06/{target}\">{words}</a>")), "{words} {body}");
    }
    assert!(body.contains(&format!("05/{}\">四</a>", name("content/posts/bundle/index.md"))), "{body}");
    assert!(body_of(&body).contains("<a>七</a>") && run.stderr.contains("`无` is no page"), "{}", run.stderr);
    for words in ["target", "八"] {
        assert!(site.output(&page("content/b.md")).contains(&format!("06/{target}\">{words}</a>")), "{words}");
    }
}

#[test]
fn pictures_lie_where_hexo_and_hugo_have_them() {
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/content/notes/badge.png")).unwrap();
    let body = "---\ntitle: A\ndate: 2024-05-07\n---\n![](in.png)\n\n![](/images/top.png)\n\n{% asset_img in.png 300 \"清晨\" %}\n";
    let site = Site::new()
        .config("content = [\"source/_posts\"]")
        .file("source/_posts/second.md", body)
        .file("source/_posts/second/in.png", &picture)
        .file("source/images/top.png", &picture);
    let run = site.run(&["build", "--offline", "--strict"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let page = site.only_page();
    assert_eq!(page.matches("<img ").count(), 3, "{page}");
    assert!(page.contains("<figcaption>清晨</figcaption>"), "{page}");
}

#[test]
fn sounds_beside_an_article_are_played_where_a_link_or_a_note_has_them() {
    let body = "---\ntitle: A\ndate: 2024-05-07\n---\n正文，<a href=\"voice/a.wav\">听</a>。\n\n![[录音.mp3]]\n";
    let sound = b"RIFF\x25\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x01\0\0\0\x80";
    let site =
        Site::new().file("content/a.md", body).file("content/voice/a.wav", sound).file("content/录音.mp3", sound);
    let run = site.run(&["build", "--offline", "--strict"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let page = site.only_page();
    assert!(page.contains("/files/voice/a.wav\">听</a>") && page.contains("<audio src=\""), "{page}");
    assert!(site.has_output("files/voice/a.wav"));
}

#[test]
fn pictures_lie_where_obsidian_has_them() {
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/content/notes/badge.png")).unwrap();
    let body = "---\ntitle: A\ndate: 2024-05-07\n---\n正文。\n\n![[Pasted image 1.png]]\n\n![[attachments/2.png]]\n";
    let site = Site::new()
        .file("content/deep/down/a.md", body)
        .file("content/Pasted image 1.png", &picture)
        .file("content/attachments/2.png", &picture);
    let run = site.run(&["build", "--offline", "--strict"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(site.only_page().matches("<img ").count(), 2);
}
