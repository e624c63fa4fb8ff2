//! Withdrawals: which articles `[[withdraw]]` takes out of the site.

use std::collections::HashSet;
use std::sync::Arc;

use super::id_of;
use crate::config::{FILE_NAME, WithdrawWhat, Withdrawal};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{Entry, UrlKey};

/// What the rules withdraw.
#[derive(Debug, Default)]
pub struct Withdrawn {
    /// For each article the number of the rule that withdraws it.
    pub rules: Vec<Option<u32>>,
    /// Rules that mean no article, which may be a slip of somebody who must take one out.
    pub idle: Vec<Diagnostic>,
}

/// Finds what the rules withdraw. A withdrawn source or original takes every version of the article with it, so that a
/// later scrape does not bring it back.
pub fn find(entries: &[Arc<Entry>], rules: &[Withdrawal]) -> Withdrawn {
    let mut withdrawn = Withdrawn { rules: vec![None; entries.len()], idle: Vec::new() };
    for (number, rule) in rules.iter().enumerate() {
        let originals = originals_of(entries, rule);
        let is_meant = |entry: &Entry| match &rule.what {
            WithdrawWhat::Outlet(name) => entry.outlet.as_ref() == Some(name),
            WithdrawWhat::Source(path) if *entry.source == **path => true,
            WithdrawWhat::Source(_) | WithdrawWhat::Original(_) => {
                entry.original_key.is_some_and(|key| originals.contains(&key))
            }
        };
        let mut is_idle = true;
        for (place, entry) in withdrawn.rules.iter_mut().zip(entries) {
            if is_meant(entry) {
                place.get_or_insert(id_of(number));
                is_idle = false;
            }
        }
        withdrawn.idle.extend(is_idle.then(|| idle(number + 1, &rule.what)));
    }
    withdrawn
}

/// `number` counts the rules from 1.
fn idle(number: usize, what: &WithdrawWhat) -> Diagnostic {
    let (message, hint) = match what {
        WithdrawWhat::Outlet(name) => (
            format!("outlet = \"{name}\""),
            "`heliostat list --json` names each article's outlet; a rule that waits for an article may stay",
        ),
        WithdrawWhat::Source(path) => (
            format!("source = \"{path}\""),
            "`heliostat list --json` names each article's source; a rule that waits for an article may stay",
        ),
        WithdrawWhat::Original(_) => (
            format!("rule {number} (by url)"),
            "`heliostat list --json` names each article's original_url; a page of this site is withdrawn by its `source`, which stands there, too; a rule that waits for an article may stay",
        ),
    };
    Diagnostic::warning(Code::Value, format!("[[withdraw]] {message} means no article")).in_file(FILE_NAME).hint(hint)
}

/// The originals that a rule names.
fn originals_of(entries: &[Arc<Entry>], rule: &Withdrawal) -> HashSet<UrlKey> {
    match &rule.what {
        WithdrawWhat::Original(key) => HashSet::from([*key]),
        WithdrawWhat::Source(path) => {
            entries.iter().filter(|entry| *entry.source == **path).filter_map(|entry| entry.original_key).collect()
        }
        WithdrawWhat::Outlet(_) => HashSet::new(),
    }
}
