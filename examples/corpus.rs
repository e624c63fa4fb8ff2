//! Writes a corpus shaped like a real news mirror's: every dialect, the sizes, elements, pictures and faults met in
//! 128,801 mirrored articles, in generated text. `corpus DIR --articles N [--seed S] [--start YYYY-MM-DD] [--days D]`
//!
//! An [`Article`] is drawn from the seed and its index alone, so that a corpus of 10,000 is the beginning of one of
//! 128,801. A [`Scribe`] writes it by the rules of [`GRAMMAR`], where all shapes and shares stand; the words come from
//! a [`Lexicon`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, thread};

fn main() -> ExitCode {
    match Corpus::from_args(env::args().skip(1)).and_then(|corpus| corpus.write()) {
        Ok([articles, bytes, pictures]) => {
            println!("{articles} articles, {bytes} bytes, {pictures} pictures");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("corpus: {message}");
            ExitCode::FAILURE
        }
    }
}

/// What is to be written, and what every article is drawn from; `start` counts days from 1970-01-01.
struct Corpus {
    folder: PathBuf,
    articles: u64,
    seed: u64,
    start: i64,
    days: u64,
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
    /// Reads the arguments; by default the years 2016 to 2024.
    fn from_args(mut args: impl Iterator<Item = String>) -> Result<Corpus, String> {
        let usage = "usage: corpus DIR --articles N [--seed S] [--start YYYY-MM-DD] [--days D]";
        let (mut folder, mut articles, mut seed, mut start, mut days) = (None, 0, 1, 16_801, 3_288);
        while let Some(arg) = args.next() {
            if !arg.starts_with("--") {
                folder = Some(PathBuf::from(arg));
                continue;
            }
            let value = args.next().ok_or(usage)?;
            let number = value.parse().map_err(|fault| format!("{arg} {value}: {fault}"));
            match arg.as_str() {
                "--articles" => articles = number?,
                "--seed" => seed = number?,
                "--days" => days = number?.max(1),
                "--start" => start = day_number(&value).ok_or(format!("--start {value}: not a date"))?,
                _ => return Err(usage.to_owned()),
            }
        }
        let folder = folder.filter(|_| articles > 0).ok_or(usage)?;
        let lexicons = [Lexicon::han(SIMPLIFIED), Lexicon::han(TRADITIONAL), Lexicon::english()];
        Ok(Corpus { folder, articles, seed, start, days, grammar: rules(GRAMMAR), lexicons })
    }

    /// Writes `site.toml` and every article, on as many threads as there are cores; counts articles, bytes, pictures.
    fn write(&self) -> Result<[usize; 3], String> {
        write_file(&self.folder.join("site.toml"), SITE.as_bytes())?;
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
        let time = (self.start + day) * 86_400 + rng.below(86_400) as i64;
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

/// The rules of a grammar: `name =` and a line for each alternative, with its weight; or, where there is but one,
/// `name = text`. In a text, `¶` ends a line.
fn rules(grammar: &'static str) -> BTreeMap<&'static str, Vec<(u64, String)>> {
    let mut rules: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut name = "";
    for line in grammar.lines() {
        let row = if line.starts_with(|first: char| first.is_ascii_digit()) {
            line.split_once(' ').or(Some((line, "")))
        } else {
            let (rule, text) = line.split_once(" =").unwrap_or_default();
            name = rule;
            Some(("1", text.trim_start())).filter(|_| !text.is_empty())
        };
        let parsed = row.and_then(|(weight, text)| Some((weight.parse().ok()?, text.replace('¶', "\n"))));
        rules.entry(name).or_default().extend(parsed);
    }
    rules
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

/// An article before its bytes.
struct Article {
    index: u64,
    /// Whose address and text these are: its own, unless this is a copy.
    original: u64,
    outlet: String,
    host: String,
    layout: String,
    /// The place of its lexicon.
    script: usize,
    /// Seconds since 1970.
    time: i64,
    author: String,
    title: String,
    url: String,
}

impl Article {
    /// What a rule calls by name.
    fn fact(&self, name: &str) -> Option<String> {
        // A visible date is up to two hours and a half before the stamp; of one article in a hundred, a month.
        let early = self.original * 7_919 % 9_000 + if self.original % 100 == 7 { 2_600_000 } else { 0 };
        let seen = self.time - early as i64;
        Some(match name {
            "id" => (1_000_000 + self.index).to_string(),
            "outlet" => self.outlet.clone(),
            "host" => self.host.clone(),
            "HOST" => self.host.to_uppercase(),
            "author" => self.author.clone(),
            "title" => self.title.clone(),
            "escaped title" => self.title.replace('\\', "\\\\").replace('"', "\\\""),
            "name" => shorten(&self.title.replace('/', "-"), 180) + &self.mark(),
            "slug" => {
                shorten(&self.title.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-"), 180) + &self.mark()
            }
            "url" => self.url.clone(),
            "percent" => percent(&self.title, "%"),
            "percent twice" => percent(&self.title, "%25"),
            "year" => date(self.time)[..4].to_owned(),
            "day" => date(self.time),
            "date" => date(self.time).replace('-', ""),
            "time" => date_time(self.time, ' '),
            "iso time" => date_time(self.time, 'T'),
            "millis" => (self.time * 1000).to_string(),
            "seen day" => date(seen),
            "seen time" => date_time(seen, ' '),
            "seen iso time" => date_time(seen, 'T'),
            "seen mail time" => mail_time(seen),
            _ => return None,
        })
    }

    /// Keeps the name of a copy apart: it may have its original's day and title.
    fn mark(&self) -> String {
        if self.index == self.original { String::new() } else { format!(" ({})", self.index) }
    }
}

/// At most so many bytes, whole characters.
fn shorten(text: &str, bytes: usize) -> String {
    let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
    text[..ends.take_while(|&end| end <= bytes).last().unwrap_or(0)].to_owned()
}

/// Percent-encoded, with a sign of one's own: `%25` encodes twice, as one outlet does.
fn percent(text: &str, sign: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        _ if byte.is_ascii_alphanumeric() => out + &char::from(byte).to_string(),
        _ if byte.is_ascii() => out + "-",
        _ => format!("{out}{sign}{byte:02X}"),
    })
}

/// Writes by the grammar.
struct Scribe<'a> {
    corpus: &'a Corpus,
    article: &'a Article,
    lexicon: &'a Lexicon,
    rng: Rng,
    /// The address of the picture in hand, without its scheme.
    image: String,
    /// How this source marks up each of its paragraphs.
    habit: String,
    pictures: usize,
    out: String,
}

impl Scribe<'_> {
    /// A text with the parts that it names between guillemets.
    fn say(mut self, text: &str) -> String {
        self.write(text);
        self.out
    }

    fn write(&mut self, text: &str) {
        for (place, part) in text.split(['«', '»']).enumerate() {
            match place % 2 {
                0 => self.out.push_str(part),
                _ => self.part(part),
            }
        }
    }

    /// A part of a text: a thing to make up, a fact about the article, or a rule of the grammar.
    fn part(&mut self, name: &str) {
        match name {
            "sentence" => self.lexicon.sentence(&mut self.rng, &mut self.out),
            "words" => self.lexicon.phrase(&mut self.rng, 3, &mut self.out),
            "line" => {
                let length = self.rng.between(12, 26);
                self.lexicon.phrase(&mut self.rng, length, &mut self.out);
            }
            "name" if self.article.title.is_empty() => self.out.push_str(self.lexicon.term(self.rng.below(900))),
            "topic" => self.out.push_str(self.corpus.lexicons[0].term(40 + (self.rng.unit().powi(3) * 60.0) as u64)),
            "number" => {
                let number = self.rng.next() >> 45;
                self.push(number);
            }
            "hex" => self.push(format_args!("{:x}", self.rng.0 >> 32)),
            "html" | "markdown" => self.body(name),
            "loose" => {
                let start = self.out.len();
                self.body("html");
                let body = self.out.split_off(start);
                self.out.push_str(&loosen(&body));
            }
            "paragraph" => self.write(&self.habit.clone()),
            "picture" => self.picture(),
            "at" => self.push(self.image.clone()),
            "mention" => self.mention(),
            "correction" if self.article.index == self.article.original => {}
            _ => match self.article.fact(name) {
                Some(fact) => self.out.push_str(&fact),
                None => self.rule(name),
            },
        }
    }

    fn rule(&mut self, name: &str) {
        let text = self.corpus.choose(&mut self.rng, name);
        self.write(text);
    }

    fn push(&mut self, value: impl std::fmt::Display) {
        let _ = write!(self.out, "{value}"); // A `String` never refuses.
    }

    /// Blocks until a body has its size; a copy has its original's words.
    fn body(&mut self, kind: &str) {
        self.rng = self.corpus.stream(self.article.original, Purpose::Body);
        // Indentation and tags on lines of their own make a loose body half as large again.
        let size = body_size(&mut self.rng) * if self.article.layout == "loose" { 5 } else { 8 } / 8;
        self.habit = self.corpus.choose(&mut self.rng, "habit").to_owned();
        let end = self.out.len() + size;
        self.rule(&format!("{kind} opening"));
        while self.out.len() < end {
            self.rule(&format!("{kind} block"));
        }
        self.rule(&format!("{kind} closing"));
    }

    fn picture(&mut self) {
        self.pictures += 1;
        let (id, host) = (self.rng.next() >> 24, self.rng.below(3) as usize);
        self.image = format!("{}/image/{id:x}.jpg", ["img.example.org", "static.example.net", "gdb.example.org"][host]);
        self.rule("frame");
    }

    /// A link to an earlier article of this mirror, by its original address.
    fn mention(&mut self) {
        let other = self.corpus.original(self.rng.below(self.article.original.max(1)));
        let Article { url, title, .. } = self.corpus.compose(other);
        self.push(format_args!("<p><a href=\"{}\">{title}</a></p>", url.replace('&', "&amp;")));
    }
}

/// Log-normal, with a few long reads of up to 465 KB, so that files have median 3.5 KB and p95 13.7 KB; in bytes.
fn body_size(rng: &mut Rng) -> usize {
    let (median, spread) = if rng.below(1000) < 4 { (62_000.0, 0.85) } else { (3_010.0, 0.885) };
    let size: f64 = median * (spread * rng.normal()).exp();
    size.clamp(120.0, 463_000.0) as usize
}

/// Every tag and text on its own line, indented, with a blank line now and then: dialect e.
fn loosen(html: &str) -> String {
    let (mut out, mut depth) = (String::with_capacity(html.len() * 2), 1_usize);
    for (count, piece) in html.split_inclusive('>').flat_map(text_and_tag).enumerate() {
        let void = ["<img", "<br", "<source", "<meta", "<!"].iter().any(|name| piece.starts_with(name));
        let (tag, end) = (piece.starts_with('<'), piece.starts_with("</"));
        depth = depth.saturating_sub(usize::from(end));
        let _ = write!(out, "{:depth$}{piece}\n{}", "", if count % 40 == 39 { "\n" } else { "" });
        depth += usize::from(tag && !end && !void);
    }
    out
}

/// `text<tag>` as text and tag, without empty ones.
fn text_and_tag(piece: &str) -> impl Iterator<Item = &str> {
    let (text, tag) = piece.split_at(piece.rfind('<').unwrap_or(piece.len()));
    [text, tag].into_iter().filter(|part| !part.trim().is_empty())
}

/// Words by frequency: `draw` holds each word's number as often as it is to come.
struct Lexicon {
    words: Vec<String>,
    draw: Vec<u16>,
    /// Where the words begin of which names and topics are made.
    terms: usize,
}

impl Lexicon {
    /// Characters by their rank, and 9,000 words made of them: half of all that is drawn each.
    fn han(characters: &str) -> Lexicon {
        let mut words: Vec<String> = characters.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
        let terms = words.len();
        let letters = Lexicon::weighted(words.clone(), &zipf(terms, 20.0), 0);
        let mut rng = Rng(7);
        for _ in 0..9_000 {
            let length = [2, 2, 2, 2, 2, 2, 3, 4][rng.below(8) as usize];
            words.push((0..length).map(|_| letters.word(&mut rng)).collect());
        }
        Lexicon::weighted(words, &[zipf(terms, 20.0), zipf(9_000, 60.0)].concat(), terms)
    }

    fn english() -> Lexicon {
        let words: Vec<String> = ENGLISH.split_whitespace().map(|word| format!("{word} ")).collect();
        let weights = zipf(words.len(), 6.0);
        Lexicon::weighted(words, &weights, 40)
    }

    /// A table to draw from in one step; each word stands in it once at least.
    fn weighted(words: Vec<String>, weights: &[f64], terms: usize) -> Lexicon {
        let whole: f64 = weights.iter().sum();
        let entries = |(word, weight): (usize, &f64)| vec![word as u16; (weight / whole * 65_536.0) as usize + 1];
        let draw = weights.iter().enumerate().flat_map(entries).collect();
        Lexicon { words, draw, terms }
    }

    fn word(&self, rng: &mut Rng) -> &str {
        &self.words[usize::from(self.draw[rng.below(self.draw.len() as u64) as usize])]
    }

    /// The same word for the same number.
    fn term(&self, number: u64) -> &str {
        self.words[self.terms + number as usize % (self.words.len() - self.terms)].trim_end()
    }

    /// Words of so many Han together, or of half as many English words, which are followed by spaces.
    fn phrase(&self, rng: &mut Rng, length: u64, out: &mut String) {
        let mut left = length as i64;
        while left > 0 {
            let word = self.word(rng);
            out.push_str(word);
            left -= if word.is_ascii() { 2 } else { word.len() as i64 / 3 };
        }
        out.truncate(out.trim_end_matches(' ').len());
    }

    /// Clauses of 8 to 40 characters together; one sentence in ten is somebody's.
    fn sentence(&self, rng: &mut Rng, out: &mut String) {
        let [comma, stop] = if self.words[0].is_ascii() { [", ", ". "] } else { ["，", "。"] };
        let [open, close] = if rng.below(10) == 0 { ["“", "”"] } else { [""; 2] };
        out.push_str(open);
        let mut left = rng.between(8, 40);
        while left > 0 {
            let clause = left.min(rng.between(4, 16));
            self.phrase(rng, clause, out);
            left -= clause;
            out.push_str(if left > 0 { comma } else { stop });
        }
        out.push_str(close);
    }
}

/// Weights by rank, of sum 1; the shift makes the first as flat as they are in Chinese.
fn zipf(count: usize, shift: f64) -> Vec<f64> {
    let whole: f64 = (0..count).map(|rank| 1.0 / (rank as f64 + shift)).sum();
    (0..count).map(|rank| 1.0 / (rank as f64 + shift) / whole).collect()
}

/// SplitMix64: small, quick, and every seed is a good one.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Both ends included.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Twelve uniform numbers make a normal one.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Year, month and day of a time (Hinnant's `civil_from_days`).
fn civil(time: i64) -> (i64, i64, i64) {
    let day = time.div_euclid(86_400) + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * march + 2) / 5 + 1)
}

/// The day of a `YYYY-MM-DD` after 1900, counted from 1970-01-01.
fn day_number(text: &str) -> Option<i64> {
    (-25_567..200_000).find(|day| date(day * 86_400) == text)
}

/// `2021-12-17`.
fn date(time: i64) -> String {
    let (year, month, day) = civil(time);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2021-12-17 11:23:10`, with a character of one's own between date and time.
fn date_time(time: i64, between: char) -> String {
    let second = time.rem_euclid(86_400);
    format!("{}{between}{:02}:{:02}:{:02}", date(time), second / 3_600, second / 60 % 60, second % 60)
}

/// `Fri, 17 Dec 2021 11:23:10 GMT`.
fn mail_time(time: i64) -> String {
    let (year, month, day) = civil(time);
    let weekday = &"ThuFriSatSunMonTueWed"[time.div_euclid(86_400).rem_euclid(7) as usize * 3..][..3];
    let month = &"JanFebMarAprMayJunJulAugSepOctNovDec"[month as usize * 3 - 3..][..3];
    format!("{weekday}, {day:02} {month} {year} {} GMT", &date_time(time, ' ')[11..])
}

const SITE: &str = r#"title = "Corpus"
base_url = "https://mirror.example.org"
timezone = "UTC"
content = ["content"]
"#;

/// Every shape, with its share. An outlet has name, host, kind and script; a kind has layouts, and a layout a path
/// and a file.
const GRAMMAR: &str = r#"
outlet =
2800 晨光时报 chenguang mirror simplified
1900 海島電台 haidao mirror traditional
1300 北岸新闻 beian mirror simplified
950 medium medium mirror simplified
700 港灣評論 gangwan mirror traditional
500 四方通讯 sifang mirror simplified
400 文學島 wenxue mirror traditional
300 自由笔记 biji mirror simplified
200 科学与人 kexue mirror simplified
120 旧书评 shuping mirror simplified
60 公開信 letters mirror traditional
20 深夜读者 shenye mirror simplified
300 htk htk feed traditional
150 kna kna feed simplified
90 dwx dwx feed simplified
45 mna mna feed traditional
15 jpx jpx feed simplified
130 译者小站 yizhe notes simplified
20 notebook notebook notes simplified
mirror =
53 number
27 title
17 header
3 loose
feed =
4 feed
1 feed-md
notes =
4 turndown
3 plain
3 toml
number path = «outlet»/«id».md
title path =
996 «outlet»/«millis»_«name».md
4 «outlet»/«millis»_«name»«odd».md
header path = posts/«year»/«day»-«name».md
loose path = posts/«year»/«day»-«name».md
feed path = feeds/«day»-«HOST»-«slug».html
feed-md path = feeds/«day»-«HOST»-«slug».md
turndown path = «outlet»/«day»-«name».md
plain path = «outlet»/«day»-«name».md
toml path = «outlet»/«day»-«name».md
odd =
3 "quoted"
3 'quoted'
2  #1 100%41 & more?
2 \n*:
1 ¶
number file = «stamp»«html»¶
title file = «stamp»«html»¶
header file = «yaml»«stamp»<div>¶«html»¶</div>¶
loose file =
8 «yaml»¶<article class="post-«id» post type-post hentry">¶«loose»</article>¶
2 «yaml»¶«markdown»
feed file = ---¶layout: post¶title: «quoted»¶date: «time».000000000 +00:00¶link: «url»¶categories: «host»¶---¶¶«html»¶
feed-md file = ---¶layout: post¶title: «quoted»¶date: «time».000000000 +00:00¶link: «url»¶categories: «host»¶---¶¶«html»¶
turndown file = «title» by «author»¶------¶¶**«day»**¶¶«markdown»
plain file = # «title»¶¶«markdown»
toml file = +++¶title = "«escaped title»"¶date = «iso time»Z¶tags = ["«outlet»", "«topic»"]¶+++¶¶«markdown»
stamp =
97 <!--«millis»-->¶[«title»](«url»)¶------¶¶
3 <!--NaN-->¶[«title»](«url»)¶------¶¶
yaml = ---¶layout: post¶title: «quoted»¶«dated»author: «author»¶from: «url»¶tags: [ «tags» ]¶categories: [ «outlet» ]¶---¶
quoted =
994 "«escaped title»"
4 "«escaped title»\'s"
2 "«title» "unquoted" "
dated =
586 date: «iso time».000Z¶
340 date: «iso time»+00:00¶
60 date: «day»¶
12
1 date: 2001-07-31¶
1 date: 2049-01-01T00:00:00Z¶
tags =
94 «outlet»
3 «outlet», «topic»
2 «outlet», «topic», «topic»
1 «outlet», «topic», «topic», «topic»
headline =
81 «line»
6 «words»：«line»
4 «line»“«words»”
2 「«words»」«line»？
1 [«words»]«line»
1 «line» &amp; «words»
1 &quot;«words»&quot;«line»
1 «line»丨«words»
1 «words» | «line»
1 «line» "«words»"
1 «words»: «line»
retitle =
3 «title»
3 «title»（更新）
4 «headline»
address =
45 https://www.«host».example.org/a/«date»/«id».html
20 https://«host».example.org/news/viw.asp?nNewsNumb=«id»&cate=&mcate=
20 https://«host».example.org/«date»-«id»?source=rss-«hex»------2
10 https://«host».example.net/@«author»/«percent»-«id»
5 https://«host».example.net/@«id»/«percent twice»
html opening =
96 «date line»«lead»
4 «date line»«lead»<div class="body"><div>
date line =
40 <div><i>«seen mail time»</i></div>
10 <div><i>null «author»<br>«seen iso time».910Z</i></div>
4 <time datetime="«seen time»">«seen day»</time>
4 <div>«seen time»&nbsp;  &nbsp;</div>
42
lead =
68 «picture»
32
html closing = «footnote»«correction»«tracker»«unbalanced»«advert»
footnote =
938
62 «mention»
correction = <p>更正：«sentence»</p>
tracker =
97
3 <img src="https://stat.example.net/_/stat?event=view&postId=«hex»" width="1" height="1" alt="">
unbalanced =
96
2 </div>
1 </div></div></div>
1 </small></p>
advert =
88
12 <p><a href="https://feeds.example.net/?utm_source=rss&utm_campaign=footer">本文由「全文快递」转送，点击这里订阅更多频道。</a></p>
html block =
8460 «paragraph»
460 «picture»
230 <h2>«sentence»</h2>
200 <p><strong>«sentence»</strong></p>
160 <section class="jsx-2013"><p>«sentence»«sentence»</p></section>
70 <blockquote><p>«sentence»</p></blockquote>
70 <p><br></p><!-- -->
60 <ul><li>«sentence»</li><li>«sentence»</li><li>«sentence»</li><li>«words»</li></ul>
50 <iframe src="https://video.example.net/embed/«hex»" width="700" height="393" allowfullscreen></iframe>
30 <svg viewBox="0 0 24 24"><title>share</title><path d="M0 0h24v24H0z"/></svg>
30 <script>window.dataLayer = window.dataLayer || []; document.write("<p>«hex»</p>");</script>
30 <meta itemprop="isFamilyFriendly" content="true">
20 <video src="https://media.example.net/«hex».mp4" controls style="width:100%"></video>
10 <table><tbody><tr><td>«words»</td><td>«number»</td><td>«number»</td></tr><tr><td>«words»</td><td>1</td><td>2</td></tr></tbody></table>
8 <style>.jsx-2013 { color: #999 }</style>
6 <audio src="https://media.example.net/«hex».mp3" controls></audio>
habit =
660 <p>«runs»</p>
180 <div class="row"><div class="field"><div><p>«runs»</p></div></div></div>
120 <p>«styled»«styled»«styled»«styled»</p>
25 <p>«runs»<o:p></o:p></p>
styled = <span style="font-size: 16px;">«sentence»</span>
runs =
1 «run»«run»
1 «run»«run»«run»
1 «run»«run»«run»«run»
1 «run»«run»«run»«run»«run»
1 «run»«run»«run»«run»«run»«run»
run =
882 «sentence»
46 <a href="https://www.example.net/«hex»" target="_blank" onclick="track(this)">«words»</a>
14 <a href="https://www.example.net/«hex»?utm_source=rss&amp;utm_medium=feed">«words»</a>
26 <br>
18 <span>«sentence»</span>
5 <strong>«words»</strong>
10 <i>«words»</i>
frame =
17 <figure class="image">«image»<figcaption>«sentence»</figcaption></figure>
26 «image»<div><small style="color: #999;">«sentence»</small></div>
17 <p>«image»</p>
40 «image»
image =
220 <img src="https://images.weserv.nl?url=«at»" width="100%">
130 <img src="https://images.weserv.nl/?url=«at»">
70 <img src="//images.weserv.nl/?url=ssl:«at»" onerror="this.src='https://«at»'">
30 <img src="https://images.weserv.nl/?url=https%3A%2F%2F«at»&w=800&output=webp">
60 <img src="https://images.weserv.nl/?url=«at»" srcSet="https://«at»?w=480 480w, https://«at»?w=976 976w">
80 <img alt="" src="https://i0.wp.com/«at»?w=950&amp;ssl=1" srcset="https://i0.wp.com/«at»?w=300&amp;ssl=1 300w"/>
20 <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="https://«at»"><noscript><img src="https://«at»"></noscript>
35 <picture><source type="image/webp" srcset="https://«at».webp" onerror="this.srcset='https://«at»'"><source media="(min-width: 768px)" srcset="https://«at»"><img src="https://«at»" loading="lazy"></picture>
5 <img src="https://«at»" src="https://images.weserv.nl/?url=«at»">
3 <img alt="missing">
7 <img src="/image/«hex».jpg">
5 <img src="https://www-example-org.cdn.ampproject.org/i/s/«at»">
55 <img src="https://«at»" width="1024" height="683" alt="" onerror="this.remove()">
280 <img src="https://«at»" alt="" referrerpolicy="no-referrer">
markdown opening =
1
markdown block =
60 «sentence»«sentence»«sentence»«sentence»¶¶
10 «markdown picture»¶¶
6 ## «words»¶¶
5 - «sentence»¶- «sentence»¶- **«words»**: «sentence»¶¶
4 > «sentence»¶¶
6 «sentence»**«words»**。«sentence»¶¶
8 «sentence»[«words»](https://www.example.net/«hex»)。¶¶
1 | «words» | «words» |¶|---|---|¶| «number» | «number» |¶¶
markdown closing =
1
markdown picture = ![«words»](https://img.example.org/image/«hex».jpg)
"#;

/// Common Han characters, the most frequent first.
const SIMPLIFIED: &str = "
    的一是人了不在有大中国和为这上他个地年来我会以到时要出生学说道民家子也成行下们于后就发自之对得主长可过天作分方用多你着部能市等业全里工公经本都而高政法面门动日进区事代那去心小同北定开产前其军还然起种所
    如现理机体表力好外与文当两实重新三么只山水关明从化平建又制南内西没此将员名手最东头者月间无安看见各城十相但已些正口通想度加第她合院物性战由位常点海意场武使次二向治因立数样身情入原问把路被并利石老教万知
    级量任江及应省资委务元美特期世湖回系比气汉总展电科金先声提品设或义王社很统处四首共马形己儿司太目基领队直计别女权话少流命至报米给打变果书清活几州华解议更称程今决张导术府才保交放管结师便走达族反再题色五
    京河接条规式县白它改风光运信受什组听布百济党指论强做取技黄神选记斯真却职号界件花类何眼兵传带空干农边据集联古广完质阳难增历史专官每住商即步认车台林必死游举线言皇土团收考求德叫近备研争非具李众连调感转笑
    革该持始英克士尔让拉思根格造较际亲单朝红型价校约器字段周亚深候则功属积快图火千准究往极育装许参半令吃观鱼精办像帝八复影告远群包整构料随划算象容示投势热值夫网望源息语股铁断派速怎需片爱律纪支早况病境证编
    越局推满且列觉服双未居除乐企引标确织初青志率项飞球节察龙响药站施均消客失轻存低甚般击曾防请离落显罗营足素视护副食创余照兴占巴虽洲村费易试星木黑左宝置跟央识维采六底宫房音环案批切斗富乡另倒若按查故突责严
    桥模仅胜杀围席态破承招杨负层须父供续状域似依银范修找九致密终血旅钱赛独细效玉冲获习医演毛尽脸弹楼艺航陆右协七攻镇检写苏宗章注阿抗弟坐验封紧劳户优财养适陈喜卫排射哥油刻留急降念云微伤例景拿绝阶座刘刚害印
    亿沙母酒助闻超审待压升送监策略限竟香配藏敌呢差仍兰温园树征善波哪词岛止预怕继皮执味份角草男普答益谁船惊核街夏宣掌田久著画辑奇尼剑吧谈背免孩礼材愿洋春架筑括晚乱乎讲尚良友临激刀夜室既敢邦挥昌板胡欧福港叶
    简苦担句岁荆贵娘守辖威宜衣帮块堂额错剧充欢够孙班呼阵销坚练脚退读测吴希宁换版异某顾曲楚典朱毒菜判救宋茶洪含顺啊鲜败货矿端兄归冷忙买险康评肉吗厂永哈沉散遗停笔假输牛洞松渐顶训录否述毕督控丰献姑忽爷互亮纳
    襄登咱钟伯臣雄季脑介鄂召饭暗扩祖齐短烈赶牌恩诉移诗础露届蒙静喝盘卖植授伊湾博痛减穿逐秘庭陵固禁票灵杂姓泽吸侧庆妈遇追甲馆补唐炮沿殿刺怪彩俄旧警索岸轮妇载靠附毫怀软骨探雷旁罪枪牙迎序慢盛雨墙恶谷顿危稳熟
    概酸操诸绿佛荣针托宽折野付午肯库厚缺罢耳屋嘴末谢巨培页瓦款犯困店智拥雪翻圣戏旗吉婚奖岩疑币圆歌廷健卡烧析讨跑烟误仙疗舞亡闭汽伸脱秋姐繁侵川莫麻秀借寻私岗卷跳丽横驻套兼您君丁束纸夺袁灯坏坦丝径购阴床瞧择
    墓宪峰遍鲁庙掉丹桃御舰避售怒课播拔奥延虚隐粮络遭摇潜庄混厅婆奴鼓赵访睡震予童徐韦殖抓拜吨扬址洛休纵逃染纷贸透汇灭蛋森仪塔距狐融郡缓聚盖拍迹忠释润粉涓孔岭搜紫虑促抵钢塞寺津液码虎坛珍硬梁奔累役偏迫锛凡损
    壁哭替税综伦冰盟挂韩竞乌尤弱铺妹秦尊竹珠迅脉泥鬼纯睛刑途隆潮幅杯握谋剂幸奉乘抱朋谓频崇壮骑恐享鸡虫绍铜呈泛械摆欲奶敬措爆暴签猛郭嘉障缩亦废搞胞埃曰撤暖寒订俗绩阻盐萨勒忘奏孝贴灰梅触玩默醒胸莲篇柱裁啦淡
    抢捕闹纺截讯朗誉雅忍梦伙勇峡徒丈尾迷唱泉泰佳残闪伍呀疾署剩贼冠倾豆申贫诺麦泪羊尖辈镜涉贡爹缘摩妻殊贝零映甘骂糖岳饮奋棉雕跃汗冒渡努赞启阁斤裂患伏池鹿洗劲晋倍圈媒箭沟锋胆凭挑抬闯隔弄曹汤苗迁叹唯振储贯彻
    桌祭符僧衡炸旋喊凤黎郎援肥磁忌赏辽祥董仁辛瑞询敏浪貌毁昨巧腿抽荷陷焦净腹弃乃湘亩滑狗冬宏皆番尸伟桂览恢龄绕趣晶坡魏摸伴墨浓绪舍蓝荡阅井鸿旦惯症鸟窗扎辞聘穷堰宇键荒递恨隶厉杜闲腰袭侍灾涨叔湿寨幕豪郑磨浮";

/// The same characters in Traditional.
const TRADITIONAL: &str = "
    的一是人了不在有大中國和爲這上他個地年來我會以到時要出生學說道民家子也成行下們於後就發自之對得主長可過天作分方用多你着部能市等業全裏工公經本都而高政法面門動日進區事代那去心小同北定開產前其軍還然起種所
    如現理機體表力好外與文當兩實重新三麼只山水關明從化平建又制南內西沒此將員名手最東頭者月間無安看見各城十相但已些正口通想度加第她合院物性戰由位常點海意場武使次二向治因立數樣身情入原問把路被並利石老教萬知
    級量任江及應省資委務元美特期世湖回系比氣漢總展電科金先聲提品設或義王社很統處四首共馬形己兒司太目基領隊直計別女權話少流命至報米給打變果書清活幾州華解議更稱程今決張導術府才保交放管結師便走達族反再題色五
    京河接條規式縣白它改風光運信受什組聽布百濟黨指論強做取技黃神選記斯真卻職號界件花類何眼兵傳帶空幹農邊據集聯古廣完質陽難增歷史專官每住商即步認車臺林必死遊舉線言皇土團收考求德叫近備研爭非具李衆連調感轉笑
    革該持始英克士爾讓拉思根格造較際親單朝紅型價校約器字段周亞深候則功屬積快圖火千準究往極育裝許參半令喫觀魚精辦像帝八復影告遠羣包整構料隨劃算象容示投勢熱值夫網望源息語股鐵斷派速怎需片愛律紀支早況病境證編
    越局推滿且列覺服雙未居除樂企引標確織初青志率項飛球節察龍響藥站施均消客失輕存低甚般擊曾防請離落顯羅營足素視護副食創餘照興佔巴雖洲村費易試星木黑左寶置跟央識維採六底宮房音環案批切鬥富鄉另倒若按查故突責嚴
    橋模僅勝殺圍席態破承招楊負層須父供續狀域似依銀範修找九致密終血旅錢賽獨細效玉衝獲習醫演毛盡臉彈樓藝航陸右協七攻鎮檢寫蘇宗章注阿抗弟坐驗封緊勞戶優財養適陳喜衛排射哥油刻留急降念雲微傷例景拿絕階座劉剛害印
    億沙母酒助聞超審待壓升送監策略限竟香配藏敵呢差仍蘭溫園樹徵善波哪詞島止預怕繼皮執味份角草男普答益誰船驚核街夏宣掌田久著畫輯奇尼劍吧談背免孩禮材願洋春架築括晚亂乎講尚良友臨激刀夜室既敢邦揮昌板胡歐福港葉
    簡苦擔句歲荊貴娘守轄威宜衣幫塊堂額錯劇充歡夠孫班呼陣銷堅練腳退讀測吳希寧換版異某顧曲楚典朱毒菜判救宋茶洪含順啊鮮敗貨礦端兄歸冷忙買險康評肉嗎廠永哈沉散遺停筆假輸牛洞松漸頂訓錄否述畢督控豐獻姑忽爺互亮納
    襄登咱鍾伯臣雄季腦介鄂召飯暗擴祖齊短烈趕牌恩訴移詩礎露屆蒙靜喝盤賣植授伊灣博痛減穿逐祕庭陵固禁票靈雜姓澤吸側慶媽遇追甲館補唐炮沿殿刺怪彩俄舊警索岸輪婦載靠附毫懷軟骨探雷旁罪槍牙迎序慢盛雨牆惡谷頓危穩熟
    概酸操諸綠佛榮針託寬折野付午肯庫厚缺罷耳屋嘴末謝巨培頁瓦款犯困店智擁雪翻聖戲旗吉婚獎巖疑幣圓歌廷健卡燒析討跑煙誤仙療舞亡閉汽伸脫秋姐繁侵川莫麻秀借尋私崗卷跳麗橫駐套兼您君丁束紙奪袁燈壞坦絲徑購陰牀瞧擇
    墓憲峯遍魯廟掉丹桃御艦避售怒課播拔奧延虛隱糧絡遭搖潛莊混廳婆奴鼓趙訪睡震予童徐韋殖抓拜噸揚址洛休縱逃染紛貿透匯滅蛋森儀塔距狐融郡緩聚蓋拍跡忠釋潤粉涓孔嶺搜紫慮促抵鋼塞寺津液碼虎壇珍硬梁奔累役偏迫錛凡損
    壁哭替稅綜倫冰盟掛韓競烏尤弱鋪妹秦尊竹珠迅脈泥鬼純睛刑途隆潮幅杯握謀劑幸奉乘抱朋謂頻崇壯騎恐享雞蟲紹銅呈泛械擺欲奶敬措爆暴籤猛郭嘉障縮亦廢搞胞埃曰撤暖寒訂俗績阻鹽薩勒忘奏孝貼灰梅觸玩默醒胸蓮篇柱裁啦淡
    搶捕鬧紡截訊朗譽雅忍夢夥勇峽徒丈尾迷唱泉泰佳殘閃伍呀疾署剩賊冠傾豆申貧諾麥淚羊尖輩鏡涉貢爹緣摩妻殊貝零映甘罵糖嶽飲奮棉雕躍汗冒渡努贊啓閣斤裂患伏池鹿洗勁晉倍圈媒箭溝鋒膽憑挑抬闖隔弄曹湯苗遷嘆唯振儲貫徹
    桌祭符僧衡炸旋喊鳳黎郎援肥磁忌賞遼祥董仁辛瑞詢敏浪貌毀昨巧腿抽荷陷焦淨腹棄乃湘畝滑狗冬宏皆番屍偉桂覽恢齡繞趣晶坡魏摸伴墨濃緒舍藍蕩閱井鴻旦慣症鳥窗扎辭聘窮堰宇鍵荒遞恨隸厲杜閒腰襲侍災漲叔溼寨幕豪鄭磨浮";

/// Common English words, the most frequent first.
const ENGLISH: &str = "
    the of to and in a that is for on was with as by at it from he be are has have not this but an will they his
    said we or their who been which more its one about her were would all there she when new up out can people
    year over after time also some two so what them than other into first if last had no city government country
    state world police party just like president public could most day now many only because before how made
    report between work while against through officials under during years minister where three say week law
    since national group media part still military war economy company percent should home own leaders court
    political long another system make news power may including however international trade market life support
    members right election called security move study among house women issue capital water school children
    students history small large late early open former number next high island border river north south east
    west night morning";
