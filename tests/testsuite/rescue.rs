//! Fetching from hosts that misbehave: each time the page is whole, and the report says what is missing and why.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use image::ImageFormat;

use crate::harness::body_of;
use crate::origin::{Origin, article, bytes, photograph, read, respond};

/// What the build of an article with one picture said, and the article's body.
fn rescued(origin: &Origin, path: &str, lines: &str) -> (String, String) {
    let site =
        origin.site_with(lines).file("content/a.md", article(&format!("<img src=https://pics.example.org/{path}>")));
    let run = site.run(&["build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    (run.stderr, body_of(&site.only_page()).to_owned())
}

fn assert_linked(body: &str, path: &str) {
    let link = format!("<figure><a href=\"https://pics.example.org/{path}\" rel=\"noreferrer noopener\">图片");
    assert!(body.contains(&link), "{path}: {body}");
}

#[test]
fn every_misbehaviour_is_a_link_and_a_reason() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |request, stream| match request.path.as_str() {
        "/gone" => respond(stream, 410, "", b""),
        "/loop" => respond(stream, 302, "Location: /loop\r\n", b""),
        "/nowhere" => respond(stream, 302, "Location: gopher://x/\r\n", b""),
        "/longer" => {
            let _ = stream.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n");
            let _ = stream.write_all(&jpeg);
        }
        "/cut.jpg" => respond(stream, 200, "", &jpeg[..jpeg.len() / 2]),
        "/claims" => {
            let _ = stream.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 999999999999\r\n\r\n");
        }
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 X\r\n\r\n");
            while stream.write_all(&[0; 4096]).is_ok() {}
        }
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 X\r\n\r\n");
            for _ in 0..200 {
                std::thread::sleep(Duration::from_millis(50));
                if stream.write_all(b"x").is_err() {
                    return;
                }
            }
        }
        "/gzip" => respond(stream, 200, "Content-Encoding: gzip\r\n", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0]),
        _ => respond(stream, 500, "", b""),
    });
    let limits = "timeout = \"1s\"\n[media.max_bytes]\npicture = 200000";
    for (path, why) in [
        ("gone", "410"),
        ("loop", "more than 5 times"),
        ("nowhere", "redirects to nowhere"),
        ("cut.jpg", "is cut short"),
        ("claims", "more than media.max_bytes"),
        ("endless", "more than media.max_bytes"),
        ("gzip", "is no picture"),
    ] {
        let (said, body) = rescued(&origin, path, limits);
        assert!(said.contains(why), "{path}: {said}");
        assert_linked(&body, path);
    }
    for (path, why) in [("longer", "disconnected"), ("drip", "timeout"), ("broken", "500")] {
        let (said, body) = rescued(&origin, path, &format!("time = \"2s\"\n{limits}"));
        assert!(said.to_lowercase().contains(why), "{path}: {said}");
        assert_linked(&body, path);
    }
}

#[test]
fn a_host_that_is_busy_is_asked_again_when_it_said() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let asked = AtomicUsize::new(0);
    let origin = Origin::behaving(move |_, stream| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => respond(stream, 429, "Retry-After: 1\r\n", b""),
        _ => respond(stream, 200, "", &jpeg),
    });
    let (_, body) = rescued(&origin, "a.jpg", "");
    assert!(body.contains("<img"), "{body}");
    assert_eq!(origin.asked().len(), 2);
}

#[test]
fn a_dead_host_is_left_alone_and_its_pictures_wait_for_a_later_build() {
    let origin = Origin::serve(|_| (503, "text/plain", Vec::new()));
    let pictures: String = (0..20).map(|number| format!("<img src=https://pics.example.org/{number}.jpg>")).collect();
    let site = origin.site_with("connections_per_host = 1\ntime = \"20s\"").file("content/a.md", article(&pictures));
    let run = site.run(&["build"]);
    assert!(origin.asked().len() <= 4, "{:?}", origin.asked());
    assert!(run.stderr.contains("originals were not asked for"), "{}", run.stderr);
    let before = origin.asked().len();
    site.run(&["build"]);
    assert!(origin.asked().len() > before, "what was not asked for is asked for in the next build");
    let status = site.run(&["media", "status"]).stdout;
    assert!(status.contains("pics.example.org") && status.contains("http status: 503"), "{status}");
}

#[test]
fn no_redirect_and_no_spelling_of_a_number_leads_into_a_private_network() {
    let secret = Origin::serve(|_| (200, "image/png", Vec::new()));
    let inside = secret.port;
    // A proxy that plays every host; through it, names are resolved where it stands.
    let proxy = Origin::behaving(move |connect, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 X\r\n\r\n");
        let Some(request) = read(stream) else { return };
        assert!(connect.path.starts_with("pics.example.org:"), "{}", connect.path);
        let target = match request.path.as_str() {
            "/a" => format!("http://127.0.0.1:{inside}/"),
            "/b" => format!("http://2130706433:{inside}/"),
            "/c" => format!("http://[::ffff:7f00:1]:{inside}/"),
            "/d" => format!("http://0x7f.1:{inside}/"),
            _ => format!("http://localhost:{inside}/"),
        };
        respond(stream, 302, &format!("Location: {target}\r\n"), b"");
    });
    let pictures: String =
        ["a", "b", "c", "d", "e"].map(|name| format!("<img src=http://pics.example.org/{name}>")).concat();
    let site = crate::harness::Site::new()
        .config(&format!("[media]\nproxy = \"http://127.0.0.1:{}\"", proxy.port))
        .file("content/a.md", article(&pictures));
    let run = site.run(&["build"]);
    assert_eq!(run.stderr.matches("a private address").count(), 5, "{}", run.stderr);
    assert!(secret.asked().is_empty(), "{:?}", secret.asked());
}

#[test]
fn what_a_host_wants_to_be_told_it_is_told_and_nothing_else() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |request, stream| {
        let headers = request.headers.to_lowercase();
        let is_well = headers.contains("referer: https://e.example.org/")
            && headers.contains("user-agent: heliostat/")
            && headers.contains("accept-encoding: identity")
            && !headers.contains("image/avif")
            && !headers.contains("cookie");
        if is_well { respond(stream, 200, "", &jpeg) } else { respond(stream, 403, "", b"") }
    });
    let header = "[[media.header]]\nhost = \"127.0.0.1\"\nname = \"Referer\"\nvalue = \"https://e.example.org/\"";
    assert!(rescued(&origin, "a.jpg", header).1.contains("<img"));
    let (said, body) = rescued(&origin, "a.jpg", "");
    assert!(said.contains("403"), "{said}");
    assert_linked(&body, "a.jpg");
}

#[test]
fn fallbacks_are_asked_last_and_every_spelling_is_one_picture() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |request, stream| match request.path.strip_prefix("/archive/") {
        Some("https://pics.example.org/a.jpg") => respond(stream, 200, "", &jpeg),
        _ => respond(stream, 404, "", b""),
    });
    let fallback = format!("fallbacks = [\"http://127.0.0.1:{}/archive/{{url}}\"]", origin.port);
    let site = origin.site_with(&fallback).file(
        "content/a.md",
        article("<img src='https://images.weserv.nl/?url=pics.example.org/a.jpg'>1<img src='//images.weserv.nl?url=ssl:pics.example.org%2Fa.jpg&w=900'>2<img src=https://pics.example.org/a.jpg>"),
    );
    assert_eq!(site.run(&["build"]).status, 0);
    assert_eq!(body_of(&site.only_page()).matches("<img").count(), 3);
    let asked = origin.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert_eq!(asked[0], "/a.jpg");
    assert!(asked[1].starts_with("/proxy/") && asked[2].starts_with("/archive/"), "{asked:?}");
}

#[test]
fn a_build_that_is_killed_keeps_all_that_came() {
    let jpeg = bytes(&photograph(64, 48), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |_, stream| {
        std::thread::sleep(Duration::from_millis(20));
        respond(stream, 200, "", &jpeg);
    });
    let pictures: String = (0..60).map(|number| format!("<img src=https://pics.example.org/{number}.jpg>")).collect();
    let site = origin.site_with("connections = 4").file("content/a.md", article(&pictures));
    let mut build = std::process::Command::new(env!("CARGO_BIN_EXE_heliostat"))
        .arg("build")
        .current_dir(site.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while origin.asked().len() < 20 {
        std::thread::sleep(Duration::from_millis(5));
    }
    build.kill().unwrap();
    build.wait().unwrap();
    assert_eq!(site.run(&["build"]).status, 0);
    assert_eq!(body_of(&site.only_page()).matches("<img").count(), 60);
    let twice = origin.asked().len() - 60;
    assert!(twice <= 4 + 4, "only what was under way, or waited to be taken, is asked for twice: {twice}");
    let before = origin.asked().len();
    site.run(&["build", "--force"]);
    assert_eq!(origin.asked().len(), before);
}

#[test]
fn a_store_that_cannot_be_written_stops_the_fetching_and_is_said() {
    let jpeg = bytes(&photograph(64, 48), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |_, stream| respond(stream, 200, "", &jpeg));
    let pictures: String = (0..80).map(|number| format!("<img src=https://pics.example.org/{number}.jpg>")).collect();
    // A file stands where the folder of originals would.
    let site = origin.site().file("content/a.md", article(&pictures)).file("media/originals", "");
    let run = site.run(&["build"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("the store cannot be written"), "{}", run.stderr);
    assert!(origin.asked().len() < 80, "{}", origin.asked().len());
    assert!(site.has_output("index.html"), "the site is built all the same");
}

/// A whole corpus against one origin that plays every host, some of them badly: each picture is shown or is a link with
/// a reason, none is asked for twice, and a second build asks for nothing.
#[test]
fn every_picture_of_a_corpus_is_accounted_for() {
    let jpeg = bytes(&photograph(200, 150), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |request, stream| {
        match request.path.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 10 {
            0 => respond(stream, 404, "", b""),
            1 => respond(stream, 200, "", b"<!DOCTYPE html><title>no hotlinking</title>"),
            _ => respond(stream, 200, "", &jpeg),
        }
    });
    let site = crate::harness::Site::new();
    crate::generator::Corpus::new(site.path().to_owned(), 120).write().unwrap();
    let site = site.config(&format!(
        "[media]\nallow_private = true\n[[media.rewrite]]\nfrom = \"https://\"\nto = \"http://127.0.0.1:{}/\"",
        origin.port
    ));
    let run = site.run(&["build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let asked = origin.asked();
    let distinct: std::collections::BTreeSet<&String> = asked.iter().collect();
    assert!(asked.len() > 80 && distinct.len() == asked.len(), "{} of {}", distinct.len(), asked.len());
    let ledger = std::fs::read_to_string(site.path().join("media/ledger.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let report = std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap();
    for line in &lines {
        let url = line["url"].as_str().unwrap();
        assert!(line["digest"].is_string() || report.contains(&format!("{url}: ")), "{url} is unaccounted for");
    }
    let pages: String = site
        .list()
        .iter()
        .map(|article| body_of(&site.output(article["output"].as_str().unwrap())).to_owned())
        .collect();
    let (shown, linked) =
        (pages.matches("<img ").count(), pages.matches(">图片").count() + pages.matches(">圖片").count());
    assert!(shown > linked && linked > 0, "{shown} shown, {linked} linked");
    let again = site.run(&["build", "--force"]);
    assert_eq!(again.status, 0);
    assert_eq!(origin.asked().len(), asked.len());
}

#[test]
fn a_host_that_was_not_given_the_time_to_answer_has_not_failed() {
    let jpeg = bytes(&photograph(64, 48), ImageFormat::Jpeg);
    let asked = AtomicUsize::new(0);
    let origin = Origin::behaving(move |_, stream| {
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_secs(3));
        }
        respond(stream, 200, "", &jpeg);
    });
    let site =
        origin.site_with("time = \"1s\"").file("content/a.md", article("<img src=https://pics.example.org/a.jpg>"));
    let run = site.run(&["build"]);
    assert!(run.stderr.contains("1 original was not asked for (time was up"), "{}", run.stderr);
    site.run(&["build"]);
    assert!(site.only_page().contains("<img"), "it is asked for in the next build, without a rest");
}

/// As Tor wants it: the proxy is told names, and nobody else is asked for them (RFC 1928).
#[test]
fn through_a_socks_proxy_names_are_resolved_where_it_stands() {
    use std::io::Read as _;
    let jpeg = bytes(&photograph(64, 48), ImageFormat::Jpeg);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, names) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().take(4).flatten() {
            let mut greeting = [0; 2];
            stream.read_exact(&mut greeting).unwrap();
            stream.read_exact(&mut vec![0; greeting[1].into()]).unwrap();
            stream.write_all(&[5, 0]).unwrap();
            let mut head = [0; 5];
            stream.read_exact(&mut head).unwrap();
            let mut name = vec![0; usize::from(head[4]) + 2];
            stream.read_exact(&mut name).unwrap();
            told.send((head[3], String::from_utf8_lossy(&name[..name.len() - 2]).into_owned())).unwrap();
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            if read(&stream).is_some() {
                respond(&mut stream, 200, "", &jpeg);
            }
        }
    });
    let site = crate::harness::Site::new()
        .config(&format!("[media]\nproxy = \"socks5://127.0.0.1:{port}\""))
        .file("content/a.md", article("<img src=http://pics.example.org/a.jpg>"));
    let run = site.run(&["build"]);
    assert!(site.only_page().contains("<img"), "{}", run.stderr);
    const NAME: u8 = 3;
    assert_eq!(names.recv().unwrap(), (NAME, "pics.example.org".to_owned()));
}

#[test]
fn a_host_that_never_wants_to_be_asked_again_hurts_nobody() {
    let origin = Origin::behaving(|_, stream| respond(stream, 503, "Retry-After: 9000000000000\r\n", b""));
    let pictures: String = (0..40).map(|number| format!("<img src=https://pics.example.org/{number}.jpg>")).collect();
    let site = origin.site_with("time = \"20s\"").file("content/a.md", article(&pictures));
    let run = site.run(&["build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("http status: 503"), "{}", run.stderr);
    let ledger = std::fs::read_to_string(site.path().join("media/ledger.jsonl")).unwrap();
    assert!(ledger.contains("\"again\":\"2026-03-06"), "64 days after the first of the year: {ledger}");
}

#[test]
fn one_address_that_fails_does_not_silence_its_host() {
    let jpeg = bytes(&photograph(300, 200), ImageFormat::Jpeg);
    let origin = Origin::behaving(move |request, stream| match request.path.as_str() {
        "/a.jpg" => respond(stream, 500, "", b""),
        _ => respond(stream, 200, "", &jpeg),
    });
    let pictures: String =
        ["a", "b", "c"].map(|name| format!("<img src=https://pics.example.org/{name}.jpg>")).concat();
    let site = origin.site_with("connections_per_host = 1\ntime = \"20s\"").file("content/a.md", article(&pictures));
    let run = site.run(&["build"]);
    assert_eq!(body_of(&site.only_page()).matches("<img").count(), 2, "{}", run.stderr);
}

#[test]
fn pictures_that_are_cut_short_are_asked_for_elsewhere() {
    let whole = |format| bytes(&photograph(300, 200), format);
    for (name, picture) in [("a.png", whole(ImageFormat::Png)), ("a.webp", whole(ImageFormat::WebP))] {
        let origin = Origin::behaving(move |request, stream| {
            let end = if request.path.contains("backup") { picture.len() } else { picture.len() / 2 };
            respond(stream, 200, "", &picture[..end]);
        });
        let fallback =
            format!("time = \"20s\"\nfallbacks = [\"http://127.0.0.1:{}/backup/{{host_and_path}}\"]", origin.port);
        let (said, body) = rescued(&origin, name, &fallback);
        assert!(body.contains("<img"), "{said}");
    }
}
