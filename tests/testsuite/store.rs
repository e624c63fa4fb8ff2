//! A store that outlives its machine: pushed, lost, pulled, verified, swept.

use std::fs;
use std::path::Path;

use image::ImageFormat;

use crate::harness::{Site, files_below};
use crate::origin::{Origin, article, bytes, photograph};

fn mirror(origin: &Origin, pictures: &[&str]) -> Site {
    let images: String = pictures.iter().map(|name| format!("<img src=https://pics.example.org/{name}.jpg>")).collect();
    origin.site().file("content/a.md", article(&images))
}

fn plays_every_picture() -> Origin {
    Origin::serve(|path| {
        let width = 300 + u32::from(path.as_bytes().get(1).copied().unwrap_or_default());
        (200, "image/jpeg", bytes(&photograph(width, 200), ImageFormat::Jpeg))
    })
}

fn said(site: &Site, arguments: &[&str]) -> String {
    let run = site.run(arguments);
    assert_eq!(run.status, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}

#[test]
fn a_store_that_was_pushed_gives_the_same_site_when_all_else_is_lost() {
    let (origin, elsewhere) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let place = elsewhere.path().to_str().unwrap();
    let site = mirror(&origin, &["a", "b"]);
    said(&site, &["build"]);
    let before = files_below(&site.path().join("public"));
    assert!(said(&site, &["media", "push", place]).starts_with("4 files copied"));
    assert!(said(&site, &["media", "push", place]).starts_with("0 files copied"));
    for lost in ["media", "public", ".heliostat"] {
        fs::remove_dir_all(site.path().join(lost)).unwrap();
    }
    let asked = origin.asked().len();
    said(&site, &["media", "pull", place, "--without-originals"]);
    said(&site, &["build"]);
    assert_eq!(origin.asked().len(), asked, "nobody is asked");
    assert!(files_below(&site.path().join("public")) == before, "byte for byte");
    assert_ne!(site.run(&["media", "verify"]).status, 0, "originals are missing");
    said(&site, &["media", "pull", place]);
    said(&site, &["media", "verify"]);
}

/// A real S3 server on loopback, with one bucket, `mirror`; its files lie in a folder.
fn s3_server(root: &Path) -> u16 {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    fs::create_dir(root.join("mirror")).unwrap();
    let mut service = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(s3s::auth::SimpleAuth::from_single("name", "secret"));
    let service = service.build();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
    });
    port
}

#[test]
fn a_store_lives_in_an_object_store_as_in_a_folder() {
    let (origin, bucket) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let endpoint = format!("http://127.0.0.1:{}", s3_server(bucket.path()));
    let environment = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "name"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ALLOW_HTTP", "true"),
    ];
    let site = mirror(&origin, &["a", "b"]);
    said(&site, &["build"]);
    let before = files_below(&site.path().join("public"));
    let copied = |arguments: &[&str]| {
        let run = site.run_with(arguments, &environment);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        run.stdout
    };
    assert!(copied(&["media", "push", "s3://mirror/store"]).starts_with("4 files copied"));
    assert!(copied(&["media", "push", "s3://mirror/store"]).starts_with("0 files copied"));
    assert_eq!(files_below(&bucket.path().join("mirror/store/variants")).len(), 2);
    fs::remove_dir_all(site.path().join("media")).unwrap();
    assert!(copied(&["media", "pull", "s3://mirror/store"]).starts_with("4 files copied"));
    said(&site, &["build", "--force", "--offline"]);
    assert!(files_below(&site.path().join("public")) == before, "byte for byte");
    let refused = site.run_with(&["media", "pull", "s3://mirror/store"], &[("AWS_ENDPOINT", "http://127.0.0.1:1")]);
    assert_eq!(refused.status, 1);
}

#[test]
fn two_machines_push_to_one_store_and_lose_nothing() {
    let (origin, elsewhere) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let place = elsewhere.path().to_str().unwrap();
    let (one, other) = (mirror(&origin, &["a"]), mirror(&origin, &["b"]));
    said(&one, &["build"]);
    said(&other, &["build"]);
    // Both begin from nothing; the second finds what the first left and merges it.
    said(&one, &["media", "push", place]);
    said(&other, &["media", "push", place]);
    assert_eq!(files_below(&elsewhere.path().join("books")).len(), 2, "one ledger, one index");
    let third = mirror(&origin, &["a", "b"]);
    let asked = origin.asked().len();
    said(&third, &["media", "pull", place]);
    said(&third, &["build"]);
    assert_eq!(origin.asked().len(), asked);
    assert_eq!(third.only_page().matches("<img").count(), 2);
}

#[test]
fn damage_is_found_and_goes_no_further() {
    let (origin, elsewhere) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    said(&site, &["media", "verify"]);
    let victim = first_file(&site.path().join("media/originals"));
    fs::write(&victim, b"rotten").unwrap();
    let verified = site.run(&["media", "verify"]);
    assert_eq!(verified.status, 1);
    assert!(verified.stdout.contains("1 damaged"), "{}", verified.stdout);
    let pushed = site.run(&["media", "push", elsewhere.path().to_str().unwrap()]);
    assert_eq!(pushed.status, 1);
    assert!(pushed.stdout.contains("is damaged and was not copied"), "{}", pushed.stdout);
    assert!(files_below(&elsewhere.path().join("originals")).is_empty());
}

fn first_file(folder: &Path) -> std::path::PathBuf {
    let name = files_below(folder).into_keys().next().unwrap();
    folder.join(name)
}

#[test]
fn what_no_article_needs_is_swept_only_when_told_to() {
    let origin = plays_every_picture();
    // A page that is no article needs one of them.
    let site = mirror(&origin, &["b"]).file("pages/about.html", "<img src=https://pics.example.org/a.jpg>");
    said(&site, &["build"]);
    let site = site.file("content/a.md", article("text"));
    let dry = said(&site, &["media", "gc"]);
    assert!(dry.contains("2 files") && dry.contains("--remove"), "{dry}");
    assert_eq!(files_below(&site.path().join("media/originals")).len(), 2);
    said(&site, &["media", "gc", "--remove"]);
    assert_eq!(files_below(&site.path().join("media/originals")).len(), 1);
    // An empty checkout must not sweep the last copies away.
    let page = fs::read_to_string(site.path().join("pages/about.html")).unwrap();
    fs::remove_file(site.path().join("pages/about.html")).unwrap();
    let refused = site.run(&["media", "gc", "--remove"]);
    assert!(refused.status == 1 && refused.stderr.contains("most of the store"), "{}", refused.stderr);
    let site = site.file("pages/about.html", page);
    said(&site, &["build", "--offline"]);
    assert_eq!(site.output("about.html").matches("<img").count(), 1);
    said(&site, &["media", "verify"]);
}

#[test]
fn what_is_not_built_today_keeps_its_pictures() {
    let origin = plays_every_picture();
    let article = |name: &str, more: &str| {
        format!(
            "---\ntitle: {name}\ndate: 2024-05-06\n{more}---\n<p>text</p><img src=https://pics.example.org/{name}.jpg>"
        )
    };
    let site = origin.site().file("content/a.md", article("a", "")).file("content/b.md", article("b", ""));
    said(&site, &["build"]);
    let site = site.file("content/a.md", article("a", "draft: true\n")).config("[[exclude]]\nuntil = \"2030-12-31\"\n");
    assert!(said(&site, &["media", "gc", "--remove"]).starts_with("0 files"));
    let site = site.file("content/b.md", "");
    let refused = site.run(&["media", "gc", "--remove"]);
    assert!(refused.status == 1 && refused.stderr.contains("1 sources cannot be read"), "{}", refused.stderr);
}

#[test]
fn forgotten_and_retried_originals_are_asked_for_again() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a", "b"]);
    said(&site, &["build"]);
    assert!(said(&site, &["media", "forget", "https://pics.example.org/a.jpg"]).starts_with("1 original"));
    said(&site, &["build"]);
    assert_eq!(origin.asked().len(), 3);
    assert!(said(&site, &["media", "retry"]).starts_with("0 originals"), "nothing failed");
    assert!(said(&site, &["media", "retry", "--all", "pics.example.org"]).starts_with("2 originals"));
    said(&site, &["media", "fetch"]);
    assert_eq!(origin.asked().len(), 5);
    assert_eq!(site.path().join("media/ledger.jsonl").metadata().map(|book| book.len() > 100).ok(), Some(true));
}

#[test]
fn only_the_original_that_is_named_is_forgotten_or_a_folder_with_its_slash() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["2021/1", "2021/10"]);
    said(&site, &["build"]);
    for (address, count) in [
        ("https://pics.example.org/2021/1", "0 originals"),
        ("pics.example.org", "0 originals"),
        ("https://pics.example.org/2021/1.jpg", "1 original "),
        ("https://pics.example.org/2021/", "1 original "),
    ] {
        let said = said(&site, &["media", "forget", address]);
        assert!(said.starts_with(count), "{address}: {said}");
    }
}

/// A disk changes bytes, and neither names nor lengths.
#[test]
fn what_is_damaged_is_set_aside_and_comes_anew() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let before = files_below(&site.path().join("public"));
    for folder in ["media/originals", "media/variants"] {
        let file = first_file(&site.path().join(folder));
        fs::write(&file, vec![0; fs::read(&file).unwrap().len()]).unwrap();
    }
    let run = site.run(&["media", "verify"]);
    assert!(
        run.status == 1 && run.stdout.contains("2 damaged") && run.stdout.contains("--set-aside"),
        "{}",
        run.stdout
    );
    site.run(&["media", "verify", "--set-aside"]);
    assert_eq!(files_below(&site.path().join("media/damaged")).len(), 2);
    said(&site, &["build"]);
    assert_eq!(origin.asked().len(), 2, "its original was damaged, too");
    said(&site, &["media", "verify"]);
    assert!(files_below(&site.path().join("public")) == before);
}

#[test]
fn without_originals_a_store_is_smaller_and_a_build_from_it_the_same() {
    let origin = plays_every_picture();
    let site = origin
        .site_with("keep_originals = false")
        .file("content/a.md", article("<img src=https://pics.example.org/a.jpg>"));
    said(&site, &["build"]);
    assert!(files_below(&site.path().join("media/originals")).is_empty());
    let before = files_below(&site.path().join("public"));
    said(&site, &["build", "--force", "--offline"]);
    assert!(files_below(&site.path().join("public")) == before);
    said(&site, &["media", "verify"]);
}

#[test]
fn a_new_recipe_is_cooked_from_the_store_without_a_request() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let toml = fs::read_to_string(site.path().join("site.toml")).unwrap();
    let site = site.file("site.toml", toml.replace("[media]\n", "[media]\nwidths = [200]\n"));
    said(&site, &["build"]);
    assert!(site.only_page().contains("width=\"200\""));
    assert_eq!(origin.asked().len(), 1);
}

#[test]
fn a_total_bounds_what_is_published_newest_articles_first() {
    let origin = plays_every_picture();
    let article = |day: u8| {
        format!(
            "---\ntitle: n{day}\ndate: 2024-01-0{day}\nlink: https://e.example.org/{day}\n---\n<img src=https://pics.example.org/{day}.jpg>"
        )
    };
    let site = origin
        .site_with("max_total = 60000")
        .file("content/1.md", article(1))
        .file("content/2.md", article(2))
        .file("content/3.md", article(3));
    let run = site.run(&["build"]);
    let published: usize = files_below(&site.path().join("public/media")).values().map(Vec::len).sum();
    assert!(published <= 60_000 && published > 0, "{published}");
    assert!(run.stderr.contains("media.max_total is reached"), "{}", run.stderr);
    let shows = |title: &str| {
        let list = site.list();
        let article = list.iter().find(|article| article["title"] == title).unwrap();
        site.output(article["output"].as_str().unwrap()).contains("<img")
    };
    assert!(shows("n3") && !shows("n1"));
}

#[test]
fn what_is_asked_for_again_in_vain_is_still_there() {
    let is_dead = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let dies = std::sync::Arc::clone(&is_dead);
    let origin = Origin::serve(move |_| match dies.load(std::sync::atomic::Ordering::SeqCst) {
        true => (404, "text/plain", Vec::new()),
        false => (200, "image/jpeg", bytes(&photograph(300, 200), ImageFormat::Jpeg)),
    });
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let before = files_below(&site.path().join("public"));
    is_dead.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(said(&site, &["media", "retry", "--all"]).starts_with("1 original"));
    let run = site.run(&["build"]);
    assert!(run.stderr.contains("what came before is still shown"), "{}", run.stderr);
    assert_eq!(origin.asked().len(), 2);
    assert!(files_below(&site.path().join("public")) == before);
    assert!(said(&site, &["media", "gc", "--remove"]).starts_with("0 files"), "it may be the last copy");
    said(&site, &["build", "--force"]);
    assert_eq!(origin.asked().len(), 2, "once was asked for, once it is asked");
}

#[test]
fn a_limit_that_is_raised_lets_the_picture_in() {
    let picture = bytes(&photograph(400, 300), ImageFormat::Png);
    let article = "---\ntitle: T\ndate: 2024-01-01\n---\n<p>text</p><img src=large.png>";
    let site = Site::new()
        .config("[media]\nmax_pixels = 1000")
        .file("content/a.md", article)
        .file("content/large.png", &picture);
    let run = site.run(&["build", "--offline"]);
    assert!(run.stderr.contains("content/large.png: has 400 × 300 pixels"), "{}", run.stderr);
    let toml = fs::read_to_string(site.path().join("site.toml")).unwrap();
    let site = site.file("site.toml", toml.replace("max_pixels = 1000", "max_pixels = 1000000"));
    site.build();
    assert!(site.only_page().contains("<img"));
}

#[test]
fn a_damaged_book_is_said_and_stays_where_it_is() {
    let (origin, elsewhere) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let place = elsewhere.path().to_str().unwrap();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    said(&site, &["media", "push", place]);
    let book = first_file(&elsewhere.path().join("books"));
    fs::write(&book, "rotten").unwrap();
    let other = mirror(&origin, &["b"]);
    said(&other, &["build"]);
    for command in ["pull", "push"] {
        let run = other.run(&["media", command, place]);
        assert!(run.status == 1 && run.stdout.contains("is damaged"), "{}{}", run.stdout, run.stderr);
        assert_eq!(fs::read_to_string(&book).unwrap(), "rotten");
    }
}

#[test]
fn nothing_is_swept_while_a_source_cannot_be_read() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a", "b", "c"]).file("pages/one.html", "<img src=https://pics.example.org/d.jpg>");
    said(&site, &["build"]);
    // As a checkout without its large files has it.
    let site = site.file("pages/one.html", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    let refused = site.run(&["media", "gc", "--remove"]);
    assert!(refused.status == 1 && refused.stderr.contains("cannot be read"), "{}", refused.stderr);
    assert_eq!(files_below(&site.path().join("media/originals")).len(), 4);
}

#[test]
fn what_is_lost_is_asked_for_again() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    fs::remove_dir_all(site.path().join("media/originals")).unwrap();
    let toml = fs::read_to_string(site.path().join("site.toml")).unwrap();
    let site = site.file("site.toml", toml.replace("[media]\n", "[media]\nwidths = [200]\n"));
    said(&site, &["build"]);
    assert!(site.only_page().contains("width=\"200\""), "{:?}", origin.asked());
    assert_eq!(origin.asked().len(), 2);
}

#[test]
fn what_came_stays_though_another_process_did_not_know() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let book = site.path().join("media/ledger.jsonl");
    let line = fs::read_to_string(&book).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&line).unwrap();
    for name in ["digest", "bytes"] {
        other.as_object_mut().unwrap().remove(name);
    }
    other["fault"] = "http status: 429".into();
    other["failures"] = 1.into();
    fs::write(&book, format!("{line}{other}\n")).unwrap();
    said(&site, &["build", "--force", "--offline"]);
    assert!(site.only_page().contains("<img"));
}

#[test]
fn files_that_a_killed_download_left_are_swept_after_a_day() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]).file("media/.new-old", "half").file("media/.new-young", "half");
    said(&site, &["build"]);
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 86_400);
    fs::File::options().append(true).open(site.path().join("media/.new-old")).unwrap().set_modified(old).unwrap();
    assert!(said(&site, &["media", "gc", "--remove"]).starts_with("1 file,"));
    assert!(site.path().join("media/.new-young").exists() && !site.path().join("media/.new-old").exists());
}

#[test]
fn a_torn_line_costs_the_ledger_no_other() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let book = site.path().join("media/ledger.jsonl");
    let text = fs::read_to_string(&book).unwrap();
    fs::write(&book, text + "{\"key\":\"torn").unwrap();
    let site = site.file("content/b.md", article("<img src=https://pics.example.org/b.jpg>"));
    for arguments in [&["build"][..], &["build", "--force"]] {
        said(&site, arguments);
        let pages = files_below(&site.path().join("public"));
        let images = |page: &Vec<u8>| String::from_utf8_lossy(page).matches("<img").count();
        assert!(pages.iter().filter(|(_, page)| images(page) > 0).count() > 1, "{:?}", pages.keys());
    }
    assert_eq!(fs::read_to_string(&book).unwrap().lines().count(), 2);
}

#[test]
fn a_site_without_its_pictures_takes_no_ones_place() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let before = files_below(&site.path().join("public"));
    let book = site.path().join("media/ledger.jsonl");
    let text = fs::read_to_string(&book).unwrap();
    fs::write(&book, format!("rotten\n{text}")).unwrap();
    let site = site.file("content/b.md", article("text"));
    let run = site.run(&["build", "--offline"]);
    assert!(run.status == 1 && run.stderr.contains("the ledger cannot be read"), "{}", run.stderr);
    assert!(files_below(&site.path().join("public")) == before);
    // What a power cut leaves of it, and nothing.
    fs::write(&book, vec![0; text.len()]).unwrap();
    let run = site.run(&["build", "--offline"]);
    assert!(run.status == 1 && run.stderr.contains("nothing but zeros"), "{}", run.stderr);
    fs::remove_file(&book).unwrap();
    let run = site.run(&["build", "--offline"]);
    assert!(run.status == 1 && run.stderr.contains("the ledger is not there"), "{}", run.stderr);
    // A store that knows no more mends nothing.
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir_all(elsewhere.path().join("variants/ab")).unwrap();
    fs::write(elsewhere.path().join(format!("variants/ab/{}.webp", "ab".repeat(16))), "x").unwrap();
    site.run(&["media", "pull", elsewhere.path().to_str().unwrap()]);
    assert!(!book.exists() && site.run(&["build", "--offline"]).status == 1);
    assert!(files_below(&site.path().join("public")) == before);
    fs::write(&book, text).unwrap();
    said(&site, &["build", "--offline"]);
}

#[test]
fn a_folder_that_holds_no_store_is_none() {
    let (site, elsewhere) = (Site::new(), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("a.txt"), "a").unwrap();
    let run = site.run(&["media", "pull", elsewhere.path().to_str().unwrap()]);
    assert!(run.status == 1 && run.stderr.contains("nothing of a store is there"), "{}", run.stderr);
}

#[test]
fn an_index_from_elsewhere_names_no_files_but_media() {
    let (origin, elsewhere) = (plays_every_picture(), tempfile::tempdir().unwrap());
    let place = elsewhere.path().to_str().unwrap();
    let site = mirror(&origin, &["a"]);
    said(&site, &["build"]);
    let index = fs::read_to_string(site.path().join("media/index.jsonl")).unwrap();
    for ending in ["x/../../../../content/a.md", "html"] {
        let forged = index.replace("\"jpg\"", &format!("\"{ending}\""));
        assert_ne!(forged, index);
        fs::create_dir_all(elsewhere.path().join("books")).unwrap();
        let name = heliostat::digest::Digest::of(forged.as_bytes());
        fs::write(elsewhere.path().join(format!("books/{name}.index.jsonl")), &forged).unwrap();
        let site = mirror(&origin, &["a"]);
        said(&site, &["media", "pull", place]);
        let pulled = fs::read_to_string(site.path().join("media/index.jsonl")).unwrap_or_default();
        assert!(!pulled.contains(ending), "{pulled}");
    }
}

#[test]
fn nothing_is_pulled_from_nowhere() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]);
    let run = site.run(&["media", "pull", "nowhere"]);
    assert!(run.status == 1 && run.stderr.contains("there is no such folder"), "{}", run.stderr);
    assert!(!site.path().join("nowhere").exists());
    let run = site.run(&["media", "push", "ftp://example.org/x"]);
    assert!(run.status == 1 && run.stderr.contains("name a folder, or an object store"), "{}", run.stderr);
}

#[test]
fn nobody_is_asked_for_what_was_withdrawn() {
    let origin = plays_every_picture();
    let site = mirror(&origin, &["a"]).config("[[withdraw]]\nsource = \"content/a.md\"\n");
    said(&site, &["media", "fetch"]);
    assert!(origin.asked().is_empty());
}
