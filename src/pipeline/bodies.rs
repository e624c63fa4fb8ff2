//! The bodies of articles while their pages are made: put aside when they are parsed, parsed again where that was in an earlier build.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::LARGE;
use super::recall::Circumstances;
use crate::digest::Digest;
use crate::parse;
use crate::plan::ArticleId;
use crate::read::{self, Found, Source};
use crate::state::spool::{Span, Spooled};

/// The bodies of all articles: those that were parsed now are put aside, the others are parsed when they are asked for.
pub(super) struct Bodies {
    spooled: Option<Spooled>,
    /// For each article, its place among the files, and its body if it was parsed now.
    parts: Vec<(usize, Option<Span>)>,
    /// The digest of each article, body and all.
    pub(super) digests: Vec<Digest>,
    /// Whether a source was found changed since it was recalled.
    moved: AtomicBool,
}

impl Bodies {
    /// None yet of so many articles.
    pub(super) fn of(spooled: Option<Spooled>, articles: usize) -> Self {
        Self {
            spooled,
            parts: Vec::with_capacity(articles),
            digests: Vec::with_capacity(articles),
            moved: AtomicBool::new(false),
        }
    }

    /// Adds the next article's, the place of its source among the files, and its body if it was parsed now.
    pub(super) fn push(&mut self, place: usize, span: Option<Span>, digest: Digest) {
        self.parts.push((place, span));
        self.digests.push(digest);
    }

    /// Shows the body of an article, one of the files that were found.
    pub(super) fn get(
        &self,
        id: ArticleId,
        found: &[Found],
        circumstances: Circumstances<'_>,
        show: &mut dyn FnMut(&str),
    ) -> io::Result<()> {
        let (place, span) = self.parts[id as usize];
        if let Some((spooled, span)) = self.spooled.as_ref().zip(span)
            && spooled.get(span, show)?
        {
            return Ok(());
        }
        let source: Option<Source> =
            read::read(&found[place], &circumstances.config.root).ok().map(|(source, _)| source);
        let parsed = source.map(|source| parse::parse(&source, circumstances.config, circumstances.now));
        let article = parsed
            .and_then(|parsed| parsed.article.ok())
            .filter(|article| article.digest() == self.digests[id as usize]);
        article.map(|article| show(&article.body.0)).ok_or_else(|| {
            self.moved.store(true, Ordering::Relaxed);
            io::Error::other("its source changed while the site was built")
        })
    }

    /// Whether the body of an article is put aside and large.
    pub(super) fn is_large(&self, id: ArticleId) -> bool {
        self.parts[id as usize].1.is_some_and(|span| span.length() > LARGE)
    }

    /// Says that nobody will ask for the body of an article again; who does has it parsed again.
    pub(super) fn forget(&self, id: ArticleId) {
        if let Some((spooled, span)) = self.spooled.as_ref().zip(self.parts[id as usize].1) {
            spooled.forget(span);
        }
    }

    /// A build that failed because sources changed may be tried again.
    pub(super) fn moved(&self) -> bool {
        self.moved.load(Ordering::Relaxed)
    }
}
