//! Fetching: remote originals that the ledger does not know, each asked for once.
//!
//! Newest articles first, within `media.time`, on a few threads of its own; a host that failed three times rests for
//! the build. What came is in the store and the ledger before anything is encoded, so that nothing is asked twice.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::address::PublicOnly;
use super::ledger::Ledger;
use super::store::Store;
use super::{MediaKey, Wanted, probe};
use crate::config::{Config, MediaConfig};
use crate::diagnostics::{Code, Diagnostic};

/// So many requests are under way at once.
const CONNECTIONS: usize = 8;

/// After so many failures a host is not asked again in this build.
const HOST_FAILURES: u32 = 3;

/// The ledger is saved after so many answers, so that a killed build loses few.
const SAVE_EVERY: usize = 200;

/// What we can decode, and so what we ask for.
const ACCEPT: &str = "image/jpeg, image/png, image/webp, image/gif";

/// Asks for every wanted picture that is due, and says what is missing and why.
pub(super) fn fetch_missing(
    wanted: &BTreeMap<MediaKey, Wanted>,
    ledger: &mut Ledger,
    store: &Store,
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Fn(usize, usize),
) -> Vec<Diagnostic> {
    let mut missing: Vec<(&str, &Wanted)> = wanted
        .iter()
        .filter_map(|(key, wanted)| if let MediaKey::Url(url) = key { Some((url.as_str(), wanted)) } else { None })
        .filter(|(url, _)| ledger.digest(url).is_none())
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    missing.sort_by(|a, b| b.1.newest.cmp(&a.1.newest).then_with(|| a.0.cmp(b.0)));
    let mut diagnostics = Vec::new();
    if !config.media.offline {
        let due: Vec<Job<'_>> = missing
            .iter()
            .filter(|(url, _)| ledger.is_due(url, now))
            .map(|(url, wanted)| Job { url, proxy: wanted.proxy.as_deref() })
            .collect();
        if let Err(fault) = ask_all(&due, ledger, store, &config.media, now, progress) {
            diagnostics.push(
                Diagnostic::error(Code::Media, format!("the store cannot be written: {fault}"))
                    .in_file(store.folder().display().to_string()),
            );
        }
    }
    diagnostics.extend(report(&missing, ledger));
    diagnostics
}

struct Job<'wanted> {
    url: &'wanted str,
    proxy: Option<&'wanted str>,
}

enum Answer {
    Came(Vec<u8>),
    Failed(String),
    /// Time is up, or the host rests: nothing is remembered.
    NotAsked,
}

fn ask_all(
    jobs: &[Job<'_>],
    ledger: &mut Ledger,
    store: &Store,
    config: &MediaConfig,
    now: DateTime<Utc>,
    progress: &dyn Fn(usize, usize),
) -> std::io::Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let fetcher = Fetcher::new(config);
    let next = Mutex::new(jobs.iter());
    let (sender, answers) = mpsc::sync_channel::<(&str, Answer)>(CONNECTIONS);
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS.min(jobs.len()) {
            let (sender, next, fetcher) = (sender.clone(), &next, &fetcher);
            scope.spawn(move || {
                while let Some(job) = next.lock().ok().and_then(|mut jobs| jobs.next()) {
                    if sender.send((job.url, fetcher.ask(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (count, (url, answer)) in answers.iter().enumerate() {
            let result = match answer {
                Answer::Came(bytes) => Ok(store.keep_original(&bytes)?),
                Answer::Failed(fault) => Err(fault),
                Answer::NotAsked => continue,
            };
            ledger.record(url, result, now);
            progress(count + 1, jobs.len());
            if (count + 1) % SAVE_EVERY == 0 {
                ledger.save(store.folder())?;
            }
        }
        ledger.save(store.folder())
    })
}

struct Fetcher<'config> {
    agent: ureq::Agent,
    config: &'config MediaConfig,
    until: Instant,
    failures: Mutex<HashMap<String, u32>>,
}

impl<'config> Fetcher<'config> {
    fn new(config: &'config MediaConfig) -> Self {
        let settings = ureq::config::Config::builder()
            .timeout_global(Some(config.timeout))
            .max_redirects(5)
            .user_agent(&config.user_agent)
            .accept(ACCEPT)
            .build();
        let resolver = PublicOnly::new(config.allow_private);
        let connector = ureq::unversioned::transport::DefaultConnector::default();
        Self {
            agent: ureq::Agent::with_parts(settings, connector, resolver),
            config,
            until: Instant::now() + config.time,
            failures: Mutex::new(HashMap::new()),
        }
    }

    /// Asks the original's host, then the proxy through which the article showed it.
    fn ask(&self, job: &Job<'_>) -> Answer {
        let mut last = Answer::NotAsked;
        for url in std::iter::once(job.url).chain(job.proxy) {
            let asked = self.rewritten(url);
            if Instant::now() + Duration::from_millis(100) > self.until || self.rests(&asked) {
                continue;
            }
            match self.get(&asked) {
                Ok(bytes) => return Answer::Came(bytes),
                Err(fault) => {
                    self.count_failure(&asked);
                    last = Answer::Failed(fault);
                }
            }
        }
        last
    }

    fn rewritten(&self, url: &str) -> String {
        let rule = self.config.rewrites.iter().find(|rule| url.starts_with(&rule.from));
        rule.map_or_else(|| url.to_owned(), |rule| format!("{}{}", rule.to, &url[rule.from.len()..]))
    }

    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let response = self.agent.get(url).call().map_err(|fault| fault.to_string())?;
        let limit = self.config.max_bytes;
        let mut bytes = Vec::new();
        // One more than the limit, to tell the largest allowed from a larger one.
        let mut body = response.into_body().into_with_config().limit(limit + 1).reader().take(limit + 1);
        body.read_to_end(&mut bytes).map_err(|fault| fault.to_string())?;
        if bytes.len() as u64 > limit {
            return Err(format!("larger than media.max_bytes ({limit} bytes)"));
        }
        probe::probe(&bytes, self.config.max_pixels).map_err(|fault| fault.to_string())?;
        Ok(bytes)
    }

    fn rests(&self, url: &str) -> bool {
        self.failures
            .lock()
            .is_ok_and(|failures| failures.get(host_of(url)).is_some_and(|count| *count >= HOST_FAILURES))
    }

    fn count_failure(&self, url: &str) {
        if let Ok(mut failures) = self.failures.lock() {
            *failures.entry(host_of(url).to_owned()).or_default() += 1;
        }
    }
}

/// Host and port of a URL, as written.
fn host_of(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or(url)
}

/// A line for each picture that failed, a line for each host whose pictures were not asked for.
fn report(missing: &[(&str, &Wanted)], ledger: &Ledger) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut not_asked: BTreeMap<&str, usize> = BTreeMap::new();
    for (url, wanted) in missing {
        if ledger.digest(url).is_some() {
            continue;
        }
        match ledger.fault(url) {
            Some(fault) => diagnostics.push(
                Diagnostic::warning(Code::Media, format!("{url}: {fault}"))
                    .in_file(wanted.source.clone())
                    .hint("it is asked for again after a rest"),
            ),
            None => *not_asked.entry(host_of(url)).or_default() += 1,
        }
    }
    diagnostics.extend(not_asked.into_iter().map(|(host, count)| {
        Diagnostic::warning(
            Code::Media,
            format!("{host}: {count} pictures were not asked for (offline, or time was up)"),
        )
        .hint("build again without --offline")
    }));
    diagnostics
}
