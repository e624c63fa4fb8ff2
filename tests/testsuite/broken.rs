//! What scrapers break, and what others forge: each of these bodies once lost text, links or meaning.

use crate::harness::{Site, assert_cleaned, body_of, cleaned, source};

#[test]
fn no_attribute_forges_a_hole() {
    assert_cleaned(
        "html",
        &[
            (
                "<abbr title=\"&#1;L0000000000000000 onfocus=alert(1) &#2;\">甲</abbr>乙",
                "<p><abbr title=\"L0000000000000000 onfocus=alert(1)\">甲</abbr>乙</p>",
            ),
            ("<p>甲<dfn title=\"\u{1}\">乙</dfn>丙</p><p>丁</p>", "<p>甲<dfn>乙</dfn>丙</p><p>丁</p>"),
        ],
    );
}

#[test]
fn feeds_hold_no_controls() {
    let body = "<p>文字</p><img src=\"https://e.example.org/a.jpg\" alt=\"甲&#1;乙&#11;丙\">";
    let site = Site::new().file("content/a.html", source(1, "tags: [\"甲\\x01乙\"]\nauthor: \"丙\\x02丁\"\n", body));
    site.build();
    let feed = site.output("feed.xml");
    assert!(feed.contains("甲乙丙") && feed.contains("丙丁"), "{feed}");
    assert!(!feed.contains(|c: char| c.is_control() && c != '\n'), "{feed:?}");
}

#[test]
fn what_was_not_closed_swallows_nothing() {
    assert_cleaned(
        "html",
        &[
            ("<p>前</p><style>p{color:red}<p>乙</p><p>丙</p>", "<p>前</p><p>乙</p><p>丙</p>"),
            ("<p>前</p><style>p{color:red}", "<p>前</p>"),
            ("<p>前</p><style>p{}</style><p>后</p>", "<p>前</p><p>后</p>"),
            ("<style>a{}<p>一</p><style>b{}<p>二</p>", "<p>一</p><p>二</p>"),
            ("<p>一</p><iframe><p>二</p><style>.x{}</style><p>三</p>", "<p>一</p><p>二</p><p>三</p>"),
            (
                "<p><ruby>漢<ruby>字<rt>zi</rt></ruby></ruby>後</p>",
                "<p><ruby>漢</ruby><ruby>字<rt>zi</rt></ruby>後</p>",
            ),
        ],
    );
    const FILM: &str = "<figure><a href=\"https://e.example.org/1.mp4\" rel=\"noreferrer noopener\">视频（e.example.org）</a></figure>";
    const CARD: &str = "<figure><a href=\"https://e.example.org/v\" rel=\"noreferrer noopener\"><strong>嵌入内容</strong> <small>e.example.org</small></a></figure>";
    assert_cleaned(
        "html",
        &[
            (
                "<video src=\"https://e.example.org/1.mp4\" controls>文字一<br><br>文字<b>二</b><p>三</p>",
                &format!("{FILM}<p>文字一</p><p>文字<b>二</b></p><p>三</p>"),
            ),
            (
                "<video src=\"https://e.example.org/1.mp4\">您的浏览器不支持视频。</video><p>三</p>",
                &format!("{FILM}<p>三</p>"),
            ),
            (
                "<video src=\"https://e.example.org/1.mp4\">工会支持罢工。<p>三</p>",
                &format!("{FILM}<p>工会支持罢工。</p><p>三</p>"),
            ),
            ("<video src=\"blob:x\"><source data-src=\"https://e.example.org/1.mp4\"></video>", FILM),
            ("<picture><source>文字一<br><br>文字二<p>三</p>", "<p>文字一</p><p>文字二</p><p>三</p>"),
            (
                "<p>一</p><iframe src=\"https://e.example.org/v\" />二<p>三</p>",
                &format!("<p>一</p>{CARD}<p>二</p><p>三</p>"),
            ),
            (
                "<p>一</p><iframe src=\"https://e.example.org/v\">二<p>三</p>",
                &format!("<p>一</p>{CARD}<p>二</p><p>三</p>"),
            ),
            ("<script src=\"https://e.example.org/x.js\" /><p>一</p>", "<p>一</p>"),
            ("<svg><defs><style type=\"text/css\"/></defs></svg><p>一</p>", "<p>一</p>"),
            ("<div><select><option>甲<option>乙</div><p>一</p>", "<p>一</p>"),
            ("<div><select><option>甲</option></select>一</div>", "<p>一</p>"),
            ("<p><b>一<noscript></b><img src=\"data:x\"></noscript>二</b>三</p>", "<p><b>一二</b>三</p>"),
            ("<canvas width=1>一<p>二</p>", "<p>一</p><p>二</p>"),
            ("甲 <math><mi>x</mi><mo>=</mo><mn>2</mn><annotation>x=2</annotation></math> 乙", "<p>甲 x=2 乙</p>"),
            ("一</p>二</p>三</p>", "<p>一</p><p>二</p><p>三</p>"),
            ("<p>一<noscript><img src=\"data:x\" width=1 height=1></noscript>二</p>", "<p>一二</p>"),
        ],
    );
}

#[test]
fn a_strip_rule_ends_where_a_browser_would_end_what_it_drops() {
    let got = cleaned(
        "html",
        "[[strip]]\nelement = \".ad\"",
        &["<p>一<span class=ad>广告</p><p>二</p>", "<div><span class=ad><p>广告<p>广告</span>三</div>"],
    );
    assert_eq!(got, ["<p>一</p><p>二</p>", "<p>三</p>"]);
}

#[test]
fn links_within_the_page_find_their_places() {
    assert_cleaned(
        "html",
        &[
            (
                "<p>文<a href=\"#n1\">1</a></p><p><a name=\"n1\"></a>注</p>",
                "<p>文<a href=\"#n-n1\">1</a></p><p><a id=\"n-n1\"></a>注</p>",
            ),
            (
                "<p>文<a href=\"#n1\">1</a><br><a id=\"n1\"></a>注</p>",
                "<p>文<a href=\"#n-n1\">1</a><br><a id=\"n-n1\"></a>注</p>",
            ),
            (
                "<a href=\"#t\">上</a>文<br><br><a name=t></a><br><br>尾",
                "<p><a href=\"#n-t\">上</a>文</p><p><a id=\"n-t\"></a>尾</p>",
            ),
            ("<a href=\"#t\">上</a>文<br><a name=t></a>", "<p><a href=\"#n-t\">上</a>文<a id=\"n-t\"></a></p>"),
            (
                "<p>文<a href=\"#n1\">1</a></p><ol><li><p id=\"n1\">注</p></li></ol>",
                "<p>文<a href=\"#n-n1\">1</a></p><ol><li><p id=\"n-n1\">注</p></li></ol>",
            ),
        ],
    );
}

#[test]
fn a_place_where_nothing_stands_is_that_of_what_comes_next() {
    assert_cleaned(
        "html",
        &[
            (
                "<p>toc <a href=\"#s2\">two</a> <a href=\"#s3\">three</a></p><a name=\"s2\"></a><h2>Two</h2><p><b><a name=\"s3\"></a></b>Text</p>",
                "<p>toc <a href=\"#n-s2\">two</a> <a href=\"#n-s3\">three</a></p><h2 id=\"n-s2\">Two</h2><p><a id=\"n-s3\"></a>Text</p>",
            ),
            (
                "<p><a href=\"#n\">x</a></p><a name=\"n\"></a><ul><li>one</li></ul>",
                "<p><a href=\"#n-n\">x</a></p><ul id=\"n-n\"><li>one</li></ul>",
            ),
        ],
    );
}

#[test]
fn a_right_to_left_box_is_so_in_all_its_paragraphs() {
    assert_cleaned(
        "html",
        &[(
            "<div dir=rtl lang=ug id=x><p>a</p><p>b</p></div>",
            "<p dir=\"rtl\" lang=\"ug\">a</p><p dir=\"rtl\" lang=\"ug\">b</p>",
        )],
    );
}

#[test]
fn markdown_behind_a_block_of_html_is_markdown() {
    let link = "<a href=\"https://e.example.org/x\" rel=\"noreferrer noopener\">链接</a>";
    assert_cleaned(
        "md",
        &[
            (
                "<!-- x -->\n\n第一段 [链接](https://e.example.org/x)。\n\n第二段 **粗**。\n",
                &format!("<p>第一段 {link}。</p><p>第二段 <strong>粗</strong>。</p>"),
            ),
            ("<p>一</p>\n\n**粗体**文字\n", "<p>一</p><p><strong>粗体</strong>文字</p>"),
            (
                "<div>一\n二</div>\n\n第一段。\n\n第二段，见 <https://e.example.org/x>。\n",
                &format!(
                    "<p>一二</p><p>第一段。</p><p>第二段，见 {}。</p>",
                    link.replace("链接", "https://e.example.org/x")
                ),
            ),
            (
                "![图**注意:**这里](https://e.example.org/**图:**一.jpg)\n\n见[文](https://e.example.org/**图:**一)。",
                "<figure><a href=\"https://e.example.org/**%E5%9B%BE:**%E4%B8%80.jpg\" rel=\"noreferrer noopener\">\
                 图片：图注意:这里（e.example.org）</a></figure>\
                 <p>见<a href=\"https://e.example.org/**%E5%9B%BE:**%E4%B8%80\" rel=\"noreferrer noopener\">文</a>。</p>",
            ),
            (
                "<h2>题</h2>\n段一。\n\n段二。\n\n<blockquote>引一\n\n引二</blockquote>\n\n段三。\n\n<ul>\n<li>甲</li>\n\n<li>乙</li>\n</ul>\n\n段四。\n\n<pre>a\n\n  b</pre>\n",
                "<h2>题</h2><p>段一。</p><p>段二。</p><blockquote><p>引一</p><p>引二</p></blockquote><p>段三。</p><ul><li>甲</li><li>乙</li></ul><p>段四。</p><pre>a\n\n  b</pre>",
            ),
            (
                "<p>一</p>\n\n<table>\n<tr><td>甲\n\n乙</td></tr>\n\n<tr><td>丙</td></tr></table>\n\n段一。\n\n段二。",
                "<p>一</p><table><tbody><tr><td><p>甲</p><p>乙</p></td></tr><tr><td>丙</td></tr></tbody></table><p>段一。</p><p>段二。</p>",
            ),
            (
                "甲：\n\n<pre>\n:wq\n  [1]: 乙\n| a |\n%%\n丙\n%%\n</pre>\n\n:丁\n",
                "<p>甲：</p><pre>:wq\n  [1]: 乙\n| a |\n%%\n丙\n%%\n</pre><p>:丁</p>",
            ),
            // A listing within a block would end at its blank line.
            ("<div><pre>a\n\n*b*</pre></div>\n\n段一。\n\n段二。", "<pre>a\n\n*b*</pre><p>段一。段二。</p>"),
            // Blank lines within a block mean nothing: it is HTML.
            ("<div>\n\n    第一段\n\n第二段\n\n</div>", "<p>第一段第二段</p>"),
            (
                "**注意:**这里。**GDP(2020)**增长。",
                "<p><strong>注意:</strong>这里。<strong>GDP(2020)</strong>增长。</p>",
            ),
            ("见**[链接](https://e.example.org/x)**文字", &format!("<p>见<strong>{link}</strong>文字</p>")),
        ],
    );
}

#[test]
fn a_link_to_the_articles_own_original_leads_there() {
    let body = "<p>正文。<a href=\"https://e.example.org/1\">阅读原文</a></p>";
    let site = Site::new().file("content/a.html", source(1, "", body));
    site.build();
    let link = "<a href=\"https://e.example.org/1\" rel=\"noreferrer noopener\">阅读原文</a>";
    assert!(body_of(&site.only_page()).contains(link), "{}", site.only_page());
}

#[test]
fn different_places_stay_different() {
    let places = "<p id=\"a b\">一</p><p id=\"a_20b\">二</p><p><a href=\"#a%20b\">甲</a><a href=\"#a_20b\">乙</a></p>";
    let shown = "<p id=\"n-a.20.b\">一</p><p id=\"n-a_20b\">二</p><p><a href=\"#n-a.20.b\">甲</a><a href=\"#n-a_20b\">乙</a></p>";
    assert_cleaned("html", &[(places, shown)]);
}

#[test]
fn markdown_as_people_write_it_loses_nothing() {
    assert_cleaned(
        "md",
        &[
            ("据报道[1]。\n\n[1]: 新华社六月十五日电\n", "<p>据报道[1]。</p><p>[1]: 新华社六月十五日电</p>"),
            ("　　第一段。\n　　第二段。\n", "<p>第一段。</p><p>第二段。</p>"),
            (
                "![码头](https://e.example.org/a.jpg \"清晨\")\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片：码头（e.example.org）</a><figcaption>清晨</figcaption></figure>",
            ),
            (
                "![](https://e.example.org/a.jpg)\n*清晨的**码头***\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a><figcaption>清晨的<strong>码头</strong></figcaption></figure>",
            ),
            (
                "渡轮公司恢复了所有航线。\n\n:tada: 新航线。\n:-) 好\n",
                "<p>渡轮公司恢复了所有航线。</p><p>:tada: 新航线。<br> :-) 好</p>",
            ),
            (
                "<div align=\"center\">\n![](https://e.example.org/a.jpg)\n图注\n</div>\n",
                "<figure><a href=\"https://e.example.org/a.jpg\" rel=\"noreferrer noopener\">图片（e.example.org）</a></figure><p>图注</p>",
            ),
            ("渡轮\n: 过河的船\n", "<dl><dt>渡轮</dt><dd>过河的船</dd></dl>"),
            (
                "甲^[注一]。\n",
                "<p>甲<sup><a href=\"#n-note-1\" id=\"n-note-ref-1\">1</a></sup>。</p><hr><ol><li id=\"n-note-1\">注一 <a href=\"#n-note-ref-1\">↩</a></li></ol>",
            ),
            ("导语。\n{: .lead}\n\n{::comment}\n私注\n{:/comment}\n\n正文。\n", "<p>导语。</p><p>正文。</p>"),
            (
                "| 国家 | 数量 |\n|---|---|\n| 中国 | 12 | 备注 |\n",
                "<table><thead><tr><th>国家</th><th>数量</th></tr></thead><tbody><tr><td>中国</td><td>12 | 备注</td></tr></tbody></table>",
            ),
        ],
    );
}

#[test]
fn what_scripts_and_styles_would_show_is_shown_and_what_they_hide_twice_is_not() {
    let picture = |name: &str| format!("href=\"https://p.example.org/{name}\"");
    let cases = [
        (
            "<div><a class=\"tgme_widget_message_photo_wrap\" href=\"https://t.me/s/101\" style=\"width:800px;background-image:url('https://p.example.org/1.jpg')\"><div style=\"padding-top:75%\"></div></a><div>江边今晨水位上涨。</div></div>",
            "1.jpg",
        ),
        ("<div class=\"lazy\" data-bg=\"https://p.example.org/2.jpg\"></div><p>文</p>", "2.jpg"),
        ("<div style=\"background: #eee url(https://p.example.org/3.jpg) center\"></div><p>文</p>", "3.jpg"),
        ("<p>文</p><img data-lazy=\"https://p.example.org/4.jpg\" src=\"//l.example.org/spacer.gif\">", "4.jpg"),
        ("<p>文</p><img data-lazy=\"true\" src=\"https://p.example.org/5.jpg\">", "5.jpg"),
        (
            "<p>文</p><figure><noscript><img src=\"https://p.example.org/abc_w650_r1.jpg\" alt=\"渡轮\"></noscript><img data-src=\"https://p.example.org/abc_w33_r1.jpg\" src=\"\" alt=\"渡轮\"><figcaption>旧渡轮</figcaption></figure>",
            "abc_w650_r1.jpg",
        ),
    ];
    let bodies: Vec<&str> = cases.iter().map(|(body, _)| *body).collect();
    for ((body, name), got) in cases.iter().zip(cleaned("html", "", &bodies)) {
        assert!(
            got.contains(&picture(name)) && got.matches("href=\"https://p.example.org").count() == 1,
            "{body}\n{got}"
        );
    }
    assert_cleaned(
        "html",
        &[
            ("<p>文</p><i class=\"icon\" style=\"background-image:url(/sprite.png)\"></i>", "<p>文</p>"),
            ("<p>文</p><div style=\"width:40px;background-image:url(/face.png)\"></div>", "<p>文</p>"),
            (
                "<div><p>首段。</p><news-body><template shadowrootmode=\"open\"><p>影子根里的正文。</p></template></news-body><template><p>模板</p></template><p>末段。</p></div>",
                "<p>首段。</p><p>影子根里的正文。</p><p>末段。</p>",
            ),
            (
                "<p>首段文字<font class=\"jammer\">a7 r$ k9</font><br>第二行，<span class=\"katex\"><span class=\"katex-mathml\"><math><mi>a</mi></math></span><span class=\"katex-html\" aria-hidden=\"true\"><span>a</span></span></span></p>",
                "<p>首段文字<br>第二行，a</p>",
            ),
            (
                "<p>质能 <span class=\"katex\"><span class=\"katex-html\">E=mc²</span></span> 之后</p>",
                "<p>质能 E=mc² 之后</p>",
            ),
            (
                "<p>质能<span class=\"mwe-math-element\"><span class=\"mwe-math-mathml-inline mwe-math-mathml-a11y\" style=\"display: none;\"><math><mi>E</mi></math></span><span class=\"f\">E=mc²</span></span>之后</p>",
                "<p>质能E=mc²之后</p>",
            ),
            ("<p>文</p><div style=\"height:2px;background:url(/line.gif) repeat-x\"></div>", "<p>文</p>"),
        ],
    );
    assert_cleaned(
        "md",
        &[
            ("雾来了。%%待核实%%船停了，单位（%%）与同比（%%）。", "<p>雾来了。船停了，单位（%%）与同比（%%）。</p>"),
            ("前文 %%私人备注%% 后文，增长5%%，又5%%。", "<p>前文 后文，增长5%%，又5%%。</p>"),
            ("前文。\n\n%%\n块备注\n%%\n\n后文。", "<p>前文。</p><p>后文。</p>"),
            ("参数 %%d 与 %%s 两个，5%% 又 %%备注%% 完。", "<p>参数 %%d 与 %%s 两个，5%% 又 完。</p>"),
            ("前文。\n\n%%\n没有关上。", "<p>前文。</p><p>%%<br> 没有关上。</p>"),
        ],
    );
}

/// Run together, they would say another number.
#[test]
fn formulas_say_what_they_said() {
    assert_cleaned(
        "html",
        &[
            // MathJax's, as they were written, and as a page was saved.
            (
                "<p>即 <script type=\"math/tex\">E = mc^2</script>。</p><script type=\"math/tex; mode=display\">a<b</script>",
                "<p>即 E = mc^2。</p><p>a&lt;b</p>",
            ),
            (
                "<p>和 <span class=MathJax><span>x</span><span>+</span><span>y</span><span class=MJX_Assistive_MathML><math><mi>x</mi></math></span></span><script type=\"math/tex\">x+y</script>。</p>",
                "<p>和 x+y。</p>",
            ),
            (
                "<p>增长 <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>，即 <math><msup><mn>10</mn><mn>6</mn></msup></math> 元</p>",
                "<p>增长 1/2，即 10<sup>6</sup> 元</p>",
            ),
            (
                "<p><math xmlns='x'><semantics><mrow><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>\n                 <msqrt><mi>c</mi><mo>-</mo><mn>1</mn></msqrt></mfrac></mrow><annotation encoding='application/x-tex'>x</annotation></semantics></math></p>",
                "<p>x=(a+b)/(√(c-1))</p>",
            ),
            (
                "<p><b>甲<math><msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup><mspace/><msub><mi>x</mi><mi>i</mi></msub><mroot><mi>y</mi><mn>3</mn></mroot></math>乙</b></p>",
                "<p><b>甲∫<sub>0</sub><sup>1</sup> x<sub>i</sub><sup>3</sup>√y乙</b></p>",
            ),
            // Nobody has closed it.
            (
                "<div><p>甲<math><msup><mi>x</mi><mn>2</mn><p>乙</p><p>丙</div>",
                "<p>甲x<sup>2</sup></p><p>乙</p><p>丙</p>",
            ),
            ("<p>甲<math><mi>x</p><p>乙</p>", "<p>甲x</p><p>乙</p>"),
            (
                "<p><a href=https://e.example.org/a><math><mi>x</mi></a> 甲 <b><math>y</b> 乙</p><p>丙</p>",
                "<p><a href=\"https://e.example.org/a\" rel=\"noreferrer noopener\">x</a> 甲 <b>y</b> 乙</p><p>丙</p>",
            ),
            ("<p><math><mi>x</mi><b>甲</b>乙</p><p>丙</p>", "<p>x<b>甲</b>乙</p><p>丙</p>"),
            // A script in a script, and what needs brackets.
            (
                "<p><math><msup><mi>e</mi><msup><mi>x</mi><mn>2</mn></msup></msup><mo>,</mo><msup><mfrac><mi>a</mi><mi>b</mi></mfrac><mn>2</mn></msup><mo>,</mo>\
                 <mfrac><mn>1</mn><mrow><mn>2</mn><mi>x</mi></mrow></mfrac><mo>,</mo><msqrt><msup><mn>10</mn><mn>6</mn></msup></msqrt></math></p>",
                "<p>e<sup>x^2</sup>,(a/b)<sup>2</sup>,1/(2x),√(10<sup>6</sup>)</p>",
            ),
            (
                "<p><math><munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder> <mi>sin</mi> <mi>x</mi><mspace/><mfenced><mi>x</mi><mi>y</mi></mfenced></math></p>",
                "<p>lim<sub>x→0</sub> sin x (x, y)</p>",
            ),
            (
                "<p><math><mfenced open='[' close=']'><mi>a</mi><mi>b</mi></mfenced><mo>,</mo><msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup><mo>,</mo>\
                 <mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>,</mo><mn>0</mn><mtext> for<br>all </mtext><mi>n</mi></math></p>",
                "<p>[a, b],(ab)<sup>2</sup>,2 1/2,0 for all n</p>",
            ),
            (
                "<p><math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr> <mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable>\
                 <mtext>&nbsp;if <i>all</i> hold</mtext></math></p>",
                "<p>1 2; 3 4&nbsp;if all hold</p>",
            ),
            ("<p>甲<math/>乙<math><svg><path/></svg><mi>x</mi></math></p>", "<p>甲乙x</p>"),
        ],
    );
}

/// Wikis name a heading by what is in it, makers of contents by an empty element before its words.
#[test]
fn links_lead_to_places_whose_elements_mean_nothing() {
    assert_cleaned(
        "html",
        &[
            (
                "<p><a href='#背景'>背景</a></p><h2><span class='mw-headline' id='背景'>背景</span></h2>",
                "<p><a href=\"#n-背景\">背景</a></p><h2><a id=\"n-背景\"></a>背景</h2>",
            ),
            (
                "<a href='#b4'>四</a><p>甲<span id='b4'>乙</span><a href='/x'><span id='c'>丙</span></a></p>",
                "<p><a href=\"#n-b4\">四</a></p><p>甲<a id=\"n-b4\"></a>乙<a href=\"https://e.example.org/x\" rel=\"noreferrer noopener\">丙</a></p>",
            ),
            ("<p><span id=a>甲</span>乙</p>", "<p>甲乙</p>"),
            (
                "<p><a href='#a&amp;b'>一</a></p><p>甲<span id='a&amp;b'>乙</span></p>",
                "<p><a href=\"#n-a.26.b\">一</a></p><p>甲<a id=\"n-a.26.b\"></a>乙</p>",
            ),
            (
                "<p><a href='#h'>一</a></p><p>正文。</p><p><span id='h'></span><span id=other></span><b>小标题</b></p><p>正文。</p>",
                "<p><a href=\"#n-h\">一</a></p><p>正文。</p><h2><a id=\"n-h\"></a>小标题</h2><p>正文。</p>",
            ),
        ],
    );
}

/// Platforms count who follows a link; the target is what the article means.
#[test]
fn links_through_redirectors_lead_to_their_target() {
    let link = |url: &str| format!("<p><a href=\"{url}\" rel=\"noreferrer noopener\">甲</a></p>");
    let target = link("https://news.example.org/2024/other?a=1");
    let cases = [
        "https://link.zhihu.com/?target=https%3A//news.example.org/2024/other%3Fa%3D1",
        "https://weibo.cn/sinaurl?u=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1&usg=x",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example.org%2F2024%2Fother%3Fa%3D1&h=AT0",
        "https://vk.com/away.php?to=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fnews.example.org%252F2024%252Fother%253Fa%253D1",
    ];
    let own = "https://gitee.com/linklab/repo?target=https%3A%2F%2Fevil.example.org%2F";
    assert_cleaned("html", &[(&format!("<p><a href=\"{own}\">甲</a></p>"), &link(own))]);
    let cases: Vec<String> =
        cases.iter().map(|url| format!("<p><a href=\"{}\">甲</a></p>", url.replace('&', "&amp;"))).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|case| (case.as_str(), target.as_str())).collect();
    assert_cleaned("html", &cases);
    let site = Site::new()
        .file("content/a.html", "---\ntitle: a\ndate: 2024-05-06\nlink: https://e.example.org/a\n---\n<p><a href='https://web.archive.org/web/20240101000000/https://e.example.org/b'>乙</a><a href='https://web.archive.org/web/20240101000000/https://e.example.org/c'>丙</a></p>")
        .file("content/b.html", "---\ntitle: b\ndate: 2024-05-06\nlink: https://e.example.org/b\n---\n<p>文</p>");
    site.build();
    let list = site.list();
    let page = site.output(list.iter().find(|line| line["title"] == "a").unwrap()["output"].as_str().unwrap());
    // What the mirror does not have is more likely there than at its first home.
    assert!(
        !page.contains("https://e.example.org/b\"")
            && page.contains("https://web.archive.org/web/20240101000000/https://e.example.org/c"),
        "{page}"
    );
    assert!(!page.contains("web.archive.org/web/20240101000000/https://e.example.org/b"), "{page}");
}

#[test]
fn what_a_style_makes_of_text_is_kept() {
    let cases = [
        ("<p>甲<span style=\"font-weight: 700\">乙</span>丙</p>", "<p>甲<strong>乙</strong>丙</p>"),
        ("<p><span class=\"bjh-strong\">一、小题</span></p><p>文</p>", "<h2>一、小题</h2><p>文</p>"),
        (
            "<p>前 <a href=\"https://t.example.org/a\"><i class=\"W_ficon ficon_cd_link\">O</i>网页链接</a></p>",
            "<p>前 <a href=\"https://t.example.org/a\" rel=\"noreferrer noopener\">网页链接</a></p>",
        ),
        (
            "<p>末段。<a href=\"//www.example.org/\" id=\"backsohucom\"><span>返回，查看更多</span></a></p>",
            "<p>末段。</p>",
        ),
        (
            "<p><a href=\"https://t.example.org/a\"><span class=\"LinkCard-title\">题</span><span class=\"LinkCard-desc\">a.com</span></a></p>",
            "<p><a href=\"https://t.example.org/a\" rel=\"noreferrer noopener\">题 a.com</a></p>",
        ),
        (
            "<p>设 <span class=\"MathJax_SVG\"><svg></svg></span><script type=\"math/tex\">x^2</script> 正。</p>",
            "<p>设 x^2 正。</p>",
        ),
        ("<p>甲<span style=\"COLOR: red; FONT-WEIGHT: bold\">乙</span>丙</p>", "<p>甲<strong>乙</strong>丙</p>"),
        (
            "<p>见<span style=\"color:red\">注<span style=\"vertical-align:super\">1</span></span>。</p>",
            "<p>见注<sup>1</sup>。</p>",
        ),
        ("<p>原价<font style='text-decoration:line-through'>九元</font></p>", "<p>原价<s>九元</s></p>"),
        ("<p style=\"font-style:italic\">题记</p><p>正文</p>", "<p><em>题记</em></p><p>正文</p>"),
        // A block ends it, whatever was not closed.
        ("<p>甲<span style=\"font-weight:bold\">乙</p><p>丙</span>丁</p>", "<p>甲<strong>乙</strong></p><p>丙丁</p>"),
        // An editor's copy stands in a `<b>` that is none.
        (
            "<b style=\"font-weight:normal\"><p>甲<span style=\"font-weight:400\">乙</span></p><p>丙</p></b>",
            "<p>甲乙</p><p>丙</p>",
        ),
        (
            "<p>甲<b style=\"font-style:normal\">乙</b><em style=\"font-style:normal\">丙</em></p>",
            "<p>甲<b>乙</b>丙</p>",
        ),
    ];
    for (source, shown) in cases {
        let site = Site::new().file("content/a.html", format!("<!--ms--><p>开头。</p>{source}<p>结尾。</p>"));
        site.build();
        let page = site.only_page();
        assert!(body_of(&page).contains(shown), "{source}: {}", body_of(&page));
    }
}

#[test]
fn elements_that_writers_of_xml_close_hold_nothing() {
    assert_cleaned(
        "html",
        &[
            ("<h2/><p>一。</p><p>二。</p>", "<p>一。</p><p>二。</p>"),
            (
                "<p>见<a href=\"https://e.org/x\"/>报告</a>。</p>",
                "<p>见<a href=\"https://e.org/x\" rel=\"noreferrer noopener\">报告</a>。</p>",
            ),
            ("<pre/><p>一。</p>", "<p>一。</p>"),
            (
                "<p>前<em/></p><p>一<a name=\"x\"/>。</p><p>二<span style=\"font-weight:bold\"/>。</p>",
                "<p>前</p><p>一。</p><p>二。</p>",
            ),
            ("<p>一<br/>二<b>三</b></p>", "<p>一<br>二<b>三</b></p>"),
        ],
    );
}

#[test]
fn rows_without_their_table_are_lines_of_words() {
    assert_cleaned(
        "html",
        &[("<tr><td>甲</td><td>30</td></tr><tr><td>乙</td><td>41</td></tr>", "<p>甲 30<br> 乙 41</p>")],
    );
}

#[test]
fn a_bold_line_that_leads_elsewhere_or_names_a_photographer_is_no_heading() {
    let kept = "<p>一。</p><p><strong><a href=\"https://e.org/a\" rel=\"noreferrer noopener\">延伸阅读</a></strong></p><p>二。</p><p><strong>摄影：张三</strong></p><p>三。</p>";
    let written = kept.replace(" rel=\"noreferrer noopener\"", "");
    assert_cleaned("html", &[(&written, kept)]);
}
