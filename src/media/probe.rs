//! Probing: what some bytes are, told by the bytes, and whether they may be decoded or published.

use std::io::Cursor;

use image::{AnimationDecoder as _, ImageFormat, ImageReader, Limits};

/// Why some bytes are not shown.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotShown {
    /// Nothing came.
    #[error("is empty")]
    Empty,
    /// A page instead of a picture: most often a host's excuse.
    #[error("is a web page, not a {0}")]
    Page(&'static str),
    /// Nothing that is known, or nothing that may be published as what the article names.
    #[error("is no {0} that is known")]
    Unknown(&'static str),
    /// Larger than `media.max_pixels`.
    #[error("has {0} × {1} pixels, more than media.max_pixels")]
    TooLarge(u32, u32),
    /// Larger than `media.max_bytes`.
    #[error("has {0} bytes, more than media.max_bytes")]
    TooHeavy(u64),
    /// The end is missing.
    #[error("is cut short")]
    CutShort,
    /// A decoder gave up.
    #[error("cannot be decoded: {0}")]
    Broken(String),
    /// The store cannot be written.
    #[error("cannot be kept: {0}")]
    Store(String),
}

/// What some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture that is decoded here.
    Picture(ImageFormat),
    /// A drawing, which is rasterised.
    Drawing,
    /// A sound that browsers play; its ending.
    Audio(&'static str),
    /// A film that browsers play; its ending.
    Video(&'static str),
}

/// Tells what bytes are, whatever a header or a name said.
///
/// # Errors
/// If they are nothing that is known; `wanted` is what the article calls them.
pub fn kind(bytes: &[u8], wanted: &'static str) -> Result<Kind, NotShown> {
    if bytes.is_empty() {
        return Err(NotShown::Empty);
    }
    let known = infer::get(bytes).map(|kind| kind.mime_type());
    Ok(match known.unwrap_or_default() {
        "image/jpeg" => Kind::Picture(ImageFormat::Jpeg),
        "image/png" => Kind::Picture(ImageFormat::Png),
        "image/webp" => Kind::Picture(ImageFormat::WebP),
        "image/gif" => Kind::Picture(ImageFormat::Gif),
        "audio/mpeg" => Kind::Audio("mp3"),
        "audio/m4a" => Kind::Audio("m4a"),
        "audio/ogg" | "audio/opus" => Kind::Audio("ogg"),
        "audio/x-flac" => Kind::Audio("flac"),
        "audio/x-wav" => Kind::Audio("wav"),
        "audio/aac" => Kind::Audio("aac"),
        "video/mp4" | "video/x-m4v" => Kind::Video("mp4"),
        "video/webm" => Kind::Video("webm"),
        _ if is_drawing(bytes) => Kind::Drawing,
        _ if looks_like_page(bytes) => return Err(NotShown::Page(wanted)),
        _ => return Err(NotShown::Unknown(wanted)),
    })
}

/// The size of a picture in pixels, as stored, told without decoding it.
///
/// # Errors
/// If it may not be decoded.
pub fn dimensions(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<(u32, u32), NotShown> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(max_pixels));
    let (width, height) = reader.into_dimensions().map_err(|fault| NotShown::Broken(fault.to_string()))?;
    within(width, height, max_pixels)
}

/// A size, if it is one that may be decoded.
///
/// # Errors
/// If it is not.
pub fn within(width: u32, height: u32, max_pixels: u64) -> Result<(u32, u32), NotShown> {
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > max_pixels {
        return Err(NotShown::TooLarge(width, height));
    }
    Ok((width, height))
}

/// Whether the end of a picture is there, as far as that can be told without decoding it: a JPEG's and a PNG's last
/// part, as much of a WebP as its head says.
pub fn is_whole(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => super::jpeg::Head::read(bytes).is_none_or(|head| head.is_whole),
        ImageFormat::Png => memchr::memmem::rfind(bytes, b"IEND").is_some(),
        ImageFormat::WebP => {
            let said = bytes.get(4..8).and_then(<[u8]>::first_chunk).map_or(0, |size| u32::from_le_bytes(*size));
            bytes.len() as u64 >= u64::from(said) + 8
        }
        _ => true,
    }
}

/// Whether a picture has more than one frame. Frames are not counted: the second is enough.
pub fn is_animated(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> bool {
    use image::ImageDecoder as _;
    match format {
        ImageFormat::WebP => {
            image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation())
        }
        ImageFormat::Png => image::codecs::png::PngDecoder::with_limits(Cursor::new(bytes), limits(max_pixels))
            .is_ok_and(|decoder| decoder.is_apng().unwrap_or(false)),
        ImageFormat::Gif => image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).is_ok_and(|mut decoder| {
            decoder.set_limits(limits(max_pixels)).is_ok()
                && decoder.into_frames().nth(1).is_some_and(|frame| frame.is_ok())
        }),
        _ => false,
    }
}

/// What a decoder may take: eight bytes a pixel (16-bit RGBA) twice, and a megabyte for itself. The crate's own
/// defaults let a WebP of 5.6 KB take 964 MB.
pub fn limits(max_pixels: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels * 16 + (1 << 20));
    limits.max_image_width = Some(65_535);
    limits.max_image_height = Some(65_535);
    limits
}

fn looks_like_page(bytes: &[u8]) -> bool {
    let start = beginning(bytes);
    start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || start.starts_with("<head")
        || start.contains("<body")
}

fn is_drawing(bytes: &[u8]) -> bool {
    let start = beginning(bytes);
    (start.starts_with("<?xml")
        || start.starts_with("<svg")
        || start.starts_with("<!--")
        || start.starts_with("<!doctype svg"))
        && start.contains("<svg")
}

fn beginning(bytes: &[u8]) -> String {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    start.trim_start_matches('\u{feff}').trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert_eq!(kind(b"", "picture"), Err(NotShown::Empty));
        assert_eq!(kind(b"<!DOCTYPE html><title>403", "picture"), Err(NotShown::Page("picture")));
        assert_eq!(kind(b"RIFF????", "picture"), Err(NotShown::Unknown("picture")));
        assert_eq!(kind(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture"), Ok(Kind::Drawing));
        assert_eq!(kind(b"ID3\x04\0\0\0\0\0\0", "sound"), Ok(Kind::Audio("mp3")));
        assert_eq!(kind(b"\0\0\0\x20ftypisom\0\0\0\0", "film"), Ok(Kind::Video("mp4")));
    }
}
