//! Digests: 128 bits by which originals, variants, sources and pages are told apart.
//!
//! What a digest *names* — an original in the store, a published file — takes it from [`Digest::of`], BLAKE3
//! (<https://github.com/BLAKE3-team/BLAKE3-specs>): nobody can make two that meet. What a digest only *compares* with
//! an earlier state of the same thing takes it from [`Digest::quick`], XXH3
//! (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>), a tenth of the time: who made two that meet
//! would keep an old version of an own article in place of the new one, and nothing else.

use std::fmt;
use std::io::{self, Read};

use crate::buffers;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use twox_hash::XxHash3_128;

/// 128 bits that stand for some bytes; in hexadecimal where people read them.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The first 128 bits of the BLAKE3 of some bytes: a name for them.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes().first_chunk().unwrap_or(&[0; 16]))
    }

    /// The XXH3 of some bytes: to compare them with what they were.
    pub fn quick(bytes: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(bytes).to_le_bytes())
    }

    /// The same of all that a reader has left, and how many bytes that is; `show` sees them as they pass.
    ///
    /// # Errors
    /// If they cannot be read, or shown.
    pub fn quick_of(from: &mut impl Read, mut show: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(Self, u64)> {
        let (mut hasher, mut size, mut bytes) = (XxHash3_128::new(), 0, buffers::take());
        // Most files are shorter than a piece, and nothing of the buffer is cleared that they do not fill.
        while from.by_ref().take(PIECE).read_to_end(&mut bytes)? > 0 {
            hasher.write(&bytes);
            show(&bytes)?;
            size += bytes.len() as u64;
            bytes.clear();
        }
        buffers::give(bytes);
        Ok((Self(hasher.finish_128().to_le_bytes()), size))
    }

    /// The first two digits: the folder in which a file of this name lies.
    pub fn fan(&self) -> String {
        format!("{:02x}", self.0[0])
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Appends its 32 hexadecimal digits.
    pub(crate) fn push_to(&self, out: &mut String) {
        data_encoding::HEXLOWER.encode_append(&self.0, out);
    }

    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

/// A [quick](Digest::quick) digest of several things; each is told where it ends, so that `ab`, `c` is not `a`, `bc`.
#[derive(Debug)]
pub struct Digester(Vec<u8>);

/// So many bytes are read at once.
const PIECE: u64 = 64 << 10;

/// What is longer is taken by its digest.
const LONG: usize = 512;

impl Default for Digester {
    fn default() -> Self {
        Self(buffers::take())
    }
}

impl Drop for Digester {
    fn drop(&mut self) {
        buffers::give(std::mem::take(&mut self.0));
    }
}

impl Digester {
    /// Nothing so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len());
        if text.len() > LONG {
            return self.digest(Digest::quick(text.as_bytes()));
        }
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// Takes a number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Takes a count.
    pub fn count(&mut self, count: usize) -> &mut Self {
        self.0.extend_from_slice(&(count as u64).to_le_bytes());
        self
    }

    /// Takes another digest.
    pub fn digest(&mut self, digest: Digest) -> &mut Self {
        self.0.extend_from_slice(&digest.0);
        self
    }

    /// Takes a value, as `postcard` writes it (<https://postcard.jamesmunns.com/wire-format>), which tells by itself
    /// where it ends.
    pub fn value(&mut self, value: &impl Serialize) -> &mut Self {
        // Writing to memory fails for no value of ours: all have known lengths.
        self.0 = postcard::to_extend(value, std::mem::take(&mut self.0)).unwrap_or_default();
        self
    }

    /// The digest of all that was taken.
    pub fn finish(&self) -> Digest {
        Digest::quick(&self.0)
    }
}

impl From<[u8; 16]> for Digest {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 16]>::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is no digest")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_the_digest_of_its_bytes() {
        for size in [0, 1, 241, PIECE, 3 * PIECE + 7] {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut shown = Vec::new();
            let show = |part: &[u8]| {
                shown.extend_from_slice(part);
                Ok(())
            };
            let read = Digest::quick_of(&mut bytes.as_slice(), show).unwrap();
            assert_eq!(read, (Digest::quick(&bytes), size));
            assert_eq!(shown, bytes);
        }
    }
}
