//! Metadata out of files that are published unchanged: where a picture was taken, by whom, with what.
//!
//! What says how it is to be shown stays: a JPEG's orientation, colour profile, Adobe's mark of how colours are stored,
//! animation.

use std::io::{Cursor, Seek as _};
use std::time::Duration;

use image::ImageFormat;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_EXIF, CHUNK_VP8X, CHUNK_XMP, WebP};
use img_parts::{Bytes, ImageEXIF as _};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile as _, TaggedFileExt as _};

/// A picture without its metadata; none if its parts cannot be told apart.
pub(super) fn picture(bytes: &[u8], format: ImageFormat, orientation: u8) -> Option<Vec<u8>> {
    match format {
        ImageFormat::Jpeg => jpeg(bytes, orientation),
        ImageFormat::Png => png(bytes),
        ImageFormat::WebP => webp(bytes),
        ImageFormat::Gif => gif(bytes),
        _ => None,
    }
}

fn jpeg(bytes: &[u8], orientation: u8) -> Option<Vec<u8>> {
    // Phones append a film or a second picture, programs what they like: nothing behind the end is shown.
    let bytes = bytes.get(..super::jpeg::end(bytes)?)?;
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    jpeg.segments_mut().retain(is_shown);
    if orientation > 1 {
        jpeg.set_exif(Some(Bytes::from(exif_of(orientation))));
    }
    Some(jpeg.encoder().bytes().to_vec())
}

fn is_shown(segment: &JpegSegment) -> bool {
    match segment.marker() {
        markers::APP0 | markers::APP14 => true,
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// The Exif of an orientation alone (TIFF 6.0, big-endian: one entry, tag 0x0112, a short).
fn exif_of(orientation: u8) -> Vec<u8> {
    [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"].concat()
}

/// Chunks without which a picture would look other than it does (PNG, third edition, 5.6).
const PNG_SHOWN: &[[u8; 4]] = &[
    *b"IHDR", *b"PLTE", *b"IDAT", *b"IEND", *b"tRNS", *b"cHRM", *b"gAMA", *b"iCCP", *b"sBIT", *b"sRGB", *b"cICP",
    *b"acTL", *b"fcTL", *b"fdAT",
];

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    png.chunks_mut().retain(|chunk| PNG_SHOWN.contains(&chunk.kind()));
    Some(png.encoder().bytes().to_vec())
}

/// Flags of the extended header that say that Exif (bit 3) and XMP (bit 2) follow.
const WEBP_METADATA: u8 = 0b1100;

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    webp.chunks_mut().retain(|chunk| ![CHUNK_EXIF, CHUNK_XMP].contains(&chunk.id()));
    for chunk in webp.chunks_mut() {
        if chunk.id() == CHUNK_VP8X
            && let Some(header) = chunk.content().data()
        {
            let mut header = header.to_vec();
            *header.first_mut()? &= !WEBP_METADATA;
            *chunk = RiffChunk::new(CHUNK_VP8X, RiffContent::Data(header.into()));
        }
    }
    Some(webp.encoder().bytes().to_vec())
}

/// Drops comments and applications' blocks but the one that says how often it plays (GIF89a, 24 and 26).
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut out = bytes.get(..at)?.to_vec();
    loop {
        let start = at;
        let keeps = match *bytes.get(at)? {
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            0x2c => {
                at += 10 + table(*bytes.get(at + 9)?) + 1;
                true
            }
            0x21 => {
                let label = *bytes.get(at + 1)?;
                at += 2;
                label == 0xf9 || (label == 0xff && bytes.get(at + 1..at + 12)?.starts_with(b"NETSCAPE"))
            }
            _ => return None,
        };
        while *bytes.get(at)? != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += 1;
        if keeps {
            out.extend_from_slice(bytes.get(start..at)?);
        }
    }
}

/// How long a sound or a film is, if that can be told.
pub(super) fn length(bytes: &[u8]) -> Option<Duration> {
    let read = lofty::probe::Probe::new(Cursor::new(bytes)).guess_file_type().ok()?.read().ok()?;
    Some(read.properties().duration()).filter(|length| !length.is_zero())
}

/// A sound without its tags, and how long it is; the bytes as they are where nothing can be told.
pub(super) fn sound(bytes: Vec<u8>) -> (Vec<u8>, Option<Duration>) {
    let mut file = Cursor::new(bytes);
    let read = lofty::probe::Probe::new(&mut file).guess_file_type().ok().and_then(|probe| probe.read().ok());
    let Some(read) = read else { return (file.into_inner(), None) };
    let length = Some(read.properties().duration()).filter(|length| !length.is_zero());
    for tag in read.tags() {
        let before = file.get_ref().clone();
        let _ = file.rewind();
        if tag.tag_type().remove_from(&mut file, WriteOptions::default()).is_err() {
            file = Cursor::new(before);
        }
    }
    (file.into_inner(), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gifs_comment_goes_and_its_frames_stay() {
        let head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
        let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0";
        let comment = b"\x21\xfe\x06secret\0";
        let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
        let whole = [head.as_slice(), loops, comment, frame, b"\x3b after"].concat();
        assert_eq!(gif(&whole).unwrap(), [head.as_slice(), loops, frame, b"\x3b"].concat());
        assert_eq!(gif(&whole[..30]), None);
    }
}
