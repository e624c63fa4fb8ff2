//! The generated corpus, in every dialect and with every quirk of the real archives: all of it is in the site.

use std::collections::BTreeSet;

use crate::generator::Corpus;
use crate::harness::{Site, files_below};
use crate::plan::assert_links_hold;
use crate::sanitise::assert_all_clean;

#[test]
fn every_article_of_a_generated_corpus_is_listed_alive_and_clean() {
    let site = Site::new();
    Corpus::new(site.path().to_owned(), 1000).write().unwrap();
    site.build();
    let articles = site.list();
    assert_eq!(articles.len(), 1000);
    let pages: BTreeSet<&str> = articles.iter().map(|article| article["output"].as_str().unwrap()).collect();
    assert_eq!(pages.len(), 1000, "an address is one article's");
    let reached = reachable(&site);
    for article in &articles {
        let page = article["output"].as_str().unwrap();
        assert!(reached.contains(page), "{page} cannot be reached from the front page");
    }
    assert!(assert_links_hold(&site) > 10_000);
    assert_all_clean(&site);
}

#[test]
fn how_many_articles_go_through_the_steps_together_changes_nothing() {
    let built = |threads| {
        let site = Site::new();
        Corpus::new(site.path().to_owned(), 300).write().unwrap();
        let run = site
            .run_with(&["build", "--offline"], &[("RAYON_NUM_THREADS", threads), ("SOURCE_DATE_EPOCH", "1790000000")]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let faults = std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap();
        (files_below(&site.path().join("public")), faults)
    };
    // One thread takes 32 together; of 40 each takes one alone.
    let ((pages, faults), others) = (built("1"), built("40"));
    assert!(pages.len() > 300 && faults.contains("front matter"));
    assert!((pages, faults) == others);
}

/// The pages to which links lead from the front page.
fn reachable(site: &Site) -> BTreeSet<String> {
    let mut reached = BTreeSet::from(["index.html".to_owned()]);
    let mut open = vec!["index.html".to_owned()];
    while let Some(path) = open.pop() {
        let page = site.output(&path);
        for target in crate::plan::local_links(&path, &page).into_iter().filter(|target| target.ends_with(".html")) {
            if reached.insert(target.clone()) {
                open.push(target);
            }
        }
    }
    reached
}
