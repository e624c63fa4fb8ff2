//! URLs: the canonical form by which two spellings of one address are known as one, tracking parameters, proxies.

use std::borrow::Cow;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use url::Url;

/// 64 bits of the BLAKE3 of a [canonical URL](canonical_key): how entries name originals and links to them.
///
/// Among a million URLs two meet with a chance of 1 in 37 million; a wrong link would be all the harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UrlKey(pub u64);

impl UrlKey {
    /// The key of a canonical URL.
    pub fn of(canonical: &str) -> Self {
        Self(u64::from_le_bytes(*blake3::hash(canonical.as_bytes()).as_bytes().first_chunk().unwrap_or(&[0; 8])))
    }
}

/// Query parameters that say who came from where, not what is shown. A `*` stands for any ending.
const TRACKING: &[&str] = &[
    "utm_*",
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "spm",
    "share_token",
    "_hsenc",
    "_hsmi",
    "ref_src",
    "ref_url",
    "at_medium",
    "at_campaign",
    "at_custom*",
    "maca",
    "xtor",
    "cmpid",
    "smid",
    "smtyp",
    "ocid",
    "wt.mc_id",
    "vero_id",
    "oly_enc_id",
    "oly_anon_id",
    "wickedid",
    // WordPress's mark of a picture that a script is to load.
    "is-pending-load",
];

fn is_tracking(name: &str, value: &str) -> bool {
    let starts_with = |start: &str| name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start));
    // Medium's feeds add `source=rss-…`; elsewhere `source` means something.
    (name.eq_ignore_ascii_case("source") && value.starts_with("rss"))
        || TRACKING.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => starts_with(start),
            None => name.eq_ignore_ascii_case(known),
        })
}

/// Parses an http or https URL, which may lack its scheme (`//host/…`), and drops tracking parameters.
pub fn parse_web(text: &str) -> Option<Url> {
    let text = text.trim();
    let mut url = match text.strip_prefix("//") {
        Some(rest) => Url::parse(&format!("https://{rest}")),
        None => Url::parse(text),
    }
    .ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // Credentials in a link are a phishing trick or a leak.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    drop_tracking(&mut url);
    Some(url)
}

fn drop_tracking(url: &mut Url) {
    if !url.query_pairs().any(|(name, value)| is_tracking(&name, &value)) {
        return;
    }
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            !is_tracking(name, value)
        })
        .collect();
    let query = kept.join("&");
    url.set_query((!query.is_empty()).then_some(&query));
}

/// One spelling for one address: no scheme, no `www.`, host in lower case, path and query percent-decoded as far as
/// they are UTF-8 (twice: some scrapers encode twice), no slash at the end, no fragment but a router's (`#!/…`).
pub fn canonical_key(url: &Url) -> String {
    canonical_key_of(url.as_str())
}

/// The same of an address that [`Url`] has written: it need not be parsed again.
pub fn canonical_key_of(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut key = String::with_capacity(url.len());
    key.push_str(host.strip_prefix("www.").unwrap_or(host));
    key.push_str(decode_fully(path).trim_end_matches('/'));
    if !query.is_empty() {
        key.push('?');
        key.push_str(&decode_fully(query));
    }
    if fragment.starts_with(['!', '/']) {
        key.push('#');
        key.push_str(fragment);
    }
    key
}

/// What addresses in an article are read against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bases<'url> {
    /// The original's own address, against which relative ones resolve.
    pub original: Option<&'url Url>,
    /// The mirror's: what is below it is a page or file of the site itself.
    pub site: Option<&'url Url>,
}

impl Bases<'_> {
    /// The path from the site's folder, and what follows it, of an address below the mirror's own. An outlet that mirrors
    /// itself means its originals by such addresses.
    pub fn within_site(&self, url: &Url) -> Option<String> {
        let is_at_home = |other: &Url| other.host() == url.host() && other.port() == url.port();
        let site = self.site.filter(|site| is_at_home(site) && !self.original.is_some_and(is_at_home))?;
        let below = url[url::Position::BeforePath..].strip_prefix(site.path().trim_end_matches('/'))?;
        below.starts_with('/').then(|| below.to_owned())
    }

    /// `/folder/a.png` of a site in `/folder/` is its `/a.png`.
    pub fn from_site_folder<'path>(&self, path: &'path str) -> &'path str {
        let folder = self.site.map_or("", |site| site.path().trim_end_matches('/'));
        path.strip_prefix(folder).filter(|below| below.starts_with('/')).unwrap_or(path)
    }
}

/// The path that a relative one means in a file, both from the site's folder, out of which none leads.
pub fn beside(file: &str, path: &str) -> String {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Percent-decodes an address, if that gives UTF-8.
pub fn decoded(address: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(address).decode_utf8().unwrap_or(Cow::Borrowed(address))
}

/// Percent-decodes a text as far as it is UTF-8, twice: some scrapers encode twice.
pub fn decode_fully(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let once = percent_encoding::percent_decode_str(text).decode_utf8();
    let Ok(once) = once else { return Cow::Borrowed(text) };
    if !once.contains('%') {
        return Cow::Owned(once.into_owned());
    }
    let twice = percent_encoding::percent_decode_str(&once).decode_utf8().map(Cow::into_owned);
    Cow::Owned(twice.unwrap_or_else(|_| once.into_owned()))
}

/// A proxy of a proxy is met in the wild; deeper ones are an attack.
const DEEPEST_PROXY: usize = 8;

/// The address of a picture behind a proxy that only passes it on; none if it is behind none.
pub fn unwrap_proxy(url: &Url) -> Option<Url> {
    std::iter::successors(proxied(url), proxied).take(DEEPEST_PROXY).last()
}

/// The original behind an address of a proxy.
type Unwrap = fn(&Url) -> Option<Url>;

/// Proxies that only pass pictures on: a host (`*` stands for any beginning) and where its addresses hide the original's.
const PROXIES: &[(&str, Unwrap)] = &[
    ("images.weserv.nl", weserv),
    ("wsrv.nl", weserv),
    ("i0.wp.com", photon),
    ("i1.wp.com", photon),
    ("i2.wp.com", photon),
    ("i3.wp.com", photon),
    ("cdn.ampproject.org", amp),
    ("*.cdn.ampproject.org", amp),
    // DuckDuckGo's, of its answers and of its mail.
    ("external-content.duckduckgo.com", |url| in_query(url, "u")),
    ("proxy.duckduckgo.com", |url| in_query(url, "u")),
    // Google's: of gadgets, of the picture search, of mail.
    ("*-opensocial.googleusercontent.com", |url| in_query(url, "url")),
    ("www.google.com", |url| in_query(url, "imgurl")),
    ("*.googleusercontent.com", in_fragment),
];

fn proxied(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let is_of = |pattern: &str| match pattern.strip_prefix('*') {
        Some(end) => host.ends_with(end),
        None => host == pattern,
    };
    let by_host = PROXIES.iter().filter(|(pattern, _)| is_of(pattern)).find_map(|(_, original)| original(url));
    by_host.or_else(|| {
        PROXY_PATHS.iter().find(|(path, _)| url.path().contains(path)).and_then(|(_, original)| original(url))
    })
}

/// Makers of smaller pictures that run under any host, by a part of the path.
const PROXY_PATHS: &[(&str, Unwrap)] = &[
    // Cloudinary's, and with it Substack's.
    ("/image/fetch/", in_path),
    // Cloudflare's.
    ("/cdn-cgi/image/", in_path),
    // Next.js's.
    ("/_next/image", |url| in_query(url, "url")),
];

/// `/options/https://host/path` or `/options/https%3A%2F%2Fhost%2Fpath`.
fn in_path(url: &Url) -> Option<Url> {
    let whole = &url[url::Position::BeforePath..];
    let target = &whole[whole.find("/http")? + 1..];
    if target.starts_with("http://") || target.starts_with("https://") {
        return parse_web(target);
    }
    let target = target.split(['?', '#']).next().unwrap_or(target);
    parse_web(&percent_encoding::percent_decode_str(target).decode_utf8().ok()?)
}

/// `?name=https://host/path`.
fn in_query(url: &Url, name: &str) -> Option<Url> {
    let (_, target) = url.query_pairs().find(|(known, _)| known == name)?;
    parse_web(&target)
}

/// `/proxy/…#https://host/path`.
fn in_fragment(url: &Url) -> Option<Url> {
    parse_web(url.fragment().filter(|_| url.path().contains("proxy"))?)
}

/// `?url=host/path`, with or without `ssl:` or a scheme; a URL that was not encoded spills its query into ours.
fn weserv(url: &Url) -> Option<Url> {
    const OWN: &[&str] = &[
        "w",
        "h",
        "dpr",
        "fit",
        "we",
        "a",
        "output",
        "q",
        "il",
        "n",
        "default",
        "errorredirect",
        "maxage",
        "encoding",
        "t",
    ];
    let (_, target) = url.query_pairs().find(|(name, _)| name == "url")?;
    let target = target.trim_start_matches("ssl:").trim_start_matches('/');
    let mut inner = if target.starts_with("http://") || target.starts_with("https://") {
        Url::parse(target).ok()?
    } else {
        Url::parse(&format!("https://{target}")).ok()?
    };
    if inner.query().is_some() {
        let spilled: Vec<&str> = url
            .query()?
            .split('&')
            .filter(|pair| {
                let name = pair.split('=').next().unwrap_or(pair);
                name != "url" && !OWN.contains(&name)
            })
            .collect();
        if !spilled.is_empty() {
            let query = format!("{}&{}", inner.query().unwrap_or_default(), spilled.join("&"));
            inner.set_query(Some(&query));
        }
    }
    inner.host_str().is_some_and(|host| host.contains('.') || host == "localhost").then_some(inner)
}

/// `iN.wp.com/host/path?…`: every parameter is the proxy's own.
fn photon(url: &Url) -> Option<Url> {
    let path = url.path().trim_start_matches('/');
    path.split('/').next()?.contains('.').then(|| Url::parse(&format!("https://{path}")).ok())?
}

/// `host.cdn.ampproject.org/i/s/host/path`: `i` for pictures, `s` for https.
fn amp(url: &Url) -> Option<Url> {
    let mut parts = url.path().trim_start_matches('/').splitn(2, "/");
    if !matches!(parts.next()?, "i" | "ii" | "c" | "v" | "r" | "mbv") {
        return None;
    }
    let rest = parts.next()?;
    let rest = rest.strip_prefix("AW/").or_else(|| rest.strip_prefix("w1000/")).unwrap_or(rest);
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let mut inner = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    inner.set_query(url.query());
    Some(inner)
}

/// Base 32 without the letters that are misheard or misread (Crockford's alphabet, in lower case).
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    // The alphabet is fixed and valid.
    specification.encoding().unwrap_or(data_encoding::BASE32HEX_NOPAD)
});

/// The ten characters by which an address names an article: base 32 of the first 50 bits of a BLAKE3.
pub fn short_id(of: &str) -> String {
    let hash = blake3::hash(of.as_bytes());
    let mut id = BASE32.encode(&hash.as_bytes()[..10]);
    id.truncate(10);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> Option<String> {
        unwrap_proxy(&parse_web(text).unwrap()).map(String::from)
    }

    #[test]
    fn proxies_in_all_their_spellings_lead_to_the_original() {
        let original = Some("https://media.example.org/a/b.jpg".to_owned());
        for spelling in [
            "https://images.weserv.nl?url=media.example.org/a/b.jpg",
            "//images.weserv.nl/?url=media.example.org/a/b.jpg",
            "https://images.weserv.nl/?url=ssl:media.example.org/a/b.jpg&w=900",
            "https://images.weserv.nl/?url=https%3A%2F%2Fmedia.example.org%2Fa%2Fb.jpg",
            "https://wsrv.nl/?w=20&url=//media.example.org/a/b.jpg",
            "https://i2.wp.com/media.example.org/a/b.jpg?resize=300%2C200&ssl=1",
            "https://media-example-org.cdn.ampproject.org/i/s/media.example.org/a/b.jpg",
            "https://images.weserv.nl/?url=i0.wp.com/media.example.org/a/b.jpg?w=640",
            "https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fmedia.example.org%2Fa%2Fb.jpg",
            "https://res.cloudinary.com/x/image/fetch/w_300/https://media.example.org/a/b.jpg",
            "https://www.example.org/cdn-cgi/image/width=80,quality=75/https://media.example.org/a/b.jpg",
            "https://www.example.org/_next/image?url=https%3A%2F%2Fmedia.example.org%2Fa%2Fb.jpg&w=640&q=75",
        ] {
            assert_eq!(unwrapped(spelling), original, "{spelling}");
        }
        assert_eq!(unwrapped("https://media.example.org/a/b.jpg"), None);
        assert!(unwrapped(&format!("https://i0.wp.com/{}a.jpg", "i0.wp.com/".repeat(20_000))).is_some());
        assert_eq!(unwrapped("https://v0.wordpress.com/x.jpg"), None);
    }

    #[test]
    fn a_query_that_spilled_into_the_proxys_own_is_put_back() {
        assert_eq!(
            unwrapped("https://images.weserv.nl/?url=e.example.org/p?id=7&size=big&w=900").as_deref(),
            Some("https://e.example.org/p?id=7&size=big")
        );
    }

    #[test]
    fn spellings_of_one_address_have_one_key() {
        let key = |text: &str| canonical_key(&parse_web(text).unwrap());
        let plain = key("https://example.org/港口/新闻");
        assert_eq!(key("http://www.example.org/%E6%B8%AF%E5%8F%A3/%E6%96%B0%E9%97%BB/?utm_source=x#top"), plain);
        assert_eq!(key("https://example.org/%25E6%25B8%25AF%25E5%258F%25A3/%e6%96%b0%e9%97%bb"), plain);
        assert_ne!(key("https://example.org/a?id=1"), key("https://example.org/a?id=2"));
    }

    #[test]
    fn an_id_is_ten_characters_that_can_be_read_aloud() {
        let id = short_id("example.org/a");
        assert_eq!(id.len(), 10);
        assert!(id.chars().all(|c| c.is_ascii_digit() || (c.is_ascii_lowercase() && !"ilou".contains(c))));
    }
}
