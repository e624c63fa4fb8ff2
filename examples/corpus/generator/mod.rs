//! [`Corpus::write`] writes a corpus: an [`Article`] is drawn from the seed and its index alone, so that a corpus of
//! 10,000 is the beginning of one of 128,801. A [`Scribe`] writes it by the rules of the [`grammar`], where all shapes
//! and shares stand; the words come from a [`Lexicon`].

mod article;
mod grammar;
mod lexicon;
mod random;
mod scribe;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io, thread};

use chrono::NaiveDate;

use article::Article;
use lexicon::Lexicon;
use random::Rng;
use scribe::Scribe;

/// What is to be written, and what every article is drawn from.
pub(crate) struct Corpus {
    folder: PathBuf,
    articles: u64,
    pub(crate) seed: u64,
    /// The first day of the archive.
    pub(crate) start: NaiveDate,
    /// How many days it has.
    pub(crate) days: u64,
    grammar: BTreeMap<&'static str, Vec<(u64, String)>>,
    lexicons: [Lexicon; 3],
}

/// What a random stream is for: the streams of one article do not touch each other.
#[derive(Clone, Copy)]
enum Purpose {
    Copy = 1,
    Entry,
    Author,
    Title,
    Address,
    Retitle,
    Path,
    File,
    Body,
}

impl Corpus {
    /// A corpus of so many articles, by default of the years 2016 to 2024.
    pub(crate) fn new(folder: PathBuf, articles: u64) -> Corpus {
        Corpus {
            folder,
            articles,
            seed: 1,
            start: NaiveDate::from_ymd_opt(2016, 1, 1).unwrap_or_default(),
            days: 3_288,
            grammar: grammar::rules(),
            lexicons: Lexicon::of_all_scripts(),
        }
    }

    /// Writes `site.toml` and every article, on as many threads as there are cores; counts articles, bytes, pictures.
    ///
    /// # Errors
    /// What could not be written, and why.
    pub(crate) fn write(&self) -> Result<[usize; 3], String> {
        write_file(&self.folder.join("site.toml"), grammar::SITE.as_bytes())?;
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let shares: Vec<_> = thread::scope(|scope| {
            let begin = |first| scope.spawn(move || self.write_share(first, threads));
            let running: Vec<_> = (0..threads).map(begin).collect();
            running.into_iter().map(|share| share.join().unwrap_or(Err("a thread panicked".into()))).collect()
        });
        shares.into_iter().try_fold([0; 3], |[a, b, c], share| share.map(|[x, y, z]| [a + x, b + y, c + z]))
    }

    /// Writes every `step`th article from `first` on.
    fn write_share(&self, first: u64, step: u64) -> Result<[usize; 3], String> {
        let mut count = [0; 3];
        for index in (first..self.articles).step_by(step as usize) {
            let article = self.article(index);
            let path = self.scribe(&article, Purpose::Path).say(&format!("«{} path»", article.layout));
            let mut scribe = self.scribe(&article, Purpose::File);
            scribe.part(&format!("{} file", article.layout));
            write_file(&self.folder.join("content").join(path), scribe.out.as_bytes())?;
            count = [count[0] + 1, count[1] + scribe.out.len(), count[2] + scribe.pictures];
        }
        Ok(count)
    }

    /// The article of this index: four of a hundred are corrected, or retitled, copies of an earlier one.
    fn article(&self, index: u64) -> Article {
        let mut article = self.compose(self.original(index));
        if article.original != index {
            let mut rng = self.stream(index, Purpose::Entry);
            let days = if rng.below(10) < 7 { 1 } else { 20 };
            article.time += rng.between(60, 86_400 * days) as i64;
            article.index = index;
            article.title = self.scribe(&article, Purpose::Retitle).say("«retitle»");
        }
        article
    }

    /// The article that this one is a copy of, or itself.
    fn original(&self, index: u64) -> u64 {
        let mut rng = self.stream(index, Purpose::Copy);
        if index < 16 || rng.below(100) >= 4 { index } else { self.original(rng.below(index)) }
    }

    /// An article that is no copy.
    fn compose(&self, index: u64) -> Article {
        let mut rng = self.stream(index, Purpose::Entry);
        let mut outlet = self.choose(&mut rng, "outlet").split(' ').map(str::to_owned);
        let [name, host, kind, script] = [(); 4].map(|()| outlet.next().unwrap_or_default());
        let layout = self.choose(&mut rng, &kind).to_owned();
        // A power of a uniform number: the archive grows as its years go by.
        let day = (self.days as f64 * rng.unit().powf(0.55)) as i64;
        let time = (self.start.to_epoch_days() as i64 + day) * 86_400 + rng.below(86_400) as i64;
        let script = if rng.below(100) < 3 { 2 } else { usize::from(script == "traditional") };
        let [author, title, url] = [const { String::new() }; 3];
        let mut article =
            Article { index, original: index, outlet: name, host, layout, script, time, author, title, url };
        article.author = self.scribe(&article, Purpose::Author).say("«name»");
        article.title = self.scribe(&article, Purpose::Title).say("«headline»");
        article.url = self.scribe(&article, Purpose::Address).say("«address»");
        article
    }

    /// A stream that depends on seed, article and purpose only.
    fn stream(&self, index: u64, purpose: Purpose) -> Rng {
        let mut rng = Rng(self.seed ^ index.wrapping_mul(0xA076_1D64_78BD_642F) ^ (purpose as u64).rotate_left(56));
        Rng(rng.next())
    }

    /// One alternative of a rule, by its weight.
    fn choose<'a>(&'a self, rng: &mut Rng, rule: &str) -> &'a str {
        let rows = self.grammar.get(rule).unwrap_or_else(|| panic!("GRAMMAR has no rule {rule:?}"));
        let mut left = rng.below(rows.iter().map(|row| row.0).sum());
        let chosen = rows.iter().find(|row| left.checked_sub(row.0).map(|rest| left = rest).is_none());
        chosen.map_or("", |row| &row.1)
    }

    /// Someone to write one thing about an article, in its script.
    fn scribe<'a>(&'a self, article: &'a Article, purpose: Purpose) -> Scribe<'a> {
        let rng = self.stream(article.index, purpose);
        let lexicon = &self.lexicons[article.script];
        let [image, habit] = ["", ""].map(str::to_owned);
        Scribe { corpus: self, article, lexicon, rng, image, habit, pictures: 0, out: String::new() }
    }
}

/// Writes a file, and first its folder where that is missing.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let missing = |fault: &io::Error| fault.kind() == io::ErrorKind::NotFound;
    let written = match (fs::write(path, bytes), path.parent()) {
        (Err(fault), Some(folder)) if missing(&fault) => {
            fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes))
        }
        (written, _) => written,
    };
    written.map_err(|fault| format!("{}: {fault}", path.display()))
}
