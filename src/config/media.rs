//! `[media]`: which media may be had, from where, and what is made of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::{HeaderName, HeaderValue};

use super::typed::{HeaderTable, MediaTable, RewriteTable};
use super::{Overrides, duration_of, fault, keep};
use crate::diagnostics::Diagnostic;

/// `[media]`, resolved.
#[derive(Debug)]
pub struct MediaConfig {
    /// The store of originals, variants and the ledger.
    pub store: PathBuf,
    /// Whether originals are kept beside what is made of them.
    pub keep_originals: bool,
    /// Widths of variants in pixels, ascending, without repetition.
    pub widths: Vec<u32>,
    /// JPEG and WebP quality, 1 to 100.
    pub quality: u8,
    /// The SSIMULACRA2 score under which the quality is raised; 0 never raises it.
    pub min_score: u8,
    /// Whether photographs are published as AVIF, too.
    pub avif: bool,
    /// How long one build may fetch.
    pub time: Duration,
    /// How long one request may take.
    pub timeout: Duration,
    /// So many requests at once, to all hosts.
    pub connections: usize,
    /// So many to one host.
    pub connections_per_host: usize,
    /// A larger body is not fetched.
    pub max_bytes: MaxBytes,
    /// A larger picture is not decoded, in pixels.
    pub max_pixels: u64,
    /// The most bytes of published media together.
    pub max_total: u64,
    /// Whether private and loopback addresses may be asked.
    pub allow_private: bool,
    /// Whether no host is asked at all.
    pub offline: bool,
    /// How we introduce ourselves.
    pub user_agent: String,
    /// An HTTP or SOCKS5 proxy.
    pub proxy: Option<String>,
    /// Where else an original may be had.
    pub fallbacks: Vec<String>,
    /// `[[media.rewrite]]`, in their order.
    pub rewrites: Vec<Rewrite>,
    /// `[[media.header]]`, in their order.
    pub headers: Vec<HostHeader>,
}

/// The largest file of each kind that is fetched, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct MaxBytes {
    /// A picture.
    pub picture: u64,
    /// A sound.
    pub audio: u64,
    /// A film.
    pub video: u64,
}

/// One `[[media.header]]`.
#[derive(Debug)]
pub struct HostHeader {
    /// The host; it stands for its subdomains too.
    pub host: String,
    /// The header's name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One `[[media.rewrite]]`: a URL that starts with `from` is asked for at `to` and the remainder.
#[derive(Debug)]
pub struct Rewrite {
    /// The beginning of an original's URL.
    pub from: String,
    /// What stands in its place when the picture is asked for.
    pub to: String,
}

/// The shipped limits: 32 MiB and 50 megapixels hold every press photograph we have met (a decoder's allocation
/// follows from the latter, see `media::probe`), 64 MiB an hour of speech, 128 MiB some minutes of film.
const MAX_BYTES: MaxBytes = MaxBytes { picture: 32 << 20, audio: 64 << 20, video: 128 << 20 };
const MAX_PIXELS: u64 = 50_000_000;

/// So many requests at once as one family's browser makes; and no host is asked more than twice at once.
const CONNECTIONS: usize = 16;
const CONNECTIONS_PER_HOST: usize = 2;

/// Under this score differences are noticed (the scale of SSIMULACRA2).
const MIN_SCORE: u8 = 70;

/// Resolves `[media]`.
pub(super) fn resolve(
    root: &Path,
    typed: MediaTable,
    overrides: &Overrides,
    faults: &mut Vec<Diagnostic>,
) -> MediaConfig {
    refuse_bad_addresses(&typed, faults);
    let mut widths = typed.widths.unwrap_or_else(|| vec![480, 800, 1200]);
    widths.sort_unstable();
    widths.dedup();
    if widths.is_empty() || widths[0] < 16 {
        faults.push(fault("media.widths: at least one width, each of 16 pixels or more"));
    }
    let quality = typed.quality.unwrap_or(75);
    if !(1..=100).contains(&quality) {
        faults.push(fault("media.quality: from 1 to 100"));
    }
    if typed.avif == Some(true) && cfg!(not(feature = "avif")) {
        faults
            .push(fault("media.avif: this Heliostat is built without AVIF").hint("install it with `--features avif`"));
    }
    let time = duration_of("media.time", typed.time.as_deref(), Duration::from_mins(10));
    let timeout = duration_of("media.timeout", typed.timeout.as_deref(), Duration::from_secs(30));
    // Names are to be resolved at the proxy, which these spell so.
    let proxy = typed.proxy.filter(|proxy| !proxy.is_empty());
    let proxy = proxy.map(|proxy| proxy.replace("socks5://", "socks5h://").replace("socks4://", "socks4a://"));
    if let Some(proxy) = proxy.as_deref().filter(|proxy| ureq::Proxy::new(proxy).is_err()) {
        faults.push(
            fault(format!("media.proxy: `{proxy}` is no proxy")).hint("write \"socks5://127.0.0.1:9050\" or the like"),
        );
    }
    MediaConfig {
        store: root.join(typed.store.as_deref().unwrap_or("media")),
        keep_originals: typed.keep_originals.unwrap_or(true),
        widths,
        quality,
        min_score: typed.min_score.unwrap_or(MIN_SCORE).min(100),
        avif: typed.avif.unwrap_or(false),
        time: keep(faults, time).unwrap_or_default(),
        timeout: keep(faults, timeout).unwrap_or_default(),
        connections: typed.connections.unwrap_or(CONNECTIONS).max(1),
        connections_per_host: typed.connections_per_host.unwrap_or(CONNECTIONS_PER_HOST).max(1),
        max_bytes: MaxBytes {
            picture: typed.max_bytes.picture.unwrap_or(MAX_BYTES.picture),
            audio: typed.max_bytes.audio.unwrap_or(MAX_BYTES.audio),
            video: typed.max_bytes.video.unwrap_or(MAX_BYTES.video),
        },
        max_pixels: typed.max_pixels.unwrap_or(MAX_PIXELS),
        max_total: typed.max_total.unwrap_or(u64::MAX),
        allow_private: typed.allow_private.unwrap_or(false),
        offline: overrides.offline || typed.offline.unwrap_or(false),
        user_agent: typed.user_agent.unwrap_or_else(|| concat!("heliostat/", env!("CARGO_PKG_VERSION")).to_owned()),
        proxy,
        fallbacks: typed.fallbacks.unwrap_or_default(),
        rewrites: typed.rewrite.into_iter().map(|rule| Rewrite { from: rule.from, to: rule.to }).collect(),
        headers: typed
            .header
            .into_iter()
            .map(|rule| HostHeader { host: rule.host, name: rule.name, value: rule.value })
            .collect(),
    }
}

/// Refuses what would only be found out by every request.
fn refuse_bad_addresses(typed: &MediaTable, faults: &mut Vec<Diagnostic>) {
    let is_web = |address: &str| address.starts_with("https://") || address.starts_with("http://");
    for RewriteTable { to, .. } in &typed.rewrite {
        // With nothing in its place, what follows `from` is the address.
        if !(to.is_empty() || is_web(to)) {
            let message = format!("media.rewrite: `to = \"{to}\"` begins no address");
            faults.push(fault(message).hint("write it with https:// or http://"));
        }
    }
    for template in typed.fallbacks.iter().flatten() {
        let names_original = ["{url}", "{encoded_url}", "{host_and_path}"].iter().any(|mark| template.contains(mark));
        if !(names_original && (is_web(template) || template.starts_with("{url}"))) {
            let message = format!("media.fallbacks: `{template}` is no address of an original");
            faults.push(fault(message).hint("write one such as \"https://archive.example.org/{url}\""));
        }
    }
    for HeaderTable { name, value, .. } in &typed.header {
        if HeaderName::from_bytes(name.as_bytes()).is_err() || HeaderValue::from_str(value).is_err() {
            let message = format!("media.header: `{name}` with this value is no header");
            faults.push(fault(message).hint("write a name such as \"Referer\", and a value of one line"));
        }
    }
}
