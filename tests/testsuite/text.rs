//! Text is kept: on every article's page stands all that its source says.

use std::collections::HashMap;
use std::path::PathBuf;

use html5ever::parse_document;
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::harness::Site;
use crate::sanitise::copy;

/// Real articles, where they are at hand.
pub(crate) fn shared_samples() -> Option<PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    folder.is_dir().then_some(folder)
}

/// The text that markup shows: outside script, style, noscript, form controls and comments, without white space.
pub(crate) fn text_of(html: &str) -> String {
    let dom = parse_document(RcDom::default(), Default::default()).one(html);
    let mut text = String::new();
    collect(&dom.document, &mut text);
    text
}

fn collect(node: &Handle, out: &mut String) {
    match &node.data {
        NodeData::Text { contents } => {
            out.extend(contents.borrow().chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{feff}'));
        }
        NodeData::Element { name, .. }
            if ["script", "style", "noscript", "button", "select", "textarea", "option", "title", "iframe", "svg"]
                .contains(&&*name.local) => {}
        _ => {
            for child in node.children.borrow().iter() {
                collect(child, out);
            }
        }
    }
}

/// Which share of a text's characters another one holds.
pub(crate) fn kept(source: &str, page: &str) -> f64 {
    let mut counts: HashMap<char, i64> = HashMap::new();
    for c in page.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let mut found = 0;
    for c in source.chars() {
        let count = counts.entry(c).or_default();
        found += i64::from(*count > 0);
        *count -= 1;
    }
    if source.is_empty() { 1.0 } else { found as f64 / source.chars().count() as f64 }
}

/// The body of a source as the test sees it: what follows the last line of front matter and header.
fn body(source: &str) -> &str {
    let rest =
        source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(source, |(_, body)| body);
    rest.split_once("\n------\n").map_or(rest, |(_, body)| body)
}

#[test]
fn real_articles_keep_their_text() {
    let Some(samples) = shared_samples() else { return };
    let site = Site::new();
    copy(&samples, &site.path().join("content"));
    site.build();
    let mut poor = Vec::new();
    for article in site.list().iter().filter(|article| article["source"] != "content/README.md") {
        let source = std::fs::read_to_string(site.path().join(article["source"].as_str().unwrap())).unwrap();
        let page = site.output(article["output"].as_str().unwrap());
        let share = kept(&text_of(body(&source)), &text_of(&page));
        if share < 0.98 {
            poor.push(format!("{share:.3} {}", article["source"]));
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}
