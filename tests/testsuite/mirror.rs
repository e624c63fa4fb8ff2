//! A mirror that is edited at random, and a clean build of the same.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::harness::{Run, Site, files_below};
use crate::sanitise::copy;

/// What an editor or a scraper may do between two builds. Numbers choose among what is there.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Add { day: u8, outlet: u8 },
    Change(u8),
    Retitle(u8),
    Retag(u8, u8),
    Redate(u8, u8),
    Undate(u8),
    Relocate(u8, u8),
    Rename(u8),
    Delete(u8),
    Touch(u8),
    NewVersion(u8),
    Withdraw(u8),
    LinkTo(u8, u8),
    Repicture(u8, u8),
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

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    use Edit::{
        Add, Change, Delete, LinkTo, NewVersion, Page, PictureArrives, PictureGoes, Redate, Relocate, Rename,
        Repicture, Retag, Retitle, Rule, Setting, Static, Style, Template, TimePasses, Touch, Undate, Withdraw,
    };
    prop_oneof![
        3 => (any::<u8>(), any::<u8>()).prop_map(|(day, outlet)| Add { day, outlet }),
        1 => any::<u8>().prop_map(Change),
        1 => any::<u8>().prop_map(Retitle),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, tag)| Retag(at, tag)),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, day)| Redate(at, day)),
        1 => any::<u8>().prop_map(Undate),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, outlet)| Relocate(at, outlet)),
        1 => any::<u8>().prop_map(Rename),
        1 => any::<u8>().prop_map(Delete),
        1 => any::<u8>().prop_map(Touch),
        1 => any::<u8>().prop_map(NewVersion),
        1 => any::<u8>().prop_map(Withdraw),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| LinkTo(from, to)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(at, picture)| Repicture(at, picture)),
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
pub(crate) struct Mirror {
    pub(crate) site: Site,
    made: usize,
    pub(crate) now: u64,
}

impl Mirror {
    pub(crate) fn new() -> Self {
        let mut mirror = Self { site: Site::new(), made: 0, now: 1_767_225_600 };
        for number in 0..6 {
            mirror.add(number * 9, number);
        }
        mirror.add(7, 0);
        mirror.add(16, 0);
        mirror.apply(&Edit::PictureArrives(0));
        mirror.apply(&Edit::PictureArrives(1));
        mirror
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
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

    pub(crate) fn add(&mut self, day: u8, outlet: u8) {
        let number = self.made;
        self.made += 1;
        // Some lie in the future until time passes, some have no date.
        let date = match day % 9 {
            8 => "date: 2026-01-03".to_owned(),
            7 => "nodate: 2026-01-03".to_owned(),
            _ => format!("date: 2025-{:02}-{:02}", day % 3 + 1, day % 5 + 1),
        };
        let text = format!(
            "---\ntitle: n{number}\n{date} 10:00:00\ntags: [t{}, T{}]\nlink: https://e{}.example.org/{number}\n---\n<p>text {number}</p><img src=\"p{}.png\">",
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

    pub(crate) fn apply(&mut self, edit: &Edit) {
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
            Edit::Undate(at) => self.rewrite(at, |text| text.replacen("date: 2025", "x: 2025", 1)),
            Edit::Relocate(at, outlet) => {
                let of = |number: u8| format!("link: https://e{}.", number % 3);
                self.rewrite(at, |text| (0..3).fold(text, |text, one| text.replace(&of(one), &of(outlet))));
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
            Edit::Repicture(at, picture) => {
                let of = |number: u8| format!("src=\"p{}.png", number % 3);
                self.rewrite(at, |text| (0..3).fold(text, |text, one| text.replace(&of(one), &of(picture))));
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

    pub(crate) fn build(&self, site: &Site) -> Run {
        let now = self.now.to_string();
        let run = site.run_with(&["build", "--offline", "--allow-removals"], &[("SOURCE_DATE_EPOCH", &now)]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        run
    }

    /// The same, never built.
    pub(crate) fn copy(&self) -> Site {
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
    pub(crate) fn clean(&self) -> (Site, Run) {
        let site = self.copy();
        let run = self.build(&site);
        (site, run)
    }

    /// Builds, and compares with a clean build: every file, and what is said.
    pub(crate) fn assert_as_clean(&self, edit: &Edit) {
        self.compare_with_clean(edit, str::to_owned);
    }

    /// The same after a build that was killed: that its state is half written may be said, too.
    pub(crate) fn assert_made_good(&self, edit: &Edit) {
        const NOTICED: [&str; 2] = ["not all that was remembered can be used", "the manifest cannot be used"];
        self.compare_with_clean(edit, |said| {
            let lines = said.lines().filter(|line| !NOTICED.iter().any(|noticed| line.starts_with(noticed)));
            lines.map(|line| format!("{line}\n")).collect()
        });
    }

    fn compare_with_clean(&self, edit: &Edit, faults_of: impl Fn(&str) -> String) {
        let run = self.build(&self.site);
        let (clean, clean_run) = self.clean();
        let (ours, theirs) = (files_below(&self.site.path().join("public")), files_below(&clean.path().join("public")));
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{edit:?}");
        for (path, bytes) in &ours {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(*bytes == theirs[path], "{edit:?}: {path}:\n{}\n{}", show(bytes), show(&theirs[path]));
        }
        assert_eq!(faults_of(&run.stderr), faults_of(&clean_run.stderr), "{edit:?}: the same faults are said");
        let counts = |run: &Run| run.stdout.split(';').next().unwrap().to_owned();
        assert_eq!(counts(&run), counts(&clean_run), "{edit:?}");
    }
}
