//! An article's page adds little to its body, whatever there is to show beside it.

use std::borrow::Cow;

use super::{ArticleContext, Original, VersionLink};
use crate::config::Config;
use crate::render::context::{Link, PageContext};

/// All that a page adds to its article's own body is kept to so many bytes: related articles stand there as far as there is room for them,
/// and where an article's addresses and titles leave none its page does without what is least missed.
const LEAN: usize = 2560;

/// What `broadsheet`'s markup takes of it: a page's own, and more for text in another language, a second date, a picture in the head, a
/// notice, a list with its heading, a link, and that to a tag.
const MARKUP: usize = 1420;
const FOREIGN: usize = 50;
const SECOND_DATE: usize = 145;
const PICTURE: usize = 45;
const NOTICE: usize = 70;
const SECTION: usize = 100;
const LINK: usize = 36;
const LANGUAGE: usize = 8;
const TAG: usize = LINK + 18;

fn size_of(link: &Link<'_>) -> usize {
    let language = link.language.map_or(0, |language| LANGUAGE + language.len());
    LINK + language + link.title.len() + link.href.len()
}

fn size_of_head(page: &PageContext<'_>) -> usize {
    let foreign = if page.is_foreign { FOREIGN } else { 0 };
    foreign + page.canonical.as_deref().map_or(0, str::len) + page.description.len() + page.title.len()
}

/// What the site says on every page. It takes room from related articles alone: else a long footer would empty every page.
fn size_of_footer(config: &Config) -> usize {
    let links = config.links.iter().map(|link| LINK + link.title.len() + link.url.len());
    let said = [&config.notice, &config.contact].into_iter().flatten().map(|text| NOTICE + text.len());
    links.chain(said).sum()
}

impl ArticleContext<'_> {
    pub(super) fn keep_lean(&mut self, page: &mut PageContext<'_>, config: &Config) {
        let taken = MARKUP + 2 * config.title.len() + size_of_head(page) + self.size_before_related();
        let mut room = LEAN.saturating_sub(taken + size_of_footer(config) + SECTION);
        let fits = |link: &Link<'_>| {
            let rest = room.checked_sub(size_of(link));
            room = rest.unwrap_or_default();
            rest.is_some()
        };
        let count = self.related.iter().map(fits).take_while(|fits| *fits).count();
        self.related.truncate(count);
        self.do_without(taken.saturating_sub(LEAN), page);
    }

    /// What is least missed goes until so many bytes are saved: what the head says once more, then what links say beside where they lead,
    /// and of the description, for which search engines ask, only then as much as must.
    fn do_without(&mut self, bytes: usize, page: &mut PageContext<'_>) {
        let steps: [fn(&mut Self) -> usize; 4] = [
            |article| std::mem::take(&mut article.json_ld.author).iter().map(|author| LINK + author.name.len()).sum(),
            |article| article.original.as_mut().map_or(0, Original::show_host),
            |article| article.older.as_mut().map_or(0, |older| std::mem::take(&mut older.title).len()),
            |article| article.versions.iter_mut().map(VersionLink::show_date).sum(),
        ];
        let mut left = bytes;
        for step in steps {
            if left > 0 {
                left = left.saturating_sub(step(self));
            }
        }
        shorten(&mut page.description, left);
    }

    /// What the article's page says before them; its body and its contents list are not counted.
    fn size_before_related(&self) -> usize {
        let links = self.outlet.iter().chain(&self.older).map(size_of);
        let tags = self.tags.iter().map(|tag| TAG + tag.title.len() + tag.href.len());
        let authors = self.authors.iter().map(|name| 2 * (LINK + name.len()));
        let original = self.original.iter().map(|original| original.url.len() + original.text.len());
        let image = self.image.iter().map(|image| PICTURE + image.len());
        let notice = self.notice.iter().map(|notice| NOTICE + notice.len());
        let second_date = if self.updated.is_some() { SECOND_DATE } else { 0 };
        2 * self.title.len()
            + second_date
            + self.size_of_versions()
            + links.chain(tags).chain(authors).chain(original).chain(image).chain(notice).sum::<usize>()
    }

    fn size_of_versions(&self) -> usize {
        let size = |version: &VersionLink<'_>| {
            let title = if version.title == self.title { 0 } else { version.title.len() };
            LINK + title + version.href.len()
        };
        let list = if self.versions.is_empty() { 0 } else { SECTION };
        let newest = self.newest_version.as_ref().map_or(0, |newest| NOTICE + newest.href.len());
        list + newest + self.versions.iter().map(size).sum::<usize>()
    }
}

fn shorten(text: &mut Cow<'_, str>, bytes: usize) {
    if bytes > 0 {
        let end = text.floor_char_boundary(text.len().saturating_sub(bytes + '…'.len_utf8()));
        *text = if end == 0 { Cow::Borrowed("") } else { format!("{}…", text[..end].trim_end_matches('…')).into() };
    }
}

impl Original<'_> {
    /// Says how many bytes less are shown.
    fn show_host(&mut self) -> usize {
        let host = self.text.split('/').next().unwrap_or_default().to_owned();
        let less = self.text.len() - host.len();
        self.text = host.into();
        less
    }
}

impl VersionLink<'_> {
    /// Says how many bytes less are shown.
    fn show_date(&mut self) -> usize {
        if self.date.is_some() { std::mem::take(&mut self.title).len() } else { 0 }
    }
}
