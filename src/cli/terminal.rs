//! What the terminal shows: progress where there is one, plain lines elsewhere.

use std::fmt::Display;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Format, Invocation};
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report};
use crate::progress::Progress;

/// A bar on a terminal; nothing elsewhere.
pub(super) struct Bar {
    bar: ProgressBar,
    /// What has been fetched.
    bytes: AtomicU64,
}

impl Bar {
    pub(super) fn new() -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        Self { bar: ProgressBar::with_draw_target(None, target), bytes: AtomicU64::new(0) }
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &'static str, steps: usize) {
        // The template is ours and valid.
        let style = ProgressStyle::with_template("{msg:>9} {wide_bar} {pos}/{len} {prefix} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar.set_style(style);
        self.bar.set_message(stage);
        self.bar.set_length(steps as u64);
        self.bar.set_position(0);
    }

    fn advance(&self, steps: usize) {
        self.bar.inc(steps as u64);
    }

    fn came(&self, bytes: u64, host: &str) {
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.bar.set_prefix(format!("{:.1} MB {host}", bytes as f64 / 1e6));
    }

    fn note(&self, line: &str) {
        self.bar.suspend(|| complain(line));
    }
}

/// The file with every fault of the last build, in the state folder.
const REPORT: &str = "report.txt";

/// Lists every fault of a build in a file, and says its name from the site's folder; none if it cannot be written.
pub(super) fn list(config: &Config, report: &Report) -> Option<String> {
    let file = config.state.join(REPORT);
    fs::create_dir_all(&config.state).and_then(|()| fs::write(&file, report.complete())).ok()?;
    Some(file.strip_prefix(&config.root).unwrap_or(&file).display().to_string())
}

/// Shows one fault.
pub(super) fn show_one(fault: Diagnostic, invocation: &Invocation) {
    let mut report = Report::default();
    report.push(fault);
    show(&report, None, invocation);
}

/// Shows the faults, all of them where no file lists them: for people grouped, on standard error; for programs each, on standard
/// error; for a workflow as its annotations, too, which it reads from standard output.
pub(super) fn show(report: &Report, listed_in: Option<&str>, invocation: &Invocation) {
    match invocation.format {
        Format::Human => show_grouped(report, listed_in),
        Format::Json => {
            let _ = write!(io::stderr(), "{}", report.json_lines());
        }
        Format::Github => {
            show_grouped(report, listed_in);
            annotate(report, invocation);
        }
    }
}

/// Tells a GitHub workflow of the faults; it names files from the folder in which it runs.
fn annotate(report: &Report, invocation: &Invocation) {
    said(write!(io::stdout(), "{}", report.annotations(&invocation.site)));
}

/// `NO_COLOR` and pipes get plain text.
fn show_grouped(report: &Report, listed_in: Option<&str>) {
    let is_coloured =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = listed_in.map_or_else(|| report.complete(), |file| report.summary(file));
    for line in text.lines() {
        let colour = match line.split(':').next() {
            Some("error") => "\u{1b}[1;31m",
            Some("warning") => "\u{1b}[1;33m",
            _ => "",
        };
        if is_coloured && !colour.is_empty() {
            complain(format_args!("{colour}{line}\u{1b}[0m"));
        } else {
            complain(line);
        }
    }
}

/// Ends the process on Ctrl-C, at once: whatever a build is doing, the next one finds whole files.
pub(super) fn end_on_interrupt() {
    // Without a handler the system ends it as fast, only with another status.
    let _ = ctrlc::set_handler(|| std::process::exit(0));
}

/// Says that another build of the site is under way.
pub(super) fn waiting(holder: &str) {
    let holder = if holder.is_empty() { "another process".to_owned() } else { format!("process {holder}") };
    complain(format_args!("waiting for {holder}, which builds this site"));
}

/// Whether standard output has failed to take what was said.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// So many of something, in a word that takes an `s` where there are several.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// Says a line on standard output.
pub(super) fn say(line: impl Display) {
    said(writeln!(io::stdout(), "{line}"));
}

/// Says a line on standard error. Where nobody takes it, nobody can be told so; the report in the folder of state has every fault.
pub(super) fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Notes whether standard output took what was said. A reader that closes the pipe has seen enough.
pub(super) fn said(result: io::Result<()>) {
    if let Err(fault) = result
        && fault.kind() != io::ErrorKind::BrokenPipe
        && !IS_LOST.swap(true, Ordering::Relaxed)
    {
        complain(format_args!("error: what was to be said is lost: {fault}"));
    }
}

/// Whether everything that was said has been taken.
pub(super) fn is_heard() -> bool {
    !IS_LOST.load(Ordering::Relaxed)
}

/// Shows how long each stage took.
pub(super) fn show_timings(timings: &[(&'static str, Duration)]) {
    for (stage, time) in timings {
        complain(format_args!("{stage:>10} {:8.3} s", time.as_secs_f64()));
    }
}
