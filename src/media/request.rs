//! One request: an address → what came from there, or why nothing did, followed through redirects and within limits.
//!
//! What it is that came is told by its bytes, before it is kept.

use std::io::{Read, Write as _};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ureq::http::{HeaderMap, StatusCode, header};
use url::Url;

use super::address::{PublicOnly, is_public};
use super::ledger::LONGEST_REST_DAYS;
use super::probe::{self, Kind, NotShown};
use super::queue::Manner;
use super::store::Store;
use crate::config::MediaConfig;
use crate::digest::Digest;
use crate::parse::MediaKind;

/// A redirect leads on so often.
const REDIRECTS: usize = 5;

/// A request for a sound or a film may take so many times as long as one for a picture.
const PLAYER_PATIENCE: u32 = 10;

/// What came, not yet in the store under its name.
pub(super) enum Came {
    /// A picture's bytes.
    Picture(Vec<u8>),
    /// A sound or a film, its digest and its size.
    File(tempfile::NamedTempFile, Digest, u64),
    /// Something that the store could not take.
    Unkept(std::io::Error),
}

/// Why nothing came.
pub(super) struct Failure {
    pub(super) status: Option<u16>,
    pub(super) why: String,
    pub(super) manner: Manner,
    /// Whether the same place may be asked again, and after how long at least.
    pub(super) again: Option<Duration>,
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

/// Asks hosts for originals, until its time is over.
pub(super) struct Asker<'build> {
    agent: ureq::Agent,
    config: &'build MediaConfig,
    store: &'build Store,
    until: Instant,
}

impl<'build> Asker<'build> {
    pub(super) fn new(config: &'build MediaConfig, store: &'build Store, until: Instant) -> Self {
        let proxy = config.proxy.as_deref().and_then(|proxy| ureq::Proxy::new(proxy).ok());
        let resolver = PublicOnly::of(config, proxy.as_ref());
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
        Self { agent: ureq::Agent::with_parts(settings, connector, resolver), config, store, until }
    }

    /// How long it may go on.
    pub(super) fn time_left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    pub(super) fn is_over(&self) -> bool {
        self.time_left().is_zero()
    }

    /// Asks one place, and follows where it leads: what came, and the status with which it did.
    pub(super) fn get(&self, url: &Url, kind: MediaKind) -> Result<(Came, Option<u16>), Failure> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let response = self.request(&url, kind)?;
            let status = response.status();
            if !status.is_redirection() {
                return self.receive(response, kind);
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
        let timeout = (self.config.timeout * patience).min(self.time_left()).max(Duration::from_millis(1));
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
    ) -> Result<(Came, Option<u16>), Failure> {
        let status = response.status();
        let code = Some(status.as_u16());
        if !status.is_success() {
            return Err(refusal(status, response.headers()));
        }
        let header = |name| response.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        let limit = super::most_bytes(self.config.max_bytes, kind);
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
            receive_player(body, limit, kind, self.store)
        };
        came.map(|came| (came, code)).map_err(|failure| Failure { status: code, ..failure })
    }

    fn receive_picture(&self, mut body: impl std::io::Read, limit: u64) -> Result<Came, Failure> {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).map_err(Failure::of_host)?;
        if bytes.len() as u64 > limit {
            return Err(NotShown::TooHeavy(bytes.len() as u64).into());
        }
        match probe::kind(&bytes, "picture")? {
            Kind::Picture(format) => {
                if !probe::is_whole(&bytes, format) {
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
    let mut file = match store.new_file() {
        Ok(file) => file,
        Err(fault) => return Ok(Came::Unkept(fault)),
    };
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
        if let Err(fault) = file.write_all(&buffer[..read]) {
            return Ok(Came::Unkept(fault));
        }
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

/// Seconds, or a date (RFC 9110, 10.2.3); a host that never wants to be asked again is asked all the same.
fn retry_after(value: &str) -> Option<Duration> {
    let most = Duration::from_hours(24 * LONGEST_REST_DAYS.unsigned_abs());
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds).min(most));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - Utc::now()).to_std().ok()?.min(most))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_that_the_store_cannot_take_is_no_fault_of_its_host() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("media");
        let store = Store::open(&place).unwrap();
        std::fs::write(&place, "a file stands where the store would").unwrap();
        let came = receive_player(b"\0\0\0\x20ftypisom".as_slice(), 100, MediaKind::Video, &store);
        assert!(matches!(came, Ok(Came::Unkept(_))));
    }
}
