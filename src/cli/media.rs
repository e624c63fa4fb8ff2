//! `heliostat media`: looks after the store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::Datelike as _;
use clap::{Args, Subcommand};
use unicode_width::UnicodeWidthStr as _;

use super::{Invocation, load, terminal};
use crate::config::{Config, Overrides};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lock::Lock;
use crate::media;
use crate::media::ledger::{Ledger, Line, Retry};
use crate::media::local::{KnownFiles, LocalFiles};
use crate::media::store::Store;
use crate::media::sweep::{self, Needs, StoredFile, Verified};
use crate::media::sync::{self, Copied, Remote, Side, What};
use crate::parse::{self, Entry};
use crate::pipeline::{self, Inventory, Memory, Use};
use crate::write::Removals;

/// Arguments of `media`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Counts originals and bytes by host, outlet, month and state
    Status {
        /// Every original that was asked for and has not come, and why, as a JSON object a line
        #[arg(long)]
        missing: bool,
    },
    /// Fetches what is due and makes it ready; renders and writes nothing
    Fetch,
    /// Lets what failed be asked for at the next build, without waiting for its rest to end
    Retry {
        /// Only originals whose address begins with this, or that are of this host
        only: Option<String>,
        /// Ask again for what came, too
        #[arg(long)]
        all: bool,
    },
    /// Forgets originals: the ledger then knows nothing of them
    Forget {
        /// The address of an original, or of a folder of them with a slash at its end
        url: String,
    },
    /// Lists files that no article needs, published or not; removes them if told to
    Gc {
        /// Remove them. Originals that no host has any more are lost with them
        #[arg(long)]
        remove: bool,
        /// Remove them even if they are most of the store
        #[arg(long)]
        allow_removals: bool,
    },
    /// Reads every file of the store and compares it with the digest that is its name
    Verify {
        /// Move damaged files into the store's folder `damaged`: a pull, a fetch or a build then brings them anew
        #[arg(long)]
        set_aside: bool,
    },
    /// Copies what another place lacks there: a folder, s3://, gs:// or az://
    Push(Elsewhere),
    /// Copies what the store lacks from there
    Pull(Elsewhere),
}

#[derive(Debug, Args)]
struct Elsewhere {
    /// A folder, or the address of an object store; credentials come from the environment
    place: String,
    /// Leave originals out: a build needs none
    #[arg(long)]
    without_originals: bool,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    // What is not built today may be tomorrow, and its pictures may be nowhere else.
    let everything = matches!(arguments.command, Command::Gc { .. });
    let Some(config) = load(invocation, &Overrides { everything, ..Overrides::default() }) else { return false };
    let done = match &arguments.command {
        Command::Status { missing: true } => list_missing(&config),
        Command::Status { missing: false } => status(&config),
        Command::Fetch => fetch(&config, invocation),
        Command::Retry { only, all } => change(
            &config,
            |ledger| ledger.retry(if *all { Retry::All } else { Retry::Failed }, |line| fits(line, only.as_deref())),
            "will be asked for at the next build",
        ),
        Command::Forget { url } => change(&config, |ledger| ledger.forget(|line| is_at(line, url)), "are forgotten"),
        Command::Gc { remove: false, .. } => gc(&config, Sweep::Show),
        Command::Gc { allow_removals: true, .. } => gc(&config, Sweep::Remove(Removals::Many)),
        Command::Gc { .. } => gc(&config, Sweep::Remove(Removals::Few)),
        Command::Verify { set_aside } => verify(&config, if *set_aside { Damaged::SetAside } else { Damaged::Tell }),
        Command::Push(elsewhere) => copy(&config, elsewhere, Side::Target, sync::push),
        Command::Pull(elsewhere) => copy(&config, elsewhere, Side::Source, sync::pull),
    };
    done.map_err(|fault| terminal::show_one(fault, invocation)).is_ok_and(|is_well| is_well)
}

fn unwritten(config: &Config, fault: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Code::Store, format!("cannot be written: {fault}"))
        .in_file(config.media.store.display().to_string())
        .hint("look at its permissions and at the room on the disk")
}

/// Everything of the site that may name media, articles and pages; its faults are `check`'s to tell.
fn inventory(config: &Config) -> Result<Inventory, Diagnostic> {
    inventory_with_faults(config).map(|(inventory, _)| inventory)
}

fn inventory_with_faults(config: &Config) -> Result<(Inventory, Report), Diagnostic> {
    let mut report = Report::default();
    let inventory = pipeline::inventory(config, pipeline::now(), &pipeline::Silent, &mut report)?;
    Ok((inventory, report))
}

/// Nobody can tell which media an article names that cannot be read.
fn refuse_unread(report: &Report) -> Result<(), Diagnostic> {
    let is_unread = |fault: &&Diagnostic| match fault.code() {
        Code::Unreadable | Code::LfsPointer | Code::Name => true,
        // What is being written is empty for a moment.
        Code::Empty => !fault.file().is_some_and(parse::is_page_of_section),
        _ => false,
    };
    let unread = report.iter().filter(is_unread).count();
    if unread == 0 {
        return Ok(());
    }
    let message = format!("{unread} sources cannot be read, and what they name might go; nothing was removed");
    Err(Diagnostic::error(Code::Store, message).hint("mend what `heliostat check` says, or say --allow-removals"))
}

/// Everything that names media; what withdrawn articles name is kept, and not shown.
fn entries(inventory: &Inventory) -> Vec<&Entry> {
    let articles = inventory.entries.iter().map(AsRef::as_ref);
    articles.chain(inventory.customs.iter().map(|custom| &custom.entry)).collect()
}

/// So wide is a column of names, in a terminal's columns.
const NAME_WIDTH: usize = 32;

/// How many originals are in which state, and how many bytes came.
#[derive(Default)]
struct Count {
    came: usize,
    bytes: u64,
    failed: usize,
    unasked: usize,
}

impl Count {
    fn take(&mut self, line: Option<&Line>) {
        match line {
            Some(Line { original: Some(original), .. }) => {
                self.came += 1;
                self.bytes += original.bytes;
            }
            Some(_) => self.failed += 1,
            None => self.unasked += 1,
        }
    }

    fn show(&self, name: &str) {
        let Self { came, bytes, failed, unasked } = self;
        // A Han character is two columns wide.
        let blank = " ".repeat(NAME_WIDTH.saturating_sub(name.width()));
        terminal::say(format_args!(
            "  {name}{blank} {came:>8} here {:>10.1} MB {failed:>8} failed {unasked:>8} not asked",
            *bytes as f64 / 1e6
        ));
    }
}

fn list_missing(config: &Config) -> Result<bool, Diagnostic> {
    let (_, ledger) = media::open(&config.media.store)?;
    for line in ledger.lines().filter(|line| line.original.is_none()) {
        terminal::say(serde_json::to_string(line).unwrap_or_default());
    }
    Ok(true)
}

fn status(config: &Config) -> Result<bool, Diagnostic> {
    let (_, ledger) = media::open(&config.media.store)?;
    let inventory = inventory(config)?;
    let entries = inventory.shown();
    let by_key: BTreeMap<&str, &Line> = ledger.lines().map(|line| (line.key.as_str(), line)).collect();
    let mut tables = [("host", BTreeMap::new()), ("outlet", BTreeMap::new()), ("month", BTreeMap::new())];
    let (mut all, mut faults) = (Count::default(), BTreeMap::<String, usize>::new());
    for (key, entry) in media::named_originals(&entries) {
        let line = by_key.get(key.as_str()).copied();
        let month =
            entry.date.map_or_else(|| "undated".to_owned(), |date| format!("{}-{:02}", date.year(), date.month()));
        let host = key.split('/').next().unwrap_or(&key).to_owned();
        let names = [host, entry.outlet.clone().unwrap_or_else(|| "none".to_owned()), month];
        for ((_, table), name) in tables.iter_mut().zip(names) {
            table.entry(name).or_insert_with(Count::default).take(line);
        }
        all.take(line);
        if let Some(fault) = line.and_then(|line| line.fault.clone()) {
            *faults.entry(fault).or_default() += 1;
        }
    }
    for (title, table) in tables.into_iter().filter(|(_, table)| !table.is_empty()) {
        terminal::say(format_args!("by {title}"));
        for (name, count) in table {
            count.show(&name);
        }
    }
    if !faults.is_empty() {
        terminal::say("why they failed");
    }
    for (fault, count) in faults {
        terminal::say(format_args!("  {count:>8} {fault}"));
    }
    terminal::say("all");
    all.show("");
    Ok(true)
}

fn fetch(config: &Config, invocation: &Invocation) -> Result<bool, Diagnostic> {
    let bar = terminal::Bar::new();
    let inventory = inventory(config)?;
    // No build comes after this one that could remember files: it began at no time.
    let known_files = KnownFiles { files: &LocalFiles::default(), began: 0 };
    let rescued = media::rescue(&inventory.shown(), config, pipeline::now(), known_files, &bar);
    bar.clear();
    let rescued = rescued?;
    let mut report = Report::default();
    report.extend(rescued.diagnostics);
    terminal::show(&report, None, invocation);
    terminal::say(format_args!("{} media are ready", rescued.gallery.len()));
    Ok(!report.has_errors())
}

/// Whether a line is of this host, at this address or below it.
fn fits(line: &Line, only: Option<&str>) -> bool {
    let Some(only) = only else { return true };
    let host = line.key.split('/').next().unwrap_or(&line.key);
    line.url == only || host == only || (only.contains('/') && line.url.starts_with(only))
}

/// Whether a line is of the original at this address, or of one in this folder.
fn is_at(line: &Line, address: &str) -> bool {
    line.url == address || (address.ends_with('/') && line.url.starts_with(address))
}

fn locked(config: &Config) -> Result<Lock, Diagnostic> {
    Lock::take(&config.media.store, terminal::waiting).map_err(|fault| unwritten(config, &fault))
}

fn change(config: &Config, change: impl Fn(&mut Ledger) -> usize, what: &str) -> Result<bool, Diagnostic> {
    let _lock = locked(config)?;
    let (_, mut ledger) = media::open(&config.media.store)?;
    let count = change(&mut ledger);
    if count > 0 {
        ledger.save().map_err(|fault| unwritten(config, &fault))?;
    }
    terminal::say(format_args!("{} {what}", terminal::count(count, "original")));
    Ok(true)
}

/// What is done with files that nothing needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sweep {
    Show,
    Remove(Removals),
}

fn gc(config: &Config, sweep: Sweep) -> Result<bool, Diagnostic> {
    // What a build has just made, its books may not say yet.
    let _alone = Memory::open(config, Use::Memory, terminal::waiting)?;
    let _lock = locked(config)?;
    let (store, mut ledger) = media::open(&config.media.store)?;
    let (inventory, report) = inventory_with_faults(config)?;
    let needs = Needs::of(&media::named_originals(&entries(&inventory)), &ledger, &config.media);
    let (needed, swept) = needs.sort(&store);
    let Sweep::Remove(removals) = sweep else {
        for file in &swept {
            terminal::say(file.path.display());
        }
        return Ok(swept_line(&swept, "would be removed; say --remove to do it"));
    };
    if removals == Removals::Few {
        refuse_unread(&report)?;
    }
    if removals == Removals::Few && swept.len() > needed.len() {
        return Err(Diagnostic::error(
            Code::Store,
            format!("{} of {} files would go: most of the store", swept.len(), swept.len() + needed.len()),
        )
        .hint("look whether all articles are there; if that is meant, say --allow-removals"));
    }
    for file in &swept {
        std::fs::remove_file(&file.path).map_err(|fault| unwritten(config, &fault))?;
    }
    needs.forget_the_rest(&store, &mut ledger).map_err(|fault| unwritten(config, &fault))?;
    Ok(swept_line(&swept, "removed"))
}

fn swept_line(swept: &[StoredFile], what: &str) -> bool {
    let bytes: u64 = swept.iter().map(|file| file.bytes).sum();
    terminal::say(format_args!("{}, {:.1} MB {what}", terminal::count(swept.len(), "file"), bytes as f64 / 1e6));
    true
}

/// What is done with files that are damaged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damaged {
    Tell,
    SetAside,
}

fn verify(config: &Config, what: Damaged) -> Result<bool, Diagnostic> {
    let _lock = (what == Damaged::SetAside).then(|| locked(config)).transpose()?;
    let (store, ledger) = media::open(&config.media.store)?;
    let Verified { files, damaged, missing } = sweep::verify(&store, &ledger, &config.media);
    for path in &damaged {
        terminal::say(format_args!("{} is damaged", path.display()));
    }
    if what == Damaged::SetAside {
        set_aside(&damaged, &store).map_err(|fault| unwritten(config, &fault))?;
    } else if !damaged.is_empty() {
        terminal::say("say --set-aside to move what is damaged out of the way: then it is fetched or made anew");
    }
    for (path, what) in &missing {
        terminal::say(format_args!("{} is missing ({what})", path.display()));
    }
    terminal::say(format_args!("{files} files read, {} damaged, {} missing", damaged.len(), missing.len()));
    Ok(damaged.is_empty() && missing.is_empty())
}

/// It may be the last copy, of which something can still be seen.
fn set_aside(damaged: &[PathBuf], store: &Store) -> std::io::Result<()> {
    let folder = store.folder().join("damaged");
    for path in damaged {
        std::fs::create_dir_all(&folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut place = folder.join(&*name);
        for number in 2.. {
            if !place.exists() {
                break;
            }
            place.set_file_name(format!("{number}-{name}"));
        }
        std::fs::rename(path, place)?;
    }
    // A build that finds the books as they were does not look for files.
    store.forget_what_is_gone();
    store.save_index()
}

fn remedy(fault: &sync::Fault) -> &'static str {
    match fault {
        sync::Fault::Empty => "look whether the disk is mounted, and whether the store lies in a folder of it",
        sync::Fault::Place(_) | sync::Fault::NotThere(_) => {
            "name a folder, or an object store: s3://bucket/path, gs://bucket/path, az://container/path"
        }
        sync::Fault::Remote(_) => {
            "look at the address and at the credentials (AWS_ACCESS_KEY_ID and the like); run again, it goes on where it was"
        }
        sync::Fault::Local(_) | sync::Fault::Damaged(_) => "run the command again: it goes on where it was",
    }
}

/// Copies a store by difference: [`sync::push`] or [`sync::pull`].
type Copy = fn(&Path, &Remote, What, &dyn crate::progress::Progress) -> Result<Copied, sync::Fault>;

fn copy(config: &Config, elsewhere: &Elsewhere, side: Side, copy: Copy) -> Result<bool, Diagnostic> {
    let what = if elsewhere.without_originals { What::Variants } else { What::All };
    let bar = terminal::Bar::new();
    let remote = Remote::open(&elsewhere.place, side);
    let copied = remote.and_then(|remote| copy(&config.media.store, &remote, what, &bar));
    bar.clear();
    let copied = copied.map_err(|fault| {
        Diagnostic::error(Code::Store, format!("{}: {fault}", elsewhere.place)).hint(remedy(&fault))
    })?;
    for name in &copied.damaged {
        terminal::say(format_args!("{name} is damaged and was not copied"));
    }
    terminal::say(format_args!(
        "{} files copied, {:.1} MB, {} were there",
        copied.files,
        copied.bytes as f64 / 1e6,
        copied.known
    ));
    Ok(copied.damaged.is_empty())
}
