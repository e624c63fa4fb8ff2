//! What writers take for Markdown and CommonMark does not, said so that it understands: else it loses text, or runs lines
//! together.

use std::borrow::Cow;

use memchr::memmem;

use super::foreign_markdown::{self, in_common_marks, is_file, near};
use super::markup_blocks::with_ends;
use super::text::is_han;
use super::verbatim::Verbatim;

/// A text in which nothing is left that CommonMark would drop, and kramdown's own marks are gone.
pub(super) fn prepared(text: &str) -> Cow<'_, str> {
    let steps: [fn(&str) -> Cow<'_, str>; 4] = [without_kramdown, with_ends, with_tight_marks, in_common_marks];
    let text = steps.into_iter().fold(Cow::Borrowed(text), |text, step| match step(&text) {
        Cow::Owned(text) => Cow::Owned(text),
        Cow::Borrowed(_) => text,
    });
    let has_mark = ["]:", "|", "\n\u{3000}", "\n--"].iter().any(|mark| text.contains(mark));
    if !has_mark && !has_line_with_colon(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let (mut code, mut table, mut is_behind_text, mut is_behind_sentence) = (Verbatim::default(), None, false, false);
    let mut before = "";
    for line in text.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if code.takes(line) && !is_blank {
            (table, is_behind_text) = (None, true);
            out.push_str(line);
            continue;
        }
        if is_delimiter(line) && is_behind_text {
            table = Some(cells(line));
        } else if is_blank {
            table = None;
        }
        let is_rule = || line.trim().len() > 2 && line.trim().bytes().all(|byte| byte == b'-');
        if (is_behind_text && line.starts_with("\u{3000}\u{3000}")) || (is_behind_sentence && is_rule()) {
            // The way in which Chinese begins a paragraph; and no sentence is a heading.
            out.push('\n');
        }
        is_behind_sentence = line.trim_end().ends_with(['。', '！', '？', '…', '”', '」']);
        match table {
            Some(columns) => push_row(line, columns, &mut out),
            None if line.trim_start().starts_with(':') && !is_definition(line, before) => {
                let text = line.trim_start();
                out.extend([&line[..line.len() - text.len()], "\\", text]);
            }
            None if is_note(line) => out.extend(["\\", line.trim_start()]),
            None => out.push_str(line),
        }
        (is_behind_text, before) = (!is_blank, line);
    }
    Cow::Owned(out)
}

/// A text in which blanks stand outside of marks of bold text: within them, as exporters leave them, CommonMark shows the marks; and in
/// which asterisks that hide a part of a number are no marks.
fn with_tight_marks(text: &str) -> Cow<'_, str> {
    const SIGNS: &[&str] = &["** ", " **", "**\u{3000}", "\u{3000}**", "**&nbsp;", "&nbsp;**", "***"];
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut code) = (String::with_capacity(text.len() + 64), Verbatim::default());
    for line in text.split_inclusive('\n') {
        if code.takes(line) || memmem::find(line.as_bytes(), b"**").is_none() || line.contains(['`', '\\']) {
            out.push_str(line);
        } else if line.contains("***") {
            out.push_str(&with_hidden_digits(line));
        } else {
            out.push_str(&with_tight_marks_in_line(line));
        }
    }
    Cow::Owned(out)
}

/// `138****1234`.
fn with_hidden_digits(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(at) = rest.find('*') {
        let length = rest[at..].bytes().take_while(|byte| *byte == b'*').count();
        let (before, marks, after) = (&rest[..at], &rest[at..at + length], &rest[at + length..]);
        let is_digit = |c: char| c.is_ascii_digit();
        out.push_str(before);
        if length > 2 && before.ends_with(is_digit) && after.starts_with(is_digit) {
            out.push_str(&"\\*".repeat(length));
        } else {
            out.push_str(marks);
        }
        rest = after;
    }
    out + rest
}

fn with_tight_marks_in_line(line: &str) -> String {
    let pieces: Vec<&str> = line.split("**").collect();
    // Every mark has its other end.
    if pieces.len() < 3 || pieces.len().is_multiple_of(2) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    for (number, piece) in pieces.iter().enumerate() {
        let inner = trimmed(piece);
        if number % 2 == 1 && inner.chars().any(is_han) {
            let (before, after) = piece.split_once(inner).unwrap_or_default();
            out.extend([before, "**", inner, "**", after]);
        } else if number % 2 == 1 {
            out.extend(["**", piece, "**"]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Without blanks at its ends, however they are written.
fn trimmed(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let bare = text.strip_prefix("&nbsp;").unwrap_or(text);
        let bare = bare.strip_suffix("&nbsp;").unwrap_or(bare).trim();
        if bare.len() == text.len() {
            return text;
        }
        text = bare;
    }
}

fn has_line_with_colon(text: &str) -> bool {
    memchr::memchr_iter(b':', text.as_bytes()).any(|at| {
        let before = text[..at].trim_end_matches(' ');
        before.is_empty() || before.ends_with('\n')
    })
}

/// Whether a line that begins with a colon says what the word above it means, and is no smiley, emoji or time of day.
fn is_definition(line: &str, before: &str) -> bool {
    let text = line.trim_start();
    let before = before.trim_end();
    let is_word = !before.is_empty()
        && before.len() <= LONGEST_TERM
        && !before.ends_with(['。', '.', '!', '?', '！', '？', ':', '：']);
    text[1..].starts_with([' ', '\t']) && (is_word || before.trim_start().starts_with(": "))
}

/// What is longer is no word whose meaning follows, in bytes.
const LONGEST_TERM: usize = 90;

/// Whether a line defines a link (`[name]: address`) whose address is none: it is a note, which would vanish.
fn is_note(line: &str) -> bool {
    let definition = line.trim_start().strip_prefix('[').filter(|name| !name.starts_with('^'));
    let Some((name, target)) = definition.and_then(|definition| definition.split_once("]:")) else { return false };
    let Some(target) = target.split_whitespace().next() else { return false };
    !name.contains(['[', ']']) && !is_address(target)
}

fn is_address(target: &str) -> bool {
    const STARTS: &[&str] = &["/", "./", "../", "#", "<", "?", "http://", "https://", "mailto:", "www."];
    let is_number = target.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_path = || target.is_ascii() && target.contains(['/', '.', '?']);
    let is_said = target.contains(['，', '。', '：', '、', '；']);
    STARTS.iter().any(|start| target.starts_with(start)) || !(is_number || is_said) && (is_path() || is_file(target))
}

/// The line under a table's head: `|---|:-:|`.
fn is_delimiter(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.trim().bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// Where the cells of a row are parted, the marks at its ends left out.
fn partings(row: &str) -> Vec<usize> {
    let (start, end) = (row.len() - row.trim_start().len(), row.trim_end().len());
    let is_escaped = |at: usize| row.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    memchr::memchr_iter(b'|', row.as_bytes()).filter(|at| *at > start && *at + 1 < end && !is_escaped(*at)).collect()
}

fn cells(row: &str) -> usize {
    partings(row).len() + 1
}

/// A row with more cells than the table has columns: the last cell takes what is too much.
fn push_row(row: &str, columns: usize, out: &mut String) {
    let mut done = 0;
    for at in partings(row).into_iter().skip(columns - 1) {
        out.extend([&row[done..at], "\\"]);
        done = at;
    }
    out.push_str(&row[done..]);
}

/// kramdown's attributes (`{: .lead}`) and its comments, which a mirror from Jekyll may hold
/// (<https://kramdown.gettalong.org/syntax.html>).
fn without_kramdown(text: &str) -> Cow<'_, str> {
    if !text.contains("{:") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut code, mut in_comment, mut at) = (Verbatim::default(), false, 0);
    let last_end = text.rfind("{:/").unwrap_or_default();
    let mut above = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let start = out.len();
        let trimmed = line.trim();
        if in_comment {
            in_comment = !trimmed.starts_with("{:/");
        } else if code.takes(line) {
            out.push_str(line);
        } else if trimmed == "{::comment}" && at <= last_end {
            in_comment = true;
        } else if matches!(trimmed, "{:toc}" | "{:TOC}") {
            // It stands in the place of the item above it.
            if ["* ", "- ", "+ ", "1. "].iter().any(|mark| out[above..].starts_with(mark)) {
                out.truncate(above);
            }
            out.push('\n');
        } else {
            push_without_attributes(line, &mut out);
        }
        above = start.min(out.len());
    }
    Cow::Owned(out)
}

fn push_without_attributes(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{:") {
        match near(after).split_once('}') {
            Some((attributes, _)) if is_attributes(attributes) => {
                out.push_str(before);
                rest = &after[attributes.len() + 1..];
            }
            _ => {
                out.extend([before, "{:"]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

/// `.class #id key="value" name`, and the words of kramdown itself.
fn is_attributes(text: &str) -> bool {
    let is_word = matches!(text.trim(), "footnotes" | "/comment");
    text.is_ascii() && (is_word || foreign_markdown::is_attributes(text))
}

#[cfg(test)]
mod tests {
    use super::prepared;

    #[test]
    fn what_would_be_lost_is_said_otherwise() {
        let cases = [
            ("据报道[1]。\n\n[1]: 新华社六月十五日电\n", "据报道[1]。\n\n\\[1]: 新华社六月十五日电\n"),
            (
                "文。[1]\n\n[1]: 张三.渡船史[M].河口:河口出版社,2020.\n[来源]: 河口日报/李四\n[图]: 图.png",
                "文。[1]\n\n\\[1]: 张三.渡船史[M].河口:河口出版社,2020.\n\\[来源]: 河口日报/李四\n[图]: 图.png",
            ),
            ("据报[1]。\n\n[1]: 新华社2012.05.06\n", "据报[1]。\n\n\\[1]: 新华社2012.05.06\n"),
            ("没有钱。\n---\n题目\n---\n", "没有钱。\n\n---\n题目\n---\n"),
            (
                "[1]: https://e.example.org/1\n[^1]: 注\n[b]: ../b.html",
                "[1]: https://e.example.org/1\n[^1]: 注\n[b]: ../b.html",
            ),
            (
                "| a | b |\n|---|---|\n| 1 | 2 | 3 | 4 |\n| 1 |\n\n| x | y | z |",
                "| a | b |\n|---|---|\n| 1 | 2 \\| 3 \\| 4 |\n| 1 |\n\n| x | y | z |",
            ),
            ("a | b\n--|--\n1 | `2|3` \\| 4", "a | b\n--|--\n1 | `2\\|3` \\| 4"),
            ("　　第一段。\n　　第二段。\n\n　　第三段。", "　　第一段。\n\n　　第二段。\n\n　　第三段。"),
            ("```\n[1]: 注\n　　x\n```\n", "```\n[1]: 注\n　　x\n```\n"),
            (
                "导语。\n{: .lead}\n![](a.jpg){: width=\"3\"}字{:甲}\n{::comment}\n私注\n{:/comment}\n{:toc}\n",
                "导语。\n\n![](a.jpg)字{:甲}\n\n",
            ),
            ("{::comment}\n甲\n{:/}\n乙\n{::comment}\n丙\n", "乙\n{::comment}\n丙\n"),
            ("# 题\n\n* 目录\n{:toc}\n\n正文。\n", "# 题\n\n\n\n正文。\n"),
        ];
        for (text, wanted) in cases {
            assert_eq!(prepared(text), wanted);
        }
    }
}
