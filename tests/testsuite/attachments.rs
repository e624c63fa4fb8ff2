//! Documents beside articles that articles link to.

use crate::harness::{Site, files_below};

const CONFIG: &str = "title = \"T\"\nbase_url = \"https://m.example.org/\"\n";

fn article(title: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2024-05-06\npermalink: /{title}.html\n---\n{body}\n")
}

#[test]
fn a_document_beside_an_article_is_published_with_it() {
    let site = Site::new()
        .file("site.toml", CONFIG)
        .file(
            "content/ferry/index.md",
            article("bundle", "渡轮的[时刻表](_tables/summer%202024.pdf#page=2)和[数据](./data.CSV)。"),
        )
        .file("content/ferry/_tables/summer 2024.pdf", "%PDF-1.7")
        .file("content/ferry/data.CSV", "a,b")
        .file("content/2024/plain.md", article("plain", "[另一份](list%23.csv)"))
        .file("content/2024/plain/list#.csv", "in the folder of its name")
        .file("content/2024/unlinked.pdf", "%PDF")
        .file("pages/about.md", "---\ntitle: About\n---\n[章程](rules.pdf)")
        .file("pages/rules.pdf", "rules");
    let run = site.build();
    assert!(!run.stderr.contains("is no page or file"), "{}", run.stderr);
    let bundle = site.output("bundle.html");
    assert!(bundle.contains("<a href=\"files/ferry/tables/summer%202024.pdf#page=2\">时刻表</a>"), "{bundle}");
    assert!(bundle.contains("<a href=\"files/ferry/data.CSV\">数据</a>"), "{bundle}");
    assert!(site.output("plain.html").contains("<a href=\"files/2024/plain/list%23.csv\">另一份</a>"));
    assert!(site.output("about.html").contains("<a href=\"files/pages/rules.pdf\">章程</a>"));
    assert_eq!(site.output("files/ferry/tables/summer 2024.pdf"), "%PDF-1.7");
    assert!(site.output("feed.xml").contains("https://m.example.org/files/ferry/data.CSV"));
    assert!(!site.outputs().iter().any(|path| path.contains("unlinked")));
}

/// What has changed is taken anew, what has gone goes, and what comes is linked, as in a clean build.
#[test]
fn documents_come_change_and_go() {
    let site = Site::new()
        .file("site.toml", CONFIG)
        .file("content/a.md", article("a", "[甲](a.pdf) [乙](b.pdf)"))
        .file("content/a.pdf", "one");
    let run = site.build();
    assert!(run.stderr.contains("`b.pdf` is no page or file of the site; its words stay"), "{}", run.stderr);
    assert!(site.output("a.html").contains("<a href=\"files/a.pdf\">甲</a> <a>乙</a>"), "{}", site.output("a.html"));
    let site = site.file("content/a.pdf", "another").file("content/b.pdf", "two");
    assert!(!site.build().stderr.contains("is no page or file"));
    assert_eq!((site.output("files/a.pdf").as_str(), site.output("files/b.pdf").as_str()), ("another", "two"));
    std::fs::remove_file(site.path().join("content/a.pdf")).unwrap();
    site.build();
    assert!(!site.has_output("files/a.pdf") && site.has_output("files/b.pdf"));
    let (incremental, state) = (files_below(&site.path().join("public")), site.path().join(".heliostat"));
    for folder in [site.path().join("public"), state] {
        std::fs::remove_dir_all(folder).unwrap();
    }
    site.build();
    assert_eq!(incremental, files_below(&site.path().join("public")));
}

#[test]
fn only_documents_of_the_articles_own_are_published() {
    let links = "[1](run.svg) [2](page.xhtml) [3](.secret/k.pdf) [4](../site.pdf) [5](/etc/hosts.pdf) [6](way.pdf) \
                 [7](folder.pdf) [8](lnk/hidden.pdf) [9](../b/other.pdf)";
    let site = Site::new()
        .file("site.toml", CONFIG)
        .file("site.pdf", "not content")
        .file("private/hidden.pdf", "elsewhere")
        .file("content/a/a.md", article("a", links))
        .file("content/a/run.svg", "<svg/>")
        .file("content/a/page.xhtml", "<html/>")
        .file("content/a/.secret/k.pdf", "k")
        .file("content/b/other.pdf", "another's")
        .dir("content/a/folder.pdf");
    let outside = tempfile::NamedTempFile::new().unwrap();
    let link = |to: &std::path::Path, name: &str| {
        std::os::unix::fs::symlink(to, site.path().join("content/a").join(name)).unwrap();
    };
    link(outside.path(), "way.pdf");
    link(&site.path().join("private"), "lnk");
    site.build();
    let report = std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap();
    assert_eq!(report.matches("is no page or file of the site").count(), 9, "{report}");
    assert!(!site.outputs().iter().any(|path| path.starts_with("files/")), "{:?}", site.outputs());
}

/// Where an address is another's, a document has one of its own; what is withdrawn takes its documents along.
#[test]
fn documents_lie_where_nothing_else_is() {
    let link = |title: &str| article(title, "[表](a.pdf)");
    let site = Site::new()
        .file("site.toml", format!("{CONFIG}content = [\".\"]\n[[withdraw]]\nsource = \"w/w.md\"\n"))
        .file("x.md", link("x") + "[甲](public/files/a.pdf)")
        .file("a.pdf", "x")
        .file("_y/y.md", link("y"))
        .file("_y/a.pdf", "y")
        .file("y/z.md", link("z"))
        .file("y/a.pdf", "z")
        .file("w/w.md", link("w"))
        .file("w/a.pdf", "w")
        .file("static/files/a.pdf", "static");
    site.build();
    let files = site.outputs().into_iter().filter(|path| path.starts_with("files/"));
    let mut contents: Vec<String> = files.map(|path| site.output(&path)).collect();
    contents.sort();
    assert_eq!(contents, ["static", "x", "y", "z"]);
    for name in ["x", "y", "z"] {
        let page = site.output(&format!("{name}.html"));
        let path = page.split("<a href=\"files/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!(site.output(&format!("files/{path}")), name);
    }
    let first = files_below(&site.path().join("public"));
    site.build();
    assert_eq!(first, files_below(&site.path().join("public")));
}
