//! What a preview tells its pages: that what they show has changed, or that it cannot be built.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt as _};

/// The state of a preview, to be asked from any thread.
#[derive(Debug)]
pub struct Preview {
    history: Mutex<History>,
    number: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct History {
    /// The files that each of the last builds changed, by its number, oldest first.
    builds: Vec<(u64, BTreeSet<String>)>,
    fault: Option<String>,
}

/// A page that was away for more builds than this is simply loaded again.
const REMEMBERED: usize = 200;

/// What a page is told.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Builds up to this number are known to the page.
    pub build: u64,
    /// Whether the page itself has changed.
    pub reload: bool,
    /// Styles that have changed.
    pub styles: Vec<String>,
    /// Why the site cannot be built, if it cannot.
    pub fault: Option<String>,
}

impl Default for Preview {
    fn default() -> Self {
        Self { history: Mutex::default(), number: watch::Sender::new(0) }
    }
}

impl Preview {
    /// The number of the last build.
    pub fn number(&self) -> u64 {
        *self.number.borrow()
    }

    /// A build succeeded and changed these files.
    pub fn built(&self, changed: impl IntoIterator<Item = String>) {
        self.tell(|history, number| {
            history.builds.push((number, changed.into_iter().collect()));
            let surplus = history.builds.len().saturating_sub(REMEMBERED);
            history.builds.drain(..surplus);
            history.fault = None;
        });
    }

    /// A build failed; the last good site stays.
    pub fn failed(&self, fault: String) {
        self.tell(|history, number| {
            history.builds.push((number, BTreeSet::new()));
            history.fault = Some(fault);
        });
    }

    fn tell(&self, change: impl FnOnce(&mut History, u64)) {
        let number = self.number() + 1;
        change(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner), number);
        self.number.send_replace(number);
    }

    /// What a page must know that was sent after a build.
    pub fn since(&self, build: u64, page: &str) -> Message {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let last = history.builds.last().map_or(0, |(number, _)| *number);
        let is_forgotten = history.builds.first().is_some_and(|(first, _)| *first > build + 1);
        let missed = || history.builds.iter().filter(|(number, _)| *number > build).flat_map(|(_, changed)| changed);
        let styles: BTreeSet<&String> = missed().filter(|path| path.ends_with(".css")).collect();
        Message {
            build: last,
            // A server that was started again knows nothing of what the page has seen.
            reload: is_forgotten || build > last || missed().any(|path| path == page),
            styles: styles.into_iter().cloned().collect(),
            fault: history.fault.clone(),
        }
    }

    /// What a page is told from now on: at once what it has missed, then after every build that concerns it.
    pub fn messages(self: Arc<Self>, build: u64, page: String) -> impl Stream<Item = Message> {
        let (mut seen, mut told) = (build, None);
        WatchStream::new(self.number.subscribe()).filter_map(move |_| {
            let message = self.since(seen, &page);
            seen = message.build;
            let is_news = message.reload || !message.styles.is_empty() || told.as_ref() != Some(&message.fault);
            told = Some(message.fault.clone());
            is_news.then_some(message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_what_it_shows_and_what_it_missed() {
        let preview = Preview::default();
        let changed = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        preview.built(changed(&["a.html", "assets/site.css"]));
        preview.built(changed(&["b.html"]));
        assert!(preview.since(0, "a.html").reload);
        assert_eq!(preview.since(0, "b.html").styles, ["assets/site.css"]);
        assert!(!preview.since(1, "a.html").reload);
        assert!(preview.since(1, "b.html").reload);
        preview.failed("no".to_owned());
        assert_eq!(preview.since(2, "b.html").fault.as_deref(), Some("no"));
        preview.built(changed(&[]));
        assert_eq!(preview.since(3, "b.html"), Message { build: 4, ..Message::default() });
        assert!(preview.since(9, "b.html").reload, "another server's build");
    }
}
