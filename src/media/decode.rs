//! An original's bytes → pixels: upright, in sRGB, eight bits a channel; under limits, whatever the bytes claim.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, RgbImage, RgbaImage};
use resvg::{tiny_skia, usvg};

use super::probe::{NotShown, dimensions, limits, within};

/// Pixels, and how the original asks to be turned, as Exif numbers it (1 to 8).
pub(super) struct Decoded {
    pub(super) picture: DynamicImage,
    pub(super) orientation: u8,
}

fn broken(fault: impl Into<String>) -> NotShown {
    NotShown::Broken(fault.into())
}

/// Decodes a picture, its first frame if it has several.
pub(super) fn picture(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<Decoded, NotShown> {
    dimensions(bytes, format, max_pixels)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(max_pixels));
    let mut decoder = reader.into_decoder().map_err(|fault| broken(fault.to_string()))?;
    let orientation = decoder.orientation().map_err(|fault| broken(fault.to_string()))?;
    let profile = decoder.icc_profile().ok().flatten();
    let decoded = DynamicImage::from_decoder(decoder).map_err(|fault| broken(fault.to_string()))?;
    let mut picture = if decoded.color().has_alpha() {
        DynamicImage::ImageRgba8(decoded.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(decoded.into_rgb8())
    };
    if let Some(profile) = profile {
        to_srgb(&mut picture, &profile);
    }
    picture.apply_orientation(orientation);
    Ok(Decoded { picture, orientation: orientation.to_exif() })
}

/// The orientation that a JPEG's Exif names, told without decoding it.
pub(super) fn orientation_of(jpeg: &[u8]) -> Orientation {
    use img_parts::ImageEXIF as _;
    let parts = img_parts::jpeg::Jpeg::from_bytes(img_parts::Bytes::copy_from_slice(jpeg)).ok();
    let exif = parts.and_then(|parts| parts.exif());
    exif.and_then(|exif| Orientation::from_exif_chunk(&exif)).unwrap_or(Orientation::NoTransforms)
}

/// Converts pixels from an embedded profile; a profile that cannot be read leaves them as they are, as browsers do.
fn to_srgb(picture: &mut DynamicImage, profile: &[u8]) {
    use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let layout = if picture.color().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let Ok(transform) =
        profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), layout, TransformOptions::default())
    else {
        return;
    };
    let mut converted = vec![0; picture.as_bytes().len()];
    if transform.transform(picture.as_bytes(), &mut converted).is_err() {
        return;
    }
    let (width, height) = (picture.width(), picture.height());
    let rebuilt = match layout {
        Layout::Rgba => RgbaImage::from_raw(width, height, converted).map(DynamicImage::ImageRgba8),
        _ => RgbImage::from_raw(width, height, converted).map(DynamicImage::ImageRgb8),
    };
    if let Some(rebuilt) = rebuilt {
        *picture = rebuilt;
    }
}

/// A larger drawing is a map of a country or a trap, in bytes.
const MAX_DRAWING: usize = 1 << 20;

/// With so many `use` elements a drawing of some hundred thousand shapes can be written; with a few more, one that
/// takes for ever.
const MAX_USES: usize = 32;

/// Rasterises a drawing at its own size, or at `widest` if that is less. It can load nothing, and shows no text: that
/// would need the fonts of the machine, and look another way on each.
pub(super) fn drawing(bytes: &[u8], widest: u32, max_pixels: u64) -> Result<DynamicImage, NotShown> {
    if bytes.len() > MAX_DRAWING
        || memchr::memmem::find_iter(bytes, b"use").count() > MAX_USES
        || memchr::memmem::find(bytes, b"<!ENTITY").is_some()
    {
        return Err(broken("a drawing as large or as intricate as this is not drawn"));
    }
    let loads_nothing =
        usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = usvg::Options { image_href_resolver: loads_nothing, ..usvg::Options::default() };
    let tree = usvg::Tree::from_data(bytes, &options).map_err(|fault| broken(fault.to_string()))?;
    let size = tree.size();
    let scale = (widest as f32 / size.width()).min(1.0);
    // Sizes are positive and finite in a tree that was parsed.
    let side = |length: f32| (length * scale).ceil().clamp(1.0, 65_535.0) as u32;
    let (width, height) = within(side(size.width()), side(size.height()), max_pixels)?;
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(|| broken("too large"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let straight = pixels.pixels().iter().flat_map(|pixel| {
        let colour = pixel.demultiply();
        [colour.red(), colour.green(), colour.blue(), colour.alpha()]
    });
    let picture = RgbaImage::from_raw(width, height, straight.collect());
    picture.map(DynamicImage::ImageRgba8).ok_or_else(|| broken("a buffer of the wrong size"))
}
