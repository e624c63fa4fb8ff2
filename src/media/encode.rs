//! An original → its variants: decode once, upright and in sRGB, resize to each width, encode.
//!
//! Opaque pictures become progressive JPEG, pictures with transparency WebP, flat graphics the smaller of lossless
//! WebP and PNG. Nothing of the original's metadata is carried over, for only pixels are.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize as resize;
use fast_image_resize::images::Image as ResizeImage;
use image::{DynamicImage, ImageDecoder as _, ImageEncoder as _, ImageReader, RgbImage, RgbaImage};

use super::probe::{NotShown, limits, probe};
use super::store::Store;
use super::{Asset, Variant};
use crate::config::MediaConfig;

/// Changes whenever the same original and settings would give other bytes.
const ENCODER_VERSION: u32 = 1;

/// How variants are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    widths: Vec<u32>,
    quality: u8,
    name: String,
}

impl Recipe {
    /// The recipe that the settings ask for.
    pub fn of(config: &MediaConfig) -> Self {
        let widths: Vec<String> = config.widths.iter().map(u32::to_string).collect();
        let name = format!("v{ENCODER_VERSION}-q{}-w{}", config.quality, widths.join("."));
        Self { widths: config.widths.clone(), quality: config.quality, name }
    }

    /// Its name: two recipes that give other bytes have other names.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The widths for an original: the recipe's that are narrower, and its own where the widest would enlarge it.
    fn widths_for(&self, original: u32) -> Vec<u32> {
        let mut widths: Vec<u32> = self.widths.iter().copied().filter(|width| *width < original).collect();
        if widths.len() < self.widths.len() {
            widths.push(original);
        }
        widths
    }
}

/// Makes an original's variants and keeps them in the store.
///
/// # Errors
/// If the original cannot be shown. A decoder's panic is such an error too.
pub fn encode(bytes: &[u8], recipe: &Recipe, config: &MediaConfig, store: &Store) -> Result<Asset, NotShown> {
    catch_unwind(AssertUnwindSafe(|| encode_variants(bytes, recipe, config, store)))
        .unwrap_or_else(|_| Err(NotShown::Broken("the decoder failed".to_owned())))
}

fn encode_variants(bytes: &[u8], recipe: &Recipe, config: &MediaConfig, store: &Store) -> Result<Asset, NotShown> {
    let picture = decode(bytes, config.max_pixels)?;
    let (width, height) = (picture.width(), picture.height());
    let route = Route::of(&picture);
    let mut variants: Vec<Variant> = Vec::new();
    for wanted in recipe.widths_for(width) {
        let scaled = scale(&picture, wanted, scaled_height(width, height, wanted))?;
        let (bytes, extension) = route.encode(&scaled, recipe.quality)?;
        let variant = store.keep_variant(&bytes, extension, scaled.width(), scaled.height());
        variants.push(variant.map_err(|fault| NotShown::Store(fault.to_string()))?);
    }
    Ok(Asset { width, height, variants })
}

fn scaled_height(width: u32, height: u32, wanted: u32) -> u32 {
    let rounded = (u64::from(height) * u64::from(wanted) + u64::from(width) / 2) / u64::from(width);
    u32::try_from(rounded.max(1)).unwrap_or(u32::MAX)
}

/// Decodes within limits, turns upright, converts to sRGB.
fn decode(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, NotShown> {
    let broken = |fault: image::ImageError| NotShown::Broken(fault.to_string());
    let probed = probe(bytes, max_pixels)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), probed.format);
    reader.limits(limits(max_pixels));
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let orientation = decoder.orientation().map_err(broken)?;
    let profile = decoder.icc_profile().ok().flatten();
    let decoded = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let mut picture = if decoded.color().has_alpha() {
        DynamicImage::ImageRgba8(decoded.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(decoded.into_rgb8())
    };
    if let Some(profile) = profile {
        to_srgb(&mut picture, &profile);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
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

/// Resizes with a filter that keeps photographs sharp (Lanczos, three lobes); alpha is multiplied in and out.
fn scale(picture: &DynamicImage, width: u32, height: u32) -> Result<DynamicImage, NotShown> {
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture.clone());
    }
    let broken = |fault: String| NotShown::Broken(fault);
    let has_alpha = picture.color().has_alpha();
    let pixel = if has_alpha { resize::PixelType::U8x4 } else { resize::PixelType::U8x3 };
    let mut scaled = ResizeImage::new(width, height, pixel);
    let options = resize::ResizeOptions::new()
        .resize_alg(resize::ResizeAlg::Convolution(resize::FilterType::Lanczos3))
        .use_alpha(has_alpha);
    resize::Resizer::new().resize(picture, &mut scaled, &options).map_err(|fault| broken(fault.to_string()))?;
    let pixels = scaled.into_vec();
    let rebuilt = if has_alpha {
        RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    rebuilt.ok_or_else(|| broken("a buffer of the wrong size".to_owned()))
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Photograph,
    Transparent,
    Flat,
}

/// A picture of no more colours is a graphic: text, a map, a chart.
const FLAT_COLOURS: usize = 256;

impl Route {
    fn of(picture: &DynamicImage) -> Self {
        let is_transparent = picture.as_rgba8().is_some_and(|pixels| pixels.pixels().any(|pixel| pixel.0[3] != 255));
        match () {
            () if has_few_colours(picture) => Self::Flat,
            () if is_transparent => Self::Transparent,
            () => Self::Photograph,
        }
    }

    fn encode(self, picture: &DynamicImage, quality: u8) -> Result<(Vec<u8>, &'static str), NotShown> {
        match self {
            Self::Photograph => Ok((jpeg(&picture.to_rgb8(), quality)?, "jpg")),
            Self::Transparent => Ok((
                webp::Encoder::from_rgba(&picture.to_rgba8(), picture.width(), picture.height())
                    .encode(f32::from(quality))
                    .to_vec(),
                "webp",
            )),
            Self::Flat => {
                let lossless = webp::Encoder::from_rgba(&picture.to_rgba8(), picture.width(), picture.height())
                    .encode_lossless()
                    .to_vec();
                let png = png(picture)?;
                Ok(if png.len() < lossless.len() { (png, "png") } else { (lossless, "webp") })
            }
        }
    }
}

fn has_few_colours(picture: &DynamicImage) -> bool {
    let channels = usize::from(picture.color().channel_count());
    let mut colours = std::collections::HashSet::new();
    picture.as_bytes().chunks_exact(channels).all(|pixel| {
        colours.insert(pixel);
        colours.len() <= FLAT_COLOURS
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, NotShown> {
    mozjpeg_rs::Encoder::new(mozjpeg_rs::Preset::ProgressiveBalanced)
        .quality(quality)
        .encode_rgb(picture.as_raw(), picture.width(), picture.height())
        .map_err(|fault| NotShown::Broken(fault.to_string()))
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, NotShown> {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
        .map_err(|fault| NotShown::Broken(fault.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_never_enlarged() {
        let recipe = Recipe { widths: vec![480, 800, 1200], quality: 75, name: String::new() };
        assert_eq!(recipe.widths_for(300), [300]);
        assert_eq!(recipe.widths_for(480), [480]);
        assert_eq!(recipe.widths_for(900), [480, 800, 900]);
        assert_eq!(recipe.widths_for(4000), [480, 800, 1200]);
        assert_eq!(scaled_height(3000, 1, 480), 1);
    }
}
