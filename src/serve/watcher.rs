//! Waiting until something has changed and come to rest.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::config::{Config, FILE_NAME, STATE_FOLDER, absolute};
use crate::write::is_beside;

/// A change has come to rest when nothing follows it for so long: editors save by several small steps.
const QUIET: Duration = Duration::from_millis(5);

/// Who writes without a pause is not waited for any longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files and folders, from the site's folder where they are below it.
    pub paths: BTreeSet<PathBuf>,
}

impl Changes {
    /// Whether the configuration is among it.
    pub fn has_config(&self) -> bool {
        self.paths.contains(Path::new(FILE_NAME))
    }
}

/// Watches a site's sources.
#[derive(Debug)]
pub struct Watcher {
    // Watching ends when it is dropped.
    _watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    watched: Watched,
}

/// What is to be watched.
#[derive(Debug)]
pub struct Watched {
    root: PathBuf,
    /// What is watched, from the root.
    sources: Vec<PathBuf>,
    /// What builds write, from the root, if it lies there: it may lie in what is watched.
    ours: Vec<PathBuf>,
}

impl Watched {
    /// A site's sources: content, pages, static and theme folders, and site.toml.
    pub fn of(config: &Config) -> Self {
        let folders = [&config.pages, &config.static_folder, &config.theme, &config.overrides];
        // As the system will name them: `./content/` is `content`.
        let plain =
            |folder: &String| Path::new(folder).components().filter(|part| *part != Component::CurDir).collect();
        let written =
            [config.root.join(STATE_FOLDER), config.state.clone(), config.output.clone(), config.media.store.clone()];
        let root = absolute(&config.root);
        let below = |path: &PathBuf| absolute(path).strip_prefix(&root).map(Path::to_owned).ok();
        Self {
            root: config.root.clone(),
            sources: config.content.iter().chain(folders).map(plain).collect(),
            ours: written.iter().filter_map(below).collect(),
        }
    }
}

impl Watcher {
    /// Begins to watch.
    ///
    /// # Errors
    /// If the system cannot watch so many folders, or any.
    pub fn new(watched: Watched) -> notify::Result<Self> {
        let watched = Watched { root: watched.root.canonicalize()?, ..watched };
        let root = &watched.root;
        let (sender, events) = channel();
        let mut watcher = notify::recommended_watcher(move |event| {
            // Nobody listens any more: the process is about to end.
            let _ = sender.send(event);
        })?;
        // The root itself tells of site.toml, and of folders that come and go.
        watcher.watch(root, RecursiveMode::NonRecursive)?;
        for source in &watched.sources {
            let folder = root.join(source);
            if folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(Self { _watcher: watcher, events, watched })
    }

    /// Waits for a change, and for its end; nothing after `most`, if nothing has changed by then.
    pub fn wait(&self, most: Duration) -> Option<Changes> {
        let deadline = Instant::now() + most;
        let mut changes = Changes::default();
        while changes.paths.is_empty() {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) => self.take(event, &mut changes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => self.take(event, &mut changes),
                Err(_) => break,
            }
        }
        Some(changes)
    }

    /// Whether this is what is watched.
    pub fn watches(&self, watched: &Watched) -> bool {
        self.watched.sources == watched.sources && self.watched.ours == watched.ours
    }

    /// Whether folders have come that must be watched, or a watched one has gone: then watching begins anew.
    pub fn is_outdated(&self, changes: &Changes) -> bool {
        self.watched.sources.iter().any(|source| changes.paths.iter().any(|path| source.starts_with(path)))
    }

    fn take(&self, event: notify::Result<Event>, changes: &mut Changes) {
        // A fault, such as too many events at once, may hide any change.
        let Ok(event) = event else { return self.take_all(changes) };
        if event.need_rescan() {
            return self.take_all(changes);
        }
        // Our own reading is no change.
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let below = event.paths.iter().map(|path| path.strip_prefix(&self.watched.root).unwrap_or(path));
        changes.paths.extend(below.filter(|path| self.is_source(path)).map(Path::to_owned));
    }

    fn take_all(&self, changes: &mut Changes) {
        changes.paths.extend(self.watched.sources.iter().cloned());
        changes.paths.insert(FILE_NAME.into());
    }

    fn is_source(&self, path: &Path) -> bool {
        let in_folder = |source: &PathBuf| path.starts_with(source) || source.starts_with(path);
        !path.as_os_str().is_empty()
            && !self.watched.ours.iter().any(|ours| path.starts_with(ours))
            && !path.components().any(|part| is_beside(&part.as_os_str().to_string_lossy()))
            && (path == Path::new(FILE_NAME) || self.watched.sources.iter().any(in_folder))
    }
}
