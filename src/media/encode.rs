//! An original → its variants: [`cook`] decodes once, resizes to each width, and encodes.
//!
//! Opaque pictures become progressive JPEG, pictures with transparency WebP, flat graphics the smaller of lossless
//! WebP and PNG; of an animated one these show the first frame, beside the animation itself. What our decoder would
//! show wrong (see [`jpeg`](super::jpeg)), and what is smaller as it came, is published as it came. Nothing of the
//! original's metadata is carried over.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize as resize;
use fast_image_resize::images::Image as ResizeImage;
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder as _, ImageFormat, RgbImage, RgbaImage};

use super::jpeg::Head;
use super::probe::{self, Kind, NotShown};
use super::{decode, drawing, strip};
use crate::config::MediaConfig;

/// Changes whenever the same original and settings would give other bytes.
const ENCODER_VERSION: u32 = 3;

/// How variants are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    widths: Vec<u32>,
    quality: u8,
    min_score: u8,
    avif: bool,
    name: String,
}

impl Recipe {
    /// The recipe that the settings ask for.
    pub fn of(config: &MediaConfig) -> Self {
        let recipe = Self::new(&config.widths, config.quality, config.min_score);
        if config.avif { recipe.with_avif() } else { recipe }
    }

    /// A recipe: widths in pixels, ascending; quality from 1 to 100; the SSIMULACRA2 score below which it is raised.
    pub fn new(widths: &[u32], quality: u8, min_score: u8) -> Self {
        let list: Vec<String> = widths.iter().map(u32::to_string).collect();
        let name = format!("v{ENCODER_VERSION}-q{quality}-s{min_score}-w{}", list.join("."));
        Self { widths: widths.to_vec(), quality, min_score, avif: false, name }
    }

    /// The same, and an AVIF beside each JPEG.
    pub fn with_avif(mut self) -> Self {
        self.avif = true;
        self.name.push_str("-avif");
        self
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

    fn widest(&self) -> u32 {
        self.widths.last().copied().unwrap_or_default()
    }
}

/// What was made of an original, in memory.
#[derive(Debug)]
pub struct Cooked {
    /// The original's size in pixels, upright.
    pub size: (u32, u32),
    /// Its variants, narrowest first; at least one.
    pub variants: Vec<File>,
    /// The same as AVIF, where the recipe asks for it and all of them are smaller.
    pub avif: Vec<File>,
    /// The animation of which they show the first frame.
    pub animation: Option<File>,
}

/// One encoded file.
#[derive(Debug)]
pub struct File {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Its ending, without a dot.
    pub extension: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Makes an original's variants.
///
/// # Errors
/// If the original cannot be shown. A decoder's panic is such an error too.
pub fn cook(bytes: &[u8], recipe: &Recipe, max_pixels: u64) -> Result<Cooked, NotShown> {
    catch_unwind(AssertUnwindSafe(|| cook_kind(bytes, recipe, max_pixels)))
        .unwrap_or_else(|_| Err(NotShown::Broken("the decoder failed".to_owned())))
}

fn cook_kind(bytes: &[u8], recipe: &Recipe, max_pixels: u64) -> Result<Cooked, NotShown> {
    match probe::kind(bytes, "picture")? {
        Kind::Picture(ImageFormat::Jpeg) => cook_jpeg(bytes, recipe, max_pixels),
        Kind::Picture(format) => cook_picture(bytes, format, recipe, max_pixels),
        Kind::Drawing => {
            let picture = drawing::draw(bytes, recipe.widest(), max_pixels)?;
            let size = (picture.width(), picture.height());
            let (variants, avif) = variants(opaque(picture), recipe, None)?;
            Ok(Cooked { size, variants, avif, animation: None })
        }
        Kind::Audio(_) | Kind::Video(_) => Err(NotShown::Unknown("picture")),
    }
}

fn cook_jpeg(bytes: &[u8], recipe: &Recipe, max_pixels: u64) -> Result<Cooked, NotShown> {
    let head = Head::read(bytes).ok_or_else(|| NotShown::Broken("its segments make no sense".to_owned()))?;
    if !head.is_whole {
        return Err(NotShown::CutShort);
    }
    if head.is_trusted() {
        return cook_picture(bytes, ImageFormat::Jpeg, recipe, max_pixels);
    }
    let (width, height) = probe::within(head.width, head.height, max_pixels)?;
    let orientation = decode::orientation_of(bytes);
    let size = if turns(orientation) { (height, width) } else { (width, height) };
    let stripped = strip::picture(bytes, ImageFormat::Jpeg, orientation.to_exif());
    let bytes = stripped
        .filter(|_| head.is_shown_by_browsers())
        .ok_or_else(|| NotShown::Broken("a kind of JPEG that neither we nor browsers show".to_owned()))?;
    let original = File { bytes, extension: "jpg", width: size.0, height: size.1 };
    Ok(Cooked { size, variants: vec![original], avif: Vec::new(), animation: None })
}

/// Whether an orientation swaps width and height.
fn turns(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

fn cook_picture(bytes: &[u8], format: ImageFormat, recipe: &Recipe, max_pixels: u64) -> Result<Cooked, NotShown> {
    let decode::Decoded { picture, orientation } = decode::picture(bytes, format, max_pixels)?;
    let size = (picture.width(), picture.height());
    let as_it_came = |extension| {
        // Only in a JPEG can it be left to say how it is to be turned.
        if orientation > 1 && format != ImageFormat::Jpeg {
            return None;
        }
        let bytes = strip::picture(bytes, format, orientation)?;
        Some(File { bytes, extension, width: size.0, height: size.1 })
    };
    let extension = match format {
        ImageFormat::Png => "png",
        ImageFormat::WebP => "webp",
        ImageFormat::Gif => "gif",
        _ => "jpg",
    };
    let is_animated = probe::is_animated(bytes, format, max_pixels);
    let animation = if is_animated { as_it_came(extension) } else { None };
    let original = if is_animated || size.0 > recipe.widest() { None } else { as_it_came(extension) };
    let (variants, avif) = variants(opaque(picture), recipe, original.as_ref())?;
    Ok(Cooked { size, variants, avif, animation })
}

/// A picture without the alpha that it does not use.
fn opaque(picture: DynamicImage) -> DynamicImage {
    let is_opaque = picture.as_rgba8().is_some_and(|pixels| pixels.pixels().all(|pixel| pixel.0[3] == 255));
    if is_opaque { DynamicImage::ImageRgb8(picture.into_rgb8()) } else { picture }
}

/// Encodes a picture at each width, and as AVIF besides; `original` takes the place of an encoding of its size that is not
/// smaller.
fn variants(
    picture: DynamicImage,
    recipe: &Recipe,
    original: Option<&File>,
) -> Result<(Vec<File>, Vec<File>), NotShown> {
    let route = Route::of(&picture);
    let scaled = scale_all(picture, recipe)?;
    let mut fitting = match (route, scaled.last()) {
        (Route::Photograph, Some(narrowest)) => fitting(narrowest, recipe)?,
        _ => None,
    };
    let quality = fitting.as_ref().map_or(recipe.quality, |(quality, _)| *quality);
    let (mut files, mut avif): (Vec<File>, Vec<File>) = (Vec::new(), Vec::new());
    let narrowest = scaled.len().saturating_sub(1);
    for (place, picture) in scaled.into_iter().enumerate() {
        let (width, height) = (picture.width(), picture.height());
        let (bytes, extension) = match fitting.take_if(|_| place == narrowest) {
            Some((_, bytes)) => (bytes, "jpg"),
            None => route.encode(&picture, quality)?,
        };
        let mut file = File { bytes, extension, width, height };
        if let Some(original) = original
            && (width, height) == (original.width, original.height)
            && original.bytes.len() <= file.bytes.len()
        {
            file = File { bytes: original.bytes.clone(), ..*original };
        }
        if recipe.avif && route == Route::Photograph {
            let bytes = super::avif::encode(&picture.to_rgb8())?;
            avif.extend((bytes.len() < file.bytes.len()).then_some(File { bytes, extension: "avif", width, height }));
        }
        // A narrower file that is no smaller serves nobody.
        if files.last().is_none_or(|wider| file.bytes.len() < wider.bytes.len()) {
            files.push(file);
        }
    }
    if avif.len() < files.len() {
        avif.clear();
    }
    files.reverse();
    avif.reverse();
    Ok((files, avif))
}

/// A picture at each of the recipe's widths, widest first. A narrower one is made of the one before if that is half as
/// wide again at least.
fn scale_all(picture: DynamicImage, recipe: &Recipe) -> Result<Vec<DynamicImage>, NotShown> {
    let full = (picture.width(), picture.height());
    let sizes = recipe.widths_for(picture.width());
    let mut scaled: Vec<DynamicImage> = Vec::with_capacity(sizes.len());
    let mut source = picture;
    for wanted in sizes.into_iter().rev() {
        let size = (wanted, scaled_height(full, wanted));
        let nearest = scaled.last().filter(|last| last.width() >= wanted + wanted / 2).unwrap_or(&source);
        let next = if size == (nearest.width(), nearest.height()) { nearest.clone() } else { scale(nearest, size)? };
        if scaled.is_empty() {
            // Nothing needs the whole any more.
            source = next.clone();
        }
        scaled.push(next);
    }
    Ok(scaled)
}

fn scaled_height((width, height): (u32, u32), wanted: u32) -> u32 {
    let rounded = (u64::from(height) * u64::from(wanted) + u64::from(width) / 2) / u64::from(width);
    u32::try_from(rounded.max(1)).unwrap_or(u32::MAX)
}

/// Resizes with a filter that keeps photographs sharp (Lanczos, three lobes); alpha is multiplied in and out.
fn scale(picture: &DynamicImage, (width, height): (u32, u32)) -> Result<DynamicImage, NotShown> {
    let has_alpha = picture.color().has_alpha();
    let pixel = if has_alpha { resize::PixelType::U8x4 } else { resize::PixelType::U8x3 };
    let mut scaled = ResizeImage::new(width, height, pixel);
    let options = resize::ResizeOptions::new()
        .resize_alg(resize::ResizeAlg::Convolution(resize::FilterType::Lanczos3))
        .use_alpha(has_alpha);
    let broken = |fault: String| NotShown::Broken(fault);
    resize::Resizer::new().resize(picture, &mut scaled, &options).map_err(|fault| broken(fault.to_string()))?;
    let pixels = scaled.into_vec();
    let rebuilt = if has_alpha {
        RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    rebuilt.ok_or_else(|| broken("a buffer of the wrong size".to_owned()))
}

/// The quality is raised by so much at a time, and not beyond the last.
const QUALITY_STEP: u8 = 7;
const HIGHEST_QUALITY: u8 = 95;

/// The recipe's quality, or the first above it at which the narrowest variant shows no more than the difference that
/// the recipe allows, and that variant; none where no difference is measured.
fn fitting(narrowest: &DynamicImage, recipe: &Recipe) -> Result<Option<(u8, Vec<u8>)>, NotShown> {
    let Some(pixels) = narrowest.as_rgb8().filter(|_| recipe.min_score > 0) else { return Ok(None) };
    // Pictures of fewer than eight pixels a side have no score.
    let Some(reference) = slice(pixels).and_then(|slice| Ssimulacra2Reference::new(&slice).ok()) else {
        return Ok(None);
    };
    let mut quality = recipe.quality;
    loop {
        let encoded = jpeg(narrowest, quality)?;
        if quality >= HIGHEST_QUALITY {
            return Ok(Some((quality, encoded)));
        }
        let decoded = image::load_from_memory_with_format(&encoded, ImageFormat::Jpeg)
            .map_err(|fault| NotShown::Broken(fault.to_string()))?;
        let score = slice(&decoded.into_rgb8()).and_then(|slice| reference.compare(&slice).ok());
        if score.is_none_or(|score| score >= f64::from(recipe.min_score)) {
            return Ok(Some((quality, encoded)));
        }
        quality = (quality + QUALITY_STEP).min(HIGHEST_QUALITY);
    }
}

fn slice(pixels: &RgbImage) -> Option<PixelSlice<'_>> {
    let (width, height) = (pixels.width(), pixels.height());
    PixelSlice::new(pixels.as_raw(), width, height, 3 * width as usize, PixelDescriptor::RGB8_SRGB).ok()
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Photograph,
    Transparent,
    Flat,
}

/// The longest side of a WebP, in pixels (`WEBP_MAX_DIMENSION` of libwebp).
const LONGEST_WEBP: u32 = 16_383;

/// A picture of no more colours is a graphic: text, a map, a chart.
const FLAT_COLOURS: usize = 256;

impl Route {
    fn of(picture: &DynamicImage) -> Self {
        match () {
            () if has_few_colours(picture) => Self::Flat,
            () if picture.color().has_alpha() => Self::Transparent,
            () => Self::Photograph,
        }
    }

    fn encode(self, picture: &DynamicImage, quality: u8) -> Result<(Vec<u8>, &'static str), NotShown> {
        match self {
            Self::Photograph => Ok((jpeg(picture, quality)?, "jpg")),
            _ if picture.width().max(picture.height()) > LONGEST_WEBP => Ok((png(picture)?, "png")),
            Self::Transparent => Ok((webp(picture).encode(f32::from(quality)).to_vec(), "webp")),
            Self::Flat => {
                let (lossless, png) = (webp(picture).encode_lossless().to_vec(), png(picture)?);
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

/// Up to this width the order of a JPEG's scans is searched for, which takes three times as long and gives a few per cent:
/// these files are for the slowest lines. In pixels.
const NARROW: u32 = 480;

/// Encodes a picture of three channels.
fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, NotShown> {
    use mozjpeg_rs::Preset::{ProgressiveBalanced, ProgressiveSmallest};
    let preset = if picture.width() <= NARROW { ProgressiveSmallest } else { ProgressiveBalanced };
    mozjpeg_rs::Encoder::new(preset)
        .quality(quality)
        .encode_rgb(picture.as_bytes(), picture.width(), picture.height())
        .map_err(|fault| NotShown::Broken(fault.to_string()))
}

fn webp(picture: &DynamicImage) -> webp::Encoder<'_> {
    let layout = if picture.color().has_alpha() { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    webp::Encoder::new(picture.as_bytes(), layout, picture.width(), picture.height())
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
        let recipe = Recipe::new(&[480, 800, 1200], 75, 0);
        assert_eq!(recipe.widths_for(300), [300]);
        assert_eq!(recipe.widths_for(480), [480]);
        assert_eq!(recipe.widths_for(900), [480, 800, 900]);
        assert_eq!(recipe.widths_for(4000), [480, 800, 1200]);
        assert_eq!(scaled_height((3000, 1), 480), 1);
    }
}
