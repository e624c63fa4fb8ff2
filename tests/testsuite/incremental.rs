//! An update costs what is new, and gives what a clean build gives, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use heliostat::config::Overrides;
use heliostat::disk::Durability;
use heliostat::pipeline::Silent;
use heliostat::serve::builder::Builder;
use heliostat::serve::watcher::Changes;
use heliostat::write::Removals;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::harness::{Run, Site, files_below};
use crate::mirror::{Edit, Mirror, edit};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        rng_seed: RngSeed::Fixed(1639742343),
        failure_persistence: None,
        max_shrink_iters: 30,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_edited_an_incremental_build_equals_a_clean_one(edits in prop::collection::vec(edit(), 8..14)) {
        let mut mirror = Mirror::new();
        mirror.build(&mirror.site);
        for edit in &edits {
            mirror.apply(edit);
            mirror.assert_as_clean(edit);
        }
    }
}

/// A mirror built again and again by one process, which is told what has changed, as `watch` and `serve` do.
struct Kept {
    mirror: Mirror,
    builder: Builder,
    seen: BTreeMap<PathBuf, (SystemTime, Vec<u8>)>,
}

fn builder(site: &Site) -> Builder {
    let overrides = Overrides { offline: true, ..Overrides::default() };
    Builder::open(site.path().to_owned(), overrides, (Removals::Many, Durability::Process), |_| ()).ok().unwrap()
}

impl Kept {
    fn new() -> Self {
        let mirror = Mirror::new();
        let mut kept = Self { builder: builder(&mirror.site), mirror, seen: BTreeMap::new() };
        kept.changes();
        assert!(kept.builder.build(None, &Silent).outcome.is_some());
        kept
    }

    /// What has changed since the last time.
    fn changes(&mut self) -> Changes {
        let mut now = BTreeMap::new();
        for folder in ["content", "pages", "static", "theme", "site.toml"] {
            for entry in walk(&self.mirror.site.path().join(folder)) {
                let stamp = (fs::metadata(&entry).unwrap().modified().unwrap(), fs::read(&entry).unwrap());
                now.insert(entry.strip_prefix(self.mirror.site.path()).unwrap().to_owned(), stamp);
            }
        }
        let before = std::mem::replace(&mut self.seen, now);
        let is_other = |path: &&PathBuf| before.get(*path) != self.seen.get(*path);
        let paths = before.keys().chain(self.seen.keys()).filter(is_other).cloned().collect();
        Changes { paths }
    }

    fn assert_as_clean(&mut self, edit: &Edit) {
        let changes = self.changes();
        let has_config = changes.has_config();
        if has_config {
            self.builder.read_config();
        }
        let built = self.builder.build(Some(&changes).filter(|_| !has_config), &Silent);
        let clean = self.mirror.copy();
        let built_clean = builder(&clean).build(None, &Silent);
        let public = |site: &Site| files_below(&site.path().join("public"));
        let (ours, theirs) = (public(&self.mirror.site), public(&clean));
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{edit:?}");
        for (path, bytes) in &ours {
            assert!(*bytes == theirs[path], "{edit:?}: {path}");
        }
        assert_eq!(built.report.complete(), built_clean.report.complete(), "{edit:?}");
        assert_eq!(built.outcome.unwrap().counts, built_clean.outcome.unwrap().counts, "{edit:?}");
    }
}

fn walk(path: &Path) -> Vec<PathBuf> {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().flat_map(|entry| walk(&entry.path())).collect(),
        Err(_) if path.is_file() => vec![path.to_owned()],
        Err(_) => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        rng_seed: RngSeed::Fixed(1731),
        failure_persistence: None,
        max_shrink_iters: 30,
        ..ProptestConfig::default()
    })]

    #[test]
    fn within_one_process_every_build_equals_a_clean_one(edits in prop::collection::vec(edit(), 10..20)) {
        let mut kept = Kept::new();
        for edit in &edits {
            kept.mirror.apply(edit);
            kept.assert_as_clean(edit);
            if edits.len() % 2 == 0 {
                kept.builder.save().ok().unwrap();
            }
        }
    }
}

fn written(run: &Run) -> usize {
    run.stdout.split(';').nth(1).unwrap().trim().split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn what_an_edit_touches_does_not_grow_with_the_archive() {
    let touched = |days: u32| {
        let article = |day: u32, of: &str, more: &str| {
            let date = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(day.into());
            format!(
                "---\ntitle: {of}\ndate: {date} 10:00\ntags: [t]\nlink: https://e.example.org/{of}\n{more}---\n正文。"
            )
        };
        let mut site = Site::new();
        for day in 0..days {
            site = site.file(&format!("content/{day}.md"), article(day, &day.to_string(), ""));
        }
        site.build();
        let middle = days / 2;
        let mut edits = Vec::new();
        for (file, text) in [
            ("content/new.md".to_owned(), article(days, "new", "")),
            ("content/late.md".to_owned(), article(middle, "late", "")),
            (format!("content/{middle}.md"), article(middle + 3, &middle.to_string(), "")),
            (format!("content/{}.md", middle - 9), article(middle - 9, &(middle - 9).to_string(), "draft: true\n")),
        ] {
            site = site.file(&file, text);
            edits.push(written(&site.build()));
        }
        assert_eq!(written(&site.build()), 0);
        edits
    };
    let (small, large) = (touched(90), touched(400));
    for (small, large) in small.iter().zip(&large) {
        // Articles of a small archive share a month with the index's newest.
        assert!(*large <= small + 6 && *large <= 45, "{small} {large}");
    }
}

#[test]
fn a_build_that_finds_nothing_new_leaves_its_state_alone() {
    let mirror = Mirror::new();
    mirror.build(&mirror.site);
    // The first build may have seen files that were just written: it then cannot know that they rest.
    std::thread::sleep(Duration::from_millis(50));
    mirror.build(&mirror.site);
    let state = mirror.site.path().join(".heliostat");
    let stamps = || -> Vec<_> {
        let names = files_below(&state).into_keys().filter(|name| !["lock", "report.txt"].contains(&name.as_str()));
        names.map(|name| (fs::metadata(state.join(&name)).unwrap().modified().unwrap(), name)).collect()
    };
    let before = stamps();
    assert!(before.len() > 2, "{before:?}");
    mirror.build(&mirror.site);
    assert_eq!(before, stamps());
}

#[test]
fn fresh_file_times_cost_a_reading_and_no_rendering() {
    let mirror = Mirror::new();
    mirror.build(&mirror.site);
    let later = SystemTime::now() + Duration::from_secs(7);
    for folder in ["content", "public"] {
        for name in files_below(&mirror.site.path().join(folder)).into_keys() {
            fs::File::options()
                .append(true)
                .open(mirror.site.path().join(folder).join(name))
                .unwrap()
                .set_modified(later)
                .unwrap();
        }
    }
    assert_eq!(written(&mirror.build(&mirror.site)), 0);
}

#[test]
fn damaged_state_is_said_in_a_line_and_costs_a_full_build() {
    let mut mirror = Mirror::new();
    mirror.build(&mirror.site);
    let state = mirror.site.path().join(".heliostat");
    for (damage, name) in [
        ("flip", "sources/000"),
        ("cut", "sources/000"),
        ("cut", "manifest-"),
        ("encode", "manifest-"),
        ("cut", "last-"),
    ] {
        let name = files_below(&state).into_keys().find(|path| path.starts_with(name)).unwrap();
        let mut bytes = fs::read(state.join(&name)).unwrap();
        let middle = bytes.len() / 2;
        match damage {
            "cut" => bytes.truncate(middle),
            "encode" => bytes[middle] = 0xff,
            _ => bytes[middle] ^= 0x10,
        }
        fs::write(state.join(&name), bytes).unwrap();
        mirror.apply(&Edit::Change(1));
        let run = mirror.build(&mirror.site);
        let said = if name.starts_with("manifest") {
            "manifest cannot be used (it is damaged)"
        } else {
            "sources/000: it is damaged"
        };
        assert_eq!(run.stderr.contains(said), !name.starts_with("last-"), "{damage} {name}: {}", run.stderr);
        let (clean, _) = mirror.clean();
        let public = |site: &Site| files_below(&site.path().join("public"));
        assert!(public(&mirror.site) == public(&clean), "{damage} {name}");
    }
}

#[test]
fn a_style_edit_writes_the_style_and_a_template_edit_its_pages() {
    let mut mirror = Mirror::new();
    mirror.build(&mirror.site);
    mirror.apply(&Edit::Style);
    assert_eq!(written(&mirror.build(&mirror.site)), 1);
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet/templates/404.html");
    let text = fs::read_to_string(template).unwrap().replace("<h1", "<h1 id=\"lost\"");
    mirror.write("theme/templates/404.html", &text);
    assert_eq!(written(&mirror.build(&mirror.site)), 1);
}

#[test]
fn a_second_build_waits_for_the_first_and_says_so() {
    let mirror = Mirror::new();
    mirror.build(&mirror.site);
    let lock = fs::File::options().write(true).open(mirror.site.path().join(".heliostat/lock")).unwrap();
    lock.lock().unwrap();
    let waiting = std::thread::scope(|scope| {
        let run = scope.spawn(|| mirror.build(&mirror.site));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!run.is_finished());
        lock.unlock().unwrap();
        run.join().unwrap()
    });
    assert!(waiting.stderr.contains("waiting for process "), "{}", waiting.stderr);
}

#[test]
fn force_uses_nothing_that_was_left() {
    let mirror = Mirror::new();
    mirror.build(&mirror.site);
    let before = files_below(&mirror.site.path().join("public"));
    let run = mirror.site.run(&["build", "--offline", "--force"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(written(&run), before.len() - 1, "all but the folder's marker");
    assert!(before == files_below(&mirror.site.path().join("public")));
}

#[test]
fn a_date_that_becomes_true_does_so_in_every_output() {
    let site = Site::new().file("content/a.md", "---\ntitle: soon\ndate: 2026-01-10\n---\n<p>text</p>");
    let build = |output: &str, at: &str| {
        let run = site.run_with(&["build", "--offline", "--output", output], &[("SOURCE_DATE_EPOCH", at)]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        files_below(&site.path().join(output)).into_keys().any(|path| path.starts_with("2026/01/10/"))
    };
    let (before, after) = ("1767225600", "1769904000");
    assert!(!build("one", before) && !build("two", before));
    assert!(build("one", after) && build("two", after));
}

#[test]
fn faults_of_the_sites_own_pages_are_said_as_long_as_they_are_there() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\n<p>text</p>");
    site.build();
    let site = site.file("pages/empty.md", "");
    assert!(site.build().stderr.contains("the file is empty"));
    assert!(site.build().stderr.contains("the file is empty"));
    std::fs::remove_file(site.path().join("pages/empty.md")).unwrap();
    assert!(!site.build().stderr.contains("the file is empty"));
}

#[test]
fn what_is_said_of_folders_is_said_again_and_costs_no_build() {
    let site = Site::new()
        .file("content/1.md", "---\ntitle: 一\ndate: 2024-01-02\n---\n正文。")
        .file("content/2.textile", "h1. 渡轮");
    site.build();
    // As above: files that were just written are looked at once more.
    std::thread::sleep(Duration::from_millis(50));
    site.build();
    let again = site.run(&["build", "--offline", "--timings"]);
    assert!(again.stderr.contains("content/2.textile") && !again.stderr.contains("render"), "{}", again.stderr);
    let more = site.file("content/3.textile", "h1. 缆车").run(&["build", "--offline"]);
    assert!(more.stderr.contains("content/3.textile"), "{}", more.stderr);
}

/// They are in no template, and so in no digest of one.
#[test]
fn what_is_said_of_the_theme_is_said_as_long_as_it_is_true() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\n<p>text</p>");
    site.build();
    std::thread::sleep(Duration::from_millis(50));
    site.build();
    let site = site.file("theme/site.css", "p{}");
    for _ in 0..2 {
        assert!(site.build().stderr.contains("theme/site.css"));
    }
    fs::remove_file(site.path().join("theme/site.css")).unwrap();
    assert!(!site.build().stderr.contains("theme/site.css"));
}

#[test]
fn a_file_that_the_theme_gets_is_linked_while_watched() {
    let mut kept = Kept::new();
    kept.mirror.write("content/own.md", "---\ntitle: own\ndate: 2025-01-01\n---\n[data](/assets/data.txt)");
    kept.assert_as_clean(&Edit::Change(0));
    kept.mirror.write("theme/assets/data.txt", "1");
    kept.assert_as_clean(&Edit::Style);
    std::fs::remove_file(kept.mirror.site.path().join("theme/assets/data.txt")).unwrap();
    kept.assert_as_clean(&Edit::Style);
}

#[test]
fn what_is_said_of_folders_is_said_after_every_edit() {
    let mut kept = Kept::new();
    kept.mirror.write("content/notes.textile", "h1. 渡轮");
    for edit in [Edit::Change(1), Edit::Retitle(2), Edit::Change(3)] {
        kept.mirror.apply(&edit);
        kept.assert_as_clean(&edit);
    }
    fs::remove_file(kept.mirror.site.path().join("content/notes.textile")).unwrap();
    for edit in [Edit::Change(1), Edit::Change(2)] {
        kept.mirror.apply(&edit);
        kept.assert_as_clean(&edit);
    }
}

/// So many bytes a build reads, as the kernel counts them: programs are mapped, and are not among it.
fn bytes_read_by_a_build(site: &Site) -> Option<u64> {
    let command = format!("'{}' build --offline >/dev/null 2>&1; cat /proc/$$/io", env!("CARGO_BIN_EXE_heliostat"));
    let run = std::process::Command::new("sh").args(["-c", &command]).current_dir(site.path()).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    said.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok())
}

#[test]
fn an_update_does_not_read_the_pictures_of_old_articles() {
    let noise = image::RgbImage::from_fn(600, 600, |x, y| {
        let seed = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761);
        image::Rgb([seed as u8, (seed >> 8) as u8, (seed >> 16) as u8])
    });
    let mut picture = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let picture = picture.into_inner();
    let site = Site::new()
        .file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\n<p>text</p><img src=\"noise.png\">")
        .file("content/noise.png", &picture);
    // What was just written might change again, unseen.
    std::thread::sleep(Duration::from_millis(50));
    site.build();
    let site = site.file("content/b.md", "---\ntitle: b\ndate: 2024-05-07\n---\n<p>text</p>");
    let Some(read) = bytes_read_by_a_build(&site) else { return };
    assert_eq!(site.list().len(), 2);
    assert!(read < picture.len() as u64, "{read} of {}", picture.len());
    let before = files_below(&site.path().join("public"));
    assert_eq!(site.run(&["build", "--offline", "--force"]).status, 0);
    assert!(files_below(&site.path().join("public")) == before);
}
