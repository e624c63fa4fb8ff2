//! `watch` and `serve`: the real binary, real files, a real socket.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::harness::{Site, files_below};

/// A command that goes on until the test ends.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_heliostat"))
            .args(arguments)
            .current_dir(site.path())
            .env("SOURCE_DATE_EPOCH", "1767225600")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let errors = (sender.clone(), child.stderr.take().unwrap());
        let output = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        std::thread::spawn(move || {
            BufReader::new(errors.1).lines().map_while(Result::ok).try_for_each(|line| errors.0.send(line))
        });
        Self { child, lines }
    }

    /// Waits for a line that holds this.
    fn expect(&self, part: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if line.contains(part) {
                return line;
            }
            seen.push(line);
        }
        panic!("no line has {part:?}: {seen:#?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn article(title: &str, text: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2024-05-06\nlink: https://e.example.org/{title}\n---\n<p>{text}</p>\n")
}

fn site() -> Site {
    Site::new().file("content/1.md", article("one", "text one")).file("content/2.md", article("two", "text two"))
}

fn write(site: &Site, path: &str, text: &str) {
    fs::create_dir_all(site.path().join(path).parent().unwrap()).unwrap();
    fs::write(site.path().join(path), text).unwrap();
}

#[test]
fn watch_builds_what_changes_and_survives_faults() {
    let site = site();
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    write(&site, "content/1.md", &article("one", "new text"));
    assert!(watch.expect("content/1.md").contains("files written, 0 removed"));
    // As editors save: a new file beside the old one, renamed over it.
    write(&site, "content/.1.md.swp", "draft");
    fs::rename(site.path().join("content/.1.md.swp"), site.path().join("content/1.md")).unwrap();
    watch.expect("1.md");
    // A folder with an article in it comes, and goes.
    write(&site, "content/new/deep/3.md", &article("three", "text three"));
    watch.expect("content/new");
    assert_eq!(site.list().len(), 3);
    fs::remove_dir_all(site.path().join("content/new")).unwrap();
    watch.expect(" removed");
    // A template breaks: the site stays; it mends.
    let before = files_below(&site.path().join("public"));
    write(&site, "theme/templates/404.html", "{% if %}");
    watch.expect("the last good site stays");
    assert!(files_below(&site.path().join("public")) == before);
    write(&site, "theme/templates/404.html", "<p>mended</p>");
    watch.expect("files written");
    assert!(site.output("404.html").contains("mended"));
    // So does site.toml.
    write(&site, "site.toml", "titel = 1");
    watch.expect("did you mean `title`?");
    write(&site, "content/1.md", &article("one", "newer text"));
    watch.expect("did you mean `title`?");
    write(&site, "site.toml", "title = \"New\"\nbase_url = \"https://m.example.org\"\n");
    assert!(watch.expect("files written").starts_with("site.toml: "));
    assert!(site.output("index.html").contains("New"));
}

#[test]
fn many_files_at_once_are_few_builds() {
    let site = site();
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    for number in 0..1000 {
        write(&site, &format!("content/many/{number}.md"), &article(&format!("n{number}"), "text"));
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while files_below(&site.path().join("public/2024/05/06")).len() < 1002 {
        assert!(Instant::now() < deadline, "{} pages", files_below(&site.path().join("public/2024/05/06")).len());
        std::thread::sleep(Duration::from_millis(100));
    }
    let builds = watch.lines.try_iter().filter(|line| line.contains("files written")).count();
    assert!(builds < 100, "{builds}");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_watch_at_once() {
    let site = site();
    let mut watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    let killed = Command::new("kill").args(["-INT", &watch.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
}

/// A preview, and where it is.
struct Preview {
    running: Running,
    port: u16,
}

/// An answer: status, headers in lower case, body.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

impl Preview {
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let running = Running::start(site, &[&["serve"], arguments].concat());
        let line = running.expect("The preview is at http://127.0.0.1:");
        let port = line.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
        Self { running, port }
    }

    fn send(&self, request: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
        BufReader::new(stream)
    }

    fn request(&self, method: &str, path: &str, headers: &str) -> Answer {
        let host = if headers.contains("Host:") { String::new() } else { format!("Host: 127.0.0.1:{}\n", self.port) };
        let mut stream = self.send(&format!("{method} {path} HTTP/1.1\n{host}Connection: close\n{headers}\n"));
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).replace("\r\n", "\n");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: bytes.split_off(end + 4) }
    }

    fn get(&self, path: &str) -> Answer {
        self.request("GET", path, "")
    }

    fn token(&self) -> String {
        let page = self.get("/").text();
        page.split("data-token=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

#[test]
fn a_preview_sends_files_with_types_ranges_tags_and_its_own_404() {
    let site = site().file("static/sound.mp3", (0..=255).collect::<Vec<u8>>()).file("static/字.txt", "字");
    let preview = Preview::start(&site, &[]);
    let page = preview.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("/.heliostat/live.js"), "the script is injected");
    let style = preview.get("/assets/site.css");
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    let tag = style.header("etag").unwrap();
    assert_eq!(preview.request("GET", "/assets/site.css", &format!("If-None-Match: {tag}\n")).status, 304);
    let part = preview.request("GET", "/sound.mp3", "Range: bytes=16-19\n");
    assert_eq!((part.status, part.body.as_slice()), (206, [16, 17, 18, 19].as_slice()));
    assert_eq!(part.header("content-type"), Some("audio/mpeg"));
    assert_eq!(preview.request("GET", "/sound.mp3", "Range: bytes=1-2\nIf-Range: \"other\"\n").body.len(), 256);
    assert_eq!(preview.get("/%E5%AD%97.txt").header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(preview.request("HEAD", "/", "").body.len(), 0);
    assert_eq!(preview.get("/outlets").header("location"), Some("/outlets/"));
    let lost = preview.get("/no/such/page.html");
    assert_eq!(lost.status, 404);
    assert!(lost.text().contains("没有这一页"));
    assert!(!site.path().join("public").exists(), "a preview has a place of its own");
}

#[test]
fn a_preview_answers_to_its_names_and_shows_nothing_else() {
    let site = site().file("secret.txt", "secret").file("static/a.txt", "a");
    let preview = Preview::start(&site, &[]);
    std::os::unix::fs::symlink(site.path().join("secret.txt"), site.path().join(".heliostat/preview/site/link.txt"))
        .unwrap();
    std::os::unix::fs::symlink(site.path(), site.path().join(".heliostat/preview/site/out")).unwrap();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/link.txt",
        "/out/secret.txt",
        "/a.txt%00",
        "/.heliostat-output",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/a.txt/../../secret.txt",
        "/%ff",
    ] {
        let answer = preview.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(!answer.text().contains("secret"), "{path}");
    }
    for host in ["evil.example.org", "127.0.0.1", &format!("evil.example.org:{}", preview.port)] {
        assert_eq!(preview.request("GET", "/a.txt", &format!("Host: {host}\n")).status, 403, "{host}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(preview.request(method, "/a.txt", "Content-Length: 0\n").status, 405, "{method}");
    }
    let answer = preview.request("GET", "/a.txt", "Origin: https://evil.example.org\n");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(preview.get("/.heliostat/events?token=wrong&page=index.html&build=0").status, 403);
    let query = format!("/.heliostat/events?token={}&page=index.html&build=1", preview.token());
    assert_eq!(preview.request("GET", &query, "Sec-Fetch-Site: cross-site\n").status, 403);
}

#[test]
fn pages_are_told_what_became_of_them() {
    let site = site();
    let preview = Preview::start(&site, &[]);
    let query = format!("/.heliostat/events?token={}&page=index.html&build=1", preview.token());
    let stream = preview.send(&format!("GET {query} HTTP/1.1\nHost: localhost:{}\n\n", preview.port));
    // A comment keeps the channel open every 15 seconds: then what is waited for does not come.
    let stream = stream.lines().map_while(Result::ok).inspect(|line| assert!(!line.starts_with(':'), "no event"));
    let mut events = stream.filter_map(|line| {
        line.strip_prefix("data: ").map(|data| serde_json::from_str::<serde_json::Value>(data).unwrap())
    });
    let mut next = || events.next().unwrap();
    assert_eq!(next(), serde_json::json!({ "build": 1, "reload": false, "styles": [], "fault": null }));
    write(&site, "content/1.md", &article("one", "a wholly new summary"));
    assert_eq!(next()["reload"], true, "the front page shows the summary");
    write(&site, "theme/assets/site.css", "body { margin: 7px }");
    let message = next();
    assert_eq!(
        (message["reload"].clone(), message["styles"].clone()),
        (false.into(), serde_json::json!(["assets/site.css"]))
    );
    write(
        &site,
        "theme/templates/index.html",
        "{% extends \"base.html\" %}\n{% block main %}{{ nothing.here | upper }}{% endblock %}",
    );
    let fault = next()["fault"].as_str().unwrap().to_owned();
    assert!(fault.contains("index.html:2:"), "{fault}");
    assert_eq!(preview.get("/").status, 200, "the last good page stays");
    fs::remove_file(site.path().join("theme/templates/index.html")).unwrap();
    assert_eq!(next()["fault"], serde_json::Value::Null);
    preview.running.expect("theme/templates/index.html");
}

#[test]
fn drafts_stay_in_the_preview_and_a_second_preview_takes_the_next_port() {
    let site = site().file("content/d.md", "---\ntitle: unfinished\ndate: 2024-05-06\ndraft: true\n---\n<p>x</p>\n");
    site.build();
    let before = files_below(&site.path().join("public"));
    let preview = Preview::start(&site, &["--drafts"]);
    assert!(preview.get("/").text().contains("unfinished"));
    assert!(files_below(&site.path().join("public")) == before);
    let other = self::site();
    let second = Preview::start(&other, &[]);
    assert_ne!(second.port, preview.port);
    assert_eq!(site.build().stdout.split(';').nth(1).map(|part| part.contains(" 0 files written")), Some(true));
}

#[test]
fn a_folder_that_is_moved_away_takes_its_articles_along() {
    let site = Site::new()
        .file("content/go-on.md", article("one", "text one"))
        .file("content/go/2.md", article("two", "text two"));
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    fs::rename(site.path().join("content/go"), site.path().join("elsewhere")).unwrap();
    assert!(watch.expect("content/go").contains("removed"));
    assert!(
        !files_below(&site.path().join("public"))
            .values()
            .any(|bytes| String::from_utf8_lossy(bytes).contains("text two"))
    );
}

#[test]
fn an_article_that_comes_under_a_rule_while_watched_loses_its_pictures() {
    let picture = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let text = |outlet: &str| {
        article("one", "text").replace("---\n<p>", &format!("outlet: {outlet}\n---\n<img src=\"a.png\"><p>"))
    };
    let site = Site::new()
        .config("[[withdraw]]\noutlet = \"x\"\nreason = \"asked\"\ndate = \"2024-06-01\"")
        .file("content/a.png", png.into_inner())
        .file("content/1.md", text("y"));
    let media =
        || files_below(&site.path().join("public")).into_keys().filter(|path| path.starts_with("media/")).count();
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    assert_ne!(media(), 0);
    write(&site, "content/1.md", &text("x"));
    watch.expect("content/1.md");
    assert_eq!(media(), 0);
}

#[test]
fn a_build_beside_a_watch_is_done_and_the_watch_goes_on_from_there() {
    let site = site();
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    let run = site.run(&["build", "--offline"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    write(&site, "content/3.md", &article("three", "text three"));
    watch.expect("content/3.md");
    let run = site.run(&["build", "--offline"]);
    assert!(run.stdout.starts_with("3 articles") && run.stdout.contains(" 0 files written"), "{}", run.stdout);
    fs::remove_file(site.path().join("content/1.md")).unwrap();
    watch.expect("content/1.md");
    assert_eq!(site.list().len(), 2);
    let shown = |text: &str| {
        files_below(&site.path().join("public")).values().any(|bytes| String::from_utf8_lossy(bytes).contains(text))
    };
    assert!(!shown("text one") && shown("text three"));
}

#[test]
fn a_site_that_is_its_own_content_folder_comes_to_rest_and_reads_no_output() {
    let site = site().config("content = [\".\"]");
    site.build();
    let count = site.list().len();
    let other = site.run(&["build", "--offline", "--output", "elsewhere"]);
    assert_eq!(other.status, 0, "{}", other.stderr);
    assert_eq!((count, site.list().len()), (2, 2));
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    std::thread::sleep(Duration::from_millis(500));
    let builds = watch.lines.try_iter().filter(|line| line.contains("files written")).count();
    assert_eq!(builds, 0);
    write(&site, "content/1.md", &article("one", "new text"));
    watch.expect("files written");
}

#[test]
fn a_picture_of_a_page_that_changes_while_watched_is_shown() {
    let picture = |width| crate::origin::bytes(&crate::origin::photograph(width, 100), image::ImageFormat::Png);
    let site =
        site().file("pages/about.md", "---\ntitle: About\n---\n![me](me.png)\n").file("pages/me.png", picture(100));
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("built: ");
    assert!(site.output("about.html").contains("width=\"100\""));
    fs::write(site.path().join("pages/me.png"), picture(120)).unwrap();
    watch.expect("files written");
    write(&site, "content/1.md", &article("one", "new text"));
    watch.expect("content/1.md");
    assert!(site.output("about.html").contains("width=\"120\""), "{}", site.output("about.html"));
}

/// What site.toml says may change before anybody watches it, and while more changes than the system can tell of.
#[test]
fn a_site_toml_that_changes_while_watch_waits_is_followed() {
    let site = site();
    site.build();
    let lock = fs::File::options().write(true).open(site.path().join(".heliostat/lock")).unwrap();
    lock.lock().unwrap();
    let watch = Running::start(&site, &["watch", "--offline"]);
    watch.expect("waiting for process");
    write(&site, "other/3.md", &article("three", "text three"));
    write(
        &site,
        "site.toml",
        "title = \"New\"\nbase_url = \"https://m.example.org\"\ncontent = [\"content\", \"other\"]\n",
    );
    lock.unlock().unwrap();
    watch.expect("built: ");
    watch.expect("built: ");
    assert!(site.output("index.html").contains("New"));
    assert_eq!(site.list().len(), 3);
    write(&site, "other/3.md", &article("three", "new text"));
    watch.expect("other/3.md");
}
