//! An article of the seed's shape, line by line: what a reader sees of it.

use crate::harness::{Site, body_of};

/// The shape of a bare article: stamp, link, rule, a visible date, pictures behind a proxy with captions, a sound,
/// bold paragraphs for headings. The words are ours.
const SEED: &str = "<!--1639742343000-->
[渡轮首航 “白鹭号”能走多远?](https://www.example.org/a/first-crossing/6358725.html)
------

<div><i>Fri, 17 Dec 2021 11:23:10 GMT</i></div><img src=\"https://images.weserv.nl?url=gdb.example.org/654BED12_w900.jpg\" width=\"100%\"><div><small style=\"color: #999;\">渡轮离开码头。（2021年12月15日）</small></div><audio src=\"https://av.example.org/clips/50d163bf.mp3\" controls></audio><div><small style=\"color: #999;\">渡轮首航 “白鹭号”能走多远?</small></div><p>第一段文字在这里。 </p><p><strong>第一个小标题 </strong></p><p>第二段文字，说得多一些。 </p><div ><img  src=\"https://images.weserv.nl?url=gdb.example.org/8661049F_w900.jpg\" alt=\"船长(Captain）\" border=\"0\"/><div><small style=\"color: #999;\">船长(Captain）</small></div></div><p>第三段文字。 </p><p><strong>第二个小标题 </strong></p><p>第四段文字。</p><p>最后一段。</p>";

fn seed() -> Site {
    let site = Site::new().file("content/晨港日报/1639742343000_渡轮首航 “白鹭号”能走多远？.md", SEED);
    site.build();
    site
}

#[test]
fn the_title_stands_once_and_the_original_is_linked() {
    let page = seed().only_page();
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(page.contains("<h1 class=\"p-name\">渡轮首航 “白鹭号”能走多远?</h1>"));
    assert!(
        page.contains("href=\"https://www.example.org/a/first-crossing/6358725.html\" rel=\"noreferrer noopener\"")
    );
}

#[test]
fn the_visible_date_is_when_it_was_published_and_the_stamp_when_it_was_updated() {
    let site = seed();
    let article = &site.list()[0];
    assert_eq!(article["published"], "2021-12-17T11:23:10Z");
    assert_eq!(article["date"], "2021-12-17T11:59:03Z");
    assert_eq!(article["outlet"], "晨港日报");
    let page = site.only_page();
    assert!(
        page.contains("<time class=\"dt-published\" datetime=\"2021-12-17T11:23:10Z\">2021年12月17日 11:23</time>")
    );
    assert!(page.contains("<time class=\"dt-updated\" datetime=\"2021-12-17T11:59:03Z\">"));
    assert!(!body_of(&page).contains("GMT"));
}

#[test]
fn the_body_is_what_a_careful_editor_would_have_made_of_it() {
    let page = seed().only_page();
    insta::assert_snapshot!(body_of(&page).replace("><", ">\n<"), @r#"
    <figure>
    <a href="https://gdb.example.org/654BED12_w900.jpg" rel="noreferrer noopener">图片（gdb.example.org）</a>
    <figcaption>渡轮离开码头。（2021年12月15日）</figcaption>
    </figure>
    <figure>
    <a href="https://av.example.org/clips/50d163bf.mp3" rel="noreferrer noopener">音频（av.example.org）</a>
    <figcaption>渡轮首航 “白鹭号”能走多远?</figcaption>
    </figure>
    <p>第一段文字在这里。</p>
    <h2>第一个小标题</h2>
    <p>第二段文字，说得多一些。</p>
    <figure>
    <a href="https://gdb.example.org/8661049F_w900.jpg" rel="noreferrer noopener">图片（gdb.example.org）</a>
    <figcaption>船长(Captain）</figcaption>
    </figure>
    <p>第三段文字。</p>
    <h2>第二个小标题</h2>
    <p>第四段文字。</p>
    <p>最后一段。</p>
    "#);
    assert!(!page.contains("style=\""));
    assert!(!page.contains("width=\"100%\""));
    assert!(!page.contains("weserv"));
}

#[test]
fn the_originals_address_is_shown_as_a_person_reads_it() {
    for (encoded, shown) in [
        ("%E6%B8%AF%E5%8F%A3", "港口"),
        ("%25E6%25B8%25AF%25E5%258F%25A3", "港口"),
        ("%E6%B8", "%E6%B8"),
        ("a%00b%E2%80%AEc", "a%00b%E2%80%AEc"),
    ] {
        let article = format!(
            "---\ntitle: T\ndate: 2024-05-06\noriginal_url: https://www.example.org/{encoded}\n---\n<p>文。</p>"
        );
        let site = Site::new().file("content/a.html", article);
        site.build();
        let page = site.only_page();
        assert!(
            page.contains(&format!("rel=\"noreferrer noopener\">www.example.org/{shown}</a>")),
            "{encoded}: {page}"
        );
    }
}
