//! `heliostat list`.

use std::io::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;

use super::{Invocation, load, terminal};
use crate::config::Overrides;
use crate::diagnostics::Report;
use crate::parse::Entry;
use crate::pipeline::{self, Planned, Silent};

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// List articles that are marked as drafts, too
    #[arg(long)]
    drafts: bool,
}

/// One article, as `list --json` prints it.
#[derive(Serialize)]
struct Line<'entry> {
    source: &'entry str,
    output: &'entry str,
    title: &'entry str,
    date: Option<String>,
    published: Option<String>,
    outlet: Option<&'entry str>,
    authors: &'entry [String],
    tags: &'entry [String],
    original_url: Option<&'entry str>,
    dialect: &'static str,
    /// The source of the newest version, if this is an older one.
    version_of: Option<&'entry str>,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let overrides = Overrides { drafts: arguments.drafts, ..Overrides::default() };
    let Some(config) = load(invocation, &overrides) else { return false };
    let mut report = Report::default();
    match pipeline::check(&config, pipeline::now(), &Silent, &mut report) {
        Ok((planned, _)) => {
            terminal::said(print(&planned, arguments.json));
            true
        }
        Err(fault) => {
            report.push(fault);
            terminal::show(&report, None, invocation);
            false
        }
    }
}

fn print(planned: &Planned, json: bool) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let is_shown = |id: &usize| planned.map.articles[*id].withdrawn.is_none();
    for id in (0..planned.entries.len()).filter(is_shown) {
        let line = line(planned, id);
        if json {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        } else {
            let day = line.date.as_deref().and_then(|date| date.get(..10)).unwrap_or("undated   ");
            writeln!(out, "{day}  {}  {}  {}", line.outlet.unwrap_or("-"), line.title, line.output)?;
        }
    }
    out.flush()
}

fn line(planned: &Planned, id: usize) -> Line<'_> {
    let (entry, place): (&Entry, _) = (&planned.entries[id], &planned.map.articles[id]);
    let newest = place.versions.first().map(|newest| &planned.entries[*newest as usize]).filter(|_| !place.is_current);
    Line {
        source: &entry.source,
        output: &place.path,
        title: &entry.title,
        date: entry.date.map(printed),
        published: entry.published.or(entry.date).map(printed),
        outlet: entry.outlet.as_deref(),
        authors: &entry.authors,
        tags: &entry.tags,
        original_url: entry.original_url.as_deref(),
        dialect: entry.dialect.name(),
        version_of: newest.map(|newest| newest.source.as_str()),
    }
}

fn printed(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
