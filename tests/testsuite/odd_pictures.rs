//! Pictures that decoders trip over: each is shown right, or not at all and with a reason.

use std::io::Cursor;

use heliostat::media::encode::{Cooked, Recipe, cook};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};

use crate::harness::{Site, files_below};
use crate::origin::{bytes, photograph};

const MAX_PIXELS: u64 = 2_000_000;

fn cooked(original: &[u8]) -> Cooked {
    cook(original, &Recipe::new(&[480, 800, 1200], 75, 70), MAX_PIXELS).unwrap()
}

fn refused(original: &[u8]) -> String {
    cook(original, &Recipe::new(&[480], 75, 70), MAX_PIXELS).unwrap_err().to_string()
}

fn decoded(file: &[u8]) -> RgbImage {
    image::load_from_memory(file).unwrap().into_rgb8()
}

fn jpeg(pixels: &[u8], colours: ColorType, prepare: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    prepare(&mut encoder);
    encoder.encode(pixels, 64, 48, colours).unwrap();
    out
}

#[test]
fn jpegs_that_our_decoder_shows_wrong_are_published_as_they_came_without_their_metadata() {
    let rgb = photograph(64, 48).into_rgb8().into_raw();
    let four: Vec<u8> = rgb.chunks(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 40]).collect();
    // An optimised table makes this encoder write each component in a scan of its own.
    let scans = jpeg(&rgb, ColorType::Rgb, |encoder| encoder.set_optimized_huffman_tables(true));
    let ycck = jpeg(&four, ColorType::CmykAsYcck, |_| ());
    let cmyk = jpeg(&four, ColorType::Cmyk, |_| ());
    for mut original in [scans, ycck, cmyk] {
        original.splice(2..2, [0xff, 0xfe, 0, 12].into_iter().chain(*b"GPS-SECRET"));
        let cooked = cooked(&original);
        assert_eq!(cooked.variants.len(), 1);
        let published = &cooked.variants[0].bytes;
        assert!(!published.windows(10).any(|part| part == b"GPS-SECRET"));
        assert!(published.len() < original.len() && published.ends_with(&[0xff, 0xd9]));
        // The entropy-coded data is the original's to the byte.
        assert_eq!(published[published.len() - 200..], original[original.len() - 200..]);
    }
}

#[test]
fn what_a_phone_appends_to_a_picture_is_not_published() {
    let picture = bytes(&photograph(64, 48), ImageFormat::Jpeg);
    let mut second = bytes(&photograph(32, 24), ImageFormat::Jpeg);
    second.splice(2..2, [0xff, 0xe1, 0, 12].into_iter().chain(*b"GPS-SECRET"));
    // Nothing that we could encode is as small as this one.
    let rgb = photograph(64, 48).into_rgb8().into_raw();
    let smallest = jpeg(&rgb, ColorType::Rgb, |encoder| encoder.set_optimized_huffman_tables(true));
    for first in [picture, smallest] {
        let appended = [first.as_slice(), &second].concat();
        let (alone, both) = (cooked(&first), cooked(&appended));
        assert_eq!(alone.variants[0].bytes, both.variants[0].bytes);
    }
}

#[test]
fn every_orientation_comes_out_upright() {
    // Red above, blue on the lower left, green on the lower right.
    let upright = RgbImage::from_fn(64, 96, |x, y| match (x < 32, y < 48) {
        (_, true) => Rgb([220, 20, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([20, 200, 20]),
    });
    let upright = DynamicImage::ImageRgb8(upright);
    for (exif, stored) in [
        (1, upright.clone()),
        (2, upright.fliph()),
        (3, upright.rotate180()),
        (4, upright.flipv()),
        (5, upright.rotate90().fliph()),
        (6, upright.rotate270()),
        (7, upright.rotate270().fliph()),
        (8, upright.rotate90()),
    ] {
        let mut original = bytes(&stored, ImageFormat::Jpeg);
        let header =
            [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[exif], b"\0\0\0\0\0\0"]
                .concat();
        original.splice(2..2, [0xff, 0xe1, 0, header.len() as u8 + 2].into_iter().chain(header));
        let cooked = cooked(&original);
        assert_eq!(cooked.size, (64, 96), "orientation {exif}");
        let file = &cooked.variants[0];
        let shown = image::ImageReader::new(Cursor::new(&file.bytes)).with_guessed_format().unwrap();
        let mut decoder = shown.into_decoder().unwrap();
        let orientation = image::ImageDecoder::orientation(&mut decoder).unwrap();
        let mut shown = DynamicImage::from_decoder(decoder).unwrap();
        shown.apply_orientation(orientation);
        let shown = shown.into_rgb8();
        assert!(shown.get_pixel(32, 20)[0] > 150, "orientation {exif}: red above");
        assert!(shown.get_pixel(10, 80)[2] > 150, "orientation {exif}: blue on the left");
    }
}

#[test]
fn bombs_are_refused_by_what_they_claim() {
    let png = |side: u32| {
        let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        out.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
        out.extend([8, 2, 0, 0, 0]);
        out.extend(crc32(&out[12..]).to_be_bytes());
        out
    };
    let jpeg = |side: u16| {
        let mut out = vec![0xff, 0xd8, 0xff, 0xc0, 0, 17, 8];
        out.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
        out.extend([
            3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 0xff,
            0xd9,
        ]);
        out
    };
    let gif = |side: u16| {
        let side = side.to_le_bytes();
        [
            b"GIF89a".as_slice(),
            &side,
            &side,
            b"\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b",
        ]
        .concat()
    };
    let webp = |side: u32| {
        let side = (side - 1).to_le_bytes();
        [b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".as_slice(), &side[..3], &side[..3]].concat()
    };
    let mut originals = Vec::new();
    for side in [12_000, 65_000] {
        originals.extend([png(side), jpeg(side as u16), gif(side as u16), webp(side.min(16_000))]);
    }
    for original in originals {
        let why = refused(&original);
        assert!(why.contains("media.max_pixels") || why.contains("cannot be decoded"), "{why}");
    }
    assert!(refused(&jpeg(65_000)).contains("media.max_pixels"));
}

/// The checksum of a PNG's chunk (ISO 3309), a bit at a time.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

#[test]
fn an_animation_is_kept_beside_its_first_frame() {
    let mut original = Vec::new();
    let mut encoder = GifEncoder::new(&mut original);
    for shade in [10, 250] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(160, 120, Rgba([shade, shade, shade, 255])))).unwrap();
    }
    drop(encoder);
    let cooked = cooked(&original);
    assert!(decoded(&cooked.variants[0].bytes).get_pixel(3, 3)[0] < 30, "the first frame stands for it");
    assert_eq!(cooked.animation.unwrap().extension, "gif");
    let still = bytes(&DynamicImage::ImageRgb8(RgbImage::from_pixel(160, 120, Rgb([9, 9, 9]))), ImageFormat::Gif);
    assert!(self::cooked(&still).animation.is_none());
}

#[test]
fn drawings_are_drawn_and_can_reach_nothing() {
    let drawing = br##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#c00"/><image href="file:///etc/passwd" width="9" height="9"/><script>alert(1)</script></svg>"##;
    let picture = cooked(drawing);
    assert_eq!(picture.size, (200, 100));
    assert_eq!(decoded(&picture.variants[0].bytes).get_pixel(100, 50).0, [204, 0, 0]);
    let bomb = format!(
        "<svg xmlns='http://www.w3.org/2000/svg'><g id='a'><rect width='1' height='1'/></g>{}</svg>",
        (0..60).map(|level| format!("<g id='g{level}'><use href='#a'/><use href='#a'/></g>")).collect::<String>()
    );
    assert!(refused(bomb.as_bytes()).contains("intricate"));
    let vast =
        b"<svg xmlns='http://www.w3.org/2000/svg' width='90000' height='90000'><rect width='9' height='9'/></svg>";
    assert_eq!(cooked(vast).size, (1200, 1200), "no larger than the widest");
}

#[test]
fn the_quality_is_raised_where_the_picture_would_show_it() {
    // Fine coloured grain, which JPEG blurs.
    let grain = RgbImage::from_fn(480, 320, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
        Rgb([(noise >> 24) as u8, (noise >> 16) as u8 / 2 + 60, (noise >> 8) as u8])
    });
    let original = bytes(&DynamicImage::ImageRgb8(grain), ImageFormat::Png);
    let size =
        |min_score| cook(&original, &Recipe::new(&[480], 40, min_score), MAX_PIXELS).unwrap().variants[0].bytes.len();
    assert!(size(85) > size(0), "{} {}", size(85), size(0));
}

#[test]
fn a_picture_that_is_small_as_it_came_is_published_so_without_its_metadata() {
    let mut original = bytes(&photograph(200, 150), ImageFormat::Jpeg);
    let mut small = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut small, 12);
    photograph(200, 150).write_with_encoder(encoder).unwrap();
    small.splice(2..2, [0xff, 0xfe, 0, 12].into_iter().chain(*b"GPS-SECRET"));
    std::mem::swap(&mut original, &mut small);
    let file = &cooked(&original).variants[0];
    assert!(file.bytes.len() < original.len() && !file.bytes.windows(10).any(|part| part == b"GPS-SECRET"));
    assert_eq!(decoded(&file.bytes), decoded(&original), "the very same pixels");
}

#[test]
fn sixteen_bits_come_down_to_eight() {
    let deep = image::ImageBuffer::from_fn(64, 64, |x, _| Rgb([(x * 1024) as u16, 40_000, 65_535]));
    let file = &cooked(&bytes(&DynamicImage::ImageRgb16(deep), ImageFormat::Png)).variants[0];
    assert_eq!(decoded(&file.bytes).get_pixel(0, 0)[2], 255);
}

/// Adam7, which no encoder at hand writes: 16 by 12, red by column, green by row, blue by their product.
#[test]
fn an_interlaced_picture_is_put_together() {
    let file = &cooked(include_bytes!("fixtures/interlaced.png")).variants[0];
    let shown = decoded(&file.bytes);
    let meant = RgbImage::from_fn(16, 12, |x, y| Rgb([(x * 16) as u8, (y * 16) as u8, (x * y) as u8]));
    assert_eq!(shown, meant);
}

/// Seeded mutations of small originals of every kind: nothing panics, and what is shown has the size that it says.
/// `HELIOSTAT_MUTATIONS` sets their number.
#[test]
fn mutated_originals_do_no_harm() {
    let count: u64 = std::env::var("HELIOSTAT_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(1200);
    let picture = photograph(40, 30);
    let mut seeds: Vec<Vec<u8>> = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP]
        .map(|format| bytes(&DynamicImage::ImageRgb8(picture.to_rgb8()), format))
        .to_vec();
    seeds.push(b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><path d='M0 0L9 9'/></svg>".to_vec());
    let recipe = Recipe::new(&[16, 32], 75, 0);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut shown = 0;
    for number in 0..count {
        let mut original = seeds[number as usize % seeds.len()].clone();
        for _ in 0..=random(4) {
            let at = random(original.len());
            match random(4) {
                0 => original[at] = random(256) as u8,
                1 => original.truncate(at.max(8)),
                2 => original[at] ^= 1 << random(8),
                _ => {
                    let piece = original[at..(at + random(40)).min(original.len())].to_vec();
                    original.splice(at..at, piece);
                }
            }
        }
        if let Ok(cooked) = cook(&original, &recipe, 100_000) {
            shown += 1;
            assert!(!cooked.variants.is_empty());
            assert!(u64::from(cooked.size.0) * u64::from(cooked.size.1) <= 100_000);
        }
    }
    assert!(shown > 0 && shown < count, "{shown} of {count}");
}

#[test]
fn drawings_that_ask_for_more_than_there_is_are_refused() {
    let svg = |inner: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink' width='1000' height='1000'>{inner}</svg>"
        )
    };
    let tile = "<pattern id='p' patternUnits='userSpaceOnUse' width='300000' height='300000'><rect width='9' height='9'/></pattern><rect width='9' height='9' fill='url(#p)'/>";
    let ring = |tag: &str, link: &str| {
        let part = |id: &str, next: &str| {
            format!("<{tag} id='{id}'><rect width='9' height='9' {link}='url(#{next})'/></{tag}>")
        };
        format!("{}{}{}<rect width='9' height='9' {link}='url(#a)'/>", part("a", "b"), part("b", "c"), part("c", "a"))
    };
    let through_use =
        "<clipPath id='a'><use x:href='#r'/></clipPath><rect id='r' width='9' height='9' clip-path='url(#a)'/>";
    let layers = format!("{}<rect width='1000' height='1000'/>{}", "<g opacity='.9'>".repeat(500), "</g>".repeat(500));
    let area = "<path d='M0 0H1000V1000H0z'/>".repeat(20_000);
    let blur = "<filter id='f'><feTurbulence numOctaves='99'/></filter><rect width='9' height='9' filter='url(#f)'/>";
    for inner in [tile, &ring("clipPath", "clip-path"), &ring("mask", "mask"), through_use, &layers, &area, blur] {
        assert!(refused(svg(inner).as_bytes()).contains("intricate"), "{}", &inner[..60]);
    }
    let common = "<defs><rect id='r' width='500' height='500'/></defs><clipPath id='a'><use x:href='#r'/></clipPath><linearGradient id='g'><stop stop-color='#c00'/></linearGradient><g opacity='.5'><g clip-path='url(#a)'><rect width='900' height='900' fill='url(#g)'/></g></g>";
    let shown = decoded(&cooked(svg(common).as_bytes()).variants[0].bytes);
    assert_ne!(shown.get_pixel(100, 100), shown.get_pixel(700, 700), "what is common in drawings is drawn");
}

#[test]
fn a_graphic_taller_than_webp_allows_is_a_png() {
    let tall =
        RgbaImage::from_fn(60, 20_000, |x, y| Rgba([(x / 9) as u8, (y / 999) as u8, 9, if x < 3 { 0 } else { 255 }]));
    let file = &cooked(&bytes(&DynamicImage::ImageRgba8(tall), ImageFormat::Png)).variants[0];
    assert_eq!((file.extension, file.height), ("png", 20_000));
}

#[test]
fn what_says_how_it_is_to_be_turned_is_never_lost_with_the_metadata() {
    use image::ImageEncoder as _;
    let turned = RgbImage::from_fn(40, 20, |x, _| Rgb([if x < 20 { 250 } else { 5 }, 0, 0]));
    let mut original = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut original);
    // Orientation 6, as Exif writes it: a quarter turn to the right.
    let exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    encoder.set_exif_metadata(exif).unwrap();
    encoder.write_image(turned.as_raw(), 40, 20, image::ExtendedColorType::Rgb8).unwrap();
    let picture = cooked(&original);
    assert_eq!(picture.size, (20, 40));
    let shown = decoded(&picture.variants[0].bytes);
    assert_eq!(shown.dimensions(), (20, 40));
    assert!(shown.get_pixel(10, 5)[0] > 200 && shown.get_pixel(10, 35)[0] < 60);
}

#[test]
fn a_picture_that_stands_in_the_article_is_shown_and_not_remembered() {
    let picture = data_encoding::BASE64.encode(&bytes(&photograph(600, 400), ImageFormat::Jpeg));
    let article = |title: &str| {
        format!(
            "---\ntitle: {title}\ndate: 2024-01-02\n---\n<p>前。</p><img src=\"data:image/jpeg;base64,{picture}\" alt=\"码头\"><p>后。</p>"
        )
    };
    let site = Site::new().file("content/a.html", article("A")).file("content/b.html", article("B"));
    let run = site.build();
    assert!(run.stdout.contains(" 1 picture;"), "{}", run.stdout);
    for line in site.list() {
        let page = site.output(line["output"].as_str().unwrap());
        assert!(page.contains("src=\"../../../media/") && page.contains("width=\"600\""), "{page}");
    }
    let state: usize = files_below(&site.path().join(".heliostat/sources")).values().map(Vec::len).sum();
    assert!(picture.len() > 10_000 && state < 4_000, "{} {state}", picture.len());
    // What the store has lost is found in the article again; what is no picture is said.
    std::fs::remove_dir_all(site.path().join("media")).unwrap();
    assert!(site.build().stdout.contains(" 1 picture;"));
    let broken =
        format!("---\ntitle: C\ndate: 2024-01-02\n---\n<img src=\"data:image/png;base64,{}\">", "?".repeat(2000));
    let site = site.file("content/c.html", broken);
    assert!(site.build().stderr.contains("a picture in the article itself: "));
}

/// What draws them takes a piece of the stack for each level: an overflow ends the process, and nobody can say why.
#[test]
fn drawings_that_would_take_the_stack_or_minutes_are_refused() {
    let svg = |inner: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 900 900' width='900' height='900'>{inner}</svg>")
    };
    let deep = |levels: usize, tag: &str| {
        format!(
            "{}<rect width='9' height='9'/>{}",
            format!("<{tag}>").repeat(levels),
            format!("</{tag}>").repeat(levels)
        )
    };
    let zigzag: String = (0..100_000).map(|at| format!("L{} {}", at % 900, (at * 7) % 900)).collect();
    for (inner, what) in [
        (deep(1000, "g"), "deep"),
        (deep(900, "svg"), "deep"),
        (format!("<style>{}</style>{}", "*{fill:red}".repeat(10_000), "<g/>".repeat(8000)), "styled"),
        (format!("<path d='M0 0{zigzag}' stroke='red' stroke-width='900' stroke-linejoin='round'/>"), "stroked"),
        ("<path d='M0 0L900 900' stroke='red' stroke-dasharray='0.002'/>".repeat(400), "dashed"),
    ] {
        assert!(refused(svg(&inner).as_bytes()).contains("intricate"), "{what}");
    }
    for inner in [
        deep(60, "g"),
        format!(
            "<g id='a'><rect width='9' height='9'/></g>{}",
            deep(20, "g").replace("<rect width='9' height='9'/>", &"<use href='#a'/>".repeat(30))
        ),
        format!(
            "<style>{}</style>{}",
            (0..3000).map(|at| format!(".c{at}{{fill:red}}")).collect::<String>(),
            (0..3000).map(|at| format!("<rect class='c{at}' width='3' height='3'/>")).collect::<String>()
        ),
        format!("<style>{}</style>{}", ".a{fill:red}".repeat(60), "<circle r='3' class='a'/>".repeat(3000)),
        format!(
            "<path d='M0 0{}' fill='none' stroke='red' stroke-width='2' stroke-dasharray='4 2'/>",
            &zigzag[..zigzag.find("L0 ").map_or(4000, |_| 4000)]
        ),
    ] {
        assert!(!cooked(svg(&inner).as_bytes()).variants.is_empty());
    }
}
