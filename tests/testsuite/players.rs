//! Sounds, films and embeds.

use crate::harness::body_of;
use crate::origin::{Origin, article, bytes, photograph};

/// A second of silence: WAV, 8 kHz, 8 bits.
fn wave() -> Vec<u8> {
    let data = vec![128_u8; 8000];
    let mut out = b"RIFF".to_vec();
    out.extend((36 + data.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

/// Half a second of silence: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, after an ID3 tag with a secret in it.
fn tagged_mp3() -> Vec<u8> {
    let mut out = b"ID3\x03\0\0\0\0\0\x1cTPE1\0\0\0\x12\0\0\0RECORDED-AT-HOME!".to_vec();
    for _ in 0..20 {
        out.extend([0xff, 0xfb, 0x90, 0x64]);
        out.extend([0; 413]);
    }
    out
}

fn film() -> Vec<u8> {
    let mut out = b"\0\0\0\x18ftypisom\0\0\x02\0isommp41".to_vec();
    out.extend([0; 2000]);
    out
}

fn origin() -> Origin {
    Origin::serve(|path| match path {
        "/a.wav" => (200, "text/html", wave()),
        "/a.mp3" => (200, "audio/mpeg", tagged_mp3()),
        "/f.mp4" => (200, "video/mp4", film()),
        "/p.jpg" => (200, "image/jpeg", bytes(&photograph(640, 360), image::ImageFormat::Jpeg)),
        "/page.mp3" => (200, "audio/mpeg", b"<!DOCTYPE html><title>blocked</title>".to_vec()),
        _ => (404, "text/plain", Vec::new()),
    })
}

#[test]
fn a_sound_is_played_from_the_mirror_and_says_how_long_it_is() {
    let origin = origin();
    let site = origin
        .site()
        .file("content/a.md", article("<audio src=https://pics.example.org/a.wav></audio><p><small>钟声</small></p>"));
    assert_eq!(site.run(&["build"]).status, 0);
    let page = site.only_page();
    let body = body_of(&page);
    assert!(body.contains("<figure><audio src=\"../../../media/"), "{body}");
    assert!(body.contains("controls=\"\" preload=\"none\" aria-label=\"音频\"></audio>"), "{body}");
    assert!(body.contains("· 9 KB · 0:01</small><figcaption>钟声</figcaption></figure>"), "{body}");
    site.run(&["build", "--force"]);
    assert_eq!(origin.asked(), ["/a.wav"]);
}

#[test]
fn a_sound_loses_its_tags() {
    let site = origin().site().file("content/a.md", article("<audio src=https://pics.example.org/a.mp3></audio>"));
    assert_eq!(site.run(&["build"]).status, 0);
    let files = crate::harness::files_below(&site.path().join("public/media"));
    let sound = files.iter().find(|(name, _)| name.ends_with(".mp3")).unwrap().1;
    assert!(sound.starts_with(&[0xff, 0xfb]) && !sound.windows(8).any(|part| part == b"RECORDED"));
}

#[test]
fn a_film_has_its_poster_and_loads_nothing_before_it_is_asked_for() {
    let site = origin().site().file(
        "content/a.md",
        article("<video poster=https://pics.example.org/p.jpg><source src=https://pics.example.org/f.mp4></video>"),
    );
    assert_eq!(site.run(&["build"]).status, 0);
    let page = site.only_page();
    let body = body_of(&page);
    assert!(body.contains("preload=\"none\" playsinline=\"\" poster=\"../../../media/"), "{body}");
    assert!(body.contains("width=\"640\" height=\"360\""), "{body}");
    assert_eq!(body.matches("<img").count(), 0, "the poster has no place of its own");
}

#[test]
fn what_is_too_large_or_no_sound_stays_a_link_with_a_reason() {
    let site = origin().site_with("[media.max_bytes]\nvideo = 1000").file(
        "content/a.md",
        article(
            "<video src=https://pics.example.org/f.mp4></video><audio src=https://pics.example.org/page.mp3></audio>",
        ),
    );
    let run = site.run(&["build"]);
    assert!(
        run.stderr.contains("more than media.max_bytes") && run.stderr.contains("is a web page, not a sound"),
        "{}",
        run.stderr
    );
    let page = site.only_page();
    let body = body_of(&page);
    assert!(body.contains("视频（pics.example.org）") && body.contains("音频（pics.example.org）"), "{body}");
}

#[test]
fn an_embed_is_a_card_that_asks_nobody() {
    let site = origin().site().config("[[media.rewrite]]\nfrom = \"https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg\"\nto = \"http://127.0.0.1:1/\"").file(
        "content/a.md",
        article("<iframe src='https://www.youtube-nocookie.com/embed/abcdefghijk?rel=0' title='潮水'></iframe>"),
    );
    site.run(&["build"]);
    assert!(
        body_of(&site.only_page()).contains("<figure><a href=\"https://www.youtube.com/watch?v=abcdefghijk\" rel=\"noreferrer noopener\"><strong>潮水</strong> <small>www.youtube.com</small></a></figure>"),
        "{}",
        body_of(&site.only_page())
    );
}
