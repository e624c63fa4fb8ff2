//! Links between the site's files: relative, ending in a real file name, so that the folder works anywhere.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path in a link may not hold as it is. Han may: browsers send it percent-encoded, and a `file://` reader
/// finds it; it makes links a third as long.
const IN_LINK: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// The link from one output file to another, both as paths from the site's folder.
pub fn link(from: &str, to: &str) -> String {
    let shared = shared_folders(from, to);
    let mut out = String::with_capacity(to.len() + 12);
    for _ in 0..depth(&from[shared..]) {
        out.push_str("../");
    }
    let first = out.len();
    push_encoded(&to[shared..], &mut out);
    // A colon in a first component would make it a scheme; an apostrophe before all would quote the address that a page refreshes to.
    let is_odd = |first: &str| first.contains(':') || first.starts_with('\'');
    if first == 0 && out.split('/').next().is_some_and(is_odd) { format!("./{out}") } else { out }
}

/// In how many folders a path's last component lies.
fn depth(path: &str) -> usize {
    path.bytes().filter(|byte| *byte == b'/').count()
}

/// The length of the folders that both paths begin with, their last slash included.
fn shared_folders(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1)
}

/// A path as it stands in a link.
pub fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    push_encoded(path, &mut out);
    out
}

fn push_encoded(path: &str, out: &mut String) {
    // Most paths hold nothing else: they need no look at each character.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') || !byte.is_ascii();
    if path.bytes().all(is_plain) {
        return out.push_str(path);
    }
    for run in path.split_inclusive(|c: char| c.is_ascii()) {
        let ascii = run.len() - run.chars().next_back().filter(char::is_ascii).map_or(0, |_| 1);
        out.push_str(&run[..ascii]);
        out.extend(utf8_percent_encode(&run[ascii..], IN_LINK));
    }
}

/// The way from an output file up to the site's folder: `""`, `"../"`, `"../../"` …
pub fn root(from: &str) -> String {
    "../".repeat(depth(from))
}

/// The absolute URL of an output file; a folder's `index.html` is the folder's own address.
pub fn absolute(base: &url::Url, path: &str) -> String {
    let path =
        path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/')).unwrap_or(path);
    let mut out = base.as_str().to_owned();
    out.extend(utf8_percent_encode(path, IN_LINK));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_climb_as_far_as_they_must() {
        assert_eq!(link("2021/12/17/a.html", "2021/12/17/b.html"), "b.html");
        assert_eq!(link("2021/12/17/a.html", "2021/12/16/b.html"), "../16/b.html");
        assert_eq!(link("index.html", "tags/港口/index.html"), "tags/港口/index.html");
        assert_eq!(link("tags/a b/index.html", "index.html"), "../../index.html");
        assert_eq!(link("a.html", "c:d.html"), "./c:d.html");
        assert_eq!(link("a.html", "'x'/index.html"), "./'x'/index.html");
        assert_eq!(link("a.html", "100%?.html"), "100%25%3F.html");
    }

    #[test]
    fn what_a_link_may_not_hold_is_encoded_wherever_it_stands() {
        for byte in 0..=0x7f {
            let character = char::from(byte).to_string();
            let wanted = utf8_percent_encode(&character, IN_LINK).to_string();
            assert_eq!(encoded(&character), wanted);
            assert_eq!(encoded(&format!("港{character}口")), format!("港{wanted}口"));
        }
    }

    #[test]
    fn absolute_urls_are_ascii() {
        let base = url::Url::parse("https://m.example.org/x/").unwrap();
        assert_eq!(absolute(&base, "tags/港/index.html"), "https://m.example.org/x/tags/%E6%B8%AF/");
        assert_eq!(absolute(&base, "index.html"), "https://m.example.org/x/");
    }
}
