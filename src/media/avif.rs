//! AVIF, if Heliostat is built with it (`--features avif`).

use image::RgbImage;

use super::probe::NotShown;

/// Encodes a picture.
#[cfg(feature = "avif")]
pub(super) fn encode(picture: &RgbImage) -> Result<Vec<u8>, NotShown> {
    /// Chosen by eye to look like a JPEG of quality 75.
    const QUALITY: f32 = 62.0;
    const SPEED: u8 = 7;
    let pixels: Vec<ravif::RGB8> = picture.pixels().map(|pixel| ravif::RGB8::from(pixel.0)).collect();
    let image = ravif::Img::new(pixels.as_slice(), picture.width() as usize, picture.height() as usize);
    // It is built without threads: pictures are worked on beside each other already, and who waits for another pool of
    // threads works on the next picture meanwhile, with this one's memory in hand.
    let encoder = ravif::Encoder::new().with_quality(QUALITY).with_speed(SPEED);
    let encoded = encoder.encode_rgb(image).map_err(|fault| NotShown::Broken(fault.to_string()))?;
    Ok(encoded.avif_file)
}

/// Cannot be asked for: the configuration refuses it.
#[cfg(not(feature = "avif"))]
pub(super) fn encode(_: &RgbImage) -> Result<Vec<u8>, NotShown> {
    Err(NotShown::Broken("this Heliostat is built without AVIF".to_owned()))
}
