//! What a text tells of itself: its summary, how long it takes to read, its language.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use super::html::tree::{Attr, Node, Tag, push_text};
use crate::buffers;

/// A summary ends near this many Han characters, or half as many Latin words.
const SUMMARY_HAN: usize = 100;

/// Reading speeds, a minute: Han characters and Latin words, of silent readers
/// (Brysbaert 2019 for English, 238; common figures for Chinese are 300 to 500).
const HAN_A_MINUTE: usize = 400;
const WORDS_A_MINUTE: usize = 230;

/// The text of a body's paragraphs, a line each; headings, captions and notes are not in it.
pub fn paragraphs(nodes: &[Node], most: usize) -> String {
    let mut out = buffers::take_text();
    push_paragraphs(nodes, most, &mut out);
    out
}

fn push_paragraphs(nodes: &[Node], most: usize, out: &mut String) {
    for node in nodes {
        if out.len() >= most {
            return;
        }
        let Node::Element(element) = node else { continue };
        match element.tag {
            Tag::P => {
                push_prose(&element.children, out);
                out.push('\n');
            }
            Tag::Li if element.identity().is_some_and(|id| id.starts_with("note-")) => {}
            Tag::Blockquote | Tag::Ul | Tag::Ol | Tag::Details | Tag::Dl => {
                push_paragraphs(&element.children, most, out);
            }
            Tag::Li | Tag::Dt | Tag::Dd => {
                if element.children.iter().all(Node::is_phrase) {
                    push_prose(&element.children, out);
                    out.push('\n');
                } else {
                    push_paragraphs(&element.children, most, out);
                }
            }
            _ => {}
        }
    }
}

/// The text of phrases without the numbers that lead to notes.
fn push_prose(phrases: &[Node], out: &mut String) {
    let is_link_to_note = |node: &Node| match node {
        Node::Element(link) => link.attr(Attr::Href).is_some_and(|href| href.starts_with('#')),
        _ => false,
    };
    let is_number = |node: &Node| match node {
        Node::Element(element) => element.tag == Tag::Sup && element.children.iter().all(is_link_to_note),
        _ => false,
    };
    for part in phrases.split(is_number) {
        push_text(part, out);
    }
}

/// A summary: from the first sentence on, cut at the sentence end nearest to 100 Han characters or 50 words. Lines of names and
/// dates before it say nothing of the text.
pub fn summary(text: &str) -> String {
    let mut line = buffers::take_text();
    let summary = cut_at_a_sentence_end(from_first_sentence(text), &mut line);
    buffers::give(line);
    summary
}

fn cut_at_a_sentence_end(text: &str, out: &mut String) -> String {
    let mut weight = 0;
    let mut last_end = 0;
    let mut in_word = false;
    // What is not in `out` yet begins here: only blanks are not taken as they are.
    let mut rest = 0;
    for (at, c) in text.char_indices() {
        if is_han(c) {
            weight += 1;
            in_word = false;
            if weight < SUMMARY_HAN * 2 {
                continue;
            }
        } else if c.is_whitespace() {
            out.push_str(&text[rest..at]);
            rest = at + c.len_utf8();
            if out.is_empty() || out.ends_with(' ') {
                continue;
            }
            out.push(' ');
            in_word = false;
        } else {
            let is_word = !is_common_mark(c) && c.is_alphanumeric();
            weight += if is_word && !in_word { 2 } else { 0 };
            in_word = is_word;
        }
        let is_end = is_sentence_end(c) || (rest > at && out.trim_end().ends_with(['.', '!', '?']));
        if !is_end && weight < SUMMARY_HAN * 2 {
            continue;
        }
        let end = at + c.len_utf8();
        out.push_str(&text[rest..end]);
        rest = end;
        if is_end {
            // The nearer of two sentence ends, one on each side of the mark.
            if weight >= SUMMARY_HAN {
                let is_far = weight > SUMMARY_HAN * 3 / 2;
                return if last_end * 4 >= out.len() && is_far {
                    cut(out, last_end)
                } else {
                    out.trim_end().to_owned()
                };
            }
            last_end = out.len();
        } else {
            return if last_end * 4 >= out.len() { cut(out, last_end) } else { ellipsis(out) };
        }
    }
    out.push_str(&text[rest..]);
    out.trim_end().to_owned()
}

/// So many lines at most may stand before the first sentence, each of so many bytes.
const LINES_BEFORE: usize = 3;
const LINE_BEFORE: usize = 120;

fn from_first_sentence(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..LINES_BEFORE {
        match rest.split_once('\n') {
            Some((line, after)) if !says_something(line) && after.contains(is_sentence_end) => rest = after,
            _ => break,
        }
    }
    rest
}

/// A line that says no year is none of names and dates.
fn says_something(line: &str) -> bool {
    let has_year = || line.as_bytes().windows(4).any(|digits| digits.iter().all(u8::is_ascii_digit));
    let is_sentence = |c: char| is_sentence_end(c) || matches!(c, '，' | '：' | '；' | '.' | '!' | '?');
    line.len() > LINE_BEFORE || line.contains(is_sentence) || !has_year()
}

fn cut(text: &str, end: usize) -> String {
    text[..end].trim_end().to_owned()
}

fn ellipsis(text: &str) -> String {
    let cut: String = text.chars().take(SUMMARY_HAN * 5).collect();
    let end = cut.rfind([' ', '，', ',', '、', '；']).filter(|end| *end * 2 > cut.len()).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

/// The marks of which Chinese text is full: the tables of all characters need not be asked of them.
fn is_common_mark(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '“' | '”' | '：' | '；' | '！' | '？' | '《' | '》' | '（' | '）')
}

fn is_sentence_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '…')
}

/// Han characters of all planes.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whole minutes that a text takes to read, at least one.
pub fn reading_minutes(nodes: &[Node]) -> u16 {
    let mut text = buffers::take_text();
    gather(nodes, &mut text);
    let (han, words) = count(&text);
    buffers::give(text);
    let minutes = (han * WORDS_A_MINUTE + words * HAN_A_MINUTE).div_ceil(HAN_A_MINUTE * WORDS_A_MINUTE);
    u16::try_from(minutes.max(1)).unwrap_or(u16::MAX)
}

/// All texts of a tree, each a word of its own.
fn gather(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => {
                out.push_str(text);
                out.push(' ');
            }
            Node::Element(element) => gather(&element.children, out),
            Node::Media(_) => {}
        }
    }
}

/// So many bytes are counted together: no more than a byte counts, in whole steps of a processor.
const TOGETHER: usize = 240;

/// How many Han characters and words a text has. By bytes and without branches, many at a step, for it sees every text: in UTF-8 the
/// first byte of a Han character is E4 to E9 (U+4000 to U+9FFF) or F0, of a Korean syllable, which is read about as fast, EA to ED, of
/// a letter of most other scripts C3 to DF. What this misses does not change a minute.
fn count(text: &str) -> (usize, usize) {
    let (mut han, mut words, bytes) = (0, 0, text.as_bytes());
    for start in (0..bytes.len()).step_by(TOGETHER) {
        let place = start..bytes.len().min(start + TOGETHER);
        let (mut here, mut has_letters) = (0, false);
        for byte in &bytes[place.clone()] {
            here += u8::from(matches!(byte, 0xe4..=0xed | 0xf0));
            has_letters |= may_begin_letter(*byte);
        }
        han += usize::from(here);
        // Most of a Chinese text is without letters.
        if has_letters {
            words += words_within(bytes, place);
        }
    }
    (han, words)
}

/// Says so of some marks, too, for it is asked of every byte.
fn may_begin_letter(byte: u8) -> bool {
    (byte.cast_signed() >= b'0'.cast_signed()) | is_first_of_two(byte)
}

fn begins_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | is_first_of_two(byte)
}

/// Whether a byte begins a letter of two.
fn is_first_of_two(byte: u8) -> bool {
    (0xc3..=0xdf).contains(&byte)
}

/// How many words begin at a place of at most [`TOGETHER`] bytes: with a letter behind none.
fn words_within(bytes: &[u8], place: Range<usize>) -> usize {
    // Two bytes back one sees whether a letter ends there.
    let start = place.start.max(2).min(place.end);
    let first = place.start..start;
    let at_the_start = first.filter(|at| begins_letter(bytes[*at]) && (*at == 0 || !begins_letter(bytes[0]))).count();
    let seen = &bytes[start.saturating_sub(2)..place.end];
    let triples = seen.iter().zip(seen.iter().skip(1)).zip(seen.iter().skip(2));
    let begins_word = |((second_before, before), byte): ((&u8, &u8), &u8)| {
        let ends_letter = begins_letter(*before) | ((0x80..=0xbf).contains(before) & is_first_of_two(*second_before));
        u8::from(begins_letter(*byte) & !ends_letter)
    };
    at_the_start + usize::from(triples.map(begins_word).sum::<u8>())
}

/// Characters that only one of the two standards writes, among the hundred most frequent that differ.
const SIMPLIFIED: &str = "这来个们为说时国会对后过还发经学现没动进关产长两问样开无应间见实从话点门车东书当机电认让给网级党务报组权华线议义运边读笔";
const TRADITIONAL: &str = "這來個們為說時國會對後過還發經學現沒動進關產長兩問樣開無應間見實從話點門車東書當機電認讓給網級黨務報組權華線議義運邊讀筆";

/// So many characters tell the language.
const SAMPLE: usize = 300;

/// What a character tells of the language.
#[derive(Clone, Copy)]
enum Sort {
    /// Nothing.
    Other,
    Latin,
    Accented,
    /// A letter of the scripts between Latin and Han.
    Foreign,
    Kana,
    Hangul,
    Han,
    Simplified,
    Traditional,
}

/// The sort of each character up to the common Han: a table, for this is asked of every article.
static SORTS: LazyLock<Vec<Sort>> = LazyLock::new(|| {
    let mut sorts: Vec<Sort> = ('\0'..HAN_END).map(sort_by_block).collect();
    for (characters, sort) in [(SIMPLIFIED, Sort::Simplified), (TRADITIONAL, Sort::Traditional)] {
        for c in characters.chars() {
            sorts[c as usize] = sort;
        }
    }
    sorts
});

const HAN_END: char = '\u{a000}';

fn sort_by_block(c: char) -> Sort {
    match c {
        'a'..='z' | 'A'..='Z' => Sort::Latin,
        '\u{3041}'..='\u{30ff}' => Sort::Kana,
        '\u{ac00}'..='\u{d7a3}' => Sort::Hangul,
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Sort::Accented,
        '\u{370}'..'\u{1100}' | '\u{1f00}'..'\u{2000}' => Sort::Foreign,
        _ if is_han(c) => Sort::Han,
        _ => Sort::Other,
    }
}

/// The language that the script of a text tells, as a BCP 47 tag; none for text of no or of another script.
pub fn language(text: &str) -> Option<&'static str> {
    let sorts: &[Sort] = &SORTS;
    let mut counts = [0_usize; Sort::Traditional as usize + 1];
    for c in text.chars().take(SAMPLE) {
        let sort = sorts.get(c as usize).copied().unwrap_or_else(|| sort_by_block(c));
        counts[sort as usize] += 1;
    }
    let [_, latin, accents, others, kana, hangul, han, simplified, traditional] = counts;
    let han = han + simplified + traditional;
    let latin = if han > 0 && han * 4 <= latin { latin.saturating_sub(in_addresses(text)) } else { latin };
    // One letter in twelve with an accent is no loanword.
    if (others > latin || accents * 12 > latin) && others.max(accents) > han + 8 {
        return Some(other_language(text));
    }
    if kana * 4 > han && kana > 20 {
        Some("ja")
    } else if hangul > han + latin / 4 && hangul > 20 {
        Some("ko")
    } else if han * 4 > latin && simplified != traditional {
        Some(if simplified > traditional { "zh-Hans" } else { "zh-Hant" })
    } else if latin > 100 && han * 20 < latin {
        Some("en")
    } else {
        None
    }
}

/// How many letters stand in addresses and their like, which are of no language.
fn in_addresses(text: &str) -> usize {
    /// No word is longer, in bytes.
    const LONGEST_WORD: usize = 40;
    let sample = text.char_indices().nth(SAMPLE).map_or(text, |(end, _)| &text[..end]);
    let runs = sample.split(|c: char| !c.is_ascii_graphic()).filter(|run| run.len() > LONGEST_WORD);
    runs.map(|run| run.bytes().filter(u8::is_ascii_alphabetic).count()).sum()
}

/// Scripts that one language, or one among a mirror's, is written in, by ranges of Unicode.
const SCRIPTS: &[(RangeInclusive<char>, &str)] = &[
    ('\u{370}'..='\u{3ff}', "el"),
    ('\u{400}'..='\u{52f}', "ru"),
    ('\u{590}'..='\u{5ff}', "he"),
    ('\u{600}'..='\u{6ff}', "ar"),
    ('\u{900}'..='\u{97f}', "hi"),
    ('\u{e00}'..='\u{e7f}', "th"),
    ('\u{f00}'..='\u{fff}', "bo"),
    ('\u{1000}'..='\u{109f}', "my"),
];

/// Letters that only these of their script's languages write.
const LETTERS: &[(char, &str)] =
    &[('ە', "ug"), ('ی', "fa"), ('қ', "kk"), ('ї', "uk"), ('є', "uk"), ('ơ', "vi"), ('ư', "vi"), ('ạ', "vi")];

/// The language of a text that is neither Chinese, Japanese, Korean nor plain Latin; `und` where its letters do not tell.
fn other_language(text: &str) -> &'static str {
    let letters = || text.chars().take(SAMPLE).filter(|c| c.is_alphabetic() && !c.is_ascii());
    let all = letters().count();
    let of = |wanted: &dyn Fn(char) -> bool| letters().filter(|c| wanted(*c)).count();
    let by_letter = LETTERS.iter().find(|(letter, _)| of(&|c| c == *letter) * 40 > all);
    let by_script = || SCRIPTS.iter().find(|(script, _)| of(&|c| script.contains(&c)) * 2 > all);
    by_letter.map(|(_, language)| *language).or_else(|| Some(by_script()?.1)).unwrap_or("und")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_ends_with_a_sentence() {
        let sentence = "渡轮在清晨六点离开港口，";
        let text = format!("{}终于到了。{}", sentence.repeat(7), sentence.repeat(20));
        let cut = summary(&text);
        assert!(cut.ends_with("终于到了。"), "{cut}");
        assert_eq!(summary("短。"), "短。");
        assert_eq!(summary("小满 2022年9月9日 3 Minutes\n渡轮停了。"), "渡轮停了。");
        assert_eq!(summary("渡轮停了\n港口空了。"), "渡轮停了 港口空了。");
        let endless = summary(&"无标点".repeat(200));
        assert!(endless.ends_with('…') && endless.chars().count() <= 210);
        let english = summary(&"The ferry left at six. ".repeat(40));
        assert!(english.ends_with('.') && (40..60).contains(&english.split(' ').count()), "{english}");
    }

    #[test]
    fn words_and_han_are_counted() {
        assert_eq!(count(""), (0, 0));
        assert_eq!(count("a"), (0, 1));
        assert_eq!(count("b a"), (0, 2));
        assert_eq!(count("éa é ao"), (0, 3));
        assert_eq!(count("港口GDP增长3%"), (4, 2));
        assert_eq!(count("항구가 열렸다"), (6, 0));
        assert_eq!(count(&"渡轮 left ".repeat(300)), (600, 300));
        // However a text is cut into steps.
        for length in 236..=244 {
            let text = format!("{}é a1 渡b", "x".repeat(length));
            assert_eq!(count(&text), (1, 3), "{length}");
        }
        // One word, however it is cut into steps.
        assert_eq!(count(&"é".repeat(500)), (0, 1));
        assert_eq!(count(&format!("a{}", "é".repeat(500))), (0, 1));
    }

    #[test]
    fn the_script_tells_the_language() {
        assert_eq!(language("这是一个关于港口的报道，说的是渡轮。"), Some("zh-Hans"));
        assert_eq!(language("這是一個關於港口的報導，說的是渡輪。"), Some("zh-Hant"));
        assert_eq!(language(&"The ferry left at six. ".repeat(20)), Some("en"));
        assert_eq!(language("12345"), None);
        assert_eq!(language("Паром вышел из порта в шесть часов утра."), Some("ru"));
        assert_eq!(language("غادرت العبارة الميناء في السادسة صباحا."), Some("ar"));
        assert_eq!(language("پاراخوت سائەت ئالتىدە پورتتىن ئايرىلدى."), Some("ug"));
        assert_eq!(language("གྲུ་གཟིངས་ཆུ་ཚོད་དྲུག་པར་གྲུ་ཁ་ནས་ཐོན་སོང་།"), Some("bo"));
        assert_eq!(language(&"Le bac a quitté le port très tôt, à six heures précises. ".repeat(4)), Some("und"));
        let quoted = "“Паром вышел”, he said. The ferry left the harbour at six, and nobody was on board. ";
        assert_eq!(language(&quoted.repeat(4)), Some("en"));
        assert_eq!(language(&"The naïve café ferry left at six o'clock. ".repeat(9)), Some("en"));
        let address = format!("https://e.example.org/{}", "path/".repeat(60));
        assert_eq!(language(&format!("这里有一个很长的网址，说的是渡轮。{address} 它没有结束。")), Some("zh-Hans"));
        assert_eq!(language(&"渡轮（Éclair）离开了港口，这是一个报道。".repeat(9)), Some("zh-Hans"));
    }
}
