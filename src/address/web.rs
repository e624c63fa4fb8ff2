//! Addresses on the web as articles give them: most are written as the standard would write them, and need no parser.

use std::borrow::Cow;

use url::{Position, Url};

/// An http or https URL in the writing of the URL standard (<https://url.spec.whatwg.org/#url-serializing>), without
/// credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl {
    text: String,
    /// Where the host, what follows the port, and what follows the path begin in the text.
    host: usize,
    path: usize,
    path_end: usize,
}

impl WebUrl {
    /// Parses a URL with its scheme; none if it is no http or https URL with a host.
    pub fn parse(text: &str) -> Option<Self> {
        Self::written(text).or_else(|| Self::of(Url::parse(text).ok()?))
    }

    /// What a relative address leads to from this one.
    pub(super) fn join(&self, written: &str) -> Option<Self> {
        Self::of(Url::parse(&self.text).ok()?.join(written).ok()?)
    }

    fn of(mut url: Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return None;
        }
        // Credentials in a link are a phishing trick or a leak.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let until = |end| url[..end].len();
        let (host, path) = (until(Position::BeforeHost), until(Position::BeforePath));
        Some(Self { host, path, path_end: until(Position::AfterPath), text: url.into() })
    }

    /// A URL that the standard's parser would give back as it is. Of what is rarer it is not said, such as ports, numbers as hosts,
    /// fragments: it is none.
    fn written(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let host = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?.len();
        let path = end_of_host(bytes, host)?;
        let path_end = end_of_path(bytes, path)?;
        let is_plain = |byte: &u8| IS_PLAIN[usize::from(*byte)] & QUERY != 0;
        bytes[path_end..].iter().all(is_plain).then(|| Self { text: text.to_owned(), host, path, path_end })
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, in ASCII.
    pub fn host(&self) -> &str {
        // Numbers of the sixth version hold colons, in brackets.
        let authority = self.authority();
        match authority.rfind(':') {
            Some(end) if !authority.ends_with(']') => &authority[..end],
            _ => authority,
        }
    }

    /// The host and the port, if it is not the scheme's own.
    pub fn authority(&self) -> &str {
        &self.text[self.host..self.path]
    }

    /// The path, which begins with a slash.
    pub fn path(&self) -> &str {
        &self.text[self.path..self.path_end]
    }

    /// The path and all that follows it.
    pub fn from_path(&self) -> &str {
        &self.text[self.path..]
    }

    /// What stands behind the question mark.
    pub fn query(&self) -> Option<&str> {
        let query = self.text[self.path_end..].strip_prefix('?')?;
        Some(query.split_once('#').map_or(query, |(query, _)| query))
    }

    /// What stands behind the hash.
    pub fn fragment(&self) -> Option<&str> {
        Some(self.text[self.path_end..].split_once('#')?.1)
    }

    /// The query's names and values, decoded.
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        url::form_urlencoded::parse(self.query().unwrap_or_default().as_bytes())
    }

    /// The same with another query.
    pub(super) fn with_query(&self, query: &str) -> Option<Self> {
        let mark = if query.is_empty() { "" } else { "?" };
        let (hash, fragment) = self.fragment().map_or(("", ""), |fragment| ("#", fragment));
        Self::parse(&[&self.text[..self.path_end], mark, query, hash, fragment].concat())
    }
}

/// Where the slash behind a host of plain words is; of Punycode, which has two hyphens, only the parser can tell.
fn end_of_host(text: &[u8], start: usize) -> Option<usize> {
    let (mut before, mut last_word) = (b'.', start);
    for (at, byte) in text.iter().enumerate().skip(start) {
        match (before, *byte) {
            (b'.', b'.' | b'/') | (b'-', b'-') => return None,
            (_, b'/') => return text[last_word].is_ascii_lowercase().then_some(at),
            (_, b'.') => last_word = at + 1,
            (_, byte) if IS_PLAIN[usize::from(byte)] & HOST == 0 => return None,
            _ => {}
        }
        before = *byte;
    }
    None
}

/// Where the question mark behind a plain path is, or the end. Dots may stand for a folder, so they begin no name.
fn end_of_path(text: &[u8], start: usize) -> Option<usize> {
    let mut before = 0;
    for (at, byte) in text.iter().enumerate().skip(start) {
        match (before, *byte) {
            (b'/', b'.' | b'%') => return None,
            (_, b'?') => return Some(at),
            (_, byte) if IS_PLAIN[usize::from(byte)] & PATH == 0 => return None,
            _ => {}
        }
        before = *byte;
    }
    Some(text.len())
}

/// Where a byte stands for itself.
const HOST: u8 = 1;
const PATH: u8 = 2;
const QUERY: u8 = 4;

/// Fewer than <https://url.spec.whatwg.org/#percent-encoded-bytes> lets through.
const IS_PLAIN: [u8; 256] = {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < 128 {
        let c = byte as u8;
        table[byte] = match c {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' => HOST | PATH | QUERY,
            b'A'..=b'Z' | b'_' | b'~' | b'!' | b'$' | b'&' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => {
                PATH | QUERY
            }
            b':' | b'@' | b'/' | b'%' => PATH | QUERY,
            b'?' => QUERY,
            _ => 0,
        };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_as_it_is_written_is_what_the_parser_would_write() {
        let written = [
            "https://a.example.org/",
            "http://www.example.org/a/b.html?x=1&y=%E6%B8%AF&z=a+b?/:@",
            "https://i0.wp.com/media.example.org/a%20b//c;d=1,2(3)!$*~_.jpg",
            "https://a-b.example.org/x%7e/x%zz%",
        ];
        for text in written {
            assert_eq!(WebUrl::written(text).map(|url| url.text), Some(text.to_owned()));
        }
        // Every character in every place, and what the parser changes, or refuses.
        let strange = (1..0x250).filter_map(char::from_u32).chain(['港', '。', '\u{3000}', '．', '\u{ff0f}']);
        let places = [
            "http://a@.org/",
            "http://@.org/",
            "http://org.@/",
            "http://a.org@/",
            "http://a.org/@",
            "http://a.org/b@/c",
            "http://a.org/?@",
            "@http://a.org/",
            "http:@//a.org/",
            "http://@@.org/",
            "http://a.org/@@/b",
            "http://a.org/@./b",
        ];
        let one = strange.flat_map(|c| places.map(|place| place.replace('@', c.encode_utf8(&mut [0; 4]))));
        let more = [
            "http://xn--a.org/",
            "http://a.xn--b/",
            "http://1.2.3/",
            "http://a.0x1/",
            "http://a.org/%2E%2e/b",
            "http://a.org/.%2e/b",
            "http://a.org./",
            "http://a..org/",
            "http://a.org",
            "http://-a-.org/",
            "http://a.org/b/%2",
        ];
        for text in one.chain(more.map(str::to_owned)) {
            if let Some(url) = WebUrl::written(&text) {
                assert_eq!(Url::parse(&text).map(WebUrl::of), Ok(Some(url)), "{text}");
            }
        }
    }

    #[test]
    fn its_parts_are_those_of_the_standard() {
        for text in [
            "https://u:p@[::1]:8080/a?b=c#d?e",
            "http://例え.jp:81/#f",
            "https://a.org/b?",
            "https://a.org:443/b?c",
            "http://[::1]/",
        ] {
            let (ours, url) = (WebUrl::parse(text).unwrap(), Url::parse(text).unwrap());
            assert_eq!(Some(ours.host()), url.host_str());
            assert_eq!((ours.path(), ours.query(), ours.fragment()), (url.path(), url.query(), url.fragment()));
            assert_eq!(ours.from_path(), &url[Position::BeforePath..]);
        }
        let url = WebUrl::parse("https://a.org/b/c?d#e").unwrap();
        assert_eq!(url.with_query("f=g").unwrap().as_str(), "https://a.org/b/c?f=g#e");
        assert_eq!(url.with_query("").unwrap().as_str(), "https://a.org/b/c#e");
        assert_eq!(url.join("../x").unwrap().as_str(), "https://a.org/x");
        for text in ["mailto:a@b.org", "http://", "ftp://a.org/", "//a.org/", "a.html", "http://a b/"] {
            assert_eq!(WebUrl::parse(text), None);
        }
    }
}
