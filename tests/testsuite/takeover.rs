//! A mirror that moves from Jekyll: what `init` reads, and that old addresses open their articles.

use crate::harness::{Site, files_below};

#[test]
fn init_takes_a_jekyll_site_over() {
    let site = Site::new().file(
        "old/_config.yml",
        "title: 旧站\nurl: https://old.example.org\nbaseurl: /m\npermalink: /:year-:month-:day/:title/\ntimezone: Asia/Shanghai\nplugins: [jekyll-feed]\npaginate: 10\n",
    );
    let run = site.run(&["init", "new", "--from-jekyll", "old"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = std::fs::read_to_string(site.path().join("new/site.toml")).unwrap();
    assert_says(
        &text,
        &[
            "title = \"旧站\"",
            "base_url = \"https://old.example.org/m\"",
            "permalink = \"/:year-:month-:day/:title/\"",
            "timezone = \"Asia/Shanghai\"",
            "content = [\"_posts\"]",
        ],
    );
    assert!(run.stdout.contains("plugins:") && run.stdout.contains("paginate:"), "{}", run.stdout);
    assert_eq!(site.run(&["--site", "new", "check"]).status, 0);
    assert_eq!(site.run(&["init", "new"]).status, 1);
    let broken = Site::new().file("old/_config.yml", "title: [\nurl: x\n");
    let run = broken.run(&["init", "new", "--from-jekyll", "old"]);
    assert_eq!(run.status, 1);
    assert_eq!(run.stderr, "error: old/_config.yml: unclosed bracket '[' at line 1, column 8\n");
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn post(title: &str, more: &str) -> String {
    format!("---\nlayout: post\ntitle: {title}\ndate: 2024-01-01 08:00:00 +0000\n{more}---\n正文。\n")
}

#[test]
fn init_leaves_a_folder_that_is_there_and_a_language_that_is_none() {
    let site = Site::new()
        .file("_config.yml", "title: A\nurl: https://old.example.org\nlang: english\n")
        .file("_posts/2024-01-01-a.md", post("A", ""))
        .file("public/css/a.css", "p {}");
    std::fs::remove_file(site.path().join("site.toml")).unwrap();
    let run = site.run(&["init", ".", "--from-jekyll", "."]);
    assert!(
        run.stdout.contains("the site goes to `mirror`") && run.stdout.contains("`english` is no tag"),
        "{}",
        run.stdout
    );
    assert_eq!(site.run(&["build", "--offline"]).status, 0);
    assert!(site.path().join("mirror/index.html").is_file() && site.path().join("public/css/a.css").is_file());
    assert_eq!(std::fs::read_to_string(site.path().join(".gitignore")).unwrap(), "/mirror\n/.heliostat\n");
}

#[test]
fn init_finds_posts_wherever_they_are_and_says_where_the_rest_goes() {
    let site = Site::new()
        .file("_config.yml", "title: A\ntitle: B\nurl: https://old.example.org\ndefaults:\n- scope: {path: '', type: posts}\n  values: {permalink: '/p/:title/', published: false}\n")
        .file("_posts/2024-01-01-root.md", post("Root", ""))
        .file("asia/_posts/2024-01-01-daily.md", post("Asia", ""))
        .file("_posts/2099-01-01-ahead.md", post("Ahead", ""))
        .file("_posts/2024-01-02-night.md", "---\ntitle: N\ndate: 2024-01-02 20:30:00\n---\nx")
        .file("_drafts/idea.md", post("Draft", ""))
        .file("_layouts/default.html", "---\n---\n{{ content }}")
        .file("about.md", post("About", "permalink: /about/\n"))
        .file("uploads/a.txt", "a")
        .file("CNAME", "old.example.org")
        .file(".gitignore", "_site");
    std::fs::remove_file(site.path().join("site.toml")).unwrap();
    let run = site.run(&["init", ".", "--from-jekyll", "."]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_says(
        &run.stdout,
        &[
            "note: ./about.md: copy them to `pages`",
            "note: ./CNAME, ./uploads: copy them to `static`",
            "note: ./_drafts: name the folder in `content`",
            "note: posts whose names say a day to come: 1;",
            "note: defaults: `published: false`",
            "note: `lang` is not set",
        ],
    );
    let text = std::fs::read_to_string(site.path().join("site.toml")).unwrap();
    assert_says(
        &text,
        &[
            "title = \"B\"",
            "content = [\"_posts\", \"asia/_posts\"]",
            "permalink = \"/p/:title/\"",
            "yaml_dates = \"utc\"",
        ],
    );
    assert_eq!(std::fs::read_to_string(site.path().join(".gitignore")).unwrap(), "_site\n/public\n/.heliostat\n");
}

#[test]
fn init_offers_what_jekyll_published_and_no_more() {
    let site = Site::new()
        .file(
            "old/_config.yml",
            "title: A\nbaseurl: /m\nexclude: [private, '*.psd', drafts/]\ndestination: ./docs\ncollections_dir: all\ndefaults:\n- scope: {path: _posts}\n  values: {permalink: '/p/:title/'}\n",
        )
        .file("old/all/_posts/2024-01-01-a.md", post("A", ""))
        .file("old/private/keys.txt", "k")
        .file("old/private/note.md", post("N", ""))
        .file("old/cover.psd", "p")
        .file("old/docs/index.html", "built")
        .file("old/site.webmanifest", "{}")
        .file("old/readme-first.txt", "r")
        .file("old/index.md", "---\n---\n欢迎。")
        .file("old/archive.html", "---\n---\n{% for post in site.posts %}{{ post.title }}{% endfor %}")
        .file("old/atom.xml", "---\n---\n<feed/>")
        .file("old/js/app.js", "---\n---\nlet base = '{{ site.baseurl }}';")
        .file("old/css/main.scss", "---\n---\na{}");
    let run = site.run(&["init", "new", "--from-jekyll", "old"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_says(
        &run.stdout,
        &[
            "note: old/archive.html, old/atom.xml: templates of lists and feeds",
            "note: old/index.md: the front page is made here",
            "note: old/js/app.js: Jekyll fills these in",
            "note: old/readme-first.txt, old/site.webmanifest: copy them to `static`",
            "note: copy or link old/all/_posts to new/_posts",
            "note: baseurl: `/m` needs the host before it",
        ],
    );
    for unsaid in ["private", "psd", "docs", "scss"] {
        assert!(!run.stdout.contains(unsaid), "{unsaid}: {}", run.stdout);
    }
    let text = std::fs::read_to_string(site.path().join("new/site.toml")).unwrap();
    assert!(text.contains("content = [\"_posts\"]") && text.contains("permalink = \"/p/:title/\""), "{text}");
}

#[test]
fn pages_are_where_jekyll_had_them() {
    let pages = |permalink: &str| {
        let site = Site::new()
            .config(&format!("permalink = \"{permalink}\""))
            .file("content/2024-01-01-a.md", post("甲", ""))
            .file("pages/About.md", "关于")
            .file("pages/team/me.md", "我");
        site.build();
        site.outputs().into_iter().filter(|path| path.contains("About") || path.contains("team")).collect::<Vec<_>>()
    };
    assert_eq!(pages("/:title/"), ["About/index.html", "team/me/index.html"]);
    assert_eq!(pages("pretty"), ["About/index.html", "team/me/index.html"]);
    assert_eq!(pages("date"), ["About.html", "team/me.html"]);
}

#[test]
fn addresses_of_the_site_itself_are_understood() {
    let site = Site::new()
        .config("content = [\"_posts\", \"asia/_posts\"]\npermalink = \"/:title/\"")
        .file("asia/_posts/2024-01-01-a.md", post("甲", ""))
        .file(
            "_posts/2024-01-02-b.md",
            post("乙", "") + "[一]({{ site.baseurl }}{% post_url 2024-01-01-a %}) [二]({% post_url asia/2024-01-01-a %}) [三]({{ site.url }}{{ '/a/' | relative_url }}) ![图](/sub/images/截图 1.png)",
        )
        .file("static/images/截图 1.png", crate::origin::bytes(&crate::origin::photograph(200, 100), image::ImageFormat::Png));
    let run = site.run(&["build", "--base-url", "https://m.example.org/sub/"]);
    let page = site.output("b/index.html");
    for words in ["一", "二", "三"] {
        assert!(page.contains(&format!("<a href=\"../a/index.html\">{words}</a>")), "{words}: {page} {}", run.stderr);
    }
    assert!(page.contains("alt=\"图\"") && page.contains("<img"), "{page}");
}

#[test]
fn times_without_a_zone_are_of_utc_where_jekyll_took_them_for_that() {
    let dated = |date: &str| format!("---\ntitle: N\ndate: {date}\n---\n正文。");
    let site = Site::new()
        .config("permalink = \"/:year/:month/:day/:slug.html\"\ntimezone = \"Asia/Shanghai\"\nyaml_dates = \"utc\"")
        .file("content/plain.md", dated("2024-06-03 20:30:00 # at night"))
        .file("content/letter.md", dated("2024-06-03T20:30:00.5"))
        .file("content/zoned.md", dated("2024-06-03 20:30:00 +0800"))
        .file("content/quoted.md", dated("\"2024-06-03 20:30:00\""))
        .file("content/day.md", dated("2024-06-03"))
        .file("content/toml.md", "+++\ntitle = \"N\"\ndate = 2024-06-03T20:30:00\n+++\n正文。");
    site.build();
    for (day, names) in [("03", ["day", "quoted", "toml", "zoned"].as_slice()), ("04", &["letter", "plain"])] {
        for name in names {
            assert!(site.output(&format!("2024/06/{day}/{name}.html")).contains(">N</h1>"), "{name}");
        }
    }
}

#[test]
fn folders_above_posts_are_categories() {
    let site = Site::new()
        .config("permalink = \"/:categories/:title/\"\ncontent = [\"_posts\", \"asia/_posts\", \"mirror\"]")
        .file("_posts/2024-01-01-daily.md", post("Root", "categories: [ferry]\n"))
        .file("asia/_posts/2024-01-01-daily.md", post("Asia", "categories: [Ferry]\n"))
        .file("mirror/a/b/_posts/2024-01-01-daily.md", post("Deep", ""));
    site.build();
    for (path, title) in
        [("ferry/daily/index.html", "Root"), ("asia/ferry/daily/index.html", "Asia"), ("a/b/daily/index.html", "Deep")]
    {
        assert!(site.output(path).contains(&format!("<h1 class=\"p-name\">{title}</h1>")), "{path}");
    }
}

#[test]
fn what_was_an_articles_address_leads_to_it() {
    let site = Site::new()
        .config("permalink = \"/:title/\"")
        .file("content/2024-01-01-a.md", post("甲", "redirect_from: [/old/a.html, /2019/%E7%94%B2/, /b/]\n"))
        .file("content/2024-01-02-b.md", post("乙", "aliases: /2019/b\n"));
    let run = site.build();
    assert!(run.stderr.contains("its old address b/index.html is that of another page"), "{}", run.stderr);
    assert!(site.output("b/index.html").contains("<h1 class=\"p-name\">乙</h1>"));
    for (path, target) in [
        ("old/a.html", "../a/index.html"),
        ("2019/甲/index.html", "../../a/index.html"),
        ("2019/b/index.html", "../../b/index.html"),
    ] {
        let page = site.output(path);
        assert!(page.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={target}\">")), "{page}");
        assert!(page.contains(&format!("<a href=\"{target}\">")) && page.contains("noindex"), "{page}");
    }
    assert!(site.output("old/a.html").contains("<link rel=\"canonical\" href=\"https://m.example.org/a/\">"));
    assert!(!site.output("sitemap-2024.xml").contains("old/a"));
}

#[test]
fn pages_keep_their_permalinks_and_the_sites_own_robots_txt_stands() {
    let site = Site::new()
        .file("content/2024-01-01-a.md", post("甲", "permalink: /%E6%B8%AF%E5%8F%A3/\n"))
        .file("pages/about.md", "---\ntitle: 关于\npermalink: /about/us/\n---\n正文。")
        .file("content/2024-01-02-b.md", post("乙", "redirect_from: /old.html\n"))
        .file("static/old.html", "mine")
        .file("static/robots.txt", "User-agent: *\nDisallow: /private/\n");
    let run = site.build();
    assert_eq!(site.output("old.html"), "mine");
    assert!(!run.stderr.contains("robots"), "{}", run.stderr);
    assert!(site.output("about/us/index.html").contains("关于"));
    assert!(site.output("港口/index.html").contains("甲"));
    assert!(site.output("robots.txt").contains("/private/"));
}

#[test]
fn liquid_is_done_or_said() {
    let site = Site::new()
        .config("content = [\"_posts\", \"asia/_posts\"]")
        .file("_posts/2024-01-01-a.html", post("甲", "") + "{% raw %}<p>用法是 {{ name }}。</p>{% endraw %}{% comment %}核实{% endcomment %}")
        .file(
            "_posts/2024-01-02-b.md",
            post("乙", "link: https://e.example.org/2\n") + "\n[前文]({% post_url 2024-01-01-a %})、[表]({{ site.baseurl }}/files/t.csv)\n\n{% highlight ruby %}\nputs '<b>'\n\nputs 2\n{% endhighlight %}\n\n{% include map.html %}\n",
        )
        .file("asia/_posts/2024-01-03-c.md", post("丙", "") + "\n[前文]({% post_url 2024-01-01-a %})、[关于]({% link about.md %})\n")
        .file("pages/about.md", "关于")
        .file("static/files/t.csv", "1");
    let run = site.build();
    assert!(run.stderr.contains("_posts/2024-01-02-b.md: `{% include map.html %}`: not known here"), "{}", run.stderr);
    assert!(run.stderr.contains("_posts/2024-01-01-a.html: `{% comment %}` hides 2 characters"), "{}", run.stderr);
    assert!(!run.stderr.contains("is no page"), "{}", run.stderr);
    let page = |title: &str| {
        let list = site.list();
        site.output(list.iter().find(|line| line["title"] == title).unwrap()["output"].as_str().unwrap())
    };
    let first = page("甲");
    assert!(
        first.contains("<p>用法是 {{ name }}。</p>") && !first.contains("raw") && !first.contains("核实"),
        "{first}"
    );
    let second = page("乙");
    for shown in [
        "<a href=\"mmxbpatd66.html\">前文</a>",
        "<a href=\"../../../files/t.csv\">表</a>",
        "<pre><code>puts '&lt;b&gt;'\n\nputs 2</code></pre>",
        "{% include map.html %}",
    ] {
        assert!(second.contains(shown), "{shown}: {second}");
    }
    let third = page("丙");
    assert!(third.contains(">前文</a>、<a href=\"../../../about.html\">关于</a>"), "{third}");
}

#[test]
fn addresses_on_the_mirrors_own_host_are_the_sites_own() {
    let text = "![图](https://m.example.org/assets/a.png) [表](http://m.example.org/assets/t.csv#x) \
        [别处](https://m.example.org/gone/) [他站](https://e.example.org/assets/t.csv)";
    let site = Site::new()
        .file("content/2024-01-01-a.md", post("甲", "link: https://e.example.org/1\n") + text)
        .file("static/assets/t.csv", "1")
        .file(
            "static/assets/a.png",
            crate::origin::bytes(&crate::origin::photograph(300, 200), image::ImageFormat::Png),
        );
    let run = site.build();
    assert!(
        run.stderr.contains("`https://m.example.org/gone/` is no page or file of the site; it stays"),
        "{}",
        run.stderr
    );
    let list = site.list();
    let page = site.output(list[0]["output"].as_str().unwrap());
    assert!(
        page.contains("href=\"../../../assets/t.csv#x\"")
            && page.contains("href=\"https://e.example.org/assets/t.csv\"")
    );
    assert!(page.contains("src=\"../../../media/") && page.contains("href=\"https://m.example.org/gone/\""), "{page}");
}

#[test]
fn init_publishes_nothing_that_jekyll_did_not() {
    let site = Site::new()
        .file(
            "old/_config.yml",
            "title: A\nurl: http://localhost:4000\nexclude: [guide/secret.md]\ninclude: [_pages]\ncollections:\n  authors: {output: false}\n  docs: {output: true, permalink: '/docs/:path/'}\n",
        )
        .file("old/_config.prod.yml", "url: https://real.example.org\n")
        .file("old/_posts/2024-01-01-a.md", post("A", ""))
        .file("old/_posts/2024-01-02-b.textile", post("B", ""))
        .file("old/news/_posts/2024-01-02-u.md", post("U", "published: false\n"))
        .file("old/news/map.csv", "1")
        .file("old/guide/g.md", post("G", ""))
        .file("old/guide/pic.csv", "1")
        .file("old/guide/secret.md", "secret")
        .file("old/assets/css/a.css", "a")
        .file("old/assets/b.js", "b")
        .file("old/_pages/about.md", post("About", ""))
        .file("old/_authors/jane.md", post("Jane", ""))
        .file("old/_docs/a.md", post("Doc", ""));
    let run = site.run(&["init", "new", "--from-jekyll", "old"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_says(
        &run.stdout,
        &[
            "note: old/_pages/about.md, old/guide/g.md: copy them to `pages`",
            "note: old/assets, old/guide/pic.csv, old/news/map.csv: copy them to `static`",
            "note: old/_posts/2024-01-02-b.textile: posts in a form that is not read here",
            "note: collections: `_authors` was not published",
            "note: collections: `_docs`: name the folder in `content`, and give what is in it a `permalink` each as `/docs/:path/` made it",
            "note: _config.prod.yml: not read",
            "note: url: `http://localhost:4000` is this machine",
        ],
    );
    assert!(!run.stdout.contains("jane") && !run.stdout.contains("secret"), "{}", run.stdout);
}

#[test]
fn a_category_is_added_to_the_categories() {
    let site = Site::new()
        .config("permalink = \"pretty\"")
        .file("content/2024-01-04-d.md", "---\ntitle: D\ncategory: Foo Bar\ncategories: [x]\ntags: t\n---\n正文。\n");
    site.build();
    assert_eq!(site.list()[0]["output"], "x/foo bar/2024/01/04/d/index.html");
}

/// Of posts whose permalink makes folders, or not, where that of the site does not, or does.
#[test]
fn pages_whose_addresses_would_move_are_named() {
    let moved = |config: &str| {
        let site = Site::new().file("old/_config.yml", config).file("old/about.md", post("About", ""));
        let run = site.run(&["init", "new", "--from-jekyll", "old"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout.contains("give each the `permalink` that it had")
    };
    assert!(moved("title: A\ncollections: {posts: {permalink: '/blog/:title/'}}\n"));
    assert!(moved(
        "title: A\npermalink: pretty\ndefaults:\n- scope: {path: '', type: posts}\n  values: {permalink: '/d/:title.html'}\n"
    ));
    assert!(moved("title: A\ndefaults:\n- scope: {path: '', type: pages}\n  values: {permalink: '/:basename/'}\n"));
    assert!(!moved("title: A\npermalink: pretty\n") && !moved("title: A\n"));
}

#[test]
fn drafts_stay_drafts_where_their_folder_is_named() {
    let site = Site::new()
        .config("content = [\"_posts\", \"_drafts\"]")
        .file("_posts/2024-01-01-a.md", post("A", ""))
        .file("_drafts/secret.md", "---\ntitle: Secret\n---\n秘密。\n");
    site.build();
    assert_eq!(site.list().len(), 1);
    assert_eq!(site.run(&["list", "--drafts"]).stdout.lines().filter(|line| line.contains("Secret")).count(), 1);
}

/// Jekyll's handbook teaches to have one; servers show it at any depth.
#[test]
fn a_page_of_the_sites_own_for_what_is_not_there_stands() {
    let article = "---\ntitle: A\ndate: 2024-01-01\n---\n正文。\n";
    for (file, text) in [
        ("pages/404.md", "---\ntitle: 没有\npermalink: /404.html\n---\n这里没有文章。\n"),
        ("pages/404.md", "---\ntitle: 没有\n---\n这里没有文章。\n"),
        ("static/404.html", "<p>这里没有文章。</p>"),
    ] {
        let site = Site::new().config("permalink = \"pretty\"").file("content/a.md", article).file(file, text);
        let run = site.run(&["build", "--offline", "--strict"]);
        assert_eq!(run.status, 0, "{file}: {}", run.stderr);
        assert!(site.output("404.html").contains("这里没有文章。"), "{file}");
        assert!(!site.output("404.html").contains("rel=\"canonical\""), "{file}");
        // Of what a server shows at any depth, links are absolute.
        assert!(
            file.starts_with("static")
                || (site.output("404.html").contains("https://m.example.org/")
                    && !site.output("404.html").contains("href=\"index.html\"")),
            "{}",
            site.output("404.html")
        );
        assert!(
            !site.output("index.html").contains("404.html")
                && !site.outputs().iter().any(|path| path.contains("404-2")),
            "{file}"
        );
        assert!(
            !files_below(&site.path().join("public"))
                .iter()
                .any(|(path, text)| path.ends_with(".xml") && String::from_utf8_lossy(text).contains("404"))
        );
    }
}
