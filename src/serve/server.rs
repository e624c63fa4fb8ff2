//! Files of a preview, for browsers of this machine.
//!
//! Whatever else runs in those browsers must not read the preview nor learn of it: only the `Host` names that we gave
//! out are answered (a foreign name that resolves to us is not ours), only `GET` and `HEAD`, nothing allows another
//! origin, and the channel of events wants a token that stands in our own pages alone.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use super::preview::Preview;
use crate::escape::escape_attribute;

/// Where a preview is, unless asked otherwise; if it is taken, the next ones are tried.
pub const PORT: u16 = 4000;

/// So many ports are tried.
const PORTS: u16 = 100;

/// What the server shows, and to whom.
#[derive(Debug)]
pub struct Site {
    /// The folder of the preview.
    pub folder: PathBuf,
    /// What has become of it.
    pub preview: Arc<Preview>,
    address: SocketAddr,
    token: String,
}

/// Takes a port: the one that is asked for, else the first of ours that is free.
///
/// # Errors
/// If none can be had.
pub fn bind(host: IpAddr, port: Option<u16>) -> io::Result<TcpListener> {
    if let Some(port) = port {
        return TcpListener::bind((host, port));
    }
    let mut ports = (PORT..PORT + PORTS).map(|port| TcpListener::bind((host, port)));
    ports.find(Result::is_ok).unwrap_or_else(|| TcpListener::bind((host, 0)))
}

impl Site {
    /// A preview in a folder, to be shown at an address.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new(folder: PathBuf, address: SocketAddr) -> io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let token = data_encoding::HEXLOWER.encode(&random);
        Ok(Self { folder, preview: Arc::default(), address, token })
    }

    /// The preview's own address.
    pub fn url(&self) -> String {
        let host = if self.address.ip().is_unspecified() { "localhost".to_owned() } else { self.host() };
        format!("http://{host}:{}/", self.address.port())
    }

    fn host(&self) -> String {
        match self.address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        }
    }

    /// Whether a `Host` is a name that we gave out. Where every address of the machine is bound, any address will do:
    /// it is names that a foreign page can make its own.
    fn knows(&self, host: &str) -> bool {
        let port = self.address.port();
        // Browsers leave out the port of their scheme.
        let name = host.strip_suffix(&format!(":{port}")).or((port == 80).then_some(host));
        let Some(name) = name else { return false };
        let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = name == "localhost" || ip.as_ref().is_ok_and(IpAddr::is_loopback);
        is_loopback || name == self.host() || (self.address.ip().is_unspecified() && ip.is_ok())
    }
}

/// Serves until the process ends.
///
/// # Errors
/// If the server cannot be started.
pub fn run(listener: TcpListener, site: Arc<Site>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, Router::new().fallback(answer).with_state(site)).await
    })
}

const EVENTS: &str = "/.heliostat/events";
const SCRIPT: &str = "/.heliostat/live.js";

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| site.knows(host)) {
        return plain(StatusCode::FORBIDDEN, "This preview does not answer to that name.\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let mut response = match request.uri().path() {
        EVENTS => events(&site, &request),
        SCRIPT => typed("text/javascript; charset=utf-8", include_str!("live.js")),
        _ => file(&site, request).await,
    };
    for (name, value) in GUARDS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What every answer says.
const GUARDS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, typed("text/plain; charset=utf-8", text)).into_response()
}

fn typed(kind: &'static str, text: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text.into()).into_response()
}

/// What a page says of itself when it listens.
#[derive(Deserialize)]
struct Listener {
    token: String,
    page: String,
    build: u64,
}

fn events(site: &Site, request: &Request) -> Response {
    let Ok(Query(listener)) = Query::<Listener>::try_from_uri(request.uri()) else {
        return plain(StatusCode::BAD_REQUEST, "Who listens?\n");
    };
    let origin = request.headers().get("sec-fetch-site").and_then(|origin| origin.to_str().ok());
    if listener.token != site.token || origin.is_some_and(|origin| origin != "same-origin") {
        return plain(StatusCode::FORBIDDEN, "Only pages of this preview may listen.\n");
    }
    let messages = Arc::clone(&site.preview).messages(listener.build, listener.page);
    Sse::new(messages.map(|message| Event::default().json_data(message)))
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// A file of the preview, or its page for what is not there.
async fn file(site: &Arc<Site>, request: Request) -> Response {
    // Before anything is read: what is built meanwhile is news to the page.
    let build = site.preview.number();
    let (path, lookup) = (request.uri().path().to_owned(), Arc::clone(site));
    let found = tokio::task::spawn_blocking(move || look_up(&lookup.folder, &path)).await.unwrap_or(Found::Nothing);
    match found {
        Found::Page(path, text) => page(site, StatusCode::OK, &path, &text, build),
        Found::File(file, stamp) => send(file, &stamp, request).await,
        Found::Folder => {
            // Two slashes would begin the name of another host.
            let to = format!("/{}/", request.uri().path().trim_matches('/'));
            let Ok(location) = HeaderValue::from_str(&to) else { return plain(StatusCode::NOT_FOUND, "") };
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
        }
        // Browsers ask for it unbidden.
        Found::Nothing if request.uri().path() == "/favicon.ico" => StatusCode::NO_CONTENT.into_response(),
        Found::Nothing => {
            let own = std::fs::read_to_string(site.folder.join("404.html")).unwrap_or_else(|_| NOTHING_YET.to_owned());
            page(site, StatusCode::NOT_FOUND, "404.html", &own, build)
        }
    }
}

/// Shown until a first build succeeds.
const NOTHING_YET: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Heliostat</title><body><p>There is no page yet.</p></body></html>";

enum Found {
    /// An output file that is a page, and its text.
    Page(String, String),
    /// Another output file, and what tells its states apart.
    File(PathBuf, String),
    /// A folder, asked for without its slash.
    Folder,
    Nothing,
}

/// What an address leads to. No part of it may lead out: neither dots nor, below, a link.
fn look_up(folder: &Path, address: &str) -> Found {
    let Ok(decoded) = percent_encoding::percent_decode_str(address).decode_utf8() else { return Found::Nothing };
    // `.well-known` is the site's own, what is called after us is not.
    let is_ours = |part: &str| matches!(part, "." | "..") || part.starts_with(".heliostat");
    let is_foul = |part: &str| is_ours(part) || part.contains(|c: char| c.is_control() || c == '\\');
    let path = decoded.trim_start_matches('/');
    if path.split('/').any(is_foul) {
        return Found::Nothing;
    }
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let mut candidates = [path.clone(), format!("{path}.html")].into_iter();
    let Some(path) = candidates.find(|path| is_own_file(folder, path)) else {
        return if folder.join(&path).join("index.html").is_file() { Found::Folder } else { Found::Nothing };
    };
    let file = folder.join(&path);
    // A static file may be in another encoding.
    if path.ends_with(".html")
        && let Ok(text) = std::fs::read_to_string(&file)
    {
        return Found::Page(path, text);
    }
    let Ok(stamp) = crate::read::Stamp::of(&file) else { return Found::Nothing };
    Found::File(file, format!("\"{}\"", stamp.digest()))
}

fn is_own_file(folder: &Path, path: &str) -> bool {
    let file = folder.join(path);
    let (Ok(real), Ok(folder)) = (file.canonicalize(), folder.canonicalize()) else { return false };
    real.starts_with(folder) && real.is_file()
}

/// A page with the script that listens for what comes after a build.
fn page(site: &Site, status: StatusCode, path: &str, text: &str, build: u64) -> Response {
    let mut script = format!("<script src=\"{SCRIPT}\" data-token=\"{}\" data-page=\"", site.token);
    escape_attribute(path, &mut script);
    script.push_str(&format!("\" data-build=\"{build}\"></script>"));
    let text = relax(text);
    let end = text.rfind("</body>").unwrap_or(text.len());
    let text = format!("{}{script}{}", &text[..end], &text[end..]);
    (status, typed("text/html; charset=utf-8", text)).into_response()
}

/// Lets a page's own policy load our script and listen to our channel; nothing else in it changes.
fn relax(text: &str) -> String {
    const MARK: &str = "http-equiv=\"Content-Security-Policy\" content=\"";
    let Some(start) = text.find(MARK).map(|at| at + MARK.len()) else { return text.to_owned() };
    let Some(length) = text[start..].find('"') else { return text.to_owned() };
    let policy = &text[start..start + length];
    let mut directives: Vec<String> = policy.split(';').map(|one| one.trim().to_owned()).collect();
    for name in ["script-src", "connect-src"] {
        match directives.iter_mut().find(|one| one.split_whitespace().next() == Some(name)) {
            Some(own) if own.contains("'self'") => {}
            Some(own) => *own = format!("{} 'self'", own.replace(" 'none'", "")),
            None => directives.push(format!("{name} 'self'")),
        }
    }
    format!("{}{}{}", &text[..start], directives.join("; "), &text[start + length..])
}

/// Sends a file: whole, in the range that is asked for, or not again.
async fn send(file: PathBuf, tag: &str, mut request: Request) -> Response {
    let is_known = |headers: &HeaderMap, name: HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(|tags| tags.split(',').any(|one| one.trim() == tag))
    };
    let headers = request.headers_mut();
    if is_known(headers, header::IF_NONE_MATCH) == Some(true) {
        return with_tag(StatusCode::NOT_MODIFIED.into_response(), tag);
    }
    // Times are coarser than tags: with tags at hand they decide nothing.
    headers.remove(header::IF_MODIFIED_SINCE);
    if is_known(headers, header::IF_RANGE) == Some(false) {
        headers.remove(header::RANGE);
    }
    let Ok(response) = ServeFile::new(file).oneshot(request).await;
    with_tag(response.map(Body::new), tag)
}

fn with_tag(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    headers.remove(header::LAST_MODIFIED);
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let bare = kind.filter(|kind| kind.starts_with("text/") && !kind.contains("charset"));
    if let Some(kind) = bare.and_then(|kind| HeaderValue::from_str(&format!("{kind}; charset=utf-8")).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_relaxed_for_our_script_alone() {
        let page = |policy: &str| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><p>");
        assert_eq!(
            relax(&page("default-src 'none'; script-src 'none'; img-src 'self'")),
            page("default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'")
        );
        let open = page("script-src 'self'; connect-src 'self'");
        assert_eq!(relax(&open), open);
        assert_eq!(relax("<p>"), "<p>");
    }

    #[test]
    fn only_names_that_we_gave_out_are_answered() {
        let site = |address: &str| Site::new(PathBuf::new(), address.parse().unwrap()).unwrap();
        let local = site("127.0.0.1:4000");
        for host in ["127.0.0.1:4000", "localhost:4000", "[::1]:4000"] {
            assert!(local.knows(host), "{host}");
        }
        for host in ["localhost", "127.0.0.1:4001", "evil.example.org:4000", "192.0.2.1:4000", ""] {
            assert!(!local.knows(host), "{host}");
        }
        assert!(site("0.0.0.0:4000").knows("192.0.2.1:4000") && !site("0.0.0.0:4000").knows("evil.example.org:4000"));
    }
}
