//! Fetching: remote originals that the ledger does not know, each asked for once.
//!
//! Newest articles first, within `media.time`, on threads of its own: some ask ([`queue`](super::queue) says whom),
//! as many as there are cores take what comes into the store and the ledger and make it ready, fed through a bounded
//! channel, so that no more lies in memory than can be worked on. An original is looked for at its own host, then at
//! the proxy through which the article showed it, then where `media.fallbacks` say.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::BackoffBuilder as _;
use chrono::{DateTime, TimeDelta, Utc};
use ureq::http::{HeaderMap, StatusCode, header};
use url::Url;

use super::address::{PublicOnly, is_public};
use super::gallery::MediaKey;
use super::ledger::{self, Ledger};
use super::probe::{self, Kind, NotShown};
use super::queue::{Manner, Next, Queue};
use super::store::Store;
use super::{Prepare, Wanted};
use crate::config::{Config, MediaConfig};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::parse::MediaKind;
use crate::progress::Progress;

/// A redirect leads on so often.
const REDIRECTS: usize = 5;

/// A host that is busy or broken is asked for the same thing so often again.
const TRIES: usize = 2;

/// A request for a sound or a film may take so many times as long as one for a picture.
const PLAYER_PATIENCE: u32 = 10;

/// Asks for everything wanted that is due, prepares what comes, and says what is missing and why.
pub(super) fn fetch_missing(
    wanted: &BTreeMap<MediaKey, Wanted>,
    ledger: &mut Ledger,
    store: &Store,
    (config, now): (&Config, DateTime<Utc>),
    prepare: &Prepare<'_>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let mut missing: Vec<(&str, &Wanted)> = wanted
        .iter()
        .filter_map(|(key, wanted)| if let MediaKey::Url(key) = key { Some((key.as_str(), wanted)) } else { None })
        .filter(|(key, _)| ledger.digest(key).is_none())
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    missing.sort_by(|a, b| b.1.newest.cmp(&a.1.newest).then_with(|| a.0.cmp(b.0)));
    let mut diagnostics = Vec::new();
    if !config.media.offline {
        let jobs: Vec<Job<'_>> = missing
            .iter()
            .filter(|(key, _)| ledger.is_due(key, now))
            .map(|(key, wanted)| Job::of(key, wanted, &config.media))
            .collect();
        if let Err(fault) = ask_all(&jobs, ledger, store, (&config.media, now), prepare, progress) {
            diagnostics.push(
                Diagnostic::error(Code::Media, format!("the store cannot be written: {fault}"))
                    .in_file(store.folder().display().to_string()),
            );
        }
    }
    diagnostics.extend(report(&missing, ledger));
    diagnostics
}

/// An original, and where it may be had.
struct Job<'wanted> {
    key: &'wanted str,
    wanted: &'wanted Wanted,
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
    fn of(key: &'wanted str, wanted: &'wanted Wanted, config: &MediaConfig) -> Self {
        let known = std::iter::once(wanted.url.as_str()).chain(wanted.proxy.as_deref()).map(str::to_owned);
        let others = config.fallbacks.iter().map(|template| elsewhere(template, &wanted.url));
        let places = known.chain(others).filter_map(|url| Url::parse(&rewritten(&url, config)).ok());
        Self { key, wanted, places: places.collect(), state: Mutex::default() }
    }

    fn host(&self, place: usize) -> Option<&str> {
        self.places.get(place)?.host_str()
    }
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

/// What came, not yet in the store under its name.
enum Came {
    Picture(Vec<u8>),
    File(tempfile::NamedTempFile, Digest, u64),
}

/// An answer on its way from who asks to who prepares.
struct Arrival<'job> {
    job: &'job Job<'job>,
    answer: ledger::Answer,
    came: Option<Came>,
}

fn ask_all(
    jobs: &[Job<'_>],
    ledger: &mut Ledger,
    store: &Store,
    (config, now): (&MediaConfig, DateTime<Utc>),
    prepare: &Prepare<'_>,
    progress: &dyn Progress,
) -> std::io::Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    progress.begin("media", jobs.len());
    let until = Instant::now() + config.time;
    let queue = Queue::new(config.connections_per_host, until);
    for (number, job) in jobs.iter().enumerate() {
        queue.add(number, job.host(0).unwrap_or_default());
    }
    let fetcher = Fetcher::new(config, until);
    let (sender, arrivals) = sync_channel(config.connections);
    let arrivals = Mutex::new(arrivals);
    let taker = Taker { store, books: Mutex::new(&mut *ledger), now, prepare, progress };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let taken: std::io::Result<()> = std::thread::scope(|scope| {
        for _ in 0..config.connections.min(jobs.len()) {
            let (sender, queue, fetcher) = (sender.clone(), &queue, &fetcher);
            scope.spawn(move || {
                while let Some(turn) = queue.take() {
                    let answered = fetcher.turn(&jobs[turn.job], turn.job, turn.rests, queue, store);
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
    store: &'build Store,
    books: Mutex<&'build mut Ledger>,
    now: DateTime<Utc>,
    prepare: &'build Prepare<'build>,
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
                taken = self.take(arrival).inspect_err(|_| queue.stop());
            }
        }
    }

    /// Takes one: into the store, into the ledger, and then it is prepared.
    fn take(&self, Arrival { job, mut answer, came }: Arrival<'_>) -> std::io::Result<()> {
        let mut bytes = None;
        match came {
            Some(Came::Picture(picture)) => {
                answer.came = Some((self.store.keep_original(&picture)?, picture.len() as u64));
                bytes = Some(picture);
            }
            Some(Came::File(file, digest, size)) => {
                self.store.keep_original_file(file, digest)?;
                answer.came = Some((digest, size));
            }
            None => {}
        }
        let came = answer.came;
        let mut ledger = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.record(job.key, &job.wanted.url, answer, self.now)?;
        drop(ledger);
        if let Some((digest, size)) = came {
            (self.prepare)(job.wanted.kind, digest, bytes);
            self.progress.came(size, job.host(0).unwrap_or_default());
        }
        self.progress.advance(1);
        Ok(())
    }
}

/// Why nothing came.
struct Failure {
    status: Option<u16>,
    why: String,
    manner: Manner,
    /// Whether the same place may be asked again, and after how long at least.
    again: Option<Duration>,
}

impl Failure {
    fn answered(status: Option<u16>, why: impl std::fmt::Display) -> Self {
        Self { status, why: why.to_string(), manner: Manner::Answered, again: None }
    }

    fn of_host(why: impl std::fmt::Display) -> Self {
        Self { status: None, why: why.to_string(), manner: Manner::Failed, again: Some(Duration::ZERO) }
    }
}

impl From<NotShown> for Failure {
    fn from(why: NotShown) -> Self {
        // What was cut short may come whole another time.
        let again = (why == NotShown::CutShort).then_some(Duration::ZERO);
        Self { again, ..Self::answered(None, why) }
    }
}

struct Fetcher<'config> {
    agent: ureq::Agent,
    config: &'config MediaConfig,
    until: Instant,
}

impl<'config> Fetcher<'config> {
    fn new(config: &'config MediaConfig, until: Instant) -> Self {
        let proxy = config.proxy.as_deref().and_then(|proxy| ureq::Proxy::new(proxy).ok());
        let resolver = PublicOnly::new(config.allow_private, proxy.as_ref());
        let settings = ureq::config::Config::builder()
            // Redirects are followed here, where each address is looked at.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(config.connections)
            .max_idle_connections_per_host(config.connections_per_host)
            .user_agent(&config.user_agent)
            .accept_encoding("identity")
            .proxy(proxy)
            .build();
        let connector = ureq::unversioned::transport::DefaultConnector::default();
        Self { agent: ureq::Agent::with_parts(settings, connector, resolver), config, until }
    }

    /// Does a job's next step; an answer, if it was the last.
    fn turn<'job>(
        &self,
        job: &'job Job<'job>,
        number: usize,
        rests: bool,
        queue: &Queue,
        store: &Store,
    ) -> Option<Arrival<'job>> {
        let mut state = job.state.lock().unwrap_or_else(PoisonError::into_inner);
        let host = job.host(state.place).unwrap_or_default();
        let asked = match job.places.get(state.place).filter(|_| !rests) {
            Some(url) => self.get(url, job.wanted.kind, store).map_err(Some),
            None => Err(None),
        };
        let failure = match asked {
            Ok((came, answer)) => {
                queue.finish(number, host, Manner::Answered, Next::Done);
                return Some(Arrival { job, answer, came: Some(came) });
            }
            Err(failure) => failure,
        };
        let manner = failure.as_ref().map_or(Manner::NotAsked, |failure| failure.manner);
        let again = failure.as_ref().and_then(|failure| failure.again).filter(|_| state.tries < TRIES);
        if let Some(delay) = again.map(|least| least.max(backoff(state.tries)))
            && Instant::now() + delay < self.until
            && delay <= LONGEST_WAIT
        {
            state.tries += 1;
            state.last = failure;
            queue.finish(number, host, manner, Next::At(host, delay));
            return None;
        }
        state.last = failure.or(state.last.take());
        (state.place, state.tries) = (state.place + 1, 0);
        if let Some(next) = job.host(state.place) {
            queue.finish(number, host, manner, Next::At(next, Duration::ZERO));
            return None;
        }
        queue.finish(number, host, manner, Next::Done);
        // Nobody was asked: nothing is remembered.
        let Failure { status, why, again, .. } = state.last.take()?;
        let retry_after = again.and_then(|again| TimeDelta::from_std(again).ok());
        let answer = ledger::Answer { status, fault: Some(why), retry_after, ..ledger::Answer::default() };
        Some(Arrival { job, answer, came: None })
    }

    /// Asks one place, and follows where it leads.
    fn get(&self, url: &Url, kind: MediaKind, store: &Store) -> Result<(Came, ledger::Answer), Failure> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let response = self.request(&url, kind)?;
            let status = response.status();
            if !status.is_redirection() {
                return self.receive(response, kind, store);
            }
            let target = response.headers().get(header::LOCATION).and_then(|target| target.to_str().ok());
            let next = target.and_then(|target| url.join(target).ok());
            url = next
                .filter(|next| matches!(next.scheme(), "http" | "https"))
                .ok_or_else(|| Failure::answered(Some(status.as_u16()), "redirects to nowhere"))?;
        }
        Err(Failure::answered(None, format!("redirects more than {REDIRECTS} times")))
    }

    fn request(&self, url: &Url, kind: MediaKind) -> Result<ureq::http::Response<ureq::Body>, Failure> {
        if !self.config.allow_private && is_private_literal(url) {
            return Err(Failure::answered(None, "a private address: see media.allow_private"));
        }
        let patience = if kind == MediaKind::Picture { 1 } else { PLAYER_PATIENCE };
        let left = self.until.saturating_duration_since(Instant::now());
        let timeout = (self.config.timeout * patience).min(left).max(Duration::from_millis(1));
        let mut request = self.agent.get(url.as_str()).header("Accept", accept_of(kind));
        for rule in self.config.headers.iter().filter(|rule| is_of(url, &rule.host)) {
            request = request.header(&rule.name, &rule.value);
        }
        request.config().timeout_global(Some(timeout)).build().call().map_err(|fault| match fault {
            ureq::Error::Other(why) => Failure::answered(None, why),
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::answered(None, fault),
            fault => Failure::of_host(fault),
        })
    }

    fn receive(
        &self,
        response: ureq::http::Response<ureq::Body>,
        kind: MediaKind,
        store: &Store,
    ) -> Result<(Came, ledger::Answer), Failure> {
        let status = response.status();
        let code = Some(status.as_u16());
        if !status.is_success() {
            return Err(refusal(status, response.headers()));
        }
        let header = |name| response.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        let answer = ledger::Answer {
            status: code,
            etag: header(header::ETAG).map(str::to_owned),
            last_modified: header(header::LAST_MODIFIED).map(str::to_owned),
            ..ledger::Answer::default()
        };
        let limit = self.limit(kind);
        if let Some(length) = header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok())
            && length > limit
        {
            return Err(Failure { status: code, ..NotShown::TooHeavy(length).into() });
        }
        // One more than the limit, to tell the largest allowed from a larger one.
        let body = response.into_body().into_with_config().limit(limit + 1).reader().take(limit + 1);
        let came = if kind == MediaKind::Picture {
            self.receive_picture(body, limit)
        } else {
            receive_player(body, limit, kind, store)
        };
        came.map(|came| (came, answer)).map_err(|failure| Failure { status: code, ..failure })
    }

    fn limit(&self, kind: MediaKind) -> u64 {
        let limits = self.config.max_bytes;
        match kind {
            MediaKind::Picture | MediaKind::Embed => limits.picture,
            MediaKind::Audio => limits.audio,
            MediaKind::Video => limits.video,
        }
    }

    fn receive_picture(&self, mut body: impl std::io::Read, limit: u64) -> Result<Came, Failure> {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).map_err(Failure::of_host)?;
        if bytes.len() as u64 > limit {
            return Err(NotShown::TooHeavy(bytes.len() as u64).into());
        }
        match probe::kind(&bytes, "picture")? {
            Kind::Picture(format) => {
                if format == image::ImageFormat::Jpeg
                    && super::jpeg::Head::read(&bytes).is_some_and(|head| !head.is_whole)
                {
                    return Err(NotShown::CutShort.into());
                }
                probe::dimensions(&bytes, format, self.config.max_pixels).or_else(|why| match why {
                    // Our decoder may not know it; browsers may (see `jpeg`).
                    NotShown::Broken(_) if format == image::ImageFormat::Jpeg => Ok((0, 0)),
                    why => Err(why),
                })?;
            }
            Kind::Drawing => {}
            Kind::Audio(_) | Kind::Video(_) => return Err(NotShown::Unknown("picture").into()),
        }
        Ok(Came::Picture(bytes))
    }
}

/// A sound or a film goes to disk as it comes.
fn receive_player(mut body: impl std::io::Read, limit: u64, kind: MediaKind, store: &Store) -> Result<Came, Failure> {
    let kept = |fault: std::io::Error| Failure::from(NotShown::Store(fault.to_string()));
    let mut file = store.new_file().map_err(kept)?;
    let mut hasher = blake3::Hasher::new();
    let (mut size, mut beginning) = (0, Vec::new());
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = body.read(&mut buffer).map_err(Failure::of_host)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > limit {
            return Err(NotShown::TooHeavy(size).into());
        }
        if beginning.len() < 1024 {
            beginning.extend_from_slice(&buffer[..read.min(1024)]);
        }
        hasher.update(&buffer[..read]);
        file.write_all(&buffer[..read]).map_err(kept)?;
    }
    is_playable(&beginning, kind)?;
    let digest = hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default();
    Ok(Came::File(file, digest.into(), size))
}

/// Whether bytes are a sound where one is wanted, or a film. A sound may come in a film's box.
fn is_playable(beginning: &[u8], wanted: MediaKind) -> Result<(), NotShown> {
    let name = if wanted == MediaKind::Audio { "sound" } else { "film" };
    match (probe::kind(beginning, name)?, wanted) {
        (Kind::Audio(_) | Kind::Video(_), MediaKind::Audio) | (Kind::Video(_), MediaKind::Video) => Ok(()),
        _ => Err(NotShown::Unknown(name)),
    }
}

/// Nobody is waited for longer than so; who asks for more is asked in a later build.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long to wait before the same place is asked again: about a second, then about two.
fn backoff(tries: usize) -> Duration {
    let delays = backon::ExponentialBuilder::default().with_jitter().with_max_times(TRIES);
    delays.build().nth(tries).unwrap_or(LONGEST_WAIT)
}

/// What a status says that brings nothing (RFC 9110, 15).
fn refusal(status: StatusCode, headers: &HeaderMap) -> Failure {
    let why = format!("http status: {}", status.as_u16());
    let code = Some(status.as_u16());
    let is_busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    if !is_busy && !status.is_server_error() {
        return Failure::answered(code, why);
    }
    let after = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(retry_after);
    Failure { status: code, why, manner: Manner::Failed, again: Some(after.unwrap_or_default()) }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    (date.with_timezone(&Utc) - Utc::now()).to_std().ok()
}

/// An address that is a number, however it is written: through a proxy no resolver of ours sees it.
fn is_private_literal(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => !is_public(address.into()),
        Some(url::Host::Ipv6(address)) => !is_public(address.into()),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => true,
    }
}

fn is_of(url: &Url, host: &str) -> bool {
    url.host_str().is_some_and(|name| name == host || name.strip_suffix(host).is_some_and(|rest| rest.ends_with('.')))
}

/// What we can show, and so what we ask for.
fn accept_of(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Picture | MediaKind::Embed => "image/jpeg, image/png, image/webp, image/gif, image/svg+xml",
        MediaKind::Audio => "audio/*, video/mp4, video/webm",
        MediaKind::Video => "video/mp4, video/webm",
    }
}

/// A line for each original that failed, a line for each host whose were not asked for.
fn report(missing: &[(&str, &Wanted)], ledger: &Ledger) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut not_asked: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, wanted) in missing {
        if ledger.digest(key).is_some() {
            continue;
        }
        match ledger.fault(key) {
            Some(fault) => diagnostics.push(
                Diagnostic::warning(Code::Media, format!("{}: {fault}", wanted.url))
                    .in_file(wanted.source.clone())
                    .hint("it is asked for again after a rest, or after `heliostat media retry`"),
            ),
            None => *not_asked.entry(key.split('/').next().unwrap_or(key)).or_default() += 1,
        }
    }
    diagnostics.extend(not_asked.into_iter().map(|(host, count)| {
        Diagnostic::warning(
            Code::Media,
            format!("{host}: {count} originals were not asked for (offline, time was up, or the host rests)"),
        )
        .hint("build again without --offline")
    }));
    diagnostics
}
