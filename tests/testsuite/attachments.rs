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
            article("bundle", "渡轮的[时刻表](tables/summer%202024.pdf#page=2)和[数据](./data.CSV)。"),
        )
        .file("content/ferry/tables/summer 2024.pdf", "%PDF-1.7")
        .file("content/ferry/data.CSV", "a,b")
        .file(
            "content/2024/plain.md",
            article("plain", "同一张[表](../ferry/data.CSV)，[附件](/papers/note.txt)，[另一份](list.txt)。"),
        )
        .file("content/papers/note.txt", "n")
        .file("content/2024/plain/list.txt", "in the folder of its name")
        .file("content/2024/unlinked.pdf", "%PDF");
    let run = site.build();
    assert!(!run.stderr.contains("is no page or file"), "{}", run.stderr);
    let bundle = site.output("bundle.html");
    assert!(bundle.contains("<a href=\"files/ferry/tables/summer%202024.pdf#page=2\">时刻表</a>"), "{bundle}");
    assert!(bundle.contains("<a href=\"files/ferry/data.CSV\">数据</a>"), "{bundle}");
    let plain = site.output("plain.html");
    for (file, words) in [("ferry/data.CSV", "表"), ("papers/note.txt", "附件"), ("2024/plain/list.txt", "另一份")]
    {
        assert!(plain.contains(&format!("<a href=\"files/{file}\">{words}</a>")), "{plain}");
    }
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
fn only_documents_of_the_sites_own_are_published() {
    let links = "[1](run.svg) [2](page.xhtml) [3](.secret/k.txt) [4](../site.txt) [5](/etc/hosts.txt) [6](way.txt) [7](folder.pdf)";
    let site = Site::new()
        .file("site.toml", CONFIG)
        .file("site.txt", "not content")
        .file("content/a.md", article("a", links))
        .file("content/run.svg", "<svg/>")
        .file("content/page.xhtml", "<html/>")
        .file("content/.secret/k.txt", "k")
        .dir("content/folder.pdf");
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), site.path().join("content/way.txt")).unwrap();
    site.build();
    let report = std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap();
    assert_eq!(report.matches("is no page or file of the site").count(), 7, "{report}");
    assert!(!site.outputs().iter().any(|path| path.starts_with("files/")), "{:?}", site.outputs());
    let withdrawn = Site::new()
        .file("site.toml", format!("{CONFIG}[[withdraw]]\nsource = \"content/a.md\"\n"))
        .file("content/a.md", article("a", "[甲](a.pdf)"))
        .file("content/a.pdf", "one");
    withdrawn.build();
    assert!(!withdrawn.has_output("files/a.pdf"), "a withdrawn article takes its documents along");
    let taken = Site::new()
        .file("site.toml", CONFIG)
        .file("content/a.md", article("a", "[甲](a.pdf)"))
        .file("content/a.pdf", "document")
        .file("static/files/a.pdf", "static");
    let run = taken.build();
    assert!(run.stderr.contains("content/a.pdf: a page or asset of the site has this address"), "{}", run.stderr);
    assert_eq!(taken.output("files/a.pdf"), "static");
}
