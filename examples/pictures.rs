//! What `benches/media` needs of us: photographs to encode, our encoder, and scores.
//!
//! `pictures make DIR COUNT WIDTH HEIGHT jpg|png` writes seeded photographs; `pictures encode DIR OUT` makes their
//! variants on one thread, quality 75, unraised; `pictures score DIR OUT` prints the mean SSIMULACRA2 of all variants
//! in OUT against their originals, scaled.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use heliostat::media::encode::{Recipe, cook};
use image::{DynamicImage, RgbImage, Rgba, RgbaImage, imageops};

const WIDTHS: [u32; 3] = [480, 800, 1200];
const QUALITY: u8 = 75;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["make", folder, count, width, height, kind] => make(Path::new(folder), [count, width, height], kind),
        ["encode", folder, out] => encode(Path::new(folder), Path::new(out)),
        ["score", folder, out] => score(Path::new(folder), Path::new(out)),
        _ => Err("usage: pictures make DIR COUNT WIDTH HEIGHT jpg|png | encode DIR OUT | score DIR OUT".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("pictures: {fault}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

fn make(folder: &Path, numbers: [&str; 3], kind: &str) -> Done {
    let [count, width, height] = numbers.map(str::parse::<u32>);
    let (width, height) = (width?, height?);
    fs::create_dir_all(folder)?;
    for seed in 0..count? {
        let pixels = photograph(seed, width, height);
        let path = folder.join(format!("{seed:03}.{kind}"));
        if kind == "png" {
            DynamicImage::ImageRgba8(pixels).save(path)?;
        } else {
            let mut file = fs::File::create(path)?;
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 92);
            DynamicImage::ImageRgba8(pixels).to_rgb8().write_with_encoder(encoder)?;
        }
    }
    Ok(())
}

/// Noise whose power falls with frequency, a hard edge, a sky that fades out; so much of it that at 800 pixels and quality
/// 75 a file has about a bit a pixel, as press photographs have.
fn photograph(seed: u32, width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / width as f32);
        let hill = noise(seed, u * 6.0, 0.0) * 0.18 + 0.25;
        let light = (0..8).fold(0.0, |sum, octave| {
            let scale = 2_f32.powi(octave + 2);
            sum + noise(seed + 7 + octave as u32, u * scale, v * scale) / scale.powf(0.45)
        });
        let shade = 0.45 + light * 1.4 - if v > hill { 0.15 } else { 0.0 };
        let tint = noise(seed + 99, u * 3.0, v * 3.0) * 0.25;
        let channel = |offset: f32| ((shade + offset).clamp(0.0, 1.0) * 255.0) as u8;
        let alpha = if v > hill { 255 } else { (200.0 + 55.0 * v / hill) as u8 };
        Rgba([channel(tint), channel(tint * 0.3), channel(-tint * 0.6), alpha])
    })
}

/// Value noise between -0.5 and 0.5.
fn noise(seed: u32, x: f32, y: f32) -> f32 {
    let corner = |x: i64, y: i64| {
        let mixed = (x as u64 ^ (y as u64).rotate_left(21) ^ u64::from(seed) << 42).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    };
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (smooth(x - left), smooth(y - top));
    let (left, top) = (left as i64, top as i64);
    let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let above = mix(corner(left, top), corner(left + 1, top), u);
    mix(above, mix(corner(left, top + 1), corner(left + 1, top + 1), u), v)
}

fn encode(folder: &Path, out: &Path) -> Done {
    fs::create_dir_all(out)?;
    let recipe = Recipe::new(&WIDTHS, QUALITY, 0);
    for path in files(folder)? {
        let cooked = cook(&fs::read(&path)?, &recipe, 50_000_000)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for file in cooked.variants {
            fs::write(out.join(format!("{stem}-{}.{}", file.width, file.extension)), file.bytes)?;
        }
    }
    Ok(())
}

fn score(folder: &Path, out: &Path) -> Done {
    let (mut sum, mut count) = (0.0, 0);
    for path in files(folder)? {
        let original = image::open(&path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for file in files(out)?.into_iter().filter(|file| file.to_string_lossy().contains(&format!("/{stem}-"))) {
            let shown = image::open(&file)?.into_rgb8();
            let scaled =
                original.resize_exact(shown.width(), shown.height(), imageops::FilterType::Lanczos3).into_rgb8();
            sum += compute_ssimulacra2(&slice(&scaled)?, &slice(&shown)?)?;
            count += 1;
        }
    }
    println!("{:.2}", sum / f64::from(count));
    Ok(())
}

fn slice(pixels: &RgbImage) -> Result<PixelSlice<'_>, Box<dyn std::error::Error>> {
    let (width, height) = (pixels.width(), pixels.height());
    let slice = PixelSlice::new(pixels.as_raw(), width, height, 3 * width as usize, PixelDescriptor::RGB8_SRGB);
    slice.map_err(|fault| fault.to_string().into())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
