//! `[[withdraw]]`: gone from page, lists, feeds and media in one build, and never back.

use std::fs;

use crate::harness::{Site, body_of, files_below};

fn article(title: &str, link: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2024-05-06 10:00:00\ntags: [t]\nlink: {link}\n---\n<p>{body}</p>\n")
}

fn site() -> Site {
    let picture = |seed: u8| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let pixels = image::RgbImage::from_fn(80, 60, |x, y| image::Rgb([seed, x as u8 * 3, y as u8 * 4]));
        pixels.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let link = "https://e.example.org/secret?utm_source=x";
    Site::new()
        .file("content/own.png", picture(10))
        .file("content/shared.png", picture(200))
        .file("content/1.md", article("Secret", link, "hidden text <img src=\"own.png\"> <img src=\"shared.png\">"))
        .file(
            "content/2.md",
            article(
                "Other",
                "https://e.example.org/2",
                "plain <img src=\"shared.png\"> <a href=\"https://e.example.org/secret\">s</a>",
            ),
        )
}

#[test]
fn a_withdrawn_article_leaves_a_dated_notice_and_nothing_else() {
    let site = site();
    site.build();
    let address = site.list().iter().find(|line| line["title"] == "Secret").unwrap()["output"].clone();
    let address = address.as_str().unwrap().to_owned();
    let media = |site: &Site| site.outputs().iter().filter(|path| path.starts_with("media/")).count();
    assert_eq!(media(&site), 2);
    let site = site.config(
        "[[withdraw]]\nurl = \"https://e.example.org/secret\"\nreason = \"Because of a request.\"\ndate = \"2024-06-07\"",
    );
    let run = site.build();
    assert!(run.stdout.starts_with("1 article, ") && run.stdout.contains("; 1 withdrawn"), "{}", run.stdout);
    let notice = site.output(&address);
    assert!(notice.contains("Because of a request."), "{notice}");
    assert!(notice.contains("2024-06-07") && notice.contains("noindex"), "{notice}");
    assert_eq!(media(&site), 1, "the shared picture stays");
    for (path, bytes) in files_below(&site.path().join("public")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("hidden text") && !text.contains("Secret"), "{path}: {text}");
        assert!(path == address || !text.contains(&address), "{path} links to the notice: {text}");
    }
    // Scraped again, under another name.
    let site = site.file("content/3.md", article("Secret again", "https://e.example.org/secret", "hidden text"));
    let run = site.build();
    assert!(run.stdout.starts_with("1 article, ") && run.stdout.contains("; 2 withdrawn"), "{}", run.stdout);
    assert_eq!(site.list().len(), 1);
}

#[test]
fn a_source_or_an_outlet_may_be_withdrawn_without_a_notice_and_come_back() {
    for rule in ["source = \"content/1.md\"", "outlet = \"t\""] {
        let site = site();
        site.build();
        let whole = files_below(&site.path().join("public"));
        let before = fs::read_to_string(site.path().join("site.toml")).unwrap();
        let site = site.config(&format!("[[withdraw]]\n{rule}\nnotice = false"));
        let run = site.build();
        let (left, counted) = if rule.starts_with("source") { (1, "1 article, ") } else { (0, "0 articles, ") };
        assert!(run.stdout.starts_with(counted), "{}", run.stdout);
        let pages = site.outputs().into_iter().filter(|path| path.starts_with("2024/05/06/") && path.len() > 22);
        assert_eq!(pages.count(), left);
        let site = site.file("site.toml", before);
        site.build();
        assert!(files_below(&site.path().join("public")) == whole);
    }
}

#[test]
fn links_within_the_site_do_not_lead_to_what_is_withdrawn() {
    let article = |title: &str, text: &str| format!("---\ntitle: {title}\ndate: 2024-05-06\n---\n{text}\n");
    let site = Site::new()
        .file("content/1.md", article("甲", "[乙](2.md) [去](nowhere.md)"))
        .file("content/2.md", article("乙", "[甲](1.md) [[1]] text"))
        .config("[[withdraw]]\nsource = \"content/1.md\"\nnotice = false");
    let run = site.build();
    let page = site.output(site.list()[0]["output"].as_str().unwrap());
    assert!(!body_of(&page).contains("href"), "{page}");
    assert!(
        run.stderr.contains("1.md") && !run.stderr.contains("nowhere.md"),
        "its own links are nobody's: {}",
        run.stderr
    );
}

#[test]
fn a_rule_that_names_nothing_is_refused() {
    let site = site().config("[[withdraw]]\nreason = \"r\"");
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("[[withdraw]] needs one of `url`, `source` and `outlet`"), "{}", run.stderr);
}

/// What meets another on an address has its own id in it, whatever becomes of the other.
#[test]
fn a_withdrawal_moves_no_other_article() {
    let article = |title: &str, link: &str| {
        format!("---\ntitle: {title}\ndate: 2024-05-06\nslug: x\nlink: {link}\n---\n<p>text</p>\n")
    };
    let site = Site::new()
        .config("permalink = \"/:year/:title.html\"")
        .file("content/a.md", article("Kept", "https://e.example.org/a"))
        .file("content/b.md", article("Gone", "https://e.example.org/b"));
    site.build();
    let addresses = |site: &Site| -> Vec<String> {
        site.list().iter().map(|line| line["output"].as_str().unwrap().to_owned()).collect()
    };
    let before = addresses(&site);
    assert!(before.len() == 2 && !before.contains(&"2024/x.html".to_owned()), "{before:?}");
    let kept = site.list().iter().find(|line| line["title"] == "Kept").unwrap()["output"].as_str().unwrap().to_owned();
    let site = site.config("[[withdraw]]\nurl = \"https://e.example.org/b\"\nreason = \"Because.\"");
    site.build();
    assert_eq!(addresses(&site), [kept.as_str()]);
    for path in before.iter().filter(|path| **path != kept) {
        assert!(site.output(path).contains("Because."), "the notice stands where the article was");
    }
    assert!(site.output("2024/x.html").contains(kept.strip_prefix("2024/").unwrap()));
    assert!(!site.output("2024/x.html").contains("Gone"));
}

/// An outlet that is withdrawn takes its own version of an article along, and no address of another's.
#[test]
fn a_version_that_is_withdrawn_moves_no_other() {
    let article = |date: &str, outlet: &str| {
        format!(
            "---\ntitle: Same\ndate: {date}\noutlet: {outlet}\nslug: same\nlink: https://e.example.org/1\n---\n<p>text of {outlet}</p>\n"
        )
    };
    for withdrawn in ["good", "bad"] {
        let site = Site::new()
            .config("permalink = \"/:title.html\"")
            .file("content/p/same.md", article("2024-05-07", "good"))
            .file("content/q/same.md", article("2024-05-06", "bad"));
        site.build();
        let address = |site: &Site, outlet: &str| {
            site.list()
                .iter()
                .find(|line| line["outlet"] == outlet)
                .map(|line| line["output"].as_str().unwrap().to_owned())
        };
        let kept = if withdrawn == "bad" { "good" } else { "bad" };
        let before = address(&site, kept);
        let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap();
        let site =
            site.file("site.toml", format!("{toml}\n[[withdraw]]\noutlet = \"{withdrawn}\"\nreason = \"Because.\"\n"));
        site.build();
        assert_eq!(address(&site, kept), before, "{withdrawn} is withdrawn");
    }
}

/// Of an original and another article that meet, the address names all that stand, whichever version is withdrawn.
#[test]
fn an_address_names_all_that_still_stand() {
    let article = |title: &str, date: &str, outlet: &str, link: &str| {
        format!(
            "---\ntitle: {title}\ndate: {date}\noutlet: {outlet}\npermalink: /same.html\nlink: https://e.example.org/{link}\n---\n<p>text</p>\n"
        )
    };
    let site = Site::new()
        .config("[[withdraw]]\noutlet = \"AA\"")
        .file("content/xnew.md", article("Xnew", "2024-05-07", "AA", "x"))
        .file("content/xold.md", article("Xold", "2024-05-06", "BB", "x"))
        .file("content/y.md", article("Y", "2024-05-05", "CC", "y"));
    site.build();
    let choice = site.output("same.html");
    assert!(
        choice.contains("Xold") && choice.contains(">Y<") && !choice.contains("Xnew") && !choice.contains("refresh"),
        "{choice}"
    );
}
