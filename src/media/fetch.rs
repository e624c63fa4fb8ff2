//! Fetching: remote originals that the ledger does not know, each asked for once.
//!
//! Newest articles first, within `media.time`, on threads of its own: some ask ([`queue`](super::queue) says whom),
//! as many as there are cores take what comes into the store and the ledger and make it ready, fed through a bounded
//! channel, so that no more lies in memory than can be worked on. An original is looked for at its own host, then at
//! the proxy through which the article showed it, then where `media.fallbacks` say.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::BackoffBuilder as _;
use chrono::{DateTime, TimeDelta, Utc};
use rayon::prelude::*;
use url::Url;

use super::gallery::MediaKey;
use super::kitchen::Kitchen;
use super::ledger::{Answer, Ledger, Original};
use super::queue::{Manner, Next, Queue, Turn};
use super::request::{Asker, Came, Failure};
use super::{Originals, Wanted};
use crate::config::MediaConfig;
use crate::diagnostics::{Code, Diagnostic};
use crate::progress::Progress;

/// A host that is busy or broken is asked for the same thing so often again.
const TRIES: usize = 2;

/// Asks for everything wanted that is due, prepares what comes, and says what is missing and why.
pub(super) fn fetch_missing(
    wanted: &Originals<'_>,
    ledger: &mut Ledger,
    kitchen: &Kitchen<'_>,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let config = kitchen.config();
    let is_lost = |key: &str, kind| {
        ledger.due(key).is_none() && ledger.digest(key).is_some_and(|came| kitchen.has_lost(kind, came))
    };
    let lost: BTreeSet<&str> = wanted
        .par_iter()
        .filter(|_| !config.offline)
        .filter_map(|(key, wanted): &(MediaKey, Wanted<'_>)| match key {
            MediaKey::Url(key) if is_lost(key, wanted.kind) => Some(key.as_str()),
            _ => None,
        })
        .collect();
    let is_due = |ledger: &Ledger, key: &str| ledger.is_due(key, now) || lost.contains(key);

    let mut missing: Vec<(&str, &Wanted<'_>)> = wanted
        .iter()
        .filter_map(|(key, wanted)| if let MediaKey::Url(key) = key { Some((key.as_str(), wanted)) } else { None })
        .filter(|(key, _)| ledger.digest(key).is_none() || is_due(ledger, key))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    // Stable: those of one date stay in the order of their keys.
    missing.par_sort_by_key(|(_, wanted)| Reverse(wanted.newest));
    let mut diagnostics = Vec::new();
    if !config.offline {
        let jobs: Vec<Job<'_>> = missing
            .iter()
            .filter(|(key, _)| is_due(ledger, key))
            .map(|(key, wanted)| Job::of(key, wanted, config))
            .collect();
        if let Err(fault) = ask_all(&jobs, ledger, kitchen, now, progress) {
            diagnostics.push(
                Diagnostic::error(Code::Media, format!("the store cannot be written: {fault}"))
                    .in_file(kitchen.store().folder().display().to_string()),
            );
        }
    }
    diagnostics.extend(report(&missing, ledger, NotAsked::of(config)));
    diagnostics
}

/// An original, and where it may be had.
struct Job<'wanted> {
    key: &'wanted str,
    wanted: &'wanted Wanted<'wanted>,
    places: Vec<Url>,
    state: Mutex<State>,
}

/// How far a job has come.
#[derive(Default)]
struct State {
    /// The place that is asked.
    place: usize,
    /// How often it was asked again.
    tries: usize,
    /// What the last place said.
    last: Option<Failure>,
}

impl<'wanted> Job<'wanted> {
    fn of(key: &'wanted str, wanted: &'wanted Wanted<'wanted>, config: &MediaConfig) -> Self {
        let known = std::iter::once(wanted.url).chain(wanted.proxy).map(str::to_owned);
        let others = config.fallbacks.iter().map(|template| elsewhere(template, wanted.url));
        let places = known.chain(others).filter_map(|url| Url::parse(&rewritten(&url, config)).ok());
        Self { key, wanted, places: places.collect(), state: Mutex::default() }
    }

    fn host(&self, place: usize) -> Option<&str> {
        self.places.get(place)?.host_str()
    }

    /// Asks the place that the job has come to; an answer, if that was the last step.
    fn step<'job>(&'job self, turn: &Turn, asker: &Asker<'_>, queue: &Queue) -> Option<Arrival<'job>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let host = self.host(state.place).unwrap_or_default();
        let asked = self.places.get(state.place).filter(|_| !turn.rests).map(|url| asker.get(url, self.wanted.kind));
        let failure = match asked {
            Some(Ok((came, status))) => {
                queue.finish(turn, Manner::Answered, Next::Done);
                return Some(Arrival { job: self, status, came: Ok(came), retry_after: None });
            }
            Some(Err(failure)) => Some(failure),
            None => None,
        };
        let manner = failure.as_ref().map_or(Manner::NotAsked, |failure| failure.manner);
        if manner == Manner::Failed && asker.is_over() {
            // It was cut off by us, which says nothing of the host.
            queue.finish(turn, manner, Next::Done);
            return None;
        }
        let again = failure.as_ref().and_then(|failure| failure.again).filter(|_| state.tries < TRIES);
        if let Some(delay) = again.map(|least| least.max(backoff(state.tries)))
            && delay <= LONGEST_WAIT.min(asker.time_left())
        {
            state.tries += 1;
            state.last = failure;
            queue.finish(turn, manner, Next::At(host, delay));
            return None;
        }
        state.last = failure.or(state.last.take());
        (state.place, state.tries) = (state.place + 1, 0);
        if let Some(next) = self.host(state.place) {
            queue.finish(turn, manner, Next::At(next, Duration::ZERO));
            return None;
        }
        queue.finish(turn, manner, Next::Done);
        // Nobody was asked: nothing is remembered.
        let Failure { status, why, again, .. } = state.last.take()?;
        let retry_after = again.and_then(|again| TimeDelta::from_std(again).ok());
        Some(Arrival { job: self, status, came: Err(why), retry_after })
    }
}

/// Nobody is waited for longer than so; who asks for more is asked in a later build.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long to wait before the same place is asked again: about a second, then about two.
fn backoff(tries: usize) -> Duration {
    let delays = backon::ExponentialBuilder::default().with_jitter().with_max_times(TRIES);
    delays.build().nth(tries).unwrap_or(LONGEST_WAIT)
}

fn rewritten(url: &str, config: &MediaConfig) -> String {
    let rule = config.rewrites.iter().find(|rule| url.starts_with(&rule.from));
    rule.map_or_else(|| url.to_owned(), |rule| format!("{}{}", rule.to, &url[rule.from.len()..]))
}

/// An address of `media.fallbacks` for an original.
fn elsewhere(template: &str, url: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, bare)| bare);
    let encoded = percent_encoding::utf8_percent_encode(url, percent_encoding::NON_ALPHANUMERIC).to_string();
    template.replace("{encoded_url}", &encoded).replace("{host_and_path}", bare).replace("{url}", url)
}

/// An answer on its way from who asks to who prepares.
struct Arrival<'job> {
    job: &'job Job<'job>,
    status: Option<u16>,
    came: Result<Came, String>,
    retry_after: Option<TimeDelta>,
}

fn ask_all(
    jobs: &[Job<'_>],
    ledger: &mut Ledger,
    kitchen: &Kitchen<'_>,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> std::io::Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let config = kitchen.config();
    progress.begin("media", jobs.len());
    // A longer time than a clock knows is a day.
    const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let until = Instant::now().checked_add(config.time).unwrap_or_else(|| Instant::now() + A_DAY);
    let queue = Queue::new(config.connections_per_host, until);
    for (number, job) in jobs.iter().enumerate() {
        // Those of no host are asked for nowhere: they are done as soon as it is their turn.
        queue.add(number, job.host(0).unwrap_or_default());
    }
    let asker = Asker::new(config, kitchen.store(), until);
    let (sender, arrivals) = sync_channel(config.connections);
    let arrivals = Mutex::new(arrivals);
    let taker = Taker { kitchen, books: Mutex::new(&mut *ledger), now, progress };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let taken: std::io::Result<()> = std::thread::scope(|scope| {
        for _ in 0..config.connections.min(jobs.len()) {
            let (sender, queue, asker) = (sender.clone(), &queue, &asker);
            scope.spawn(move || {
                while let Some(turn) = queue.take() {
                    let answered = jobs[turn.job].step(&turn, asker, queue);
                    if answered.is_some_and(|arrival| sender.send(arrival).is_err()) {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let takers: Vec<_> = (0..cores).map(|_| scope.spawn(|| taker.take_all(&arrivals, &queue))).collect();
        let ends = takers
            .into_iter()
            .map(|taker| taker.join().unwrap_or_else(|_| Err(std::io::Error::other("a thread failed"))));
        ends.collect()
    });
    taken.and(ledger.settle())
}

/// Where what arrives is put.
struct Taker<'build> {
    kitchen: &'build Kitchen<'build>,
    books: Mutex<&'build mut Ledger>,
    now: DateTime<Utc>,
    progress: &'build dyn Progress,
}

impl Taker<'_> {
    /// Takes what arrives until nothing more does. After a fault nothing more is asked for, and what is still on its way
    /// is let go, for those who bring it wait until it is taken.
    fn take_all(&self, arrivals: &Mutex<Receiver<Arrival<'_>>>, queue: &Queue) -> std::io::Result<()> {
        let mut taken = Ok(());
        loop {
            let arrival = arrivals.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(arrival) = arrival else { return taken };
            if taken.is_ok() {
                // Whoever panics must not leave the others waiting either.
                let took = catch_unwind(AssertUnwindSafe(|| self.take(arrival)));
                let took = took.unwrap_or_else(|_| Err(std::io::Error::other("a thread failed")));
                taken = took.inspect_err(|_| queue.stop());
            }
        }
    }

    /// Takes one: into the store, into the ledger, and then it is prepared.
    fn take(&self, Arrival { job, status, came, retry_after }: Arrival<'_>) -> std::io::Result<()> {
        let store = self.kitchen.store();
        let (came, bytes) = match came {
            Ok(Came::Picture(picture)) => {
                let (digest, bytes) = (store.keep_original(&picture)?, picture.len() as u64);
                (Ok(Original { digest, bytes }), Some(picture))
            }
            Ok(Came::File(file, digest, bytes)) => {
                store.keep_original_file(file, digest)?;
                (Ok(Original { digest, bytes }), None)
            }
            Ok(Came::Unkept(fault)) => return Err(fault),
            Err(why) => (Err(why), None),
        };
        let original = came.as_ref().ok().copied();
        let mut ledger = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.record(job.key, job.wanted.url, Answer { status, came, retry_after }, self.now)?;
        drop(ledger);
        if let Some(original) = original {
            // What goes wrong here is said when the same is asked for by an article.
            drop(self.kitchen.asset(job.wanted.kind, original.digest, bytes));
            self.progress.came(original.bytes, job.host(0).unwrap_or_default());
        }
        self.progress.advance(1);
        Ok(())
    }
}

/// A line for each original that failed, a line for each host whose were not asked for.
fn report(missing: &[(&str, &Wanted<'_>)], ledger: &Ledger, why: NotAsked) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut not_asked: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, wanted) in missing {
        let is_kept = ledger.digest(key).is_some();
        match ledger.fault(key) {
            Some(fault) if is_kept => diagnostics.push(
                Diagnostic::warning(Code::Media, format!("{}: {fault}", wanted.url))
                    .in_file(wanted.source)
                    .hint("it was asked for again; what came before is still shown"),
            ),
            None if is_kept => {}
            Some(fault) => diagnostics.push(
                Diagnostic::warning(Code::Media, format!("{}: {fault}", wanted.url))
                    .in_file(wanted.source)
                    .hint("it is asked for again after a rest, or after `heliostat media retry`"),
            ),
            None => *not_asked.entry(key.split('/').next().unwrap_or(key)).or_default() += 1,
        }
    }
    diagnostics.extend(not_asked.into_iter().map(|(host, count)| {
        let originals = if count == 1 { "1 original was".to_owned() } else { format!("{count} originals were") };
        Diagnostic::warning(Code::Media, format!("{host}: {originals} not asked for ({})", why.reason)).hint(why.hint)
    }));
    diagnostics
}

/// Why originals were not asked for, and what is to be done about it.
#[derive(Clone, Copy)]
struct NotAsked {
    reason: &'static str,
    hint: &'static str,
}

impl NotAsked {
    fn of(config: &MediaConfig) -> Self {
        if config.offline {
            return Self {
                reason: "the build is offline",
                hint: "`build` asks for them without --offline, and without `offline = true` in [media] of site.toml; a preview asks nobody, unless it is `serve --fetch`",
            };
        }
        Self {
            reason: "time was up, or the host rests",
            hint: "the next build goes on where this one stopped; `time` in [media] of site.toml gives it longer",
        }
    }
}
