//! What a JPEG's own segments say (ITU-T T.81, annex B), read before anything decodes it.
//!
//! Three kinds our decoder takes without an error and shows wrong: baseline ones whose components come in scans of
//! their own (noise), four colours under Adobe's transform (inverted), and files that end early (grey below). Arithmetic
//! and lossless ones it refuses. Browsers show all but the last two well, so such originals are published themselves.

/// What the segments before the first scan say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// In pixels, as stored.
    pub(super) width: u32,
    /// In pixels, as stored.
    pub(super) height: u32,
    /// The marker of the frame: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, others are rare.
    frame: u8,
    components: u8,
    /// Components of the first scan.
    scanned: u8,
    /// Whether the picture has an end.
    pub(super) is_whole: bool,
}

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];

impl Head {
    /// Reads the segments; none if they make no sense.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
        let mut frame = None;
        loop {
            let (marker, after) = marker(rest)?;
            let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
            let (segment, next) = after.split_at_checked(length)?;
            let segment = segment.get(2..)?;
            match marker {
                START_OF_SCAN => {
                    let (frame, width, height, components) = frame?;
                    let is_whole = memchr::memmem::rfind(next, &END_OF_IMAGE).is_some();
                    return Some(Self { width, height, frame, components, scanned: *segment.first()?, is_whole });
                }
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    let side =
                        |at: usize| Some(u32::from(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?])));
                    frame = Some((marker, side(3)?, side(1)?, *segment.get(5)?));
                }
                _ => {}
            }
            rest = next;
        }
    }

    /// Whether our decoder shows it right.
    pub(super) fn is_trusted(&self) -> bool {
        match self.frame {
            0xc0 | 0xc1 => self.components < 4 && self.scanned == self.components,
            0xc2 => self.components < 4,
            _ => false,
        }
    }

    /// Whether browsers show it: they know neither arithmetic coding nor lossless frames.
    pub(super) fn is_shown_by_browsers(&self) -> bool {
        matches!(self.frame, 0xc0..=0xc2)
    }
}

/// Where a picture ends: behind the end marker of its own data, not of a film or another picture that follows; none if
/// its segments lead nowhere.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (marker, after) = marker(rest)?;
        if marker == END_OF_IMAGE[1] {
            return Some(bytes.len() - after.len());
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        rest = after.get(length..)?;
    }
}

/// The next marker, and what follows it; bytes between segments, a scan's data and fill bytes are passed over.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes;
    loop {
        let at = memchr::memchr(0xff, rest)?;
        let end = rest[at..].iter().position(|byte| *byte != 0xff)? + at;
        let marker = rest[end];
        rest = &rest[end + 1..];
        // Zero is a stuffed byte; restarts and the start have no length, and what is reserved stands in broken data alone.
        if !matches!(marker, 0x00..=0xbf | 0xd0..=0xd8) {
            return Some((marker, rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's segments without its data: frame marker, components, components of the first scan.
    fn head(frame: u8, components: u8, scanned: u8) -> Head {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        bytes.extend([0xff, frame, 0, 8 + 3 * components, 8, 0, 200, 1, 44, components]);
        bytes.extend(vec![0; 3 * usize::from(components)]);
        bytes.extend([0xff, 0xda, 0, 6 + 2 * scanned, scanned]);
        bytes.extend(vec![0; 3 + 2 * usize::from(scanned)]);
        bytes.extend([1, 2, 3, 0xff, 0xd9]);
        Head::read(&bytes).unwrap()
    }

    #[test]
    fn what_the_decoder_shows_wrong_is_not_trusted() {
        assert!(head(0xc0, 3, 3).is_trusted() && head(0xc2, 3, 1).is_trusted() && head(0xc0, 1, 1).is_trusted());
        assert!(!head(0xc0, 3, 1).is_trusted(), "scans of their own");
        assert!(!head(0xc0, 4, 4).is_trusted(), "four colours");
        assert!(!head(0xc9, 3, 3).is_trusted() && !head(0xc9, 3, 3).is_shown_by_browsers(), "arithmetic");
        let whole = head(0xc0, 3, 3);
        assert_eq!((whole.width, whole.height, whole.is_whole), (300, 200, true));
        assert_eq!(Head::read(b"\xff\xd8\xff\xd9"), None);
    }

    #[test]
    fn a_picture_ends_where_its_own_data_do() {
        let one = [b"\xff\xd8\xff\xe0\0\x04\xff\xd9\xff\xda\0\x03\0".as_slice(), b"data\xff\0\xff\xd3more\xff\xff\xd9"]
            .concat();
        assert_eq!(end(&one), Some(one.len()));
        let two = [one.as_slice(), b"film", &one].concat();
        assert_eq!(end(&two), Some(one.len()));
        assert_eq!(end(&one[..one.len() - 1]), None);
    }
}
