//! `heliostat media`: looks after the store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::Datelike as _;
use clap::{Args, Subcommand};
use walkdir::WalkDir;

use super::{Invocation, load, terminal};
use crate::config::{Config, Overrides};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::media::ledger::{Ledger, Line, Retry};
use crate::media::store::{ORIGINALS, Store, VARIANTS};
use crate::media::sync::{self, Copied, Remote, What};
use crate::media::{self, encode::Recipe};
use crate::parse::Entry;
use crate::pipeline::{self, Planned};
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
        /// Every original that is missing, and why, as a JSON object a line
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
    /// Lists files that no article of the site needs; removes them if told to
    Gc {
        /// Remove them. Originals that no host has any more are lost with them
        #[arg(long)]
        remove: bool,
        /// Remove them even if they are most of the store
        #[arg(long)]
        allow_removals: bool,
    },
    /// Reads every file of the store and compares it with the digest that is its name
    Verify,
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
    let Some(config) = load(invocation, &Overrides::default()) else { return false };
    let done = match &arguments.command {
        Command::Status { missing } => status(&config, *missing),
        Command::Fetch => fetch(&config, invocation),
        Command::Retry { only, all } => change(
            &config,
            |ledger| ledger.retry(if *all { Retry::All } else { Retry::Failed }, |line| fits(line, only.as_deref())),
            "will be asked for at the next build",
        ),
        Command::Forget { url } => {
            change(&config, |ledger| ledger.forget(|line| fits(line, Some(url))), "are forgotten")
        }
        Command::Gc { remove: false, .. } => gc(&config, Sweep::Show),
        Command::Gc { allow_removals: true, .. } => gc(&config, Sweep::Remove(Removals::Many)),
        Command::Gc { .. } => gc(&config, Sweep::Remove(Removals::Few)),
        Command::Verify => verify(&config),
        Command::Push(elsewhere) => copy(&config, elsewhere, sync::push),
        Command::Pull(elsewhere) => copy(&config, elsewhere, sync::pull),
    };
    done.map_err(|fault| {
        let mut report = Report::default();
        report.push(fault);
        terminal::show(&report, None, invocation.format);
    })
    .is_ok_and(|is_well| is_well)
}

fn unwritten(config: &Config, fault: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Code::Media, format!("cannot be written: {fault}"))
        .in_file(config.media.store.display().to_string())
        .hint("look at its permissions and at the room on the disk")
}

/// Everything of the site that may name media, articles and pages; its faults are `check`'s to tell.
fn planned(config: &Config) -> Result<Planned, Diagnostic> {
    let mut report = Report::default();
    pipeline::check(config, pipeline::now(), &pipeline::Silent, &mut report).map(|(planned, _)| planned)
}

fn entries(planned: &Planned) -> Vec<&Entry> {
    let articles = planned.entries.iter().map(AsRef::as_ref);
    articles.chain(planned.customs.iter().map(|custom| &custom.entry)).collect()
}

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
            Some(line) if line.digest.is_some() => {
                self.came += 1;
                self.bytes += line.bytes.unwrap_or_default();
            }
            Some(_) => self.failed += 1,
            None => self.unasked += 1,
        }
    }

    fn show(&self, name: &str) {
        let Self { came, bytes, failed, unasked } = self;
        println!(
            "  {name:<32} {came:>8} here {:>10.1} MB {failed:>8} failed {unasked:>8} not asked",
            *bytes as f64 / 1e6
        );
    }
}

fn status(config: &Config, missing: bool) -> Result<bool, Diagnostic> {
    let (_, ledger) = media::open(&config.media.store)?;
    if missing {
        for line in ledger.lines().filter(|line| line.digest.is_none()) {
            println!("{}", serde_json::to_string(line).unwrap_or_default());
        }
        return Ok(true);
    }
    let planned = planned(config)?;
    let entries = entries(&planned);
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
    for (title, table) in tables {
        println!("by {title}");
        for (name, count) in table {
            count.show(&name);
        }
    }
    println!("why they failed");
    for (fault, count) in faults {
        println!("  {count:>8} {fault}");
    }
    println!("all");
    all.show("");
    Ok(true)
}

fn fetch(config: &Config, invocation: &Invocation) -> Result<bool, Diagnostic> {
    let bar = terminal::Bar::new();
    let planned = planned(config)?;
    let rescued = media::rescue(&entries(&planned), config, pipeline::now(), &bar);
    bar.clear();
    let mut report = Report::default();
    report.extend(rescued.diagnostics);
    terminal::show(&report, None, invocation.format);
    println!("{} media are ready", rescued.gallery.len());
    Ok(!report.has_errors())
}

/// Whether a line is of this host, at this address or below it.
fn fits(line: &Line, only: Option<&str>) -> bool {
    let Some(only) = only else { return true };
    let host = line.key.split('/').next().unwrap_or(&line.key);
    line.url == only || host == only || (only.contains('/') && line.url.starts_with(only))
}

fn change(config: &Config, change: impl Fn(&mut Ledger) -> usize, what: &str) -> Result<bool, Diagnostic> {
    let (_, mut ledger) = media::open(&config.media.store)?;
    let count = change(&mut ledger);
    if count > 0 {
        ledger.save().map_err(|fault| unwritten(config, &fault))?;
    }
    println!("{count} originals {what}");
    Ok(true)
}

/// Every file of the store: its path, its size, the digest in its name.
fn files(folder: &Path) -> impl Iterator<Item = (std::path::PathBuf, u64, Option<Digest>)> {
    let walk =
        [ORIGINALS, VARIANTS].map(|name| WalkDir::new(folder.join(name)).sort_by_file_name().into_iter().flatten());
    walk.into_iter().flatten().filter(|entry| entry.file_type().is_file()).map(|entry| {
        let name = entry.file_name().to_str().unwrap_or_default();
        let digest = Digest::parse(name.split('.').next().unwrap_or(name));
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        (entry.into_path(), size, digest)
    })
}

/// What is done with files that nothing needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sweep {
    Show,
    Remove(Removals),
}

fn gc(config: &Config, sweep: Sweep) -> Result<bool, Diagnostic> {
    let (store, mut ledger) = media::open(&config.media.store)?;
    let planned = planned(config)?;
    let entries = entries(&planned);
    let named = media::named_originals(&entries);
    let known: BTreeSet<Digest> =
        ledger.lines().filter(|line| !named.contains_key(&line.key)).filter_map(|line| line.digest).collect();
    let needed: BTreeSet<Digest> =
        ledger.lines().filter(|line| named.contains_key(&line.key)).filter_map(|line| line.digest).collect();
    let recipe = Recipe::of(&config.media);
    // Originals that the ledger does not know are files of the site; what was made of them stays.
    let is_kept = |original: Digest, name: &str| {
        (needed.contains(&original) || !known.contains(&original)) && (name == recipe.name() || !name.starts_with('v'))
    };
    let kept: BTreeSet<Digest> = store
        .all_made()
        .iter()
        .filter(|(original, recipe, _)| is_kept(*original, recipe))
        .flat_map(|(original, _, made)| made.files().map(|file| file.digest).chain([*original]).collect::<Vec<_>>())
        .chain(needed.iter().copied())
        .collect();
    let is_needed = |digest: &Option<Digest>| digest.is_some_and(|digest| kept.contains(&digest));
    let (needed, swept): (Vec<_>, Vec<_>) = files(store.folder()).partition(|(.., digest)| is_needed(digest));
    if sweep == Sweep::Remove(Removals::Few) && swept.len() > needed.len() {
        return Err(Diagnostic::error(
            Code::Media,
            format!("{} of {} files would go: most of the store", swept.len(), swept.len() + needed.len()),
        )
        .hint("look whether all articles are there; if that is meant, say --allow-removals"));
    }
    for (path, ..) in &swept {
        if sweep != Sweep::Show {
            std::fs::remove_file(path).map_err(|fault| unwritten(config, &fault))?;
        } else {
            println!("{}", path.display());
        }
    }
    let (count, bytes) = (swept.len(), swept.iter().map(|(_, size, _)| size).sum::<u64>());
    if sweep != Sweep::Show {
        store.retain(is_kept);
        store.save_index().map_err(|fault| unwritten(config, &fault))?;
        ledger.forget(|line| line.digest.is_some() && !named.contains_key(&line.key));
        ledger.save().map_err(|fault| unwritten(config, &fault))?;
    }
    let what = if sweep != Sweep::Show { "removed" } else { "would be removed; say --remove to do it" };
    println!("{count} files, {:.1} MB {what}", bytes as f64 / 1e6);
    Ok(true)
}

fn verify(config: &Config) -> Result<bool, Diagnostic> {
    let (store, ledger) = media::open(&config.media.store)?;
    let (mut count, mut damaged) = (0_usize, 0_usize);
    for (path, _, _) in files(store.folder()) {
        count += 1;
        let name = path.to_string_lossy();
        if std::fs::read(&path).ok().is_none_or(|bytes| !sync::is_named(&name, &bytes)) {
            damaged += 1;
            println!("{name} is damaged");
        }
    }
    let lost =
        missing_variants(&store) + if config.media.keep_originals { missing_originals(&store, &ledger) } else { 0 };
    println!("{count} files read, {damaged} damaged, {lost} missing");
    Ok(damaged + lost == 0)
}

fn missing_originals(store: &Store, ledger: &Ledger) -> usize {
    let came = ledger.lines().filter_map(|line| Some((line, line.digest?)));
    came.filter(|(_, digest)| !store.original_path(*digest).is_file())
        .inspect(|(line, _)| println!("{}: its original is not in the store", line.url))
        .count()
}

fn missing_variants(store: &Store) -> usize {
    let made = store.all_made();
    let files = made.iter().flat_map(|(_, _, made)| made.files());
    files
        .map(|file| store.variant_path(file))
        .filter(|path| !path.is_file())
        .inspect(|path| println!("{} is missing", path.display()))
        .count()
}

/// Copies a store by difference: [`sync::push`] or [`sync::pull`].
type Copy = fn(&Path, &Remote, What, &dyn crate::progress::Progress) -> Result<Copied, sync::Fault>;

fn copy(config: &Config, elsewhere: &Elsewhere, copy: Copy) -> Result<bool, Diagnostic> {
    let what = if elsewhere.without_originals { What::Variants } else { What::All };
    let bar = terminal::Bar::new();
    let copied = Remote::open(&elsewhere.place).and_then(|remote| copy(&config.media.store, &remote, what, &bar));
    bar.clear();
    let copied = copied.map_err(|fault| {
        Diagnostic::error(Code::Media, format!("{}: {fault}", elsewhere.place))
            .hint("run the command again: it goes on where it was")
    })?;
    for name in &copied.damaged {
        println!("{name} is damaged and was not copied");
    }
    println!("{} files copied, {:.1} MB, {} were there", copied.files, copied.bytes as f64 / 1e6, copied.known);
    Ok(copied.damaged.is_empty())
}
