//! Questions that are asked of every byte of every text, without branches, so that a processor looks at many in one step. The last
//! step overlaps the one before it: one by one, what is left over would take as long as all the rest.

/// So many bytes are looked at in one step.
const STEP: usize = 16;

/// Whether there is a byte of a kind.
pub(crate) fn any(bytes: &[u8], is_of_kind: impl Fn(u8) -> bool) -> bool {
    let Some(last) = bytes.last_chunk::<STEP>() else { return bytes.iter().any(|byte| is_of_kind(*byte)) };
    let holds = |step: &[u8; STEP]| step.iter().fold(false, |found, byte| found | is_of_kind(*byte));
    bytes.as_chunks().0.iter().any(holds) || holds(last)
}

/// Whether there are two bytes of a kind beside each other; behind the last one stands a zero.
pub(crate) fn any_pair(bytes: &[u8], is_of_kind: impl Fn(u8, u8) -> bool) -> bool {
    let holds = |step: &[u8]| {
        let pairs = step.iter().zip(&step[1..]);
        pairs.fold(false, |found, (first, second)| found | is_of_kind(*first, *second))
    };
    let Some(last) = bytes.last() else { return false };
    let pairs = match bytes.last_chunk::<{ STEP + 1 }>() {
        Some(end) => bytes.windows(STEP + 1).step_by(STEP).any(holds) || holds(end),
        None => holds(bytes),
    };
    pairs || is_of_kind(*last, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..70 {
            let mut bytes = vec![b'a'; length];
            assert!(!any(&bytes, |byte| byte == b'x'));
            assert!(!any_pair(&bytes, |first, second| first == b'x' && second == b'y'));
            for at in 0..length {
                bytes[at] = b'x';
                assert!(any(&bytes, |byte| byte == b'x'), "{at} of {length}");
                assert_eq!(any_pair(&bytes, |first, second| first == b'x' && second == 0), at + 1 == length);
                if let Some(next) = bytes.get_mut(at + 1) {
                    *next = b'y';
                    assert!(any_pair(&bytes, |first, second| first == b'x' && second == b'y'), "{at} of {length}");
                    bytes[at + 1] = b'a';
                }
                bytes[at] = b'a';
            }
        }
    }
}
