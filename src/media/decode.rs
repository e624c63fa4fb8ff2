//! An original's bytes → pixels: upright, in sRGB, eight bits a channel; under limits, whatever the bytes claim.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, RgbImage, RgbaImage};

use super::probe::{NotShown, dimensions, limits};

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
