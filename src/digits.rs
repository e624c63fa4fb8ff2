//! Numbers in decimal digits, without the machinery of `format!`: dates and addresses are full of them, and it took a
//! twentieth of a build's instructions.

/// Appends a number, with zeros before it to `width` digits.
pub(crate) fn push(out: &mut String, number: impl Into<u64>, width: usize) {
    const MOST: usize = 20; // digits of `u64::MAX`
    let mut digits = [b'0'; MOST];
    let (mut left, mut start) = (number.into(), MOST);
    while left > 0 {
        start -= 1;
        digits[start] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    let start = start.min(MOST - width.clamp(1, MOST));
    out.push_str(str::from_utf8(&digits[start..]).unwrap_or_default());
}

/// Appends a year of the calendar, in four digits or more.
pub(crate) fn push_year(out: &mut String, year: i32) {
    if year < 0 {
        out.push('-');
    }
    push(out, year.unsigned_abs(), if year < 0 { 3 } else { 4 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_format_writes_them() {
        for number in [0, 7, 42, 2021, 12_345, u64::MAX] {
            for width in [1, 2, 3, 4] {
                let mut out = String::from("a");
                push(&mut out, number, width);
                assert_eq!(out, format!("a{number:0width$}"));
            }
        }
        for year in [-12_345, -5, -1, 0, 5, 1949, 2021, 262_142] {
            let mut out = String::new();
            push_year(&mut out, year);
            assert_eq!(out, format!("{year:04}"));
        }
    }
}
