//! `heliostat list`.

use std::io::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::{Invocation, load, terminal};
use crate::config::Overrides;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::parse::Entry;
use crate::pipeline::{self, Inventory, Silent};

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
    match pipeline::inventory(&config, pipeline::now(), &Silent, &mut report) {
        Ok(inventory) => {
            say_what_is_missing(&inventory, invocation);
            terminal::said(if arguments.json {
                print_json(&inventory)
            } else {
                print_table(&inventory, config.timezone)
            });
            true
        }
        Err(fault) => {
            report.push(fault);
            terminal::show(&report, None, invocation);
            false
        }
    }
}

/// A list says nothing of what is not in it.
fn say_what_is_missing(inventory: &Inventory, invocation: &Invocation) {
    let faulty = inventory.counts.faulty;
    if faulty > 0 {
        let sources = terminal::count(faulty, "source");
        let fault = Diagnostic::warning(Code::Empty, format!("{sources} gave no article and cannot be listed"));
        terminal::show_one(fault.hint("`heliostat check` says why"), invocation);
    }
}

/// Every article that is not withdrawn, in the order of their sources.
fn shown(inventory: &Inventory) -> impl Iterator<Item = usize> {
    (0..inventory.entries.len()).filter(|id| inventory.map.articles[*id].withdrawn.is_none())
}

fn print_json(inventory: &Inventory) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for id in shown(inventory) {
        writeln!(out, "{}", serde_json::to_string(&line(inventory, id))?)?;
    }
    out.flush()
}

/// A table, newest first: the day in the site's zone, the outlet, the address, the title.
fn print_table(inventory: &Inventory, zone: Tz) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut ids: Vec<usize> = shown(inventory).collect();
    ids.sort_by(|a, b| inventory.entries[*b].date.cmp(&inventory.entries[*a].date).then_with(|| a.cmp(b)));
    let outlet = |id: &usize| inventory.entries[*id].outlet.as_deref().unwrap_or("-");
    let address = |id: &usize| inventory.map.articles[*id].path.as_str();
    let widest = |of: &dyn Fn(&usize) -> usize| ids.iter().map(of).max().unwrap_or_default();
    let (outlets, addresses) = (widest(&|id| outlet(id).width()), widest(&|id| address(id).width()));
    for id in &ids {
        let date = inventory.entries[*id].date;
        let day = date.map_or_else(|| "undated   ".to_owned(), |at| at.with_timezone(&zone).date_naive().to_string());
        let (outlet, address) = (padded(outlet(id), outlets), padded(address(id), addresses));
        let older = if inventory.map.articles[*id].is_current { "" } else { "  (an older version)" };
        writeln!(out, "{day}  {outlet}  {address}  {}{older}", inventory.entries[*id].title)?;
    }
    out.flush()
}

/// A text and so many spaces that it takes so many columns of a terminal: Han take two.
fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(text.width())))
}

fn line(inventory: &Inventory, id: usize) -> Line<'_> {
    let (entry, place): (&Entry, _) = (&inventory.entries[id], &inventory.map.articles[id]);
    let newest =
        place.versions.first().map(|newest| &inventory.entries[*newest as usize]).filter(|_| !place.is_current);
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
        version_of: newest.map(|newest| &*newest.source),
    }
}

fn printed(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
