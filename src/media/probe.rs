//! Probing: what some bytes are, told by the bytes, and whether they may be decoded.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

/// Why some bytes are not shown as a picture.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotShown {
    /// Nothing came.
    #[error("is empty")]
    Empty,
    /// A page instead of a picture: most often a host's excuse.
    #[error("is a web page, not a picture")]
    Page,
    /// Nothing that is known, or nothing that is decoded here.
    #[error("is no JPEG, PNG, WebP or GIF")]
    Unknown,
    /// Larger than `media.max_pixels`.
    #[error("has {0} × {1} pixels, more than media.max_pixels")]
    TooLarge(u32, u32),
    /// A decoder gave up.
    #[error("cannot be decoded: {0}")]
    Broken(String),
    /// The store cannot be written.
    #[error("cannot be kept: {0}")]
    Store(String),
}

/// What is known of a picture before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probed {
    /// Its type.
    pub format: ImageFormat,
    /// In pixels, as stored.
    pub width: u32,
    /// In pixels, as stored.
    pub height: u32,
}

/// Tells type and size from the bytes alone.
///
/// # Errors
/// If they are no picture that may be decoded.
pub fn probe(bytes: &[u8], max_pixels: u64) -> Result<Probed, NotShown> {
    if bytes.is_empty() {
        return Err(NotShown::Empty);
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) => format,
        _ if looks_like_page(bytes) => return Err(NotShown::Page),
        _ => return Err(NotShown::Unknown),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(max_pixels));
    let (width, height) = reader.into_dimensions().map_err(|fault| NotShown::Broken(fault.to_string()))?;
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > max_pixels {
        return Err(NotShown::TooLarge(width, height));
    }
    Ok(Probed { format, width, height })
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
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).to_ascii_lowercase();
    let start = start.trim_start();
    start.starts_with("<!doctype")
        || start.starts_with("<html")
        || start.starts_with("<head")
        || start.contains("<body")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert_eq!(probe(b"", 100), Err(NotShown::Empty));
        assert_eq!(probe(b"<!DOCTYPE html><title>403", 100), Err(NotShown::Page));
        assert_eq!(probe(b"RIFF????", 100), Err(NotShown::Unknown));
        assert_eq!(probe(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 100), Err(NotShown::Unknown));
    }
}
