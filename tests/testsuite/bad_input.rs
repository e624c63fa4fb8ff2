//! Bad input is normal: each gets a diagnostic, the rest of the site is built, nothing is lost.

use std::fmt::Write as _;

use crate::harness::{Site, body_of};

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
fn bytes_that_are_not_utf8_are_shown_as_such_and_placed() {
    let site = with_good("gbk.md", b"---\ntitle: T\ndate: 2024-01-02\n---\nabc \xb8\xdb end");
    expect(&site, "content/gbk.md:5:5: bytes that are not UTF-8");
    let list = site.list();
    let page = site.output(list.iter().find(|line| line["title"] == "T").unwrap()["output"].as_str().unwrap());
    assert!(body_of(&page).contains("abc \u{fffd}") && body_of(&page).contains("end"));
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
    expect(&site, "content/out.md: a link that leads out of the site");
    assert!(site.list().iter().any(|line| line["title"] == "Inner"));
}

#[test]
fn bombs_are_read_in_linear_time_and_keep_their_text() {
    let nested = "<div>".repeat(100_000) + "deep" + &"</div>".repeat(100_000) + "<p>after</p>";
    let attributes = (0..10_000).fold(String::from("<p"), |mut out, number| {
        let _ = write!(out, " a{number}=x");
        out
    }) + ">many</p>";
    let formatting = "<b><i><font>".repeat(30_000) + "bold" + &"<p>x".repeat(3000);
    let tables = "<table><tr><td>".repeat(20_000) + "cell";
    let line = "<p>很长的一行文字。</p>".repeat(700_000);
    for (name, bomb, word) in [
        ("nested", nested, "deep"),
        ("attributes", attributes, "many"),
        ("formatting", formatting, "bold"),
        ("tables", tables, "cell"),
        ("line", line, "很长"),
    ] {
        let site = with_good("bomb.html", format!("---\ntitle: {name}\ndate: 2024-01-02\n---\n{bomb}"));
        site.build();
        let list = site.list();
        let page = site.output(list.iter().find(|line| line["title"] == name).unwrap()["output"].as_str().unwrap());
        assert!(body_of(&page).contains(word), "{name}");
    }
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
