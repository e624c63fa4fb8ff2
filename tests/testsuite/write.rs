//! The output folder: only what changed, whole or not at all, ours alone; and two builds are one.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::harness::{Site, files_below, may_mount};
use crate::sanitise::copy;

fn article(number: usize) -> String {
    format!(
        "---\ntitle: n{number}\ndate: 2024-05-{:02}\ncategories: x\nlink: https://e.example.org/{number}\n---\n<p>text {number}</p>",
        number % 28 + 1
    )
}

fn site_of(count: usize) -> Site {
    (0..count).fold(Site::new(), |site, number| site.file(&format!("content/{number}.md"), article(number)))
}

fn inode(site: &Site, path: &str) -> u64 {
    fs::metadata(site.path().join("public").join(path)).unwrap().ino()
}

#[test]
fn a_second_build_writes_nothing() {
    let site = site_of(3);
    site.build();
    let before = inode(&site, "index.html");
    let run = site.build();
    assert!(run.stdout.contains(" 0 files written, ") && run.stdout.contains(" 0 removed"), "{}", run.stdout);
    assert_eq!(inode(&site, "index.html"), before);
}

#[test]
fn a_change_writes_what_shows_it_and_a_removal_prunes() {
    let site = site_of(20);
    site.build();
    let kept = inode(&site, "2024/05/10/index.html");
    let gone = site.list().iter().find(|line| line["title"] == "n1").unwrap()["output"].as_str().unwrap().to_owned();
    fs::remove_file(site.path().join("content/1.md")).unwrap();
    let site = site.file("content/2.md", article(2) + "<p>more</p>");
    let run = site.build();
    assert!(!site.has_output(&gone), "{}", run.stdout);
    assert!(!site.has_output("2024/05/02/index.html"), "the day has no article left");
    assert_eq!(inode(&site, "2024/05/10/index.html"), kept);
    let clean = Site::new();
    copy(&site.path().join("content"), &clean.path().join("content"));
    clean.build();
    assert_eq!(files_below(&site.path().join("public")), files_below(&clean.path().join("public")));
}

#[test]
fn two_builds_are_byte_for_byte_one_in_another_folder_zone_and_number_of_threads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let make = || {
        let site = Site::new();
        for folder in ["content", "pages", "static"] {
            copy(&root.join(folder), &site.path().join(folder));
        }
        site
    };
    let (one, other) = (make(), make());
    one.build();
    let run = other.run_with(
        &["build", "--offline"],
        &[("RAYON_NUM_THREADS", "1"), ("TZ", "America/Lima"), ("LANG", "C"), ("SOURCE_DATE_EPOCH", "1790000000")],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(files_below(&one.path().join("public")), files_below(&other.path().join("public")));
}

#[test]
fn a_folder_that_is_not_ours_is_never_touched() {
    let site = site_of(1).file("public/mine.txt", "mine");
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("was not made by Heliostat"), "{}", run.stderr);
    assert_eq!(site.outputs(), ["mine.txt"]);
    assert_eq!(site.run(&["build", "--offline", "--output", "elsewhere"]).status, 0);
    assert!(site.path().join("elsewhere/index.html").is_file());
}

#[test]
fn a_foreign_file_in_a_folder_of_ours_stays() {
    let site = site_of(3);
    site.build();
    let site = site.file("public/CNAME", "m.example.org").file("content/new.md", article(9));
    site.build();
    assert_eq!(site.output("CNAME"), "m.example.org");
    // A change of everything exchanges the folders: it stays then, too.
    let site = site
        .file("theme/templates/page.html", "{% extends \"base.html\" %}")
        .config("description = \"new\"")
        .config("language = \"en\"");
    site.build();
    assert_eq!(site.output("CNAME"), "m.example.org");
}

#[test]
fn without_a_state_what_is_not_of_our_kind_stays() {
    let site = site_of(3).file("static/robots-extra.txt", "x");
    site.build();
    let site =
        site.file("public/.git/HEAD", "ref").file("public/CNAME", "m.example.org").file("public/old/page.html", "x");
    fs::remove_dir_all(site.path().join(".heliostat")).unwrap();
    site.build();
    assert_eq!((site.output(".git/HEAD"), site.output("CNAME")), ("ref".to_owned(), "m.example.org".to_owned()));
    assert!(!site.has_output("old/page.html"));
}

#[test]
fn a_folder_that_cannot_be_read_has_not_lost_its_articles() {
    let site = Site::new().config("content = [\"a\", \"b\"]").file("a/1.md", article(1)).file("b/2.md", article(2));
    site.build();
    let before = site.outputs();
    fs::rename(site.path().join("b"), site.path().join("away")).unwrap();
    for arguments in [&["build", "--offline"][..], &["check"], &["build", "--offline", "--drafts"]] {
        let run = site.run(arguments);
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains("b: cannot be read; the last build found an article there"), "{}", run.stderr);
    }
    assert_eq!(site.outputs(), before);
    assert_eq!(site.list().len(), 1, "what there is can be listed");
    assert_eq!(site.run(&["build", "--offline", "--allow-removals"]).status, 0);
    assert!(site.outputs().len() < before.len());
    fs::rename(site.path().join("away"), site.path().join("b")).unwrap();
    site.build();
    assert_eq!(site.outputs(), before);
}

#[test]
fn an_empty_checkout_does_not_erase_a_mirror() {
    let site = site_of(90);
    site.build();
    let before = site.outputs();
    fs::remove_dir_all(site.path().join("content")).unwrap();
    fs::create_dir(site.path().join("content")).unwrap();
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("--allow-removals"), "{}", run.stderr);
    assert_eq!(site.outputs(), before);
    fs::remove_dir_all(site.path().join(".heliostat")).unwrap();
    assert_eq!(site.run(&["build", "--offline"]).status, 1, "nor without state");
    assert_eq!(site.run(&["build", "--offline", "--allow-removals"]).status, 0);
    assert!(site.outputs().len() < 20);
}

#[test]
fn a_build_that_was_stopped_while_it_wrote_is_mended_by_the_next() {
    let site = site_of(5);
    site.build();
    let whole = files_below(&site.path().join("public"));
    // As a kill between two renames leaves it: a journal, and a page of neither build.
    let name = |prefix: &str| {
        let state = files_below(&site.path().join(".heliostat"));
        state.into_keys().find(|name| name.starts_with(prefix))
    };
    let manifest = name("manifest-").unwrap();
    let journal = site.path().join(".heliostat").join(manifest.replace("manifest", "journal"));
    fs::write(journal, "index.html\ngone.html\n").unwrap();
    fs::write(site.path().join("public/gone.html"), "stale").unwrap();
    let index = site.path().join("public/index.html");
    let times = fs::metadata(&index).unwrap().modified().unwrap();
    let size = fs::metadata(&index).unwrap().len() as usize;
    fs::write(&index, "x".repeat(size)).unwrap();
    fs::File::options().append(true).open(&index).unwrap().set_modified(times).unwrap();
    fs::create_dir(site.path().join(".public.heliostat-next")).unwrap();
    site.build();
    assert_eq!(files_below(&site.path().join("public")), whole);
    assert!(!site.path().join(".public.heliostat-next").exists());
    assert_eq!(name("journal-"), None);
}

#[test]
fn state_that_is_lost_costs_time_and_nothing_else() {
    let site = site_of(5);
    site.build();
    let whole = files_below(&site.path().join("public"));
    fs::remove_dir_all(site.path().join(".heliostat")).unwrap();
    site.build();
    assert_eq!(files_below(&site.path().join("public")), whole);
}

#[test]
fn a_template_fault_names_file_and_line_and_leaves_the_site_alone() {
    let site = site_of(2);
    site.build();
    let whole = files_below(&site.path().join("public"));
    let site = site.file(
        "theme/templates/article.html",
        "{% extends \"base.html\" %}\n{% block main %}{{ article.titel | upper }}{% endblock %}\n",
    );
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("article.html:2:"), "{}", run.stderr);
    assert_eq!(files_below(&site.path().join("public")), whole);
}

#[test]
fn what_is_no_file_of_ours_survives_a_change_of_most_pages() {
    let site = site_of(30);
    site.build();
    let public = site.path().join("public");
    fs::create_dir_all(public.join(".git/refs/tags")).unwrap();
    fs::write(public.join(".git/HEAD"), "ref").unwrap();
    std::os::unix::fs::symlink("index.html", public.join("latest.html")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"odd-\xff");
    fs::write(public.join(odd), "odd").unwrap();
    let site = site.config("description = \"another\"\nnotice = \"on every page\"");
    let run = site.build();
    assert!(!run.stdout.contains(" 0 files written"), "{}", run.stdout);
    assert!(public.join(".git/refs/tags").is_dir() && public.join(".git/HEAD").is_file());
    assert_eq!(fs::read_link(public.join("latest.html")).unwrap(), Path::new("index.html"));
    assert_eq!(fs::read(public.join(odd)).unwrap(), b"odd");
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let site = site_of(30).file("static/docs", "a file").file("static/more/a.txt", "in a folder");
    site.build();
    for name in ["docs", "more/a.txt", "more"] {
        let path = site.path().join("static").join(name);
        if path.is_dir() { fs::remove_dir(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    let site = site.file("static/docs/a.txt", "in a folder").file("static/more", "a file");
    site.build();
    assert_eq!((site.output("docs/a.txt"), site.output("more")), ("in a folder".to_owned(), "a file".to_owned()));
    assert!(site.build().stdout.contains(" 0 files written, "));
}

#[test]
fn a_static_file_takes_no_pages_place_whatever_its_case() {
    let site = site_of(1).file("static/Index.html", "x").file("static/404.html/y", "y").file("static/ok.txt", "z");
    for command in ["check", "build"] {
        let run = site.run(&[command]);
        assert_eq!(run.stderr.matches("a page or asset of the site has this address").count(), 2, "{}", run.stderr);
    }
    assert!(site.has_output("ok.txt") && !site.has_output("Index.html"));
}

#[test]
fn an_output_folder_that_was_put_aside_comes_back_with_what_is_not_ours() {
    let site = site_of(3);
    site.build();
    let public = site.path().join("public");
    fs::write(public.join("CNAME"), "m.example.org").unwrap();
    // What a build leaves that was killed between two renames, where folders cannot be exchanged.
    fs::rename(&public, site.path().join(".public.heliostat-old")).unwrap();
    let site = site.config("notice = \"on every page\"");
    site.build();
    assert_eq!(site.output("CNAME"), "m.example.org");
    assert!(!site.path().join(".public.heliostat-old").exists());
}

/// What a link led to was put aside: the link leads nowhere until it is back.
#[test]
fn what_a_linked_output_folder_leads_to_comes_back() {
    let site = site_of(3);
    fs::create_dir(site.path().join("www")).unwrap();
    std::os::unix::fs::symlink("www", site.path().join("public")).unwrap();
    site.build();
    fs::rename(site.path().join("www"), site.path().join(".www.heliostat-old")).unwrap();
    for notice in ["one", "two"] {
        fs::write(site.path().join("site.toml"), format!("title = \"T\"\nnotice = \"{notice}\"\n")).unwrap();
        site.build();
        assert!(fs::read_to_string(site.path().join("www/index.html")).unwrap().contains(notice));
    }
    assert!(!site.path().join(".www.heliostat-old").exists() && site.path().join("public").is_symlink());
}

/// Whoever is killed between two renames leaves no link that leads nowhere.
#[test]
fn a_new_page_is_there_before_those_that_lead_to_it() {
    let site = site_of(5).config("permalink = \"/:year/:month/:day/:title.html\"");
    site.build();
    let site = site.file("content/z.md", "---\ntitle: z\ndate: 2024-05-03\nslug: z\n---\n<p>text</p>");
    site.build();
    let moved = |path: &str| {
        let metadata = fs::metadata(site.path().join("public/2024/05/03").join(path)).unwrap();
        (metadata.ctime(), metadata.ctime_nsec())
    };
    assert!(moved("z.html") <= moved("index.html"));
}

#[test]
fn a_first_build_without_a_state_that_was_killed_leaves_no_page_for_ever() {
    let site = site_of(5);
    site.build();
    let state = site.path().join(".heliostat");
    let manifest = files_below(&state).into_keys().find(|name| name.starts_with("manifest-")).unwrap();
    fs::remove_dir_all(&state).unwrap();
    fs::create_dir(&state).unwrap();
    fs::write(state.join(manifest.replace("manifest", "journal")), "index.html\n").unwrap();
    fs::remove_file(site.path().join("content/1.md")).unwrap();
    site.build();
    let clean = Site::new();
    copy(&site.path().join("content"), &clean.path().join("content"));
    clean.build();
    assert_eq!(files_below(&site.path().join("public")), files_below(&clean.path().join("public")));
}

#[test]
fn what_was_put_aside_does_not_come_back_once_there_is_a_site() {
    let site = site_of(3);
    site.build();
    copy(&site.path().join("public"), &site.path().join(".public.heliostat-old"));
    let site = site.file("content/1.md", article(1) + "more");
    site.build();
    assert!(!site.path().join(".public.heliostat-old").exists());
}

#[test]
fn a_foreign_file_in_a_pages_way_is_named_and_nothing_is_changed() {
    let site = site_of(3);
    site.build();
    fs::create_dir_all(site.path().join("public/tags")).unwrap();
    fs::write(site.path().join("public/tags/neu"), "mine").unwrap();
    let whole = files_below(&site.path().join("public"));
    let site = site.file("content/new.md", "---\ntitle: N\ndate: 2024-06-01\ntags: [neu, alt]\n---\nneu\n");
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("public/tags/neu: is in a page's way"), "{}", run.stderr);
    assert_eq!(files_below(&site.path().join("public")), whole);
    fs::remove_file(site.path().join("public/tags/neu")).unwrap();
    site.build();
    assert!(site.has_output("tags/neu/index.html"));
}

/// Somebody has replaced a folder of the site by a file, a page by an empty folder.
#[test]
fn what_stands_in_the_way_of_pages_that_were_there_is_named() {
    for (gone, in_the_way) in [("2024", "2024"), ("404.html", "404.html")] {
        let site = site_of(3);
        site.build();
        let public = site.path().join("public");
        if gone == "2024" {
            fs::remove_dir_all(public.join(gone)).unwrap();
            fs::write(public.join(gone), "mine").unwrap();
        } else {
            fs::remove_file(public.join(gone)).unwrap();
            fs::create_dir(public.join(gone)).unwrap();
        }
        for arguments in [&["build", "--offline"][..], &["build", "--offline", "--force"]] {
            let run = site.run(arguments);
            let said = format!("public/{in_the_way}: is in a page's way");
            assert!(run.status == 1 && run.stderr.contains(&said), "{}", run.stderr);
        }
        let _ = fs::remove_file(public.join(gone));
        let _ = fs::remove_dir(public.join(gone));
        site.build();
        assert!(public.join(gone).exists());
    }
}

#[test]
fn a_change_of_most_pages_keeps_who_may_read_them() {
    let site = site_of(5);
    site.build();
    let public = site.path().join("public");
    fs::set_permissions(&public, fs::Permissions::from_mode(0o2750)).unwrap();
    let site = site.config("notice = \"on every page\"");
    site.build();
    assert_eq!(fs::metadata(&public).unwrap().mode() & 0o7777, 0o2750);
}

/// A container's volumes: one in the output folder stays as it is, one in its place is said.
#[test]
fn what_is_mounted_in_an_output_folder_is_left_alone() {
    if !may_mount() {
        return;
    }
    let site = site_of(5);
    site.build();
    let script = r#"
        mkdir public/uploads volume && mount -t tmpfs none public/uploads && echo mine > public/uploads/p.txt || exit 3
        echo 'notice = "on every page"' >> site.toml
        "$0" build --offline > said 2>&1 || exit 4
        grep -q mine public/uploads/p.txt && grep -q "on every page" public/index.html || exit 5
        mount -t tmpfs none volume
        "$0" build --offline --output volume > said 2>&1 && exit 6
        grep -q "a file system is mounted" said || exit 7
        "$0" build --offline --output volume/site > said 2>&1 || exit 8
    "#;
    let status = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_heliostat")])
        .current_dir(site.path())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn a_static_file_where_media_must_be_is_left_out() {
    let mut picture = Vec::new();
    image::RgbImage::from_pixel(64, 48, image::Rgb([9, 99, 199]))
        .write_to(&mut std::io::Cursor::new(&mut picture), image::ImageFormat::Png)
        .unwrap();
    let site = site_of(1)
        .file("static/media", "a file")
        .file("content/p.md", "---\ntitle: P\ndate: 2024-06-01\n---\n![p](p.png)\n")
        .file("content/p.png", picture);
    let run = site.build();
    assert!(run.stderr.contains("a page or asset of the site has this address"), "{}", run.stderr);
    assert!(site.path().join("public/media").is_dir());
}

#[test]
fn a_folder_in_the_place_of_a_page_is_named_and_nothing_changes() {
    let site = site_of(3);
    site.build();
    let page = site.path().join("public").join(site.list()[0]["output"].as_str().unwrap());
    fs::remove_file(&page).unwrap();
    fs::create_dir(&page).unwrap();
    fs::write(page.join("own.txt"), "own").unwrap();
    let run = site.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains(page.file_name().unwrap().to_str().unwrap()), "{}", run.stderr);
    assert!(!run.stderr.contains("next build finishes"), "{}", run.stderr);
    fs::remove_dir_all(&page).unwrap();
    site.build();
    assert!(page.is_file());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_that_is_away_loses_nothing() {
    let site = site_of(1).file("elsewhere/CNAME", "m.example.org");
    let link = site.path().join("static");
    std::os::unix::fs::symlink("elsewhere", &link).unwrap();
    site.build();
    fs::rename(site.path().join("elsewhere"), site.path().join("away")).unwrap();
    let run = site.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains("static: is no folder, or leads to none"), "{}", run.stderr);
    assert_eq!(site.output("CNAME"), "m.example.org");
    assert_eq!(site.run(&["build", "--allow-removals"]).status, 0);
    assert!(!site.has_output("CNAME"));
}
