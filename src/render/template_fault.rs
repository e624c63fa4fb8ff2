//! What the template engine says, as diagnostics: in which file, where, and what to do.

use std::collections::BTreeMap;

use tera::ErrorKind;

use crate::diagnostics::{Code, Diagnostic};

/// The file that each template comes from, by its name, as a user knows it.
pub(super) type Places = BTreeMap<String, String>;

pub(super) fn place_of(template: &str, places: &Places) -> String {
    places.get(template).cloned().unwrap_or_else(|| template.to_owned())
}

/// A template's fault as a diagnostic: the engine's report says where it is and shows the lines.
pub(super) fn template_fault(fault: &tera::Error, places: &Places) -> Diagnostic {
    let (report, hint) = match fault.kind() {
        ErrorKind::SyntaxError(report) => (report, "templates are written in Tera 2; THEMES.md has examples"),
        ErrorKind::RenderingError(report) => (report, "THEMES.md says what templates are given"),
        ErrorKind::MissingParent { current, .. } => {
            return unplaced(fault).in_file(place_of(current, places)).hint("THEMES.md names the templates there are");
        }
        // What does not fit together is told in one text.
        ErrorKind::Msg(text) => {
            let told = of_reports(text, places);
            return told.unwrap_or_else(|| unplaced(fault).hint("THEMES.md says what templates are given"));
        }
        _ => return unplaced(fault).hint("THEMES.md says what templates are given"),
    };
    let (line, column) = (report.span().start_line, report.span().start_col + 1);
    let text = fault.to_string();
    // Its first two lines are the message and the place.
    let lines: Vec<&str> = text.lines().skip(2).collect();
    Diagnostic::error(Code::Template, report.message())
        .in_file(place_of(report.filename(), places))
        .at(line, column)
        .with_snippet(lines.join("\n"))
        .hint(hint)
}

/// What reports like those of a compiler say, one behind another: the first, and how many follow.
fn of_reports(text: &str, places: &Places) -> Option<Diagnostic> {
    let reports: Vec<&str> = text.strip_prefix(REPORT)?.split("\n\nerror: ").collect();
    let messages = reports.iter().filter_map(|report| report.lines().next());
    let mut components: Vec<&str> =
        messages.filter_map(|said| said.strip_prefix("Unknown component `")?.strip_suffix('`')).collect();
    let are_of_parts = components.len() == reports.len() && components.iter().all(|name| COMPONENTS.contains(name));
    // Only a file of one's own lacks any.
    if let Some(parts) = places.get("parts.html").filter(|place| are_of_parts && place.ends_with("/parts.html")) {
        components.sort_unstable();
        components.dedup();
        let message = format!("lacks the components {}, which templates call", components.join(", "));
        return Some(
            Diagnostic::error(Code::Template, message)
                .in_file(parts.clone())
                .hint("copy them from the theme's `parts.html`, which this one replaces; THEMES.md lists them"),
        );
    }
    let mut lines = reports[0].lines();
    let (message, place) = (lines.next()?, lines.next()?.trim().strip_prefix("--> ")?);
    let mut place = place.rsplitn(3, ':');
    let (column, line) = (place.next()?.parse().ok()?, place.next()?.parse().ok()?);
    let more = match reports.len() - 1 {
        0 => String::new(),
        1 => " (and one more fault)".to_owned(),
        more => format!(" (and {more} more faults)"),
    };
    Some(
        Diagnostic::error(Code::Template, format!("{message}{more}"))
            .in_file(place_of(place.next()?, places))
            .at(line, column)
            .with_snippet(lines.collect::<Vec<_>>().join("\n"))
            .hint("THEMES.md says what templates are given, and which there are"),
    )
}

const REPORT: &str = "error: ";

/// What `parts.html` defines, as THEMES.md promises.
const COMPONENTS: &[&str] = &["contact", "counted", "lines", "listed", "neighbours", "sections"];

fn unplaced(fault: &tera::Error) -> Diagnostic {
    let mut text = fault.to_string();
    let mut source = std::error::Error::source(fault);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    Diagnostic::error(Code::Template, text)
}
