//! Writes articles by the grammar.

use std::fmt::Write as _;

use super::article::Article;
use super::lexicon::Lexicon;
use super::random::Rng;
use super::{Corpus, Purpose};

/// Writes by the grammar.
pub(super) struct Scribe<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) article: &'a Article,
    pub(super) lexicon: &'a Lexicon,
    pub(super) rng: Rng,
    /// The address of the picture in hand, without its scheme.
    pub(super) image: String,
    /// How this source marks up each of its paragraphs.
    pub(super) habit: String,
    pub(super) pictures: usize,
    pub(super) out: String,
}

impl Scribe<'_> {
    /// A text with the parts that it names between guillemets.
    pub(super) fn say(mut self, text: &str) -> String {
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
    pub(super) fn part(&mut self, name: &str) {
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
