//! What a user is told: [`Diagnostic`]s, returned by every stage, printed once, grouped, by the command line.
//!
//! A stage never prints. It returns its diagnostics beside its result; the pipeline collects them in a
//! [`Report`], which sorts them (threads finish in any order), groups them by [`Code`] and shows a few of each.
//! The whole list goes to `report.txt` in the folder of state, so that nothing that was left out is left unsaid.

use std::fmt::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The site cannot be built as asked.
    Error,
    /// The site is built; something in it is not as its source says, or was left out.
    Warning,
}

/// What kind of fault it is; faults of one kind are shown together.
///
/// The name is stable: scripts may look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// `site.toml` cannot be used.
    Config,
    /// A template is faulty.
    Template,
    /// The output folder cannot be written, or must not be.
    Output,
    /// A file or folder cannot be read.
    Unreadable,
    /// A file, or all folders, hold nothing that could be an article.
    Empty,
    /// A Git LFS pointer stands where an article should.
    LfsPointer,
    /// A file is not UTF-8.
    Encoding,
    /// A front matter is not what its fence says.
    FrontMatter,
    /// A date is missing, unreadable or in the future.
    Date,
    /// A title is missing.
    Title,
    /// A value of the front matter has no meaning here.
    Value,
    /// Two articles meet on one address.
    Collision,
    /// A file's name cannot be used.
    Name,
    /// A file is an article in a form that is not read.
    Form,
    /// A link within the site leads nowhere.
    Link,
    /// A picture, sound or film is shown as a link.
    Media,
    /// The store of media cannot be used.
    Store,
    /// A template's mark in an article.
    Liquid,
    /// `base_url` is not set.
    BaseUrl,
    /// A site cannot be watched or shown.
    Serve,
}

impl Code {
    /// The heading under which faults of this kind are shown.
    fn heading(self) -> &'static str {
        match self {
            Self::Config => "site.toml",
            Self::Template => "template fault",
            Self::Output => "output folder",
            Self::Unreadable => "cannot be read",
            Self::Empty => "no article",
            Self::LfsPointer => "a Git LFS pointer instead of an article, left out",
            Self::Encoding => "not UTF-8",
            Self::FrontMatter => "front matter repaired",
            Self::Date => "date",
            Self::Title => "no title",
            Self::Value => "value not understood",
            Self::Liquid => "Liquid",
            Self::Collision => "articles that meet on one address",
            Self::Name => "file name",
            Self::Form => "articles in a form that is not read",
            Self::Link => "links that lead nowhere",
            Self::Media => "media shown as links",
            Self::Store => "store of media",
            Self::BaseUrl => "no base_url",
            Self::Serve => "watching and serving",
        }
    }
}

/// A fault that a user meets: where it is, what it is, what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    severity: Severity,
    code: Code,
    // Boxed: a diagnostic is the error of many a `Result` whose value is small.
    said: Box<Said>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Said {
    place: Option<Place>,
    message: String,
    snippet: Option<String>,
    hint: Option<String>,
}

/// A file, and if known a line and column in it, both from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place {
    file: String,
    line_and_column: Option<(usize, usize)>,
}

impl Diagnostic {
    /// A fault that stops the build.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A fault that the build survives.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: Code, message: String) -> Self {
        Self { severity, code, said: Box::new(Said { message, ..Said::default() }) }
    }

    /// Names the file, as a path from the site's folder.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.said.place = Some(Place { file: file.into(), line_and_column: None });
        self
    }

    /// Names the file, for a fault that so far had only a line in it.
    #[must_use]
    pub fn in_source(mut self, file: &str) -> Self {
        let line_and_column = self.said.place.take().and_then(|place| place.line_and_column);
        self.said.place = Some(Place { file: file.to_owned(), line_and_column });
        self
    }

    /// Names line and column in the file named before, both from 1.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        if let Some(place) = &mut self.said.place {
            place.line_and_column = Some((line, column));
        }
        self
    }

    /// Shows the faulty lines, already laid out.
    #[must_use]
    pub fn with_snippet(mut self, snippet: impl Into<String>) -> Self {
        self.said.snippet = Some(snippet.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.said.hint = Some(hint.into());
        self
    }

    /// The same as a fault that the build survives.
    #[must_use]
    pub fn as_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Whether the build must stop.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What kind of fault it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The file that it is in, from the site's folder.
    pub fn file(&self) -> Option<&str> {
        self.said.place.as_ref().map(|place| place.file.as_str())
    }

    /// What went wrong, without place or hint.
    pub fn message(&self) -> &str {
        &self.said.message
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.said.place {
            f.write_str(&one_line(&place.file))?;
            if let Some((line, column)) = place.line_and_column {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&one_line(&self.said.message))
    }
}

/// File names may hold newlines and terminal escapes: neither may reach a terminal or split a line; nor may what a GitHub runner
/// takes for a command to itself, wherever it stands.
fn one_line(text: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().collect() } else { vec![c] };
    text.chars().flat_map(escaped).collect::<String>().replace("##[", "## [")
}

/// The diagnostics of one run, sorted, to be shown grouped.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

/// So many faults of one kind are shown on the terminal; the rest stands in the report file.
const SHOWN_PER_CODE: usize = 5;

impl Report {
    /// Takes one diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Takes many diagnostics.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Whether any of them stops the build.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// How many faults there are, errors and warnings.
    pub fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// All diagnostics, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// Lays the faults out for a terminal: grouped, errors first, a few of each kind; a file lists the rest.
    pub fn summary(&self, rest_is_in: &str) -> String {
        self.render(SHOWN_PER_CODE, rest_is_in)
    }

    /// Lays every fault out, for the report file.
    pub fn complete(&self) -> String {
        self.render(usize::MAX, "")
    }

    /// Every fault as a JSON object a line: `severity`, `code`, `message`, and where they are known `file`, `line`,
    /// `column`, `snippet`, `hint`.
    pub fn json_lines(&self) -> String {
        let mut out = String::new();
        for Diagnostic { severity, code, said } in self.sorted() {
            let place = said.place.as_ref();
            let (line, column) = place.and_then(|place| place.line_and_column).unzip();
            let line = JsonLine {
                severity: *severity,
                code: *code,
                message: &said.message,
                file: place.map(|place| place.file.as_str()),
                line,
                column,
                snippet: said.snippet.as_deref(),
                hint: said.hint.as_deref(),
            };
            // Numbers and texts: to print them fails never.
            out.push_str(&serde_json::to_string(&line).unwrap_or_default());
            out.push('\n');
        }
        out
    }

    /// A few faults of each kind as workflow commands, which GitHub shows beside the lines that they name, in files from
    /// the folder in which it runs, to which `site` leads (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
    pub fn annotations(&self, site: &Path) -> String {
        let mut out = String::new();
        let sorted = self.sorted();
        for group in sorted.chunk_by(|a, b| (a.severity, a.code) == (b.severity, b.code)) {
            for diagnostic in group.iter().take(SHOWN_PER_CODE) {
                annotate(diagnostic, site, &mut out);
            }
        }
        out
    }

    fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        sorted.sort();
        sorted
    }

    fn render(&self, most: usize, rest_is_in: &str) -> String {
        let mut out = String::new();
        for group in self.sorted().chunk_by(|a, b| (a.severity, a.code) == (b.severity, b.code)) {
            render_group(&mut out, group, most, rest_is_in);
        }
        out
    }
}

/// A fault, as programs read it.
#[derive(Serialize)]
struct JsonLine<'a> {
    severity: Severity,
    code: Code,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

fn annotate(diagnostic: &Diagnostic, site: &Path, out: &mut String) {
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let command = if diagnostic.is_error() { "error" } else { "warning" };
    let _ = write!(out, "::{command} title={}", property(diagnostic.code.heading()));
    if let Some(place) = &diagnostic.said.place {
        let file = site.strip_prefix(".").unwrap_or(site).join(&place.file);
        let _ = write!(out, ",file={}", property(&file.to_string_lossy()));
        if let Some((line, column)) = place.line_and_column {
            let _ = write!(out, ",line={line},col={column}");
        }
    }
    let hint = diagnostic.said.hint.as_ref().map(|hint| format!("\n{hint}")).unwrap_or_default();
    let _ = writeln!(out, "::{}", escaped(&format!("{}{hint}", diagnostic.said.message)));
}

fn render_group(out: &mut String, group: &[&Diagnostic], most: usize, rest_is_in: &str) {
    let word = if group[0].is_error() { "error" } else { "warning" };
    let count = if group.len() > 1 { format!(" ({})", group.len()) } else { String::new() };
    let _ = writeln!(out, "{word}: {}{count}", group[0].code.heading());
    let mut last_hint = None;
    for diagnostic in group.iter().take(most) {
        let _ = writeln!(out, "  {diagnostic}");
        for line in diagnostic.said.snippet.iter().flat_map(|snippet| snippet.lines()) {
            // Behind a mark of ours: a runner takes a line that begins with two colons for a command to itself.
            let _ = writeln!(out, "    | {}", one_line(line));
        }
        if diagnostic.said.hint != last_hint {
            last_hint.clone_from(&diagnostic.said.hint);
            for (number, line) in diagnostic.said.hint.iter().flat_map(|hint| hint.lines()).enumerate() {
                let mark = if number == 0 { '=' } else { ' ' };
                let _ = writeln!(out, "    {mark} {}", one_line(line));
            }
        }
    }
    if group.len() > most {
        let _ = writeln!(out, "  … and {} more, listed in {rest_is_in}", group.len() - most);
    }
}

/// A hint at the known name that is most like a typed one, if any is.
pub(crate) fn did_you_mean<'known>(typed: &str, known: impl IntoIterator<Item = &'known str>) -> Option<String> {
    most_like(typed, known).map(|name| format!("did you mean `{name}`?"))
}

/// The known name that is most like a typed one, if any is.
pub(crate) fn most_like<'known>(typed: &str, known: impl IntoIterator<Item = &'known str>) -> Option<&'known str> {
    const LIKE: f64 = 0.75;
    let likeness = known.into_iter().map(|known| (strsim::jaro_winkler(typed, known), known));
    let (likeness, known) = likeness.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness > LIKE).then_some(known)
}
