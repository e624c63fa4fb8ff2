//! Withdrawals: which articles `[[withdraw]]` takes out of the site.

use std::collections::HashSet;
use std::sync::Arc;

use super::id_of;
use crate::config::{WithdrawWhat, Withdrawal};
use crate::parse::{Entry, UrlKey};

/// For each article the number of the rule that withdraws it. A withdrawn source or original takes every version of
/// the article with it, so that a later scrape does not bring it back.
pub fn find(entries: &[Arc<Entry>], rules: &[Withdrawal]) -> Vec<Option<u32>> {
    let mut withdrawn = vec![None; entries.len()];
    for (number, rule) in rules.iter().enumerate() {
        let originals = originals_of(entries, rule);
        let is_meant = |entry: &Entry| match &rule.what {
            WithdrawWhat::Outlet(name) => entry.outlet.as_ref() == Some(name),
            WithdrawWhat::Source(path) if entry.source == *path => true,
            WithdrawWhat::Source(_) | WithdrawWhat::Original(_) => {
                entry.original_key.is_some_and(|key| originals.contains(&key))
            }
        };
        for (place, entry) in withdrawn.iter_mut().zip(entries) {
            if place.is_none() && is_meant(entry) {
                *place = Some(id_of(number));
            }
        }
    }
    withdrawn
}

/// The originals that a rule names.
fn originals_of(entries: &[Arc<Entry>], rule: &Withdrawal) -> HashSet<UrlKey> {
    match &rule.what {
        WithdrawWhat::Original(key) => HashSet::from([*key]),
        WithdrawWhat::Source(path) => {
            entries.iter().filter(|entry| entry.source == *path).filter_map(|entry| entry.original_key).collect()
        }
        WithdrawWhat::Outlet(_) => HashSet::new(),
    }
}
