//! The theme: templates, assets and options.
//!
//! Layers, each of which may replace any file of those before it: `broadsheet`, which is built in; the theme that the site
//! names, built in or a folder; the site's own overrides. A theme is a folder with a `theme.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use tera::Tera;

use super::labels::Labels;
use super::template_fault::{Places, place_of, template_fault};
use super::theme_options::options_of;
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::digest::{Digest, Digester};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// The theme over which all others lie.
const BASE: &str = "broadsheet";

/// The version of what templates are given, and of `theme.toml`.
const API: u32 = 1;

/// Templates, parsed, and assets.
#[derive(Debug)]
pub struct Theme {
    /// The templates.
    pub tera: Tera,
    /// Output files of the theme, `assets/…`, sorted.
    pub assets: Vec<(String, Vec<u8>)>,
    /// Its options, as the site sets them or by their defaults.
    pub options: toml::Table,
    /// How articles show their pictures.
    pub pictures: Pictures,
    /// How wide an article's picture is shown, as the attribute `sizes` says it.
    pub sizes: String,
    /// Whether a template is none of a built-in theme's.
    pub has_own_templates: bool,
    /// What there is to say of it.
    pub faults: Vec<Diagnostic>,
    /// The digest of each template and of all that it may draw upon, by its name.
    keys: BTreeMap<String, Digest>,
    places: Places,
}

/// How a theme shows the pictures of articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pictures {
    /// In their places.
    #[default]
    Shown,
    /// As links that say how large they are.
    Links,
}

/// A `theme.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    api: u32,
    /// For people.
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    pictures: Pictures,
    sizes: Option<String>,
    #[serde(default)]
    options: toml::Table,
}

impl Theme {
    /// The digest of a template and of all that it may draw upon.
    pub fn key(&self, template: &str) -> Digest {
        self.keys.get(template).copied().unwrap_or_default()
    }

    /// The digest of all of it.
    pub fn digest(&self) -> Digest {
        Digester::new().value(&self.keys).value(&self.assets).finish()
    }

    /// The file that a template comes from, as a user knows it.
    pub fn place_of(&self, template: &str) -> String {
        place_of(template, &self.places)
    }

    /// A fault of one of its templates as a diagnostic.
    pub fn fault(&self, fault: &tera::Error) -> Diagnostic {
        template_fault(fault, &self.places)
    }
}

/// Where the built-in themes show the pictures of an article: in a column of 38 em of 18 px, or as wide as the screen.
const SIZES: &str = "(min-width: 44em) 684px, 100vw";

/// Files of a theme while its layers are laid: templates by name, assets by output file.
#[derive(Default)]
struct Files {
    templates: Vec<(String, String)>,
    assets: Vec<(String, Vec<u8>)>,
    places: Places,
    has_own_templates: bool,
    /// Files in places where nothing is looked for.
    stray: Vec<Diagnostic>,
}

/// Loads the theme that a site names, with the site's own files over it. Every template is given the `labels`.
///
/// # Errors
/// A word that is none of the interface's, a theme that is none, an option that it does not have, a template that cannot be parsed (with file, line and
/// snippet), a file that cannot be read.
pub fn load(config: &Config, labels: &Labels<'_>) -> Result<Theme, Diagnostic> {
    if let Some(unknown) = config.labels.keys().find(|name| !Labels::NAMES.contains(&name.as_str())) {
        return Err(no_label(unknown));
    }
    let mut files = Files::default();
    let mut head = files.lay_built_in(BASE).ok_or_else(|| no_theme(BASE))?;
    let known: Vec<String> = files.templates.iter().map(|(name, _)| name.clone()).collect();
    if config.theme != BASE {
        let folder = config.root.join(&config.theme);
        let named = match files.lay_built_in(&config.theme) {
            Some(named) => named,
            None => files.lay_theme(&folder, &config.theme)?,
        };
        // Templates of the base that show through read its options.
        (head.pictures, head.sizes) = (named.pictures, named.sizes);
        head.options.extend(named.options);
    }
    files.lay_folder(&config.root.join(&config.overrides), &config.overrides)?;
    let Files { templates, mut assets, places, has_own_templates, mut stray } = files;
    stray.extend(has_no_overrides(config).then(|| {
        Diagnostic::warning(Code::Template, "there is no such folder: nothing of the theme is replaced")
            .in_file(config.overrides.clone())
            .hint("mend `overrides` in site.toml, or take it out")
    }));
    stray.extend(is_shadowed(config).then(|| {
        Diagnostic::warning(Code::Template, "a built-in theme has this name; it is left out")
            .in_file(format!("{}/{THEME_FILE}", config.theme))
            .hint("rename the folder, and `theme` in site.toml")
    }));
    assets.sort();
    let options = options_of(head.options, &config.theme_options)?;
    let sizes = head.sizes.unwrap_or_else(|| SIZES.to_owned());
    let faults = unused(&templates, &known, &places).into_iter().chain(stray).collect();
    let key = Digester::new().text(&options.to_string()).value(&(head.pictures as u8)).text(&sizes).finish();
    let keys = keys_of(&templates, key);
    let missing = missing_blocks(&templates, &places);
    let mut tera = Tera::default();
    tera.add_raw_templates(templates).map_err(|fault| {
        let is_of_blocks = fault.to_string().contains("is not defined in any parent template");
        missing.filter(|_| is_of_blocks).unwrap_or_else(|| template_fault(&fault, &places))
    })?;
    // The same on every page: turned into the engine's values once.
    tera.global_context().insert("labels", labels);
    Ok(Theme { tera, assets, options, pictures: head.pictures, sizes, has_own_templates, faults, keys, places })
}

/// The folder that is looked for where site.toml names none need not be there.
fn has_no_overrides(config: &Config) -> bool {
    config.overrides != crate::config::OVERRIDES && !config.root.join(&config.overrides).is_dir()
}

fn is_shadowed(config: &Config) -> bool {
    BUILT_IN.get_dir(&config.theme).is_some() && config.root.join(&config.theme).join(THEME_FILE).is_file()
}

/// The blocks of `base.html`, which templates fill.
const BLOCKS: &[&str] = &["title", "head", "body", "top", "main"];

/// A `base.html` that lacks a block makes every template that fills it a fault.
fn missing_blocks(templates: &[(String, String)], places: &Places) -> Option<Diagnostic> {
    let (name, text) = templates.iter().find(|(name, _)| name == "base.html")?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let has = |block: &&str| words.windows(2).any(|pair| pair[0].ends_with("block") && pair[1].starts_with(*block));
    let missing: Vec<&str> = BLOCKS.iter().filter(|block| !has(block)).copied().collect();
    let fault = || {
        Diagnostic::error(Code::Template, format!("it lacks the blocks that others fill: {}", missing.join(", ")))
            .in_file(place_of(name, places))
            .hint("THEMES.md says what each is for; an empty one will do")
    };
    (!missing.is_empty()).then(fault)
}

impl Files {
    /// Lays a built-in theme; none if there is none of this name.
    fn lay_built_in(&mut self, name: &str) -> Option<ThemeFile> {
        let dir = BUILT_IN.get_dir(name)?;
        for file in files_of(dir) {
            let below = file.path().strip_prefix(name).unwrap_or(file.path());
            let path = below.to_string_lossy().replace('\\', "/");
            if let (Some(template), Some(text)) = (path.strip_prefix("templates/"), file.contents_utf8()) {
                self.places.insert(template.to_owned(), format!("{template} of the built-in theme {name}"));
                replace(&mut self.templates, template.to_owned(), text.to_owned());
            } else if path.starts_with("assets/") {
                replace(&mut self.assets, path, file.contents().to_vec());
            }
        }
        let head = dir.get_file(format!("{name}/{THEME_FILE}"))?.contents_utf8()?;
        toml::from_str(head).ok()
    }

    fn lay_theme(&mut self, folder: &Path, name: &str) -> Result<ThemeFile, Diagnostic> {
        let file = folder.join(THEME_FILE);
        let text = std::fs::read_to_string(&file).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => no_theme(name),
            _ => Diagnostic::error(Code::Template, why.to_string())
                .in_file(file.display().to_string())
                .hint("look at its permissions; save it as UTF-8"),
        })?;
        let fault = |message: &str| {
            Diagnostic::error(Code::Template, message.trim().to_owned()).in_file(file.display().to_string())
        };
        let head: ThemeFile = toml::from_str(&text).map_err(|why| {
            let offset = why.span().map_or(0, |span| span.start);
            let (line, column) = crate::config::line_and_column(&text, offset);
            fault(why.message()).at(line, column).hint("THEMES.md says what a theme.toml holds")
        })?;
        if head.api != API {
            let message = format!("the theme is made for version {} of what templates are given, not {API}", head.api);
            return Err(fault(&message).hint("look for a newer theme, or a newer Heliostat"));
        }
        self.lay_folder(folder, name)?;
        Ok(head)
    }

    /// Lays the files of a folder that the site calls by a name.
    fn lay_folder(&mut self, folder: &Path, name: &str) -> Result<(), Diagnostic> {
        let mut templates = Vec::new();
        overlay(&folder.join("templates"), &mut templates, |path| std::fs::read_to_string(path))?;
        self.has_own_templates |= !templates.is_empty();
        for (template, text) in templates {
            self.places.insert(template.clone(), format!("{name}/templates/{template}"));
            replace(&mut self.templates, template, text.trim_start_matches('\u{feff}').to_owned());
        }
        self.stray.extend(stray_files(folder, name));
        let mut assets = Vec::new();
        overlay(&folder.join("assets"), &mut assets, |path| std::fs::read(path))?;
        for (name, bytes) in assets {
            replace(&mut self.assets, format!("assets/{name}"), bytes);
        }
        Ok(())
    }
}

const THEME_FILE: &str = "theme.toml";

/// The folders of a theme.
const FOLDERS: &[&str] = &["templates", "assets"];

/// What lies beside `templates` and `assets` and is meant to be in one of them.
fn stray_files(folder: &Path, name: &str) -> Vec<Diagnostic> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let is_of_theme = |name: &str| [".html", ".css", ".js"].iter().any(|ending| name.ends_with(ending));
    let is_mistyped = |name: &str| {
        !FOLDERS.contains(&name)
            && (name == "static" || FOLDERS.iter().any(|folder| strsim::damerau_levenshtein(name, folder) < 3))
    };
    let is_stray = |file: &String| if folder.join(file).is_dir() { is_mistyped(file) } else { is_of_theme(file) };
    let fault = |file: &String| {
        Diagnostic::warning(Code::Template, "nothing is looked for there; it is left out")
            .in_file(format!("{name}/{file}"))
            .hint("templates belong into `templates/`, style sheets, scripts and pictures into `assets/`")
    };
    names.iter().filter(|name| is_stray(name)).map(fault).collect()
}

fn no_label(name: &str) -> Diagnostic {
    let hint = did_you_mean(name, Labels::NAMES.iter().copied())
        .unwrap_or_else(|| "THEMES.md lists those that can be said otherwise".to_owned());
    Diagnostic::error(Code::Config, format!("labels: there is no word `{name}`"))
        .in_file(crate::config::FILE_NAME)
        .hint(hint)
}

fn no_theme(name: &str) -> Diagnostic {
    Diagnostic::error(Code::Config, format!("theme: `{name}` is neither built in nor a folder with a {THEME_FILE}"))
        .in_file(crate::config::FILE_NAME)
        .hint("write \"broadsheet\" or \"lite\", or the name of a theme's folder; single files belong into `overrides`")
}

/// Templates that make no page and that no other one names: most often a name is mistyped.
fn unused(templates: &[(String, String)], known: &[String], places: &Places) -> Vec<Diagnostic> {
    let is_used = |name: &String, text: &str| {
        known.contains(name)
            || text.contains("endcomponent")
            || templates.iter().any(|(other, text)| other != name && text.contains(name.as_str()))
    };
    let fault = |(name, _): &(String, String)| {
        let fault = Diagnostic::warning(Code::Template, "no page and no other template uses it")
            .in_file(place_of(name, places));
        let meant = did_you_mean(name, known.iter().map(String::as_str));
        fault.hint(meant.unwrap_or_else(|| "THEMES.md says which template makes which page".to_owned()))
    };
    templates.iter().filter(|(name, text)| !is_used(name, text)).map(fault).collect()
}

/// The digest of each template with those that it may draw upon: those whose names stand in it, and, for a component
/// is called by a name that no file has, every file that defines one; then what these draw upon, and the options.
fn keys_of(templates: &[(String, String)], options: Digest) -> BTreeMap<String, Digest> {
    let digest_of = |name: &String| {
        let mut digester = Digester::new();
        digester.digest(options);
        let mut drawn: BTreeSet<&str> = BTreeSet::from([name.as_str()]);
        loop {
            let before = drawn.len();
            let texts: Vec<&str> = templates
                .iter()
                .filter(|(name, _)| drawn.contains(name.as_str()))
                .map(|(_, text)| text.as_str())
                .collect();
            let more = templates.iter().filter(|(other, text)| {
                text.contains("endcomponent") || texts.iter().any(|text| text.contains(other.as_str()))
            });
            drawn.extend(more.map(|(name, _)| name.as_str()));
            if drawn.len() == before {
                break;
            }
        }
        for (name, text) in templates.iter().filter(|(name, _)| drawn.contains(name.as_str())) {
            digester.text(name).text(text);
        }
        digester.finish()
    };
    templates.iter().map(|(name, _)| (name.clone(), digest_of(name))).collect()
}

fn files_of<'dir>(dir: &'dir Dir<'static>) -> Vec<&'dir include_dir::File<'static>> {
    dir.files().chain(dir.dirs().flat_map(files_of)).collect()
}

fn overlay<T>(
    folder: &Path,
    files: &mut Vec<(String, T)>,
    read: impl Fn(&Path) -> std::io::Result<T>,
) -> Result<(), Diagnostic> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.'))
    {
        let entry = entry.map_err(|fault| {
            let place = fault.path().unwrap_or(folder).display().to_string();
            Diagnostic::error(Code::Template, "cannot be read").in_file(place).hint("look at its permissions")
        })?;
        // A link to a file is as good as the file.
        if !entry.path().is_file() {
            continue;
        }
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        if name.ends_with('~') {
            continue;
        }
        let contents = read(entry.path()).map_err(|fault| {
            Diagnostic::error(Code::Template, fault.to_string()).in_file(entry.path().display().to_string())
        })?;
        replace(files, name, contents);
    }
    Ok(())
}

fn replace<T>(files: &mut Vec<(String, T)>, name: String, contents: T) {
    match files.iter_mut().find(|(known, _)| *known == name) {
        Some(file) => file.1 = contents,
        None => files.push((name, contents)),
    }
}
