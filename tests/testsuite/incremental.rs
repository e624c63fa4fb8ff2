//! An update costs what is new, and gives what a clean build gives, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use heliostat::config::Overrides;
use heliostat::pipeline::Silent;
use heliostat::serve::builder::Builder;
use heliostat::serve::watcher::Changes;
use heliostat::write::{Durability, Removals};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::harness::{Run, Site, files_below};
use crate::sanitise::copy;

/// What an editor or a scraper may do between two builds. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Edit {
    Add { day: u8, outlet: u8 },
    Change(u8),
    Retitle(u8),
    Retag(u8, u8),
    Redate(u8, u8),
    Rename(u8),
    Delete(u8),
    Touch(u8),
    NewVersion(u8),
    Withdraw(u8),
    LinkTo(u8, u8),
    Template(u8),
    Style,
    Setting(u8),
    Rule(u8),
    PictureArrives(u8),
    PictureGoes,
    Page(u8),
    Static(u8),
    TimePasses,
}

fn edit() -> impl Strategy<Value = Edit> {
    use Edit::{
        Add, Change, Delete, LinkTo, NewVersion, Page, PictureArrives, PictureGoes, Redate, Rename, Retag, Retitle,
        Rule, Setting, Static, Style, Template, TimePasses, Touch, Withdraw,
    };
    prop_oneof![
        3 => (any::<u8>(), any::<u8>()).prop_map(|(day, outlet)| Add { day, outlet }),
        1 => any::<u8>().prop_map(Change),
        1 => any::<u8>().prop_map(Retitle),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, tag)| Retag(at, tag)),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, day)| Redate(at, day)),
        1 => any::<u8>().prop_map(Rename),
        1 => any::<u8>().prop_map(Delete),
        1 => any::<u8>().prop_map(Touch),
        1 => any::<u8>().prop_map(NewVersion),
        1 => any::<u8>().prop_map(Withdraw),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| LinkTo(from, to)),
        1 => any::<u8>().prop_map(Template),
        1 => Just(Style),
        1 => any::<u8>().prop_map(Setting),
        1 => any::<u8>().prop_map(Rule),
        1 => any::<u8>().prop_map(PictureArrives),
        1 => Just(PictureGoes),
        1 => any::<u8>().prop_map(Page),
        1 => any::<u8>().prop_map(Static),
        1 => Just(TimePasses),
    ]
}

/// A mirror that is edited, and the moment of its builds.
struct Mirror {
    site: Site,
    made: usize,
    now: u64,
}

impl Mirror {
    fn new() -> Self {
        let mut mirror = Self { site: Site::new(), made: 0, now: 1_767_225_600 };
        for number in 0..6 {
            mirror.add(number * 9, number);
        }
        mirror
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.site.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The sources, sorted.
    fn sources(&self) -> Vec<String> {
        files_below(&self.site.path().join("content")).into_keys().filter(|name| name.ends_with(".md")).collect()
    }

    fn choose(&self, at: u8) -> Option<String> {
        let sources = self.sources();
        (!sources.is_empty()).then(|| sources[usize::from(at) % sources.len()].clone())
    }

    fn add(&mut self, day: u8, outlet: u8) {
        let number = self.made;
        self.made += 1;
        // Every ninth lies in the future until time passes.
        let date =
            if day % 9 == 8 { "2026-01-03".to_owned() } else { format!("2025-{:02}-{:02}", day % 3 + 1, day % 5 + 1) };
        let text = format!(
            "---\ntitle: n{number}\ndate: {date} 10:00:00\ntags: [t{}, T{}]\nlink: https://e{}.example.org/{number}\n---\n<p>text {number}</p><img src=\"p{}.png\">",
            day % 4,
            outlet % 3,
            outlet % 3,
            number % 3,
        );
        self.write(&format!("content/{number}.md"), &text);
    }

    fn rewrite(&self, at: u8, change: impl Fn(String) -> String) {
        if let Some(name) = self.choose(at) {
            let path = self.site.path().join("content").join(name);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, change(text)).unwrap();
        }
    }

    fn apply(&mut self, edit: &Edit) {
        let number = self.made;
        match *edit {
            Edit::Add { day, outlet } => self.add(day, outlet),
            Edit::Change(at) => self.rewrite(at, |text| text + &format!("<p>more {number}. 更多。</p>")),
            Edit::Retitle(at) => self.rewrite(at, |text| text.replacen("title: n", "title: new n", 1)),
            Edit::Retag(at, tag) => {
                self.rewrite(at, |text| text.replacen("tags: [", &format!("tags: [x{}, ", tag % 3), 1));
            }
            Edit::Redate(at, day) => {
                self.rewrite(at, |text| text.replacen("date: 2025-0", &format!("date: 202{}-0", day % 5), 1));
            }
            Edit::Rename(at) => {
                if let Some(name) = self.choose(at) {
                    let folder = self.site.path().join("content");
                    fs::rename(folder.join(&name), folder.join(format!("r{number}-{}", name.replace('/', "-"))))
                        .unwrap();
                    self.made += 1;
                }
            }
            Edit::Delete(at) => {
                if let Some(name) = self.choose(at) {
                    fs::remove_file(self.site.path().join("content").join(name)).unwrap();
                }
            }
            Edit::Touch(at) => self.rewrite(at, |text| text),
            Edit::NewVersion(at) => {
                if let Some(name) = self.choose(at) {
                    let text = fs::read_to_string(self.site.path().join("content").join(name)).unwrap();
                    self.made += 1;
                    self.write(
                        &format!("content/v{number}.md"),
                        &text.replacen(" 10:00:00", &format!(" 1{}:30:00", number % 10), 1),
                    );
                }
            }
            Edit::Withdraw(at) => {
                let number = at % 8;
                self.configure(&format!("[[withdraw]]\nurl = \"https://e{}.example.org/{number}\"", number % 3));
            }
            Edit::LinkTo(from, to) => {
                let target = format!("https://e{0}.example.org/{to}", to % 3);
                self.rewrite(from, |text| text + &format!("<p><a href=\"{target}\">see</a></p>"));
            }
            Edit::Template(which) => {
                let name = ["list.html", "article.html", "base.html", "parts.html"][usize::from(which % 4)];
                let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet/templates").join(name);
                let text = fs::read_to_string(own).unwrap();
                self.write(&format!("theme/templates/{name}"), &(text + &format!("{{# {number} #}}")));
            }
            Edit::Style => self.write("theme/assets/site.css", &format!("body {{ margin: {number}px }}")),
            Edit::Setting(which) => self.configure(match which % 4 {
                0 => "description = \"D\"",
                1 => "timezone = \"Asia/Shanghai\"",
                2 => "permalink = \"/:year/:month/:slug.html\"",
                _ => "language = \"en\"",
            }),
            Edit::Rule(which) => self.configure(match which % 4 {
                0 => "[[tag]]\nname = \"甲\"\nwords = [\"更多\"]",
                1 => "[[outlet]]\nname = \"e1.example.org\"\ntitle = \"E one\"\nnotice = \"N\"",
                2 => "[[strip]]\ntext = \"text 1\"",
                _ => "[[exclude]]\nuntil = \"2021-12-31\"",
            }),
            Edit::PictureArrives(which) => {
                let picture = image::RgbImage::from_fn(60, 40, |x, y| image::Rgb([x as u8 * 4, y as u8 * 4, which]));
                picture.save(self.site.path().join(format!("content/p{}.png", which % 3))).unwrap();
            }
            Edit::PictureGoes => {
                let _ = fs::remove_file(self.site.path().join("content/p1.png"));
            }
            Edit::Page(which) => {
                self.write(&format!("pages/p{}.md", which % 2), &format!("# Page {number}\n\nText.\n"));
            }
            Edit::Static(which) => self.write(&format!("static/f{}.txt", which % 2), &format!("{number}")),
            Edit::TimePasses => self.now += 40 * 60 * 60,
        }
    }

    /// Adds lines to site.toml, once: settings before tables.
    fn configure(&self, lines: &str) {
        let path = self.site.path().join("site.toml");
        let text = fs::read_to_string(&path).unwrap();
        let key = lines.lines().take(2).last().unwrap();
        if text.contains(key) || text.contains(lines.split(" = ").next().unwrap()) && !lines.starts_with('[') {
            return;
        }
        let text = if lines.starts_with('[') { format!("{text}{lines}\n") } else { format!("{lines}\n{text}") };
        fs::write(path, text).unwrap();
    }

    fn build(&self, site: &Site) -> Run {
        let now = self.now.to_string();
        let run = site.run_with(&["build", "--offline", "--allow-removals"], &[("SOURCE_DATE_EPOCH", &now)]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        run
    }

    /// The same, never built.
    fn copy(&self) -> Site {
        let site = Site::new();
        for folder in ["content", "pages", "static", "theme"] {
            if self.site.path().join(folder).is_dir() {
                copy(&self.site.path().join(folder), &site.path().join(folder));
            }
        }
        fs::copy(self.site.path().join("site.toml"), site.path().join("site.toml")).unwrap();
        site
    }

    /// A clean build of the same, and what it said of faults.
    fn clean(&self) -> (Site, Run) {
        let site = self.copy();
        let run = self.build(&site);
        (site, run)
    }

    fn assert_as_clean(&self, edit: &Edit) {
        let run = self.build(&self.site);
        let (clean, clean_run) = self.clean();
        let (ours, theirs) = (files_below(&self.site.path().join("public")), files_below(&clean.path().join("public")));
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{edit:?}");
        for (path, bytes) in &ours {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(*bytes == theirs[path], "{edit:?}: {path}:\n{}\n{}", show(bytes), show(&theirs[path]));
        }
        assert_eq!(run.stderr, clean_run.stderr, "{edit:?}: the same faults are said");
        let counts = |run: &Run| run.stdout.split(';').next().unwrap().to_owned();
        assert_eq!(counts(&run), counts(&clean_run), "{edit:?}");
    }
}

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
fn a_new_article_touches_a_handful_of_files_and_so_does_a_late_one() {
    let mut mirror = Mirror::new();
    for number in 0..60 {
        mirror.add(number, number);
    }
    mirror.build(&mirror.site);
    mirror.add(2, 1);
    let newest = written(&mirror.build(&mirror.site));
    assert!((10..=40).contains(&newest), "{newest}");
    assert_eq!(written(&mirror.build(&mirror.site)), 0);
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
    for (damage, name) in [("flip", "sources/000"), ("cut", "sources/000"), ("cut", "manifest-"), ("cut", "last-")] {
        let name = files_below(&state).into_keys().find(|path| path.starts_with(name)).unwrap();
        let mut bytes = fs::read(state.join(&name)).unwrap();
        let middle = bytes.len() / 2;
        if damage == "cut" {
            bytes.truncate(middle);
        } else {
            bytes[middle] ^= 0x10;
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
