//! The theme: templates and assets, built in, any file of them replaced by the site's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use include_dir::{Dir, include_dir};
use tera::Tera;

use super::labels::Labels;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};

static BROADSHEET: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/broadsheet");

/// Templates, parsed, and assets.
#[derive(Debug)]
pub struct Theme {
    /// The templates.
    pub tera: Tera,
    /// Output files of the theme, `assets/…`, sorted.
    pub assets: Vec<(String, Vec<u8>)>,
    /// The digest of each template and of all that it may draw upon, by its name.
    keys: BTreeMap<String, Digest>,
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
}

/// Loads the built-in theme and, over it, the files in the site's `folder`: `templates/` and `assets/`. Every template
/// is given the `labels`.
///
/// # Errors
/// A template that cannot be parsed, with file, line and snippet; a file that cannot be read.
pub fn load(folder: &Path, labels: &Labels) -> Result<Theme, Diagnostic> {
    let mut templates = Vec::new();
    let mut assets = Vec::new();
    for file in files_of(&BROADSHEET) {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (Some(name), Some(text)) = (path.strip_prefix("templates/"), file.contents_utf8()) {
            templates.push((name.to_owned(), text.to_owned()));
        } else if path.starts_with("assets/") {
            assets.push((path, file.contents().to_vec()));
        }
    }
    overlay(&folder.join("templates"), &mut templates, |path| std::fs::read_to_string(path))?;
    let mut own_assets = Vec::new();
    overlay(&folder.join("assets"), &mut own_assets, |path| std::fs::read(path))?;
    for (name, bytes) in own_assets {
        replace(&mut assets, format!("assets/{name}"), bytes);
    }
    assets.sort();
    let keys = keys_of(&templates);
    let mut tera = Tera::default();
    tera.add_raw_templates(templates).map_err(|fault| template_fault(&fault))?;
    // The same on every page: turned into the engine's values once.
    tera.global_context().insert("labels", labels);
    Ok(Theme { tera, assets, keys })
}

/// The digest of each template with those that it may draw upon: those whose names stand in it, and, for a component
/// is called by a name that no file has, every file that defines one; then what these draw upon.
fn keys_of(templates: &[(String, String)]) -> BTreeMap<String, Digest> {
    let digest_of = |name: &String| {
        let mut digester = Digester::new();
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
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
    {
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        if name.starts_with('.') || name.ends_with('~') {
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

/// A template's fault as a diagnostic: the engine's report names file, line and column and shows the lines.
pub fn template_fault(fault: &tera::Error) -> Diagnostic {
    let mut text = fault.to_string();
    let mut source = std::error::Error::source(fault);
    while let Some(inner) = source {
        text.push('\n');
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    let (message, snippet) = text.split_once('\n').unwrap_or((text.as_str(), ""));
    let diagnostic = Diagnostic::error(Code::Template, message).hint("THEMES.md says what templates are given");
    if snippet.is_empty() { diagnostic } else { diagnostic.with_snippet(snippet) }
}
