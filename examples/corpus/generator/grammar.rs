//! Every shape of article, with its share, as rules of a grammar.

use std::collections::BTreeMap;

/// The rules of [`GRAMMAR`]: `name =` and a line for each alternative, with its weight; or, where there is but one,
/// `name = text`. In a text, `¶` ends a line.
pub(super) fn rules() -> BTreeMap<&'static str, Vec<(u64, String)>> {
    let mut rules: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut name = "";
    for line in GRAMMAR.lines() {
        let row = if line.starts_with(|first: char| first.is_ascii_digit()) {
            line.split_once(' ').or(Some((line, "")))
        } else {
            let (rule, text) = line.split_once(" =").unwrap_or_default();
            name = rule;
            Some(("1", text.trim_start())).filter(|_| !text.is_empty())
        };
        let parsed = row.and_then(|(weight, text)| Some((weight.parse().ok()?, text.replace('¶', "\n"))));
        rules.entry(name).or_default().extend(parsed);
    }
    rules
}

pub(super) const SITE: &str = r#"title = "Corpus"
base_url = "https://mirror.example.org"
timezone = "UTC"
content = ["content"]
"#;

/// Every shape, with its share. An outlet has name, host, kind and script; a kind has layouts, and a layout a path
/// and a file.
const GRAMMAR: &str = r#"
outlet =
2800 晨光时报 chenguang mirror simplified
1900 海島電台 haidao mirror traditional
1300 北岸新闻 beian mirror simplified
950 medium medium mirror simplified
700 港灣評論 gangwan mirror traditional
500 四方通讯 sifang mirror simplified
400 文學島 wenxue mirror traditional
300 自由笔记 biji mirror simplified
200 科学与人 kexue mirror simplified
120 旧书评 shuping mirror simplified
60 公開信 letters mirror traditional
20 深夜读者 shenye mirror simplified
300 htk htk feed traditional
150 kna kna feed simplified
90 dwx dwx feed simplified
45 mna mna feed traditional
15 jpx jpx feed simplified
130 译者小站 yizhe notes simplified
20 notebook notebook notes simplified
mirror =
53 number
27 title
17 header
3 loose
feed =
4 feed
1 feed-md
notes =
4 turndown
3 plain
3 toml
number path = «outlet»/«id».md
title path =
996 «outlet»/«millis»_«name».md
4 «outlet»/«millis»_«name»«odd».md
header path = posts/«year»/«day»-«name».md
loose path = posts/«year»/«day»-«name».md
feed path = feeds/«day»-«HOST»-«slug».html
feed-md path = feeds/«day»-«HOST»-«slug».md
turndown path = «outlet»/«day»-«name».md
plain path = «outlet»/«day»-«name».md
toml path = «outlet»/«day»-«name».md
odd =
3 "quoted"
3 'quoted'
2  #1 100%41 & more?
2 \n*:
1 ¶
number file = «stamp»«html»¶
title file = «stamp»«html»¶
header file = «yaml»«stamp»<div>¶«html»¶</div>¶
loose file =
8 «yaml»¶<article class="post-«id» post type-post hentry">¶«loose»</article>¶
2 «yaml»¶«markdown»
feed file = ---¶layout: post¶title: «quoted»¶date: «time».000000000 +00:00¶link: «url»¶categories: «host»¶---¶¶«html»¶
feed-md file = ---¶layout: post¶title: «quoted»¶date: «time».000000000 +00:00¶link: «url»¶categories: «host»¶---¶¶«html»¶
turndown file = «title» by «author»¶------¶¶**«day»**¶¶«markdown»
plain file = # «title»¶¶«markdown»
toml file = +++¶title = "«escaped title»"¶date = «iso time»Z¶tags = ["«outlet»", "«topic»"]¶+++¶¶«markdown»
stamp =
97 <!--«millis»-->¶[«title»](«url»)¶------¶¶
3 <!--NaN-->¶[«title»](«url»)¶------¶¶
yaml = ---¶layout: post¶title: «quoted»¶«dated»author: «author»¶from: «url»¶tags: [ «tags» ]¶categories: [ «outlet» ]¶---¶
quoted =
994 "«escaped title»"
4 "«escaped title»\'s"
2 "«title» "unquoted" "
dated =
586 date: «iso time».000Z¶
340 date: «iso time»+00:00¶
60 date: «day»¶
12
1 date: 2001-07-31¶
1 date: 2049-01-01T00:00:00Z¶
tags =
94 «outlet»
3 «outlet», «topic»
2 «outlet», «topic», «topic»
1 «outlet», «topic», «topic», «topic»
headline =
81 «line»
6 «words»：«line»
4 «line»“«words»”
2 「«words»」«line»？
1 [«words»]«line»
1 «line» &amp; «words»
1 &quot;«words»&quot;«line»
1 «line»丨«words»
1 «words» | «line»
1 «line» "«words»"
1 «words»: «line»
retitle =
3 «title»
3 «title»（更新）
4 «headline»
address =
45 https://www.«host».example.org/a/«date»/«id».html
20 https://«host».example.org/news/viw.asp?nNewsNumb=«id»&cate=&mcate=
20 https://«host».example.org/«date»-«id»?source=rss-«hex»------2
10 https://«host».example.net/@«author»/«percent»-«id»
5 https://«host».example.net/@«id»/«percent twice»
html opening =
96 «date line»«lead»
4 «date line»«lead»<div class="body"><div>
date line =
40 <div><i>«seen mail time»</i></div>
10 <div><i>null «author»<br>«seen iso time».910Z</i></div>
4 <time datetime="«seen time»">«seen day»</time>
4 <div>«seen time»&nbsp;  &nbsp;</div>
42
lead =
68 «picture»
32
html closing = «footnote»«correction»«tracker»«unbalanced»«advert»
footnote =
938
62 «mention»
correction = <p>更正：«sentence»</p>
tracker =
97
3 <img src="https://stat.example.net/_/stat?event=view&postId=«hex»" width="1" height="1" alt="">
unbalanced =
96
2 </div>
1 </div></div></div>
1 </small></p>
advert =
88
12 <p><a href="https://feeds.example.net/?utm_source=rss&utm_campaign=footer">本文由「全文快递」转送，点击这里订阅更多频道。</a></p>
html block =
8460 «paragraph»
460 «picture»
230 <h2>«sentence»</h2>
200 <p><strong>«sentence»</strong></p>
160 <section class="jsx-2013"><p>«sentence»«sentence»</p></section>
70 <blockquote><p>«sentence»</p></blockquote>
70 <p><br></p><!-- -->
60 <ul><li>«sentence»</li><li>«sentence»</li><li>«sentence»</li><li>«words»</li></ul>
50 <iframe src="https://video.example.net/embed/«hex»" width="700" height="393" allowfullscreen></iframe>
30 <svg viewBox="0 0 24 24"><title>share</title><path d="M0 0h24v24H0z"/></svg>
30 <script>window.dataLayer = window.dataLayer || []; document.write("<p>«hex»</p>");</script>
30 <meta itemprop="isFamilyFriendly" content="true">
20 <video src="https://media.example.net/«hex».mp4" controls style="width:100%"></video>
10 <table><tbody><tr><td>«words»</td><td>«number»</td><td>«number»</td></tr><tr><td>«words»</td><td>1</td><td>2</td></tr></tbody></table>
8 <style>.jsx-2013 { color: #999 }</style>
6 <audio src="https://media.example.net/«hex».mp3" controls></audio>
habit =
660 <p>«runs»</p>
180 <div class="row"><div class="field"><div><p>«runs»</p></div></div></div>
120 <p>«styled»«styled»«styled»«styled»</p>
25 <p>«runs»<o:p></o:p></p>
styled = <span style="font-size: 16px;">«sentence»</span>
runs =
1 «run»«run»
1 «run»«run»«run»
1 «run»«run»«run»«run»
1 «run»«run»«run»«run»«run»
1 «run»«run»«run»«run»«run»«run»
run =
882 «sentence»
46 <a href="https://www.example.net/«hex»" target="_blank" onclick="track(this)">«words»</a>
14 <a href="https://www.example.net/«hex»?utm_source=rss&amp;utm_medium=feed">«words»</a>
26 <br>
18 <span>«sentence»</span>
5 <strong>«words»</strong>
10 <i>«words»</i>
frame =
17 <figure class="image">«image»<figcaption>«sentence»</figcaption></figure>
26 «image»<div><small style="color: #999;">«sentence»</small></div>
17 <p>«image»</p>
40 «image»
image =
220 <img src="https://images.weserv.nl?url=«at»" width="100%">
130 <img src="https://images.weserv.nl/?url=«at»">
70 <img src="//images.weserv.nl/?url=ssl:«at»" onerror="this.src='https://«at»'">
30 <img src="https://images.weserv.nl/?url=https%3A%2F%2F«at»&w=800&output=webp">
60 <img src="https://images.weserv.nl/?url=«at»" srcSet="https://«at»?w=480 480w, https://«at»?w=976 976w">
80 <img alt="" src="https://i0.wp.com/«at»?w=950&amp;ssl=1" srcset="https://i0.wp.com/«at»?w=300&amp;ssl=1 300w"/>
20 <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="https://«at»"><noscript><img src="https://«at»"></noscript>
35 <picture><source type="image/webp" srcset="https://«at».webp" onerror="this.srcset='https://«at»'"><source media="(min-width: 768px)" srcset="https://«at»"><img src="https://«at»" loading="lazy"></picture>
5 <img src="https://«at»" src="https://images.weserv.nl/?url=«at»">
3 <img alt="missing">
7 <img src="/image/«hex».jpg">
5 <img src="https://www-example-org.cdn.ampproject.org/i/s/«at»">
55 <img src="https://«at»" width="1024" height="683" alt="" onerror="this.remove()">
280 <img src="https://«at»" alt="" referrerpolicy="no-referrer">
markdown opening =
1
markdown block =
60 «sentence»«sentence»«sentence»«sentence»¶¶
10 «markdown picture»¶¶
6 ## «words»¶¶
5 - «sentence»¶- «sentence»¶- **«words»**: «sentence»¶¶
4 > «sentence»¶¶
6 «sentence»**«words»**。«sentence»¶¶
8 «sentence»[«words»](https://www.example.net/«hex»)。¶¶
1 | «words» | «words» |¶|---|---|¶| «number» | «number» |¶¶
markdown closing =
1
markdown picture = ![«words»](https://img.example.org/image/«hex».jpg)
"#;
