//! Pictures, captions, twins and frames in the markup of many outlets.

use crate::harness::{Site, assert_cleaned, body_of, cleaned};

#[test]
fn a_caption_is_no_article() {
    let picture = "<img src=\"data:,\">";
    let text = "这一段文字说的是港口、渡轮和灯塔。".repeat(30);
    let bodies = [
        format!("<figure>{picture}<figcaption>图说<p>{text}</p></figure>"),
        format!("<div class=\"no-caption\"><p>{text}</p></div>"),
        format!("<figure><img src=\"https://e.example.org/1.jpg\"></figure><p>图为{text}</p>"),
    ];
    for got in cleaned("html", "", &bodies.each_ref().map(String::as_str)) {
        assert!(got.contains(&text) && !got.contains("figcaption"), "{got}");
    }
}

#[test]
fn a_noscript_without_end_in_a_link_links_nothing_else() {
    let link = "<div><a href=\"https://e.example.org/x\"><img data-src=\"https://p.example.org/a.jpg\"><noscript><img src=\"https://p.example.org/a.jpg\"></a>";
    let bodies = cleaned(
        "html",
        "",
        &[&format!("{link}<p>One</p><p>Two</p><h2>Head</h2><ul><li>i1<li>i2</ul></div><p>after</p>")],
    );
    assert!(
        bodies[0].contains("<p>One</p><p>Two</p><h2>Head</h2><ul><li>i1</li><li>i2</li></ul><p>after</p>"),
        "{}",
        bodies[0]
    );
}

#[test]
fn a_caption_of_paragraphs_takes_a_line_as_one() {
    let bodies = cleaned(
        "html",
        "",
        &[
            "<figure><img src=\"https://p.example.org/a.jpg\"><figcaption><p>One.</p><p>Two.</p></figcaption></figure><div class=\"photo-credit\">Photo: <a href=\"https://ap.example.org/\">AP</a> / <b>2021</b></div>",
        ],
    );
    assert_eq!(bodies[0].matches("<p>").count(), 3, "{}", bodies[0]);
    assert!(bodies[0].contains("</a> / <b>2021</b></p></figcaption>"), "{}", bodies[0]);
}

#[test]
fn a_picture_in_a_link_that_leads_nowhere_has_its_own() {
    let picture = "<a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a>";
    assert_cleaned(
        "html",
        &[("<a href=\"#popup\"><img src=\"https://e.example.org/a.jpg\"></a>", &format!("<figure>{picture}</figure>"))],
    );
}

#[test]
fn a_noscript_a_frame_and_a_player_take_no_text_along() {
    let film = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}\" rel=\"noreferrer noopener\">视频（e.example.org）</a></figure>"
        )
    };
    let card = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}\" rel=\"noreferrer noopener\"><strong>嵌入内容</strong> \
             <small>e.example.org</small></a></figure>"
        )
    };
    assert_cleaned(
        "html",
        &[
            ("<p>一</p><noscript>说明<p>二</p><p>三</p>", "<p>一</p><p>说明</p><p>二</p><p>三</p>"),
            ("<div><noscript><p>二</p></div><p>三</p>", "<p>二</p><p>三</p>"),
            (
                "<iframe src=https://e.example.org/1><p>一</p><iframe src=https://e.example.org/2></iframe><p>二</p>",
                &format!("{}<p>一</p>{}<p>二</p>", card("1"), card("2")),
            ),
            (
                "<p>一</p><video src=https://e.example.org/v><p>您的浏览器不支持视频。</p></video><p>二</p>",
                &format!("<p>一</p>{}<p>二</p>", film("v")),
            ),
            // Behind a player it is a sentence like others.
            (
                "<video src=https://e.example.org/v></video><p>浏览器不支持视频。</p>",
                &format!("{}<p>浏览器不支持视频。</p>", film("v")),
            ),
        ],
    );
}

#[test]
fn a_twin_leaves_its_link() {
    let got = cleaned(
        "html",
        "",
        &[
            "<figure><a href=\"https://e.example.org/s\"><img src=\"/1.jpg\"></a></figure><figure><img src=\"/1.jpg\"><figcaption>图说</figcaption></figure>",
        ],
    );
    assert_eq!(got[0].matches("<figure>").count(), 1, "{got:?}");
    assert!(got[0].contains("https://e.example.org/s") && got[0].contains("图说"), "{got:?}");
}

#[test]
fn pictures_films_and_code_of_many_editors_are_found() {
    let picture = |name: &str| {
        format!(
            "<figure><a href=\"https://e.example.org/{name}.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a></figure>"
        )
    };
    let cases = ["zoomfile", "real_src"].map(|attribute| {
        (
            format!("<p>甲</p><img src=\"none.gif\" {attribute}=\"https://e.example.org/a.jpg\">"),
            format!("<p>甲</p>{}", picture("a")),
        )
    });
    let cases: Vec<(&str, &str)> = cases.iter().map(|(written, shown)| (written.as_str(), shown.as_str())).collect();
    assert_cleaned("html", &cases);
    assert_cleaned(
        "html",
        &[
            (
                "<p>甲</p><pre><code>let a = 1;</code><code>let b = 2;</code></pre>",
                "<p>甲</p><pre><code>let a = 1;</code>\n<code>let b = 2;</code></pre>",
            ),
            (
                "<p>甲</p><pre><code>a\n</code><code>b</code></pre>",
                "<p>甲</p><pre><code>a\n</code><code>b</code></pre>",
            ),
        ],
    );
    for (written, address) in [
        (
            "<iframe src=\"https://www.youtube.com/embed/videoseries?list=PLabc\"></iframe>",
            "embed/videoseries?list=PLabc",
        ),
        (
            "<figure class=\"media\"><oembed url=\"https://www.youtube.com/watch?v=abcDEF12345\"></oembed></figure>",
            "watch?v=abcDEF12345",
        ),
        (
            "<figure class=\"wp-block-embed is-type-video\"><div class=\"wp-block-embed__wrapper\">\nhttps://youtu.be/abcDEF12345\n</div></figure>",
            "watch?v=abcDEF12345",
        ),
    ] {
        let site =
            Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p>{written}"));
        site.build();
        let page = site.only_page();
        assert!(body_of(&page).contains(&format!("href=\"https://www.youtube.com/{address}\"")), "{page}");
    }
}

#[test]
fn what_a_frame_holds_itself_is_shown_in_its_place() {
    let film = "<p><a href=\"https://www.youtube.com/watch?v=abcdefghijk\" rel=\"noreferrer noopener\">";
    assert_cleaned(
        "html",
        &[
            (
                "<p>甲</p><iframe srcdoc=\"&lt;p&gt;乙&lt;b&gt;丙&lt;/p&gt;&lt;iframe srcdoc=&#39;&lt;p&gt;丁&#39;>\"></iframe><p>戊</p>",
                "<p>甲</p><p>乙<b>丙</b></p><p>戊</p>",
            ),
            ("<p>甲</p><iframe src=\"data:text/html,%3Cp%3E%E4%B9%99\"></iframe>", "<p>甲</p><p>乙</p>"),
            ("<p>甲</p><iframe src=\"data:text/html;base64,PHA+Yg==\"></iframe>", "<p>甲</p><p>b</p>"),
        ],
    );
    let site = Site::new().file(
        "content/a.html",
        "---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p><iframe src=https://www.youtube.com/embed/abcdefghijk srcdoc='<a href=/x>▶</a>'></iframe>",
    );
    site.build();
    assert!(
        site.only_page().contains(film.trim_start_matches("<p>")) && !site.only_page().contains("▶"),
        "{}",
        site.only_page()
    );
}

#[test]
fn frames_in_depth_nest_no_deeper_than_elements() {
    let inner = "&lt;blockquote&gt;".repeat(250) + "深";
    let outer = "<blockquote>".repeat(250);
    let site = Site::new().file(
        "content/a.html",
        format!("---\ntitle: T\ndate: 2024-05-06\n---\n{outer}甲<iframe srcdoc=\"{inner}\"></iframe>乙"),
    );
    site.build();
    let page = site.only_page();
    assert!(
        page.matches("<blockquote>").count() <= 256 && page.contains("深") && page.contains("乙"),
        "{}",
        page.matches("<blockquote>").count()
    );
    let shown = |markup: &str| {
        let site =
            Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n<p>甲</p>{markup}"));
        site.build();
        body_of(&site.only_page()).to_owned()
    };
    for src in ["javascript:void(0)", "blob:https://e.example.org/1", "./a_files/saved.html", "about:blank"] {
        assert!(shown(&format!("<iframe src='{src}' srcdoc='<p>乙'></iframe>")).contains("<p>乙</p>"), "{src}");
    }
    assert!(
        shown("<iframe data-src=about:blank src=https://www.youtube.com/embed/abcdefghijk></iframe>")
            .contains("watch?v=abcdefghijk")
    );
    let lazy = "<p>甲</p><iframe srcdoc='<p>Loading' data-src=https://www.youtube.com/embed/abcdefghijk></iframe>";
    let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{lazy}"));
    site.build();
    assert!(site.only_page().contains("watch?v=abcdefghijk") && !site.only_page().contains("Loading"));
}

#[test]
fn a_caption_in_a_figure_of_its_own_is_that_of_the_picture_before() {
    let page = |markup: &str| {
        let site = Site::new().file("content/a.html", format!("---\ntitle: T\ndate: 2024-05-06\n---\n{markup}"));
        site.build();
        body_of(&site.only_page()).to_owned()
    };
    let captioned = page(
        "<div><div><img src=https://e.example.org/b.jpg></div><div><figure><figcaption><p>说明</p><p>摄影：林一</p></figcaption></figure></div></div><p>正文</p>",
    );
    assert!(
        captioned.contains("<figcaption>")
            && captioned.contains("摄影：林一")
            && captioned.find("说明") < captioned.find("</figure>"),
        "{captioned}"
    );
    assert!(page("<p>正文</p><figure><figcaption>说明</figcaption></figure><p>后</p>").contains("<p>说明</p>"));
    for inner in ["<pre>let a;</pre>", "<table><tr><td>甲</td></tr></table>", "<blockquote>甲</blockquote>"] {
        let listing = page(&format!(
            "<figure><img src=https://e.example.org/b.jpg></figure><figure><figcaption>a.rb</figcaption>{inner}</figure>"
        ));
        assert!(!listing.contains("<figcaption>") && listing.contains("<p>a.rb</p>"), "{listing}");
    }
}

/// From markup of the BBC, of VOA, of WeChat, of lazy loaders of many names.
#[test]
fn pictures_and_captions_of_many_outlets_find_each_other() {
    let link = |address: &str, alt: &str| {
        let host = address.split('/').nth(2).unwrap();
        format!("<a href=\"{address}\" rel=\"noreferrer noopener\">图片{alt}（{host}）</a>")
    };
    let figure = |address: &str, caption: &str| {
        let caption = if caption.is_empty() { String::new() } else { format!("<figcaption>{caption}</figcaption>") };
        format!("<figure>{}{caption}</figure>", link(address, ""))
    };
    let (a, b) = ("https://p.example.org/a.jpg", "https://p.example.org/b.jpg");
    let (large, small) = ("https://p.example.org/A_w250_r1_s.jpg", "https://p.example.org/A_w33_r1.jpg");
    let nothing = "data:image/gif;base64,R0";
    let cases = [
        // A caption whose own figure lost its content is no other picture's.
        (
            format!(
                "<figure><img src={a}><figcaption>甲</figcaption></figure><figure><div class=player></div><figcaption>视频</figcaption></figure>"
            ),
            figure(a, "甲") + "<p>视频</p>",
        ),
        (
            format!("<figure><img src={a}></figure><figure><img src={nothing}><figcaption>乙</figcaption></figure>"),
            figure(a, "") + "<p>乙</p>",
        ),
        (
            format!("<dl><dt>锚</dt><dd>停船。</dd><dt><img src={a}></dt><dd>借风。</dd></dl>"),
            format!("<dl><dt>锚</dt><dd>停船。</dd><dt>{}</dt><dd>借风。</dd></dl>", link(a, "")),
        ),
        (
            format!("<figure><img src={a}><span>摄影：张三</span><figcaption>码头</figcaption></figure>"),
            figure(a, "摄影：张三 码头"),
        ),
        (format!("<p><img src={a}></p><p class=picIntro>码头</p>"), figure(a, "码头")),
        // What a lazy loader would load.
        (format!("<img src={a} data-src=a_{{width}}.jpg data-img-url={b}>"), figure(a, "")),
        (format!("<img src={nothing} data-img-url={a}>"), figure(a, "")),
        (format!("<img src=/i/blank.gif nitro-lazy-src={a}>"), figure(a, "")),
        (format!("<img src={a} data-url=/share/5.html>"), figure(a, "")),
        ("<img src=https://p.example.org/photo.html>".to_owned(), figure("https://p.example.org/photo.html", "")),
        (
            "<img src=https://p.example.org/photos/99/c.jpg><img src=https://p.example.org/photos/101/c.jpg>".to_owned(),
            figure("https://p.example.org/photos/99/c.jpg", "") + &figure("https://p.example.org/photos/101/c.jpg", ""),
        ),
        (format!("<div class=social-share data-image={a}></div><p>后</p>"), "<p>后</p>".to_owned()),
        (format!("<img data-alt=x alt=甲 src={a}>"), format!("<figure>{}</figure>", link(a, "：甲"))),
        (
            format!("<p>前</p><img width=1 height=1 src=/p.gif data-src={a}>"),
            format!("<p>前</p><p>{}</p>", link(a, "")),
        ),
        (format!("<picture><source data-srcset={a}><img src=blank.gif></picture>"), figure(a, "")),
        (format!("<picture><source type=image/avif srcset='{b} 900w'><img src={a}></picture>"), figure(a, "")),
        (format!("<picture><source type='image/AVIF; codecs=av01' srcset='{b} 900w'><img src=blank.gif></picture>"), figure(b, "")),
        (
            format!("<div class=js-delayed-image-load data-src={a} data-alt=地图></div>"),
            format!("<figure>{}</figure>", link(a, "：地图")),
        ),
        (
            format!("<section style=\"background-image:url({a});background-repeat:no-repeat\"><br></section>"),
            figure(a, ""),
        ),
        (format!("<section style=\"background:url({a}) repeat-x\"><br></section><p>后</p>"), "<p>后</p>".to_owned()),
        (format!("<noscript><img src={large}></noscript><img data-src={small} src=\"\">"), figure(large, "")),
        (
            "<img src=https://p.example.org/max/60/c.jpg><canvas></canvas><img data-src=https://p.example.org/max/1600/c.jpg>".to_owned(),
            figure("https://p.example.org/max/1600/c.jpg", ""),
        ),
        (format!("<img src={a}><img src={b}>"), figure(a, "") + &figure(b, "")),
    ];
    let cases: Vec<(&str, &str)> = cases.iter().map(|(body, wanted)| (body.as_str(), wanted.as_str())).collect();
    assert_cleaned("html", &cases);
}

#[test]
fn a_span_behind_a_picture_may_be_its_caption_and_takes_no_text_along() {
    let link = |url: &str| format!("<a href=\"{url}\" rel=\"noreferrer noopener\">图片（e.example.org）</a>");
    let figure = |caption: &str| {
        format!("<figure>{}<figcaption>{caption}</figcaption></figure>", link("https://e.example.org/a.jpg"))
    };
    let image = "<img src=https://e.example.org/a.jpg>";
    let sign = "<img src=https://e.example.org/s.gif width=20 height=20>";
    let captioned = figure("渡轮<b>离港</b>");
    let cases = [
        (
            format!("<div>{image}<span class=img_descr>渡轮<span><b>离港</b></span></span></div><p>正文。</p>"),
            captioned.clone() + "<p>正文。</p>",
        ),
        (
            format!(
                "<p><a href=https://e.example.org/a.jpg>{image}</a>\n<span class=caption>渡轮<b>离港</b></span></p>正文。"
            ),
            captioned.clone() + "<p>正文。</p>",
        ),
        (
            format!("<p>{image}</p><span class=caption>渡轮<b>离港</b></span><p>正文。</p>"),
            captioned.clone() + "<p>正文。</p>",
        ),
        (
            format!("{image}<br><span class=caption style=display:block>渡轮<b>离港</b></span><p>正文。</p>"),
            captioned + "<p>正文。</p>",
        ),
        (
            format!("{image}<span class=caption>图注</span><span class=photo-credit>摄影：吴铭</span><p>正文。</p>"),
            figure("图注 摄影：吴铭") + "<p>正文。</p>",
        ),
        // A block ends it, closed or not.
        (
            format!("{image}<span class=caption><p>图注</p></span><p>正文。</p><h2>题</h2>"),
            format!("<figure>{}</figure><p>图注</p><p>正文。</p><h2>题</h2>", link("https://e.example.org/a.jpg")),
        ),
        (format!("<p>{image}<span class=caption>图注</p><p>正文。</p>"), figure("图注") + "<p>正文。</p>"),
        // In a line it is a part of the line.
        (
            format!("<p>前文{sign}<span class=caption>图注</span>后文。</p>"),
            format!("<p>前文{}<small>图注</small>后文。</p>", link("https://e.example.org/s.gif")),
        ),
        (format!("<figure>{image}<figcaption><span class=caption>图注</span></figcaption></figure>"), figure("图注")),
        ("<h2><span class=caption>题</span></h2><p>一</p>".to_owned(), "<h2>题</h2><p>一</p>".to_owned()),
    ];
    let cases: Vec<(&str, &str)> = cases.iter().map(|(body, wanted)| (body.as_str(), wanted.as_str())).collect();
    assert_cleaned("html", &cases);
}

/// What the portals of China, Hong Kong and Taiwan serve.
#[test]
fn pictures_of_portals_have_their_captions() {
    let link = |url: &str| {
        let host = url.split('/').nth(2).unwrap();
        format!("<a href=\"{url}\" rel=\"noreferrer noopener\">图片（{host}）</a>")
    };
    let a = "https://p.example.org/a.jpg";
    let figure = |caption: &str| format!("<figure>{}<figcaption>{caption}</figcaption></figure>", link(a));
    let bare = format!("<figure>{}</figure>", link(a));
    let image = format!("<img src={a}>");
    let mut cases = vec![
        // Liberty Times: the caption is what the picture says.
        (format!("<div><a href={a} title=图说。><img src={a} alt=图说。></a><p>图说。</p></div><p>正文。</p>"), figure("图说。") + "<p>正文。</p>"),
        // NetEase.
        (format!("<p class=f_center><img src={a}><br>某地街头<b>景象</b><br></p><p>乙</p>"), figure("某地街头<b>景象</b>") + "<p>乙</p>"),
        (format!("<p class=f_center>居中<br>{image}</p>"), format!("<p>居中</p>{bare}")),
        // Tables of one column.
        (
            format!("<table><tr><td>{image}</td></tr><tr><td>&nbsp;</td></tr><tr><td><p>图说</p></td></tr></table>"),
            figure("图说"),
        ),
        // Deutsche Welle.
        (
            "<figure><img data-url='https://p.example.org/a_${formatId}.jpg'><figcaption>行人<small>图像来源: R</small></figcaption></figure>".to_owned(),
            format!(
                "<figure>{}<figcaption>行人 <small>图像来源: R</small></figcaption></figure>",
                link("https://p.example.org/a_6.jpg")
            ),
        ),
        // Medium's words for screen readers, the player of Matters.
        (
            format!("<figure><span class=speechify-ignore>Press enter</span>{image}<figcaption>图说</figcaption></figure>"),
            figure("图说"),
        ),
        ("<p>这一段在<span class=player>选手</span>之后。</p>".to_owned(), "<p>这一段在选手之后。</p>".to_owned()),
        // Two pictures behind one placeholder are two.
        (
            "<img src=/static/imgloading.gif original=https://p.example.org/1.jpg><br><img src=/static/imgloading.gif original=https://p.example.org/2.jpg>".to_owned(),
            format!(
                "<figure>{}</figure><figure>{}</figure>",
                link("https://p.example.org/1.jpg"),
                link("https://p.example.org/2.jpg")
            ),
        ),
        // Discuz: a lazy picture, what hides behind it, a smiley.
        (
            format!("一<img file={a}><div class='tip aimg_tip'><p>a.jpg 下载附件</p></div>二"),
            format!("<p>一</p>{bare}<p>二</p>"),
        ),
        (
            "前<img src=https://p.example.org/smiley/default/lol.gif> 后".to_owned(),
            format!("<p>前{} 后</p>", link("https://p.example.org/smiley/default/lol.gif")),
        ),
        // WeChat: pictures behind boxes and drawings.
        (format!("甲<section data-lazy-bgimg={a}></section>乙"), format!("<p>甲</p>{bare}<p>乙</p>")),
        (
            format!("<p>甲</p><svg viewBox='0 0 9 9'><g><foreignObject><svg style=\"background-image: url({a});width: 100%\"></svg></foreignObject></g>无</svg><p>乙</p>"),
            format!("<p>甲</p>{bare}<p>乙</p>"),
        ),
    ];
    for caption in [
        "图/视觉中国",
        "图 | 晨报",
        "资料图：某地。",
        "↑渡轮",
        "新华社记者 李四 摄",
        "渡轮离港（王五摄）",
        "渡轮。受访者供图",
    ] {
        cases.push((format!("<p>{image}</p><p>{caption}</p><p>正文。</p>"), figure(caption) + "<p>正文。</p>"));
    }
    // What is told of pictures, and what a picture stands for.
    for text in ["据悉，该片将于明年在上海开始拍摄。", "这部片在桥上拍摄", "请勿偷攝。", "志愿者说：书都是附近居民供图"]
    {
        cases.push((format!("<p>{image}</p><p>{text}</p>"), format!("{bare}<p>{text}</p>")));
    }
    let embed = "<figure><a href=\"https://v.example.org/1\" rel=\"noreferrer noopener\"><strong>他说了</strong> <small>v.example.org</small></a></figure>";
    cases.push((
        "<iframe src=https://v.example.org/1 title=他说了></iframe><p>他说了</p>".to_owned(),
        format!("{embed}<p>他说了</p>"),
    ));
    // Two breaks part paragraphs.
    cases.push((format!("<p class=f_center>{image}<br><br>正文。</p>"), format!("{bare}<p>正文。</p>")));
    cases.push((
        format!("<p class=f_center>{image}<br>图说<br><br>正文。</p>"),
        format!("{bare}<p>图说</p><p>正文。</p>"),
    ));
    // A picture that is there is shown, whatever file it was; classes are whole words; what nobody closed takes no paragraphs along.
    for bare_name in ["file=IMG_1.jpg", "oldsrc=W020.jpg", "original=true/1.5"] {
        cases.push((format!("<img src={a} {bare_name}>"), bare.clone()));
    }
    cases.push(("<div file=a.jpg></div><p>一</p>".to_owned(), "<p>一</p>".to_owned()));
    cases.push(("<div class=music-spinner><p>歌词</p></div>".to_owned(), "<p>歌词</p>".to_owned()));
    cases.push(("<p>一<i class=W_ficon>L<p>二<p>三".to_owned(), "<p>一</p><p>二</p><p>三</p>".to_owned()));
    cases.push((
        format!("<figure><img class=speechify-ignore src={a}><figcaption>图说</figcaption></figure>"),
        figure("图说"),
    ));
    cases.push((
        format!("甲<svg width=16 height=16 style=\"background:url({a})\"></svg>乙"),
        format!("<p>甲{}乙</p>", link(a)),
    ));
    for class in ["image_desc", "photo_alt_20190808"] {
        cases.push((format!("<p>{image}</p><p class={class}>图说</p>"), figure("图说")));
    }
    let cases: Vec<(&str, &str)> = cases.iter().map(|(body, wanted)| (body.as_str(), wanted.as_str())).collect();
    assert_cleaned("html", &cases);
}
