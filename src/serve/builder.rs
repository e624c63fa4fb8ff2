//! A site that is built again and again, by one memory.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::watcher::Changes;
use crate::config::{self, Config, Overrides};
use crate::diagnostics::{Diagnostic, Report};
use crate::pipeline::{self, Memory, Options, Outcome, Progress, Use};

/// Builds a site whenever it is asked to.
pub struct Builder {
    root: PathBuf,
    overrides: Overrides,
    options: Options,
    /// The configuration of the last site.toml that could be used.
    pub config: Config,
    memory: Memory,
    said: BTreeSet<Diagnostic>,
}

/// What came of a build.
pub struct Built {
    /// What was done; nothing, if a fault stopped it, and the last good site stays.
    pub outcome: Option<Outcome>,
    /// Everything that there is to say.
    pub report: Report,
    /// What was not said of the build before.
    pub news: Report,
}

impl Builder {
    /// Opens a site, whose memory is then ours alone.
    ///
    /// # Errors
    /// Everything that is wrong with site.toml, or why the memory cannot be opened.
    pub fn open(
        root: PathBuf,
        overrides: Overrides,
        options: Options,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, Vec<Diagnostic>> {
        let config = config::load(&root, &overrides)?;
        let memory = Memory::open(&config, Use::Memory, waiting).map_err(|fault| vec![fault])?;
        Ok(Self { root, overrides, options, config, memory, said: BTreeSet::new() })
    }

    /// Builds the site as it is now. What is remembered is [saved](Self::save) when there is time.
    pub fn build(&mut self, changes: Option<&Changes>, progress: &dyn Progress) -> Built {
        let mut report = Report::default();
        let outcome = self
            .read_config(changes)
            .and_then(|()| {
                let now = pipeline::now();
                pipeline::build(&self.config, self.options, now, progress, &mut report, &mut self.memory)
                    .map_err(|fault| vec![fault])
            })
            .map_err(|faults| report.extend(faults))
            .ok();
        let said: BTreeSet<Diagnostic> = report.iter().cloned().collect();
        let mut news = Report::default();
        news.extend(said.difference(&self.said).cloned());
        self.said = said;
        Built { outcome, report, news }
    }

    fn read_config(&mut self, changes: Option<&Changes>) -> Result<(), Vec<Diagnostic>> {
        if changes.is_some_and(Changes::has_config) {
            self.config = config::load(&self.root, &self.overrides)?;
            self.memory.adopt(&self.config);
        }
        Ok(())
    }

    /// Saves what the next process may use.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn save(&mut self) -> Result<(), Diagnostic> {
        self.memory.save()
    }
}
