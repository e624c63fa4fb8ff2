//! Marks of other tools in Markdown: what Pandoc, Obsidian and Turndown write and CommonMark would show.

mod attributes;
mod links;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

pub(super) use self::attributes::is_attributes;
use self::attributes::{is_attribute_line, without_attributes};
pub(super) use self::links::is_file;
use self::links::{with_joined_links, with_whole_addresses};
use super::fences::Fences;
use super::html::serialise::POST;
use super::markdown::{InMarkup, is_picture, opens_one_of};
use super::text::is_han;
use super::verbatim::Verbatim;
use crate::bytes::any;

/// A text whose marks of other tools are said in CommonMark, or gone.
pub(super) fn in_common_marks(text: &str) -> Cow<'_, str> {
    const MARKS: &[&str] =
        &[":::", "]{", "){", "![[", "[[", "[!", "==", "](", "[TOC]", "[toc]", "##", "^[", "{.", "{#"];
    let joined = match without_comments(text) {
        Cow::Borrowed(text) => with_joined_links(text),
        Cow::Owned(text) => with_joined_links(&text).into_owned().into(),
    };
    if !MARKS.iter().any(|mark| joined.contains(mark)) {
        return joined;
    }
    let mut out = String::with_capacity(joined.len() + 64);
    let (mut code, mut markup, mut notes) = (Fences::default(), InMarkup::No, Notes::default());
    for line in joined.split_inclusive('\n') {
        let in_code = code.takes(line);
        markup = if in_code { markup } else { markup.after(line) };
        if in_code || matches!(markup, InMarkup::Raw(_)) {
            out.push_str(line);
        } else if let Some(parts) = marks_in_box(line.trim(), markup) {
            // Between blank lines they are marks.
            out.push('\n');
            for part in parts.iter().filter(|part| !part.is_empty()) {
                push_line(part, &mut out);
                out.push_str("\n\n");
            }
        } else if markup == InMarkup::No && !line.contains('`') {
            push_line(&notes.take(line), &mut out);
        } else {
            push_line(line, &mut out);
        }
    }
    // In front, for at the end a listing may be open; they are brought together wherever they are.
    out.insert_str(0, &notes.definitions);
    Cow::Owned(out)
}

/// A text without what Obsidian's authors write for themselves: `%%…%%` in a line, and what stands between two lines that are `%%`.
fn without_comments(text: &str) -> Cow<'_, str> {
    const MARK: &str = "%%";
    if !text.contains(MARK) {
        return text.into();
    }
    let (mut out, mut code) = (String::with_capacity(text.len()), Verbatim::default());
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        if code.takes(line) || line.contains('`') {
            out.push_str(line);
        } else if line.trim() == MARK {
            let (mut rest, mut inner) = (lines.clone(), Fences::default());
            if rest.any(|line| !inner.takes(line) && line.trim() == MARK) {
                lines = rest;
            } else {
                out.push_str(line);
            }
        } else {
            out.push_str(&without_comments_in_line(line));
        }
    }
    out.into()
}

fn without_comments_in_line(line: &str) -> Cow<'_, str> {
    // Within words they are a format's, or a percent sign that somebody escaped.
    let is_format = |after: &str| {
        let (mut letters, is_word) = (after.chars(), |c: char| c.is_ascii_alphanumeric());
        letters.next().is_some_and(is_word) && !letters.next().is_some_and(is_word)
    };
    // Behind a Han character no blank need stand.
    let is_fit = |c: char| c.is_whitespace() || is_han(c) || matches!(c, '。' | '，' | '！' | '？' | '；');
    let is_begun = |at: usize| at == 0 || line[..at].ends_with(is_fit);
    let begins = |at: usize| is_begun(at) && !is_format(&line[at + 2..]);
    let ends = |at: usize| !line[at + 2..].starts_with(|c: char| c.is_alphanumeric() && !is_han(c));
    let (mut out, mut rest, mut start) = (String::new(), 0, None);
    for (at, _) in line.match_indices("%%") {
        match start {
            Some(begun) if ends(at) => {
                out.push_str(&line[rest..begun]);
                (rest, start) = (at + 2, None);
            }
            _ if begins(at) => start = Some(at),
            _ => {}
        }
    }
    if rest == 0 { line.into() } else { (out + &line[rest..]).into() }
}

/// A box of HTML in one line with marks in it, `<center>![](a.jpg)</center>`, or a picture in one over lines, cut into its parts:
/// CommonMark knows no marks there.
fn marks_in_box(line: &str, markup: InMarkup) -> Option<[&str; 3]> {
    if markup != InMarkup::Block || !line.contains("](") {
        return None;
    }
    if is_picture(line) {
        return Some(["", line, ""]);
    }
    let rest = line.strip_prefix('<').filter(|rest| opens_one_of(rest, BOXES))?;
    let start = 1 + rest.find('>')? + 1;
    let end = line.rfind("</").filter(|end| *end >= start && opens_one_of(&line[end + 2..], BOXES))?;
    let inner = line[start..end].trim();
    (!inner.contains('<')).then_some([&line[..start], inner, &line[end..]])
}

/// Boxes that stand around marks in a line.
const BOXES: &[&str] = &["center", "div", "figure", "p"];

/// Notes that Pandoc's authors write where they are referred to: `text^[note]`.
#[derive(Default)]
struct Notes {
    count: usize,
    /// As CommonMark's extensions have them.
    definitions: String,
}

impl Notes {
    fn take<'text>(&mut self, line: &'text str) -> Cow<'text, str> {
        if !line.contains("^[") {
            return line.into();
        }
        let (mut out, mut rest) = (String::with_capacity(line.len()), line);
        while let Some((before, after)) = rest.split_once("^[") {
            // In a program's pattern and in a power there are no words.
            let is_words = |text: &str| text.trim().contains(' ') || text.chars().any(is_han);
            let end = end_of(near(after), b"[]").filter(|end| is_words(&after[..*end]));
            let Some(end) = end.filter(|_| !before.ends_with(|c: char| c.is_ascii_digit())) else {
                out.extend([before, "^["]);
                rest = after;
                continue;
            };
            self.count += 1;
            let name = format!("[^inline-note-{}]", self.count);
            out.extend([before, &name]);
            self.definitions.extend([&name, ": ", after[..end].trim(), "\n\n"]);
            rest = &after[end + 1..];
        }
        (out + rest).into()
    }
}

fn push_line(line: &str, out: &mut String) {
    // Every mark has one of these.
    let begins_mark = |byte| (byte == b'[') | (byte == b'{') | (byte == b':') | (byte == b'#') | (byte == b'=');
    if !any(line.as_bytes(), begins_mark) {
        return out.push_str(line);
    }
    let trimmed = line.trim();
    let is_contents = ["[toc]", "[[toc]]"].iter().any(|mark| trimmed.eq_ignore_ascii_case(mark));
    if is_contents || trimmed.starts_with("@[TOC](") {
        return out.push('\n');
    }
    if is_attribute_line(trimmed) {
        return;
    }
    if let Some(title) = title_of_box(trimmed) {
        let mark = if title.is_empty() { "" } else { "**" };
        return out.extend(["\n", mark, title, mark, "\n"]);
    }
    if let Some((quote, title)) = callout(line) {
        out.push_str(quote);
        if !title.is_empty() {
            let mark = if title.contains('*') { "" } else { "**" };
            out.extend([mark, title, mark, "\n", quote]);
        }
        return out.push('\n');
    }
    let line = with_blank_behind_hashes(line);
    // Code in a line may hold anything.
    if line.contains('`') {
        return out.push_str(&line);
    }
    let line = with_pictures_of_wikis(&line);
    let line = without_attributes(&line);
    let line = with_whole_addresses(&line);
    out.push_str(&with_highlights(&line));
}

/// `::: {.note}`, `::: tip title`, `:::note[title]` and `:::`, between which Pandoc, VuePress and Docusaurus put a box.
fn title_of_box(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(':');
    if line.len() - rest.len() < 3 {
        return None;
    }
    let rest = rest.trim();
    if rest.starts_with('{') {
        return Some("");
    }
    let (kind, title) = rest.split_at(rest.find([' ', '[', '{']).unwrap_or(rest.len()));
    let title = title.strip_prefix('[').and_then(|title| title.strip_suffix(']')).unwrap_or(title).trim();
    is_word(kind).then_some(if title.starts_with('{') { "" } else { title })
}

pub(super) fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// `> [!note] title`, with which Obsidian and GitHub begin a box: the quotation's mark, and the title.
fn callout(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches([' ', '>']);
    let (kind, title) = text.strip_prefix("[!")?.split_once(']')?;
    let quote = &line[..line.len() - text.len()];
    let title = title.trim_start_matches(['+', '-']).trim();
    (quote.contains('>') && is_word(kind) && !title.starts_with('(')).then_some((quote, title))
}

/// `##标题`: two hashes before a letter are a heading, one is a topic's.
fn with_blank_behind_hashes(line: &str) -> Cow<'_, str> {
    let rest = line.trim_start_matches('#');
    let hashes = line.len() - rest.len();
    let rest = rest.trim_start_matches('\u{3000}');
    let begins = rest.chars().next().is_some_and(|c| is_han(c) || matches!(c, '（' | '《' | '“'));
    if !(2..=6).contains(&hashes) || !begins || rest.contains('#') {
        return line.into();
    }
    format!("{} {rest}", &line[..hashes]).into()
}

/// `![[picture.png|300]]` is a picture, `![[sound.mp3]]` a sound; `[[note#heading|words]]` leads to a note.
fn with_pictures_of_wikis(line: &str) -> Cow<'_, str> {
    const PICTURES: &[&str] = &[".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"];
    const SOUNDS: &[&str] = &[".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac"];
    if !line.contains("[[") {
        return line.into();
    }
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once("[[") {
        let Some((inner, behind)) = after.split_once("]]") else { break };
        let (name, words) = inner.split_once('|').unwrap_or((inner, ""));
        // In a table the bar is escaped.
        let name = name.trim_end_matches('\\');
        let ends_so = |endings: &[&str]| endings.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
        let is_picture = ends_so(PICTURES);
        let is_note = inner.starts_with(char::is_alphanumeric)
            && inner.chars().any(char::is_alphabetic)
            && !inner.contains(['[', ']', '^']);
        match before.strip_suffix('!') {
            Some(before) if is_picture => out.extend([before, "![](<", name.trim(), ">)"]),
            Some(before) if ends_so(SOUNDS) => {
                let address = utf8_percent_encode(name.trim(), NOT_IN_ADDRESS).to_string();
                out.extend([before, "<audio src=\"", &address, "\"></audio>"]);
            }
            None if is_note && !behind.starts_with(['(', ':', '[']) => {
                let note = name.split('#').next().unwrap_or(name).trim();
                // In the words of HTML, for they may stand in its blocks.
                let address = utf8_percent_encode(note, NOT_IN_ADDRESS).to_string();
                out.extend([
                    before,
                    "<a href=\"",
                    POST,
                    &address,
                    "\">",
                    if words.is_empty() { name } else { words },
                    "</a>",
                ]);
            }
            _ => out.extend([before, "[[", inner, "]]"]),
        }
        rest = behind;
    }
    (out + rest).into()
}

/// What may not stand in an attribute's value as it is.
const NOT_IN_ADDRESS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'&').add(b'<').add(b'>').add(b'%');

/// What is longer is no address, no list of attributes and no word of a tool, in bytes.
const NEAR: usize = 600;

pub(super) fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(NEAR)]
}

/// Where a text ends that a bracket closes; it may hold brackets in pairs.
fn end_of(text: &str, [open, close]: &[u8; 2]) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        let is_end = byte == *close && depth == 0;
        depth = if byte == *open { depth + 1 } else { depth.saturating_sub(usize::from(byte == *close)) };
        is_end
    })
}

/// `==words==`, which Obsidian and others highlight; two signs of equality behind a letter compare, or end an address.
fn with_highlights(line: &str) -> Cow<'_, str> {
    if line.matches("==").count() < 2 || ["===", "://", "](", "<"].iter().any(|mark| line.contains(mark)) {
        return line.into();
    }
    let parts: Vec<&str> = line.split("==").collect();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | ',' | '.');
    let is_words = |part: &&str| {
        !part.is_empty() && part.trim().len() == part.len() && (part.chars().any(is_han) || part.chars().all(is_plain))
    };
    let is_apart = |(at, part): (usize, &&str)| {
        let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "()[]{}\"'".contains(c));
        at % 2 == 1 || !(touches(part.chars().next().filter(|_| at > 0)) || touches(part.chars().next_back()))
    };
    let is_paired = !parts.len().is_multiple_of(2) && parts.iter().skip(1).step_by(2).all(is_words);
    if !is_paired || !parts[..parts.len() - 1].iter().enumerate().all(is_apart) {
        return line.into();
    }
    let mut out = String::with_capacity(line.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(if at % 2 == 1 { "<mark>" } else { "</mark>" });
        }
        out.push_str(part);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::in_common_marks;

    #[test]
    fn marks_of_other_tools_are_said_in_common_ones() {
        let cases = [
            ("::: {.entry}\n正文[小字]{.small}，[]{#a}后。\n:::\n", "\n\n正文小字，后。\n\n\n"),
            (
                "![图](a.png){width=50%}后 ![图](b.png){: width=30%} f(x){y=1}\n",
                "![图](a.png)后 ![图](b.png) f(x){y=1}\n",
            ),
            ("::: tip 提示\n文\n:::\n:::note[题]\n", "\n**提示**\n文\n\n\n\n**题**\n"),
            (
                "![图](data:image/gif;base64,R0){.x data-src=\"https://e.example.org/1.jpg\"}\n",
                "![图](https://e.example.org/1.jpg)\n",
            ),
            ("![图](https://e.example.org/1.jpg){.center width=\"6\"}\n", "![图](https://e.example.org/1.jpg)\n"),
            ("集合{1, 2}与f(x){y}，[a]{b}\n", "集合{1, 2}与f(x){y}，[a]{b}\n"),
            (
                "![[截图 1.png|300]]见[[笔记|别名]]与[[甲]]，[[1]](#n)[[2]]\n",
                "![](<截图 1.png>)见<a href=\"post:%E7%AC%94%E8%AE%B0\">别名</a>与<a href=\"post:%E7%94%B2\">甲</a>，[[1]](#n)[[2]]\n",
            ),
            ("> [!note] 提示\n> 正文\n", "> **提示**\n> \n> 正文\n"),
            ("> [!WARNING]\n> 正文\n", "> \n> 正文\n"),
            ("==高亮==，a == b == c，==b==\n", "==高亮==，a == b == c，==b==\n"),
            ("若 a==甲 或 b==乙 则\n", "若 a==甲 或 b==乙 则\n"),
            (
                "[甲](https://e.example.org/?b=M==&m)[乙](?b=N==)\n",
                "[甲](https://e.example.org/?b=M==&m)[乙](?b=N==)\n",
            ),
            ("用function(a){.b}与arr[0]{.c}\n", "用function(a){.b}与arr[0]{.c}\n"),
            ("<pre>\nif [[ -f /etc ]]; then\n##注\n</pre>\n", "<pre>\nif [[ -f /etc ]]; then\n##注\n</pre>\n"),
            ("| ![[图.png\\|100]] |\n", "| ![](<图.png>) |\n"),
            ("> [!note] **重要**提示\n", "> **重要**提示\n> \n"),
            ("![pic](a.png)\n{.center width=\"300\"}\n{.a b\n", "![pic](a.png)\n{.a b\n"),
            ("Some ==word== in.\n", "Some <mark>word</mark> in.\n"),
            ("这是==高亮==。\n", "这是<mark>高亮</mark>。\n"),
            (
                "![](images/截图 1.png) [b](a.pdf \"题\") [c](/x y)\n",
                "![](<images/截图 1.png>) [b](a.pdf \"题\") [c](/x y)\n",
            ),
            ("![](a.png =600x300)\n", "![](a.png)\n"),
            ("##二、修桥\n##　三、渡轮\n##话题##今天\n#话题\n", "## 二、修桥\n## 三、渡轮\n##话题##今天\n#话题\n"),
            ("[TOC]\n\n正文\n", "\n\n正文\n"),
            (
                "甲^[注[一]。]，乙^[二]\n",
                "[^inline-note-1]: 注[一]。\n\n[^inline-note-2]: 二\n\n甲[^inline-note-1]，乙[^inline-note-2]\n",
            ),
            ("the regex ^[0-9]+$ and 10^[a b]\n", "the regex ^[0-9]+$ and 10^[a b]\n"),
            (
                "````\n```\na [[b]] c\n```\n````\n[[乙#丙]]\n",
                "````\n```\na [[b]] c\n```\n````\n<a href=\"post:%E4%B9%99\">乙#丙</a>\n",
            ),
            ("x^[2], `a^[b]`\n", "x^[2], `a^[b]`\n"),
            ("<center>![](a.jpg)</center>\n", "\n<center>\n\n![](a.jpg)\n\n</center>\n\n"),
            (
                "<div align=\"center\">\n![](a.jpg)\n图注\n</div>\n",
                "<div align=\"center\">\n\n![](a.jpg)\n\n图注\n</div>\n",
            ),
            ("```\n::: x\n```\n", "```\n::: x\n```\n"),
        ];
        for (text, wanted) in cases {
            assert_eq!(in_common_marks(text), wanted);
        }
    }
}
