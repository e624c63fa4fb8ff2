//! A source of any bytes, in any dialect: it gives the same article at every parse, and a body whose holes are whole.
#![no_main]

use std::sync::LazyLock;

use chrono::DateTime;
use heliostat::config::{self, Config, Overrides};
use heliostat::parse::html::serialise::{HOLE_END, HOLE_START};
use heliostat::parse::parse;
use heliostat::read::Source;
use libfuzzer_sys::fuzz_target;

/// Rules of each kind, so that they are tried too.
const SETTINGS: &str = r#"
title = "T"
[[outlet]]
name = "港口日报"
hosts = ["example.org"]
[[tag]]
name = "渡轮"
words = ["渡轮", "ferry"]
[[strip]]
text = "广告"
"#;

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("site.toml"), SETTINGS).expect("a file");
    config::load(folder.path(), &Overrides::default()).expect("settings")
});

const NAMES: [&str; 4] =
    ["content/a.md", "content/a.html", "content/港口日报/1639742343000_a.md", "content/2024-05-06-a.markdown"];

fuzz_target!(|input: (u8, &[u8])| {
    let (name, bytes) = input;
    let path = NAMES[usize::from(name) % NAMES.len()].to_owned();
    let below_content = path.trim_start_matches("content/").to_owned();
    let source = Source { path: path.into(), below_content, bytes: bytes.to_vec() };
    let now = DateTime::from_timestamp(1_767_225_600, 0).expect("a moment");
    let (first, second) = (parse(&source, &CONFIG, now), parse(&source, &CONFIG, now));
    let Ok(article) = first.article else { return };
    assert_eq!(article.digest(), second.article.expect("an article again").digest());
    let mut inside = false;
    for c in article.body.0.chars().filter(|c| matches!(*c, HOLE_START | HOLE_END)) {
        assert_eq!(inside, c == HOLE_END);
        inside = !inside;
    }
    assert!(!inside);
});
