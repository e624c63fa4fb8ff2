//! Themes as users make them: a folder, options, single files over it.

use crate::harness::{Site, body_of};
use crate::origin::{bytes, photograph};

const ARTICLE: &str = "---\ntitle: T\ndate: 2024-01-01\n---\ntext\n";

/// A block of code in THEMES.md, counted among those of its kind.
fn block(kind: &str, number: usize) -> String {
    let page = include_str!("../../THEMES.md");
    let start = format!("```{kind}\n");
    page.split(&start).nth(number + 1).unwrap().split("```").next().unwrap().to_owned()
}

/// The theme of THEMES.md, as a newcomer would type it.
fn documented() -> Site {
    let site = Site::new()
        .file("my-theme/theme.toml", block("toml", 0))
        .file("my-theme/assets/site.css", block("css", 0))
        .file("my-theme/templates/article.html", block("html", 0))
        .file("content/a.md", ARTICLE);
    let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap() + &block("toml", 1);
    site.file("site.toml", toml)
}

#[test]
fn the_theme_of_the_handbook_builds_as_it_stands() {
    let site = documented();
    site.build();
    let page = site.only_page();
    assert!(page.contains("<p>Light, thrown on one fixed spot.</p>"), "{page}");
    assert!(site.output("assets/site.css").contains("body { max-width: 36em"));
    assert!(site.has_output("tags/index.html") && site.output("index.html").contains("<title>T</title>"));
}

#[test]
fn the_frame_of_the_handbook_has_all_that_is_needed() {
    let site = documented().file("my-theme/templates/base.html", block("html", 1));
    let check = site.run(&["check"]);
    assert_eq!((check.status, check.stderr.contains("template")), (0, false), "{}", check.stderr);
    site.build();
    let page = site.only_page();
    assert!(page.contains("<title>T – T</title>") && page.contains("<p>Light, thrown"), "{page}");
    assert!(page.contains("Content-Security-Policy"), "{page}");
}

#[test]
fn an_option_the_theme_lacks_or_of_another_type_is_refused() {
    for (option, why) in [("mottto = \"x\"", "has no option `mottto`"), ("motto = 3", "is a string, not an integer")] {
        let site = documented();
        let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap();
        let (head, _) = toml.split_once("motto = ").unwrap();
        let site = site.file("site.toml", format!("{head}{option}\n"));
        let run = site.run(&["build", "--offline"]);
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}

#[test]
fn a_theme_of_another_time_or_none_at_all_is_refused_with_a_reason() {
    let site = documented().file("my-theme/theme.toml", "api = 9\n");
    let run = site.run(&["build", "--offline"]);
    assert!(run.stderr.contains("made for version 9"), "{}", run.stderr);
    let site = Site::new().file("content/a.md", ARTICLE).config("theme = \"nowhere\"");
    let run = site.run(&["build", "--offline"]);
    assert!(run.stderr.contains("neither built in nor a folder with a theme.toml"), "{}", run.stderr);
}

#[test]
fn an_option_changes_exactly_the_pages_of_the_theme() {
    let site = documented();
    site.build();
    let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap().replace("Light", "Shadow");
    let site = site.file("site.toml", toml);
    site.build();
    assert!(site.only_page().contains("<p>Shadow, thrown"));
}

#[test]
fn nav_links_notice_and_contact_stand_on_every_index() {
    let site = Site::new().file("content/a.md", ARTICLE).config(
        "notice = \"We move.\"\ncontact = \"rights@m.example.org\"\n[[nav]]\ntitle = \"N\"\npath = \"tags/index.html\"\n[[link]]\ntitle = \"L\"\nurl = \"https://other.example.org/\"",
    );
    site.build();
    let page = site.output("outlets/index.html");
    for part in
        ["We move.", "mailto:rights@m.example.org", "href=\"../tags/index.html\">N</a>", "https://other.example.org/"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let run = Site::new().config("[[nav]]\ntitle = \"N\"").run(&["build"]);
    assert!(run.stderr.contains("needs a path or a url"), "{}", run.stderr);
}

#[test]
fn in_lite_pictures_are_links_that_say_how_large_they_are() {
    let site = Site::new()
        .config("theme = \"lite\"")
        .file("content/p.jpg", bytes(&photograph(600, 400), image::ImageFormat::Jpeg))
        .file("content/a.md", format!("{ARTICLE}\n![船](p.jpg)\n"));
    site.build();
    let page = site.only_page();
    assert!(!page.contains("<img") && body_of(&page).contains(">船</a> <small>"), "{page}");
    assert!(page.len() < 10_000);
    assert!(site.output("feed.xml").contains("<img"), "feeds show them");
}

#[test]
fn a_long_read_has_contents_and_a_short_one_has_none() {
    let section = |number: u8| format!("## 第{number}节\n\n{}\n\n", "字".repeat(800));
    let long: String = (1..=4).map(section).collect();
    let head = |title: &str| format!("---\ntitle: {title}\ndate: 2024-01-01\n---\n");
    let site =
        Site::new().file("content/long.md", head("long") + &long).file("content/short.md", head("short") + "text");
    site.build();
    let page = |title: &str| {
        let list = site.list();
        let article = list.iter().find(|article| article["title"] == title).unwrap();
        site.output(article["output"].as_str().unwrap())
    };
    assert!(page("long").contains("<a href=\"#s-2\">第2节</a>") && page("long").contains("<h2 id=\"s-2\">第2节</h2>"));
    assert!(!page("short").contains("href=\"#s-1\""));
}

#[test]
fn related_articles_are_older_ones_that_share_tags() {
    let article = |number: u8, tags: &str| {
        format!(
            "---\ntitle: n{number}\ndate: 2024-01-0{number}\nlink: https://e{number}.example.org/{number}\ntags: [{tags}]\n---\ntext\n"
        )
    };
    let site = Site::new()
        .file("content/1.md", article(1, "a, b, o1"))
        .file("content/2.md", article(2, "a, o2"))
        .file("content/3.md", article(3, "a, b, o3"))
        .file("content/4.md", article(4, "c, o4"));
    site.build();
    let list = site.list();
    let page = |number: usize| site.output(list[number - 1]["output"].as_str().unwrap());
    let related = |number: usize| page(number).split_once("class=\"related\"").map(|(_, after)| after.to_owned());
    let third = related(3).unwrap();
    assert!(third.find("n1").unwrap() < third.find("n2").unwrap(), "two shared tags come before one: {third}");
    assert!(related(1).is_none() && related(4).is_none(), "nothing older, nothing shared");
}

#[test]
fn a_page_stays_lean_whatever_there_is_to_show_beside_its_body() {
    let article = |day: u8, title: &str, link: &str| {
        format!(
            "---\ntitle: {title}{day}\ndate: 2024-01-0{day}\nlink: {link}\nauthor: 甲\ntags: [渡口, 堤岸, o{day}]\n---\ntext\n"
        )
    };
    let (short, long) = ("短", "很长的标题".repeat(10));
    let address = |day: u8| format!("https://e{day}.example.org/{}", "%E5%AD%97".repeat(if day == 6 { 40 } else { 2 }));
    let site = |title: &str| {
        let add = |site: Site, day| site.file(&format!("content/{day}.md"), article(day, title, &address(day)));
        let site = (1..=6).fold(Site::new(), add);
        site.build();
        site
    };
    let shown = |site: &Site, at: usize| {
        let page = site.output(site.list()[at]["output"].as_str().unwrap());
        let related = page.split_once("class=\"related\"").map_or(0, |(_, after)| after.matches("<li>").count());
        (page, related)
    };
    let few = site(&long);
    let (page, related) = shown(&few, 5);
    assert!(related < 3 && page.len() - body_of(&page).len() <= 2560, "{related}, {}: {page}", page.len());
    assert!(page.contains(&format!("class=\"u-url\" href=\"https://e6.example.org/{}\"", "字".repeat(40))), "{page}");
    assert_eq!(shown(&site(short), 4).1, 3);
}

#[test]
fn an_address_that_was_escaped_twice_makes_no_page_heavy() {
    let address = format!("https://e.example.org/@7/{}", "%25E5%25AD%2597".repeat(30));
    let article = |day: u8, more: &str| {
        format!("---\ntitle: {}{day}\ndate: 2024-01-0{day}\nauthor: 甲\n{more}\n---\n正文。\n", "很长的标题".repeat(5))
    };
    let site = Site::new()
        .file("content/1.md", article(1, "link: https://e.example.org/@6"))
        .file("content/2.md", article(2, &format!("link: {address}\ntags: [渡口, 堤岸, 灯塔]")));
    site.build();
    let [plain, heavy] = [0, 1].map(|at| site.output(site.list()[at]["output"].as_str().unwrap()));
    assert!(heavy.len() - body_of(&heavy).len() <= 2560, "{}: {heavy}", heavy.len() - body_of(&heavy).len());
    assert!(heavy.contains(&format!("href=\"{address}\" rel=\"noreferrer noopener\">e.example.org</a>")), "{heavy}");
    assert!(
        heavy.contains("<span class=\"p-author\">甲</span>") && heavy.contains("灯塔</a>"),
        "what readers look for stays"
    );
    assert!(heavy.contains(".html\">较早</a>"), "{heavy}");
    assert!(plain.contains("<meta name=\"description\" content=\"正文。\">"));
}

#[test]
fn the_archive_is_walked_from_year_to_month_to_day() {
    let site =
        Site::new().file("content/a.md", ARTICLE).file("content/b.md", "---\ntitle: U\ndate: 2023-12-31\n---\ntext\n");
    site.build();
    assert!(site.output("2024/index.html").contains("href=\"01/index.html\""));
    let month = site.output("2024/01/index.html");
    assert!(
        month.contains("<th scope=\"col\">一</th>") && month.contains("href=\"01/index.html\">1 <small>(1)</small>"),
        "{month}"
    );
    assert!(month.contains("href=\"../../2023/12/index.html\""), "the month before");
    assert_eq!(month.matches("<td>").count() % 7, 0);
}

#[test]
fn a_page_says_which_words_are_whose() {
    let article = |lang: &str| format!("---\ntitle: {lang}\ndate: 2024-05-06\nlang: {lang}\n---\n<p>text</p>");
    let site = Site::new()
        .file("content/1.md", article("ar"))
        .file("content/2.md", article("zh_TW"))
        .file("content/3.md", article("Chinese (Simplified)"));
    site.build();
    let page = |title: &str| {
        let list = site.list();
        let article = list.iter().find(|article| article["title"] == title).unwrap();
        site.output(article["output"].as_str().unwrap())
    };
    let arabic = page("ar");
    assert!(
        arabic.contains("<html lang=\"zh-Hans\">")
            && arabic.contains("<div class=\"e-content\" lang=\"ar\" dir=\"auto\">")
    );
    assert!(page("zh_TW").contains("<html lang=\"zh-TW\">") && !page("zh_TW").contains("dir=\"auto\""));
    assert!(page("Chinese (Simplified)").contains("<html lang=\"zh-Hans\">"));
    assert!(site.output("index.html").contains(" lang=\"ar\" dir=\"auto\"><a href"));
}

#[test]
fn an_article_with_both_times_leads_to_its_day_and_a_front_page_without_pictures_has_a_lead() {
    let both = "---\ntitle: both\ndate: 2024-05-06 10:00\nlastmod: 2024-05-06 11:00\npublished: 2024-05-05 09:00\n---\n<p>text</p>";
    let site = Site::new().file("content/1.md", both).file("content/2.md", both.replace("05-06", "05-04"));
    site.build();
    let page = site.output(site.list()[0]["output"].as_str().unwrap());
    assert!(page.contains("dt-published") && page.contains("dt-updated"), "{page}");
    assert!(page.contains("<a href=\"index.html\"><time class=\"dt-"), "{page}");
    let front = site.output("index.html");
    assert!(front.contains("<article class=\"lead\"><div><h2>") && front.matches("<h3>").count() == 1, "{front}");
}

#[test]
fn a_day_alone_has_no_time() {
    let site = Site::new()
        .config("timezone = \"Asia/Shanghai\"")
        .file("content/1.md", "---\ntitle: day\ndate: 2024-05-06\n---\n<p>text</p>")
        .file("content/2.md", "---\ntitle: time\ndate: 2024-05-06 08:30:00 +08:00\n---\n<p>text</p>");
    site.build();
    let list = site.list();
    let day = list.iter().find(|article| article["title"] == "day").unwrap();
    let page = site.output(day["output"].as_str().unwrap());
    assert!(page.contains("<time class=\"dt-published\" datetime=\"2024-05-06\">2024年5月6日</time>"), "{page}");
    let list = site.output("2024/05/06/index.html");
    assert!(list.contains("<small>08:30</small>") && !list.contains("00:00"), "{list}");
}

#[test]
fn parts_of_a_list_are_told_apart() {
    let site = (0..150).fold(Site::new(), |site, number| {
        site.file(&format!("content/{number}.md"), format!("---\ntitle: n{number}\ndate: 2024-05-06\n---\n<p>text</p>"))
    });
    site.build();
    let (first, second) = (site.output("2024/05/06/index.html"), site.output("2024/05/06/index-2.html"));
    assert!(first.contains("<h1>2024年5月6日</h1>") && first.contains("第2页"), "{first}");
    assert!(second.contains("<h1>2024年5月6日 · 第2页</h1>") && second.contains("第1页"), "{second}");
}

#[test]
fn what_a_site_does_not_want_to_show_is_nowhere() {
    let site = Site::new()
        .config("[theme_options]\nlist_pictures = false\nsummaries = false")
        .file("content/1.md", "---\ntitle: one\ndate: 2024-05-06\n---\n<p>Words of a summary.</p>");
    site.build();
    let front = site.output("index.html");
    assert!(!front.contains("Words of a summary") && !front.contains("<img"), "{front}");
    assert!(!front.contains("outlets/index.html"), "there is none");
}

#[test]
fn every_page_has_the_policy_whatever_its_theme() {
    for base in [
        "<html><head><title>x</title>{% block main %}{% endblock %}",
        "<html><head><script src=\"x.js\"></script><meta charset=\"utf-8\">{% block main %}{% endblock %}",
        "{% block main %}{% endblock %}",
    ] {
        let blocks =
            ["title", "head", "body", "top"].map(|name| format!("{{% block {name} %}}{{% endblock %}}")).concat();
        let site = Site::new()
            .file("content/a.md", "---\ntitle: T\ndate: 2024-01-02\n---\ntext")
            .file("theme/templates/base.html", format!("<!doctype html>\n{base}{blocks}"));
        site.build();
        let page = site.only_page();
        let (before, _) =
            page.split_once("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'").unwrap();
        assert!(before == "<!doctype html>\n<html><head><meta " || before == "<!doctype html>\n<meta ", "{before}");
    }
}

#[test]
fn what_leads_nowhere_is_said() {
    for (table, said) in [
        ("[[nav]]\ntitle = \"x\"\nurl = \"javascript:alert(1)\"", "is the address of no page"),
        ("[[nav]]\ntitle = \"x\"\npath = \"/tags/index.html\"", "is no path of a page"),
        ("[[link]]\ntitle = \"x\"\nurl = \"foo\"", "is the address of no page"),
        ("[[outlet]]\nname = \"x\"\n[[outlet]]\nname = \"x\"", "there are two rules of the name `x`"),
    ] {
        let run = Site::new().config(table).run(&["build", "--offline"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{table}: {}", run.stderr);
    }
    let run = Site::new().config("[[nav]]\ntitle = \"x\"\npath = \"nosuch.html\"").build();
    assert!(run.stderr.contains("the site has no page `nosuch.html`"), "{}", run.stderr);
}

#[test]
fn a_day_leads_to_its_month_and_to_the_days_beside_it() {
    let article = |day: u32| format!("---\ntitle: n{day}\ndate: 2024-05-0{day}\n---\ntext");
    let site =
        [1, 4, 6].into_iter().fold(Site::new(), |site, day| site.file(&format!("content/{day}.md"), article(day)));
    site.build();
    let page = site.output("2024/05/04/index.html");
    for link in
        ["href=\"../index.html\"", "rel=\"prev\" href=\"../01/index.html\"", "rel=\"next\" href=\"../06/index.html\""]
    {
        assert!(page.contains(link), "{link}: {page}");
    }
}

#[test]
fn a_template_that_nothing_uses_is_said() {
    let site = Site::new()
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-02\n---\ntext")
        .file("theme/templates/artcle.html", "x")
        .file("theme/templates/mine.html", "y")
        .file("theme/templates/page.html", "{% include \"mine.html\" %}");
    let run = site.build();
    assert!(run.stderr.contains("templates/artcle.html: no page and no other template uses it"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `article.html`?") && !run.stderr.contains("mine.html"), "{}", run.stderr);
}

#[test]
fn hidden_folders_are_no_part_of_a_theme() {
    let site = Site::new()
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-02\n---\ntext")
        .file("theme/assets/.git/config", "x")
        .file("theme/templates/.git/HEAD", "{% if %}");
    site.build();
    assert!(!site.outputs().iter().any(|path| path.contains(".git")), "{:?}", site.outputs());
}

fn with_article() -> Site {
    Site::new().file("content/a.md", "---\ntitle: T\ndate: 2024-01-02\n---\ntext")
}

#[test]
fn a_template_that_no_page_needs_today_is_tried_all_the_same() {
    let site = with_article().file(
        "theme/templates/withdrawn.html",
        "{% extends \"base.html\" %}{% block main %}\n{{ withdrawn.reson }}{% endblock %}",
    );
    let said = "theme/templates/withdrawn.html:2:14: Field `reson` is not defined";
    let checked = site.run(&["check"]);
    assert!(checked.status == 1 && checked.stderr.contains(said), "{}", checked.stderr);
    let built = site.build();
    assert!(built.stderr.contains(said), "{}", built.stderr);
    let json = site.run(&["--format", "json", "build"]);
    assert!(
        json.stderr.contains("\"file\":\"theme/templates/withdrawn.html\",\"line\":2,\"column\":14"),
        "{}",
        json.stderr
    );
}

#[test]
fn what_lies_beside_the_folders_of_a_theme_is_said() {
    let site = with_article()
        .file("theme/page.html", "x")
        .file("theme/static/a.css", "x")
        .file("theme/README.md", "x")
        .file("theme/scss/a.scss", "x")
        .file("theme/templates/404.html", "\u{feff}{% extends \"base.html\" %}");
    let stderr = site.build().stderr;
    for name in ["theme/page.html", "theme/static"] {
        assert!(stderr.contains(&format!("{name}: nothing is looked for there")), "{stderr}");
    }
    assert!(!stderr.contains("README") && !stderr.contains("scss"), "{stderr}");
}

#[test]
fn a_base_that_lacks_blocks_is_one_fault() {
    let site = with_article()
        .file("theme/templates/base.html", "<html>{% block title %}{% endblock %}{%- block main -%}{% endblock %}");
    let run = site.run(&["build"]);
    assert!(
        run.status == 1 && run.stderr.contains("it lacks the blocks that others fill: head, body, top"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_does_not_fit_together_is_told_by_file_and_line() {
    let article =
        |text: &str| format!("{{% extends \"base.html\" %}}\n{{% block main %}}{text}{{{{ body }}}}{{% endblock %}}");
    for (file, text, said) in [
        (
            "article.html",
            article("{{ article.title | shorten }}"),
            "theme/templates/article.html:2:36: Unknown filter `shorten`",
        ),
        ("article.html", article("{{ 1 | a }}{{ 2 | b }}"), "Unknown filter `a` (and one more fault)"),
        (
            "article.html",
            article("{% include \"no.html\" %}"),
            "theme/templates/article.html:2:28: Unknown template `no.html`",
        ),
        ("article.html", article("{{ <nope/> }}"), "theme/templates/article.html:2:20: Unknown component `nope`"),
        (
            "parts.html",
            "{% component listed(item) %}{% endcomponent listed %}".to_owned(),
            "theme/templates/parts.html: lacks the components contact, counted, lines, neighbours, sections",
        ),
    ] {
        let site = Site::new().file("content/a.md", ARTICLE).file(&format!("theme/templates/{file}"), text);
        let run = site.run(&["check"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{said}: {}", run.stderr);
    }
}

/// A page that shows no text renders without a fault.
#[test]
fn a_template_that_shows_no_text_or_no_notice_is_said() {
    let site = Site::new()
        .config("notice = \"For the archive.\"\ncontact = \"a@m.example.org\"")
        .file("content/a.md", ARTICLE)
        .file(
            "theme/templates/article.html",
            "{% extends \"base.html\" %}{% block main %}{{ article.title }}{% endblock %}",
        );
    let run = site.run(&["check"]);
    assert!(
        run.stderr.contains("theme/templates/article.html: it does not show the text of an article"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("`notice`"), "{}", run.stderr);
    let base = "<html><head><title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}</head>\
        <body{% block body %}{% endblock %}>{% block top %}{% endblock %}{% block main %}{% endblock %}</body></html>";
    let site = site.file("theme/templates/base.html", base);
    std::fs::remove_file(site.path().join("theme/templates/article.html")).unwrap();
    let run = site.run(&["check"]);
    for said in ["the `notice` of site.toml", "the `contact` of site.toml"] {
        assert!(run.stderr.contains(&format!("theme/templates/base.html: no page shows {said}")), "{}", run.stderr);
    }
}

#[test]
fn options_in_tables_and_lists_are_checked_key_by_key() {
    let theme = "api = 1\n[options]\nnames = [\"a\"]\n[options.words]\nhome = \"Home\"\nback = \"Back\"\n";
    let article = "{% extends \"base.html\" %}{% block main %}{{ site.options.words.home }}/{{ site.options.words.back }}{{ body }}{% endblock %}";
    let site = |options: &str| {
        Site::new()
            .config(&format!("theme = \"mine\"\n[theme_options]\n{options}"))
            .file("mine/theme.toml", theme)
            .file("mine/templates/article.html", article)
            .file("content/a.md", ARTICLE)
    };
    let built = site("words = { home = \"Start\" }");
    built.build();
    assert!(built.only_page().contains("Start/Back"));
    for (options, said) in [
        ("words = { hom = \"x\" }", "has no option `words.hom`"),
        ("names = [1]", "`names` is a list, each of it a string, not a list, each of it an integer"),
        ("words = 3", "`words` is a table, not an integer"),
    ] {
        let run = site(options).run(&["check"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    let run = Site::new().config("overrides = \"nope\"").file("content/a.md", ARTICLE).run(&["check"]);
    assert!(run.stderr.contains("nope: there is no such folder"), "{}", run.stderr);
}

#[test]
fn a_site_in_arabic_runs_from_right_to_left_and_a_foreign_title_says_its_language() {
    let site = Site::new()
        .config("language = \"ar\"")
        .file("content/a.md", "---\ntitle: مقال\ndate: 2024-01-01\nlang: ar\n---\nنص\n")
        .file("content/b.md", "---\ntitle: Ferry\ndate: 2024-01-01\nlang: en\n---\ntext\n");
    site.build();
    for page in ["index.html", "2024/01/01/index.html"] {
        assert!(site.output(page).contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
    }
    let day = site.output("2024/01/01/index.html");
    assert!(day.contains("\" lang=\"en\">Ferry</a>") && day.contains("\">مقال</a>"), "{day}");
}

#[test]
fn words_in_another_language_say_so_and_a_text_has_its_own() {
    let article = |title: &str, day: usize, lang: &str, body: &str| {
        format!(
            "---\ntitle: {title}\ndate: 2024-01-0{day}\nlang: {lang}\nlink: https://e.example.org/{day}\ntags: [港, 船]\n---\n{body}\n"
        )
    };
    let site = Site::new()
        .config("language = \"zh-Hans\"")
        .file(
            "content/a.md",
            article("Ferry", 1, "en", "<p>It left.</p><audio src=\"https://e.example.org/a.mp3\"></audio>"),
        )
        .file("content/b.md", article("渡轮", 2, "zh-Hans", "<p>它走了。</p>"))
        .file("content/c.md", article("港口", 3, "zh-Hans", "<p>它空了。</p>"));
    site.build();
    let page = |title: &str| {
        let list = site.list();
        site.output(list.iter().find(|line| line["title"] == title).unwrap()["output"].as_str().unwrap())
    };
    let (english, chinese) = (page("Ferry"), page("渡轮"));
    assert!(body_of(&english).contains(">Audio (e.example.org)</a>"), "{english}");
    assert!(
        english.contains("<h1 class=\"p-name\" lang=\"en\" dir=\"auto\">Ferry</h1>") && english.contains("分钟读完")
    );
    assert!(chinese.contains("<b>较早</b> <span lang=\"en\">Ferry</span>"), "{chinese}");
    let related = page("港口");
    assert!(related.contains(" lang=\"en\">Ferry</a></li>"), "{related}");
}

#[test]
fn a_site_without_articles_offers_no_archive() {
    let site = Site::new().file("pages/about.md", "About");
    site.run(&["build", "--offline"]);
    assert!(!site.output("index.html").contains("#archive") && !site.output("index.html").contains("id=\"archive\""));
    assert!(site.output("index.html").contains("about"));
}

/// A mirror in a language of which we have no words says them itself.
#[test]
fn a_site_says_the_words_of_the_interface_otherwise() {
    let article = "---\ntitle: Le bac\ndate: 2024-01-01\nlang: fr\noutlet: Radio\ntags: [bac]\n---\n<p>Texte.</p><img src=https://e.example.org/a.jpg>\n";
    let words = "language = \"fr\"\n[labels]\narchive = \"Par date\"\ntags = \"Sujets\"\npicture = \"Image\"\ncolon = \" : \"\n";
    let site = Site::new().config(words).file("content/a.md", article);
    site.build();
    assert!(site.output("index.html").contains("Par date") && site.output("index.html").contains(">Sujets</a>"));
    assert!(site.output("tags/index.html").contains("<h1>Sujets</h1>"));
    assert!(site.only_page().contains("Image (e.example.org)"), "{}", site.only_page());
    // Another word: every page that shows it is another.
    let toml = std::fs::read_to_string(site.path().join("site.toml")).unwrap();
    let site = site.file("site.toml", toml.replace("Image", "Photo"));
    site.build();
    assert!(site.only_page().contains("Photo (e.example.org)"));
    let odd = "language = \"de\"\n[labels]\npicture = \"Bild \\\"groß\\\" <b>\"\n";
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/content/notes/badge.png")).unwrap();
    let site = Site::new()
        .config(odd)
        .file("content/a.md", "---\ntitle: T\ndate: 2024-01-01\n---\ntext\n\n![](b.png)\n")
        .file("content/b.png", picture);
    site.build();
    assert!(!site.only_page().contains("Bild \"gro") && !site.only_page().contains("<b>"), "{}", site.only_page());
    let run = Site::new().config("[labels]\narchiv = \"x\"").file("content/a.md", article).run(&["check"]);
    assert!(
        run.status == 1
            && run.stderr.contains("there is no word `archiv`")
            && run.stderr.contains("did you mean `archive`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_link_to_a_file_is_as_good_as_the_file() {
    let site = Site::new().file("elsewhere.html", "<p>ours").file("theme/templates/.keep", "");
    std::os::unix::fs::symlink("../../elsewhere.html", site.path().join("theme/templates/404.html")).unwrap();
    site.build();
    assert!(site.output("404.html").contains("<p>ours"));
}
