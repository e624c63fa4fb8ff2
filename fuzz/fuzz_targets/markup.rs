//! Any markup, cleaned: cleaning it again changes nothing of it but white space, of which it may take some more.
#![no_main]

use heliostat::address::Bases;
use heliostat::parse::html::{build, media, normalise, serialise};
use libfuzzer_sys::fuzz_target;

fn clean(markup: &str) -> String {
    let (loose, _) = media::find(build::build(markup, &[]), Bases::default());
    let printed =
        serialise::serialise(&normalise::normalise(loose), Bases::default(), serialise::Sections::Plain, 0).html;
    let mut out = String::new();
    let mut rest = printed.as_str();
    while let Some((before, hole)) = rest.split_once(serialise::HOLE_START) {
        let (hole, after) = hole.split_once(serialise::HOLE_END).expect("the end of a hole");
        out.push_str(before);
        match hole.split_at(1) {
            ("H", place) => out.extend([" href=\"#", place, "\""]),
            ("L", _) => out.push_str(" href=\"https://example.org/\""),
            (_, medium) if !medium.ends_with('a') => out.push_str("<img src=\"https://example.org/a.jpg\">"),
            _ => {}
        }
        rest = after;
    }
    out + rest
}

fuzz_target!(|markup: &str| {
    let once = clean(markup);
    let words = |html: &str| html.split_whitespace().collect::<String>();
    assert_eq!(words(&clean(&once)), words(&once));
});
