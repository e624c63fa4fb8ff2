//! A Jekyll site's `_config.yml` → `site.toml`, and what could not be carried over.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use crate::parse::url::parse_web;
use crate::plan::permalink::Pattern;

/// The text of a `site.toml` for a Jekyll site, for a site in `dir`, and what it leaves out.
///
/// # Errors
/// If there is no `_config.yml`, or it cannot be read.
pub(super) fn site_toml(jekyll: &Path, dir: &Path) -> io::Result<(String, Vec<String>)> {
    let path = jekyll.join("_config.yml");
    let text = fs::read_to_string(&path)
        .map_err(|fault| io::Error::new(fault.kind(), format!("{}: {fault}", path.display())))?;
    let config: Map<String, Value> =
        serde_saphyr::from_str(&text).map_err(|fault| io::Error::other(format!("{}: {fault}", path.display())))?;
    let mut site = Takeover { config, lines: Vec::new(), notes: Vec::new() };
    site.take_words();
    site.take_addresses();
    site.take_content(jekyll, dir);
    site.note_the_rest();
    Ok((site.lines.join("\n") + "\n", site.notes))
}

struct Takeover {
    config: Map<String, Value>,
    lines: Vec<String>,
    notes: Vec<String>,
}

impl Takeover {
    fn text(&mut self, key: &str) -> Option<String> {
        match self.config.remove(key)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        self.lines.push(format!("{key} = {}", toml::Value::from(value)));
    }

    fn take_words(&mut self) {
        let title = self.text("title").or_else(|| self.text("name")).unwrap_or_else(|| "Mirror".to_owned());
        self.set("title", &title);
        if let Some(description) = self.text("description").or_else(|| self.text("tagline")) {
            self.set("description", &description.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        if let Some(language) = self.text("lang").or_else(|| self.text("locale")) {
            self.set("language", &language.replace('_', "-"));
        }
    }

    fn take_addresses(&mut self) {
        let (url, base) = (self.text("url"), self.text("baseurl"));
        match url {
            Some(url) if parse_web(&url).is_none() => {
                self.notes
                    .push(format!("url: `{url}` is no web address; feeds and sitemaps need base_url in site.toml"));
            }
            Some(url) => {
                let base = base.unwrap_or_default();
                self.set("base_url", &format!("{}/{}", url.trim_end_matches('/'), base.trim_matches('/')));
            }
            None => self.notes.push("`url` is not set: feeds and sitemaps need base_url in site.toml".to_owned()),
        }
        let permalink = self.text("permalink").unwrap_or_else(|| "date".to_owned());
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

    /// Posts lie in `_posts`; `collections_dir` and `source` say where that is.
    fn take_content(&mut self, jekyll: &Path, dir: &Path) {
        let source = self.text("source").unwrap_or_default();
        let collections = self.text("collections_dir").unwrap_or_default();
        let posts = Path::new(&source).join(collections).join("_posts");
        let same_folder = jekyll.canonicalize().ok().is_some_and(|jekyll| dir.canonicalize().ok() == Some(jekyll));
        let posts = posts.to_string_lossy().into_owned();
        self.lines.push(format!("content = [{}]", toml::Value::from(posts.as_str())));
        for folder in ["assets", "images", "img"].iter().filter(|folder| jekyll.join(folder).is_dir()) {
            self.notes.push(format!(
                "copy {} to static/{folder}, where pictures at /{folder}/ are looked for",
                jekyll.join(folder).display()
            ));
        }
        if let Some(destination) = self.text("destination") {
            self.notes.push(format!("destination: `{destination}` is left to Jekyll; we build in `public`"));
        }
        if !same_folder {
            self.notes.push(format!(
                "copy or link {} to {}",
                jekyll.join(&posts).display(),
                dir.join(&posts).display()
            ));
        }
        if self.config.get("future").is_none_or(|future| future != &Value::Bool(true)) {
            self.config.remove("future");
        }
    }

    fn note_the_rest(&mut self) {
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
                "exclude" | "include" => "lists files; move folders out of `content`, or use [[exclude]]",
                "plugins" | "gems" => "has no equal here; feeds and sitemaps are built in",
                "defaults" | "collections" => "has no equal here",
                "paginate" | "paginate_path" => "is not needed: lists are cut by the calendar",
                _ => "is not carried over",
            };
            self.notes.push(format!("{key}: {why}"));
        }
    }
}
