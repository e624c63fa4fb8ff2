//! A Jekyll site's `_config.yml` → `site.toml`, and what could not be carried over.

mod survey;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use crate::address::parse_web;
use crate::config::is_language;
use crate::config::permalink::Pattern;
use crate::parse::yaml;
use crate::pipeline;
use survey::Survey;

/// The text of a `site.toml` for a Jekyll site, for a site in `dir`, and what it leaves out.
///
/// # Errors
/// If there is no `_config.yml`, or it cannot be read.
pub(super) fn site_toml(jekyll: &Path, dir: &Path) -> io::Result<(String, Vec<String>)> {
    let (path, other) = (jekyll.join("_config.yml"), jekyll.join("_config.yaml"));
    let path = if !path.is_file() && other.is_file() { other } else { path };
    let text = fs::read_to_string(&path)
        .map_err(|fault| io::Error::new(fault.kind(), format!("{}: {fault}", path.display())))?;
    let config = yaml::values(&text).map_err(|fault| io::Error::other(format!("{}: {fault}", path.display())))?;
    let mut site = Takeover { config, lines: Vec::new(), notes: Vec::new(), pages_differ: false };
    site.note_other_files(jekyll, &path);
    site.take_words();
    site.take_addresses();
    site.take_content(jekyll, dir);
    site.note_the_rest();
    Ok((site.lines.join("\n") + "\n", site.notes))
}

/// So many files are named one by one.
const NAMED: usize = 8;

struct Takeover {
    config: Map<String, Value>,
    lines: Vec<String>,
    notes: Vec<String>,
    /// Whether pages had addresses of another form than posts.
    pages_differ: bool,
}

impl Takeover {
    fn text(&mut self, key: &str) -> Option<String> {
        match self.config.remove(key)? {
            // `permalink: false` is none.
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text != "false"),
            _ => None,
        }
    }

    fn list(&mut self, key: &str) -> Vec<String> {
        match self.config.remove(key) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        self.lines.push(format!("{key} = {}", toml::Value::from(value)));
    }

    /// Jekyll takes several, one over the other.
    fn note_other_files(&mut self, jekyll: &Path, taken: &Path) {
        let names = fs::read_dir(jekyll).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        let is_other = |name: &&String| name.starts_with("_config") && taken.file_name() != Some(name.as_ref());
        for name in names.iter().filter(is_other) {
            self.notes.push(format!("{name}: not read; where the site was built with it, what it says goes before"));
        }
    }

    fn take_words(&mut self) {
        let title = self.text("title").or_else(|| self.text("name")).unwrap_or_else(|| "Mirror".to_owned());
        self.set("title", &title);
        if let Some(description) = self.text("description").or_else(|| self.text("tagline")) {
            self.set("description", &description.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        match self.text("lang").or_else(|| self.text("locale")) {
            Some(language) if !is_language(&language.replace('_', "-")) => self.notes.push(format!(
                "lang: `{language}` is no tag of a language; `language = \"en\"`, or another, in site.toml says which it is"
            )),
            Some(language) => self.set("language", &language.replace('_', "-")),
            None => self.notes.push(
                "`lang` is not set: pages speak Chinese around their articles; `language = \"en\"` in site.toml changes that".to_owned(),
            ),
        }
    }

    fn take_addresses(&mut self) {
        let (url, base) = (self.text("url"), self.text("baseurl"));
        let is_web = url.as_deref().is_some_and(|url| parse_web(url).is_some());
        match url {
            Some(url) if !is_web => {
                self.notes
                    .push(format!("url: `{url}` is no web address; feeds and sitemaps need base_url in site.toml"));
            }
            Some(url) => {
                if parse_web(&url).is_some_and(|url| matches!(url.host(), "localhost" | "127.0.0.1" | "0.0.0.0")) {
                    self.notes
                        .push(format!("url: `{url}` is this machine: set base_url to where the site will be reached"));
                }
                let base = base.as_deref().unwrap_or_default();
                self.set("base_url", &format!("{}/{}", url.trim_end_matches('/'), base.trim_matches('/')));
            }
            None => self.notes.push("`url` is not set: feeds and sitemaps need base_url in site.toml".to_owned()),
        }
        if let Some(base) = base.filter(|_| !is_web) {
            self.notes.push(format!(
                "baseurl: `{base}` needs the host before it: set base_url in site.toml, else links to {base}/… lead nowhere"
            ));
        }
        let of_all = self.text("permalink");
        let of_all = of_all.unwrap_or_else(|| "date".to_owned());
        let permalink = self.permalink_of_posts().unwrap_or_else(|| of_all.clone());
        let makes_folders = |permalink: &str| Pattern::parse(permalink).is_ok_and(|pattern| pattern.makes_folders());
        self.pages_differ |= makes_folders(&permalink) != makes_folders(&of_all);
        match Pattern::parse(&permalink) {
            Ok(_) => self.set("permalink", &permalink),
            Err(why) => {
                self.notes.push(format!("permalink: {why}; Jekyll's default is used"));
                self.set("permalink", "date");
            }
        }
        match self.text("timezone").or_else(|| self.text("time_zone")) {
            Some(zone) if zone.parse::<chrono_tz::Tz>().is_ok() => self.set("timezone", &zone),
            Some(zone) => self.notes.push(format!("timezone: `{zone}` is not known; UTC is used")),
            None => self.notes.push(
                "`timezone` is not set: Jekyll used the zone of the machine that built the site, we use UTC".to_owned(),
            ),
        }
    }

    /// What `defaults` and `collections` say of the addresses of all posts; what they say of others is noted.
    fn permalink_of_posts(&mut self) -> Option<String> {
        let of_collection = self.config.get_mut("collections").and_then(|all| {
            let posts = all.get_mut("posts")?.as_object_mut()?;
            posts.remove("permalink")?.as_str().map(str::to_owned)
        });
        // What is said of posts goes before what is said of everything, else the last counts.
        let mut of_all: Option<(bool, String)> = None;
        for default in self.config.get("defaults").and_then(Value::as_array).into_iter().flatten() {
            let scope = |key: &str| default.get("scope").and_then(|scope| scope.get(key)?.as_str()).unwrap_or_default();
            let values = default.get("values").and_then(Value::as_object);
            let folder = scope("path").trim_start_matches("./").trim_end_matches('/');
            let is_of_all_posts = matches!(folder, "" | "_posts") && matches!(scope("type"), "" | "posts");
            for (key, value) in values.into_iter().flatten().filter(|(key, _)| *key != "layout") {
                match value.as_str() {
                    Some(permalink) if key == "permalink" && is_of_all_posts => {
                        let is_of_posts = !scope("type").is_empty() || folder == "_posts";
                        of_all = of_all.filter(|(is_typed, _)| *is_typed && !is_of_posts);
                        of_all.get_or_insert((is_of_posts, permalink.to_owned()));
                    }
                    text => {
                        self.pages_differ |= key == "permalink" && matches!(scope("type"), "" | "pages");
                        self.notes.push(format!(
                        "defaults: `{key}: {}` (path `{}`, type `{}`) is not carried over; write it into the files that it means",
                        text.map_or_else(|| value.to_string(), str::to_owned),
                        scope("path"),
                        scope("type")
                    ));
                    }
                }
            }
        }
        self.config.remove("defaults");
        of_all.map(|(_, permalink)| permalink).or(of_collection)
    }

    /// Looks through the site's folder, below what `source` says.
    fn take_content(&mut self, jekyll: &Path, dir: &Path) {
        let source = self.text("source").unwrap_or_default();
        let mut excluded = self.list("exclude");
        excluded.extend(self.text("destination").filter(|folder| !folder.contains("..")));
        // A date of tomorrow is believed: clocks and zones err.
        let tomorrow = (pipeline::now() + chrono::TimeDelta::days(1)).format("%Y-%m-%d").to_string();
        let included: Vec<String> = self.list("include");
        let from = jekyll.join(&source);
        let survey = Survey::of(&from, &excluded, &included, &tomorrow);
        self.take_posts(&survey, &from, dir);
        self.note_places(&survey, &from);
        if survey.is_zoneless {
            // Also where both are UTC: the zone may be set later, and the addresses are to stay.
            self.set("yaml_dates", "utc");
        }
        if self.config.remove("future") != Some("true".into()) && survey.ahead > 0 {
            self.notes.push(format!(
                "posts whose names say a day to come: {}; Jekyll holds them back, here they are published as undated: give \
                 them `draft: true` until their day",
                survey.ahead
            ));
        }
    }

    /// Posts lie in every folder named `_posts`: folders above them are categories, but for that of all collections.
    fn take_posts(&mut self, survey: &Survey, from: &Path, dir: &Path) {
        let collections = self.text("collections_dir").map(|folder| folder.trim_matches(['.', '/']).to_owned() + "/");
        let collections = collections.filter(|folder| folder != "/").unwrap_or_default();
        let below = |folder: &String| folder.strip_prefix(&collections).unwrap_or(folder).to_owned();
        let posts: Vec<String> = survey.posts.iter().map(below).collect();
        if posts.is_empty() {
            self.notes
                .push("there is no folder `_posts`: name the articles' folders in `content` of site.toml".to_owned());
        }
        let content = if posts.is_empty() { vec!["_posts".to_owned()] } else { posts };
        self.lines.push(format!("content = {}", toml::Value::from(content.clone())));
        let same_folder = from.canonicalize().ok().is_some_and(|from| dir.canonicalize().ok() == Some(from));
        for (folder, found) in content.iter().zip(&survey.posts) {
            let (from, to) = (from.join(found), dir.join(folder));
            if !same_folder {
                self.notes.push(format!("copy or link {} to {}", from.display(), to.display()));
            } else if folder != found {
                self.notes.push(format!("move {} to {}", from.display(), to.display()));
            }
        }
    }

    /// Says where the rest goes.
    fn note_places(&mut self, survey: &Survey, from: &Path) {
        let of_pages = if self.pages_differ {
            "copy them to `pages`, in their folders, and give each the `permalink` that it had, such as /about/: that of site.toml is made for posts"
        } else {
            "copy them to `pages`, in their folders; they keep their addresses"
        };
        let (front, pages) =
            survey.pages.iter().cloned().partition(|path| matches!(path.as_str(), "index.html" | "index.md"));
        let places: [(&BTreeSet<String>, &str); 7] = [
            (&pages, of_pages),
            (&front, "the front page is made here: what it says beside its lists is not carried over"),
            (&survey.made, "Jekyll fills these in: copy what it made of them, in its `_site`, to `static`"),
            (
                &survey.templates,
                "templates of lists and feeds; lists, feeds and sitemaps are made here already, at addresses of their own: leave them out",
            ),
            (&survey.files, "copy them to `static`; they keep their addresses"),
            (
                &survey.unread,
                "posts in a form that is not read here: convert them to Markdown or HTML, such as with pandoc",
            ),
            (&survey.drafts, "name the folder in `content` if they are to come along; only `--drafts` shows them"),
        ];
        for (found, what) in places.into_iter().filter(|(found, _)| !found.is_empty()) {
            let mut names: Vec<String> =
                found.iter().take(NAMED).map(|path| from.join(path).display().to_string()).collect();
            if found.len() > NAMED {
                names.push(format!("{} more", found.len() - NAMED));
            }
            self.notes.push(format!("{}: {what}", names.join(", ")));
        }
    }

    /// Folders of articles or pages that are none of posts; Jekyll publishes those alone that say `output: true`.
    fn note_collections(&mut self) {
        let collections = match self.config.remove("collections") {
            Some(Value::Object(collections)) => collections,
            Some(Value::Array(names)) => {
                names.iter().filter_map(|name| Some((name.as_str()?.to_owned(), Value::Null))).collect()
            }
            _ => return,
        };
        for (name, said) in collections.iter().filter(|(name, _)| *name != "posts") {
            self.notes.push(if said.get("output").and_then(Value::as_str) != Some("true") {
                format!("collections: `_{name}` was not published: leave it out")
            } else {
                let pattern =
                    said.get("permalink").and_then(Value::as_str).map(|pattern| format!(" as `{pattern}` made it"));
                format!(
                    "collections: `_{name}`: name the folder in `content`, and give what is in it a `permalink` each{}",
                    pattern.unwrap_or_default()
                )
            });
        }
    }

    fn note_the_rest(&mut self) {
        self.note_collections();
        const SILENT: &[&str] = &[
            "markdown",
            "highlighter",
            "encoding",
            "kramdown",
            "liquid",
            "incremental",
            "port",
            "host",
            "safe",
            "quiet",
            "verbose",
            "theme",
            "remote_theme",
            "sass",
        ];
        for key in self.config.keys().filter(|key| !SILENT.contains(&key.as_str())) {
            let why = match key.as_str() {
                "plugins" | "gems" => "has no equal here; feeds and sitemaps are built in",
                "paginate" | "paginate_path" => "is not needed: lists are cut by the calendar",
                _ => "is not carried over",
            };
            self.notes.push(format!("{key}: {why}"));
        }
    }
}
