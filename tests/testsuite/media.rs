//! Pictures: local ones, and remote ones from a real server on loopback that plays their hosts.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::harness::{Site, body_of};
use crate::origin::{Origin, article, bytes, photograph};

#[test]
fn a_remote_picture_is_fetched_once_and_shown_in_all_its_widths() {
    let jpeg = bytes(&photograph(1000, 600), ImageFormat::Jpeg);
    let origin = Origin::serve(move |_| (200, "text/plain", jpeg.clone()));
    let site = origin.site().file(
        "content/a.md",
        article(
            "<img src='https://images.weserv.nl/?url=pics.example.org/a.jpg' alt='船'><div><small>图说</small></div>",
        ),
    );
    assert_eq!(site.run(&["build"]).status, 0);
    let page = site.only_page();
    let body = body_of(&page);
    assert!(
        body.contains("480w") && body.contains("800w") && body.contains("1000w") && !body.contains("1200w"),
        "{body}"
    );
    assert!(body.contains("width=\"1000\" height=\"600\" alt=\"船\" fetchpriority=\"high\""), "{body}");
    assert!(body.ends_with("<figcaption>图说</figcaption></figure>"));
    assert_eq!(origin.asked(), ["/a.jpg"], "the origin, not the proxy");
    let run = site.run(&["build"]);
    assert_eq!(origin.asked().len(), 1, "what came is never asked for again");
    assert!(run.stdout.contains(" 0 files written"), "{}", run.stdout);
    assert!(site.output("feed.xml").contains("<enclosure url=\"https://m.example.org/media/"));
    assert!(page.contains("property=\"og:image\""));
    assert_eq!(site.run(&["build", "--offline"]).status, 0);
    assert!(body_of(&site.only_page()).contains("<img"), "offline shows what the store holds");
}

#[test]
fn a_picture_that_links_to_its_large_copy_is_that_copy() {
    let (small, large) = (photograph(300, 200), photograph(900, 600));
    let (small, large) = (bytes(&small, ImageFormat::Jpeg), bytes(&large, ImageFormat::Jpeg));
    let origin = Origin::serve(move |path| match path {
        "/large.jpg" => (200, "image/jpeg", large.clone()),
        "/page.jpg" => (200, "text/html", b"<!DOCTYPE html><title>File</title>".to_vec()),
        "/small.jpg" | "/other.jpg" => (200, "image/jpeg", small.clone()),
        _ => (404, "text/plain", Vec::new()),
    });
    for (name, width) in [("large", 900), ("gone", 300), ("page", 300), ("small", 300)] {
        let link = format!(
            "<p>text<p><a href='https://images.weserv.nl/?url=pics.example.org/{name}.jpg'><img src=https://pics.example.org/small.jpg alt=船></a><p>图说文字"
        );
        let site = origin.site().file("content/a.md", article(&link));
        assert_eq!(site.run(&["build"]).status, 0);
        let page = site.only_page();
        let body = body_of(&page);
        assert!(body.contains(&format!("width=\"{width}\"")) && body.contains("alt=\"船\""), "{name}: {body}");
        assert!(!body.contains("<a href=\"http"), "{name}: {body}");
    }
    let link = "<p>text<p><a href='https://e.example.org/story.html'><img src=https://pics.example.org/other.jpg></a>";
    let site = origin.site().file("content/a.md", article(link));
    assert_eq!(site.run(&["build"]).status, 0);
    assert!(body_of(&site.only_page()).contains("<a href=\"https://e.example.org/story.html\""));
}

#[test]
fn what_is_no_picture_is_a_link_and_a_line() {
    // 64 megapixels of black in 62 KB.
    let bomb = bytes(&DynamicImage::ImageLuma8(image::GrayImage::new(8000, 8000)), ImageFormat::Png);
    let truncated = bytes(&photograph(400, 300), ImageFormat::Png)[..500].to_vec();
    let origin = Origin::serve(move |path| match path {
        "/page.jpg" => (200, "image/jpeg", b"<!DOCTYPE html><title>blocked".to_vec()),
        "/bomb.png" => (200, "image/png", bomb.clone()),
        "/cut.png" => (200, "image/png", truncated.clone()),
        "/empty.jpg" => (200, "image/jpeg", Vec::new()),
        _ => (404, "text/plain", Vec::new()),
    });
    for (name, why) in [
        ("page.jpg", "is a web page"),
        ("bomb.png", "more than media.max_pixels"),
        ("cut.png", "is cut short"),
        ("empty.jpg", "is empty"),
        ("none.jpg", "404"),
    ] {
        let site = origin.site().file("content/a.md", article(&format!("<img src=https://pics.example.org/{name}>")));
        let run = site.run(&["build"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stderr.contains(why), "{name}: {}", run.stderr);
        let expected = format!(
            "<p>text</p><figure><a href=\"https://pics.example.org/{name}\" rel=\"noreferrer noopener\">图片（pics.example.org）</a></figure>"
        );
        assert_eq!(body_of(&site.only_page()), expected);
    }
}

#[test]
fn a_proxy_is_asked_when_the_origin_is_gone_and_private_addresses_never_unless_allowed() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let origin = Origin::serve(move |path| {
        if path.starts_with("/proxy/") { (200, "image/jpeg", jpeg.clone()) } else { (410, "text/plain", Vec::new()) }
    });
    let text = article("<img src='https://images.weserv.nl/?url=pics.example.org/a.jpg'>");
    let site = origin.site().file("content/a.md", &text);
    assert_eq!(site.run(&["build"]).status, 0);
    assert!(body_of(&site.only_page()).contains("<img"));
    let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap().replace("allow_private = true", "");
    let before = origin.asked().len();
    let site = Site::new().file("site.toml", toml).file("content/a.md", &text);
    let run = site.run(&["build"]);
    assert!(run.stderr.contains("private address"), "{}", run.stderr);
    assert_eq!(origin.asked().len(), before);
}

#[test]
fn a_local_picture_lies_beside_its_source_or_among_the_static_files() {
    let site = Site::new()
        .file("content/x/阅览 室.png", bytes(&photograph(600, 400), ImageFormat::Png))
        .file("static/pictures/b.jpg", bytes(&photograph(640, 480), ImageFormat::Jpeg))
        .file("content/x/a.md", "---\ntitle: T\ndate: 2024-01-01\n---\n\n![一](./阅览%20室.png)\n\n![二](/pictures/b.jpg)\n\n![三](missing.jpg)\n\n![四](../../../etc/passwd.jpg)\n");
    let run = site.build();
    let page = site.only_page();
    let body = body_of(&page);
    assert_eq!(body.matches("<img").count(), 2, "{body}");
    assert!(body.contains("<figure>图片：三</figure>"), "{body}");
    assert!(body.contains("loading=\"lazy\""));
    assert!(run.stderr.contains("`missing.jpg` is neither beside the article"), "{}", run.stderr);
}

#[test]
fn a_local_picture_that_links_to_its_large_copy_is_that_copy_if_it_is_there() {
    let article = |more: &str| {
        format!("---\ntitle: T\ndate: 2024-01-01\n{more}---\n<p>text<p><a href='large.png'><img src='small.png'></a>")
    };
    for more in ["", "link: https://e.example.org/2024/01/01/a.html\n"] {
        let small = Site::new()
            .file("content/a.md", article(more))
            .file("content/small.png", bytes(&photograph(300, 200), ImageFormat::Png));
        small.build();
        assert!(small.only_page().contains("width=\"300\""), "{more}");
        let large = small.file("content/large.png", bytes(&photograph(900, 600), ImageFormat::Png));
        large.build();
        assert!(large.only_page().contains("width=\"900\""), "{more}{}", large.only_page());
    }
}

#[test]
fn graphics_stay_lossless_transparency_stays_and_metadata_goes() {
    let flat = DynamicImage::ImageRgb8(RgbImage::from_fn(500, 300, |x, _| {
        if x < 250 { Rgb([200, 20, 20]) } else { Rgb([250, 250, 240]) }
    }));
    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_fn(500, 300, |x, y| {
        image::Rgba([(x % 256) as u8, (y % 256) as u8, ((x + y) % 255) as u8, (x % 200) as u8])
    }));
    let mut tagged = bytes(&photograph(500, 300), ImageFormat::Jpeg);
    // A comment segment after SOI: whatever stands in it must not be published.
    tagged.splice(2..2, [0xff, 0xfe, 0x00, 0x0c].into_iter().chain(*b"GPS-SECRET"));
    let site = Site::new()
        .file("content/flat.png", bytes(&flat, ImageFormat::Png))
        .file("content/clear.png", bytes(&clear, ImageFormat::Png))
        .file("content/tagged.jpg", tagged)
        .file(
            "content/a.md",
            "---\ntitle: T\ndate: 2024-01-01\n---\n\n![](flat.png)\n\n![](clear.png)\n\n![](tagged.jpg)\n",
        );
    site.build();
    let files = crate::harness::files_below(&site.path().join("public/media"));
    assert!(files.values().all(|file| !file.windows(10).any(|window| window == b"GPS-SECRET")));
    let decoded: Vec<DynamicImage> = files.values().map(|file| image::load_from_memory(file).unwrap()).collect();
    assert!(decoded.iter().any(|picture| picture.width() == 500 && picture.to_rgb8() == flat.to_rgb8()), "lossless");
    assert!(
        decoded
            .iter()
            .any(|picture| picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 100))
    );
}

#[test]
fn pictures_are_turned_upright_and_brought_to_srgb() {
    let mut turned = bytes(
        &DynamicImage::ImageRgb8(RgbImage::from_fn(400, 200, |x, y| {
            let grain = ((x * 7 + y * 13) % 40) as u8;
            if x < 200 { Rgb([210 + grain, grain, grain]) } else { Rgb([grain, grain, 210 + grain]) }
        })),
        ImageFormat::Jpeg,
    );
    // Exif, big-endian, one entry: orientation (0x0112), a short, 6: to be turned right by a quarter.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    turned.splice(2..2, [0xff, 0xe1, 0, exif.len() as u8 + 2].into_iter().chain(*exif));
    let mut wide = std::io::Cursor::new(Vec::new());
    let mut encoder = image::codecs::png::PngEncoder::new(&mut wide);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    let pixels = RgbImage::from_pixel(300, 200, Rgb([200, 60, 40]));
    image::ImageEncoder::write_image(encoder, pixels.as_raw(), 300, 200, image::ExtendedColorType::Rgb8).unwrap();
    let site = Site::new()
        .file("content/turned.jpg", turned)
        .file("content/wide.png", wide.into_inner())
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-01\n---\n\n![](turned.jpg)\n\n![](wide.png)\n");
    site.build();
    let page = site.only_page();
    assert!(body_of(&page).contains("width=\"200\" height=\"400\""), "{}", body_of(&page));
    let shown: Vec<RgbImage> = crate::harness::files_below(&site.path().join("public/media"))
        .values()
        .map(|file| image::load_from_memory(file).unwrap().to_rgb8())
        .collect();
    let upright = shown.iter().find(|picture| picture.dimensions() == (200, 400)).unwrap();
    let (top, bottom) = (upright.get_pixel(100, 50), upright.get_pixel(100, 350));
    assert!(top[0] > 180 && bottom[2] > 180, "what was left is above: {top:?}, {bottom:?}");
    let converted = shown.iter().find(|picture| picture.width() == 300).unwrap().get_pixel(9, 9);
    assert!(converted[0] > 208 && converted[1] < 60, "Display P3 red is redder than sRGB can name: {converted:?}");
}

#[test]
fn avif_is_offered_beside_jpeg_by_a_heliostat_that_is_built_with_it() {
    let site = Site::new()
        .config("[media]\navif = true")
        .file("content/p.jpg", bytes(&photograph(600, 400), ImageFormat::Jpeg))
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-01\n---\n\n![](p.jpg)\n");
    let run = site.run(&["build", "--offline"]);
    if cfg!(not(feature = "avif")) {
        assert!(run.stderr.contains("built without AVIF"), "{}", run.stderr);
        return;
    }
    assert_eq!(run.status, 0, "{}", run.stderr);
    let page = site.only_page();
    let body = body_of(&page);
    assert!(body.contains("<picture><source type=\"image/avif\" srcset=\"../../../media/"), "{body}");
    assert!(body.contains("alt=\"\" fetchpriority=\"high\"></picture></a>"), "{body}");
}
