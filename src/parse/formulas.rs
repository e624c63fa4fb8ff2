//! Formulas in Markdown, between dollars; elsewhere a dollar is money.

/// Whether a text has formulas: lines between two lines of two dollars, or something of TeX's between two dollars of a line; and nowhere
/// between two dollars is there a link or bold text, which a formula would show as it is written.
pub(super) fn has_formulas(text: &str) -> bool {
    let (mut is_found, mut is_in_block) = (false, false);
    let has_dollars = memchr::memchr(b'$', text.as_bytes()).is_some();
    for line in text.lines().filter(|_| has_dollars) {
        if line.trim() == "$$" {
            is_found |= is_in_block;
            is_in_block = !is_in_block;
            continue;
        }
        let between: Vec<&str> = if is_in_block { vec![line] } else { between_dollars(line).collect() };
        if between.iter().any(|part| part.contains("](") || part.contains("**")) {
            return false;
        }
        is_found |= between.into_iter().any(is_tex);
    }
    is_found && !is_in_block
}

fn between_dollars(line: &str) -> impl Iterator<Item = &str> {
    let last = line.matches('$').count();
    line.split('$').take(last).skip(1)
}

/// Whether a command of several letters, a power, an index or a group is there.
fn is_tex(text: &str) -> bool {
    let is_command =
        |(at, _): (usize, &str)| text[at + 1..].bytes().take(2).filter(u8::is_ascii_alphabetic).count() == 2;
    text.contains(['^', '_', '{']) || text.match_indices('\\').any(is_command)
}

#[cfg(test)]
mod tests {
    use super::has_formulas;

    #[test]
    fn formulas_are_told_from_money() {
        for formula in [r"设 $S=\{x\}$。", "则 $a^*b^*$。", "$$\na \\frac b c\n$$", r"即 $$\sum x_i$$。"] {
            assert!(has_formulas(formula), "{formula}");
        }
        for money in [
            "从$5**涨**到$10，又到$12。",
            "Try Joe's ($$), **Ann's** and [Bob's](https://e.org/b_c) ($$$).",
            r"It cost $5m\! The **gain** was B$ in all.",
            r"路径 C:\Users，HK$5（约[5元](https://x.example.org/a_b)）与 US$3",
            "$5 and $6",
            "$$\nnever ended a^b",
        ] {
            assert!(!has_formulas(money), "{money}");
        }
    }
}
