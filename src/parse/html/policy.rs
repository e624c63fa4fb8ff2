//! The policy: what each element of the input becomes, and which of its attributes are read. What is printed of them is the
//! [serialiser's](super::serialise) to say.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use html5gum::State;

use super::tree::{Attr, Tag};

/// What an element of the input becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is this one.
    Is(Tag),
    /// Its content stays, it goes.
    Unwrapped,
    /// It goes with its content, which the tokenizer reads as ordinary markup.
    Dropped,
    /// It goes with its content, which is raw text to the tokenizer.
    DroppedRaw,
    /// Its content is raw text to the tokenizer, and is shown as it is.
    Verbatim,
}

/// The policy, as a table. `name` is lower-case.
pub fn meaning_of(name: &[u8]) -> Meaning {
    use Meaning::{Dropped, DroppedRaw, Is, Unwrapped, Verbatim};
    match name {
        b"p" => Is(Tag::P),
        // The rest's most frequent, by far.
        b"span" | b"font" => Unwrapped,
        b"div" => Is(Tag::Div),
        b"br" => Is(Tag::Br),
        b"img" | b"image" | b"amp-img" | b"amp-anim" => Is(Tag::Img),
        b"a" => Is(Tag::A),
        b"strong" => Is(Tag::Strong),
        b"em" => Is(Tag::Em),
        b"b" => Is(Tag::B),
        b"i" => Is(Tag::I),
        b"small" => Is(Tag::Small),
        b"li" => Is(Tag::Li),
        b"ul" | b"menu" | b"dir" | b"amp-carousel" => Is(Tag::Ul),
        b"ol" => Is(Tag::Ol),
        // The page's own title is the only h1; `heading levels` brings all into order.
        b"h1" => Is(Tag::H1),
        b"h2" => Is(Tag::H2),
        b"h3" => Is(Tag::H3),
        b"h4" => Is(Tag::H4),
        b"h5" => Is(Tag::H5),
        b"h6" => Is(Tag::H6),
        b"figure" => Is(Tag::Figure),
        b"figcaption" => Is(Tag::Figcaption),
        b"blockquote" => Is(Tag::Blockquote),
        b"pre" => Is(Tag::Pre),
        b"hr" => Is(Tag::Hr),
        b"table" => Is(Tag::Table),
        b"caption" => Is(Tag::Caption),
        b"thead" => Is(Tag::Thead),
        b"tbody" => Is(Tag::Tbody),
        b"tfoot" => Is(Tag::Tfoot),
        b"tr" => Is(Tag::Tr),
        b"td" => Is(Tag::Td),
        b"th" => Is(Tag::Th),
        b"dl" => Is(Tag::Dl),
        b"dt" => Is(Tag::Dt),
        b"dd" => Is(Tag::Dd),
        b"details" => Is(Tag::Details),
        b"summary" => Is(Tag::Summary),
        b"abbr" | b"acronym" => Is(Tag::Abbr),
        b"bdi" => Is(Tag::Bdi),
        b"bdo" => Is(Tag::Bdo),
        b"cite" => Is(Tag::Cite),
        b"code" | b"tt" => Is(Tag::Code),
        b"del" => Is(Tag::Del),
        b"dfn" => Is(Tag::Dfn),
        b"ins" => Is(Tag::Ins),
        b"kbd" => Is(Tag::Kbd),
        b"mark" => Is(Tag::Mark),
        b"q" => Is(Tag::Q),
        b"rp" => Is(Tag::Rp),
        b"rt" => Is(Tag::Rt),
        b"ruby" => Is(Tag::Ruby),
        b"s" | b"strike" => Is(Tag::S),
        b"samp" => Is(Tag::Samp),
        b"sub" => Is(Tag::Sub),
        b"sup" => Is(Tag::Sup),
        b"u" => Is(Tag::U),
        b"var" => Is(Tag::Var),
        b"wbr" => Is(Tag::Wbr),
        // Boxes of a page that is not ours: only the break between blocks is theirs to give.
        b"section" | b"article" | b"main" | b"header" | b"footer" | b"aside" | b"nav" | b"address" | b"center"
        | b"hgroup" | b"form" | b"fieldset" | b"legend" | b"dialog" | b"search" | b"body" | b"html" | b"marquee"
        | b"option" => Is(Tag::Div),
        b"picture" => Is(Tag::Picture),
        b"source" => Is(Tag::Source),
        b"audio" | b"amp-audio" => Is(Tag::Audio),
        b"video" | b"amp-video" => Is(Tag::Video),
        // The tokenizer takes an iframe's content as raw text; what it frames becomes a link.
        b"iframe" | b"amp-iframe" | b"amp-youtube" | b"embed" => Is(Tag::Iframe),
        // Parsed as if script were off (it is): the tree then looks for the twin of a lazy picture.
        b"noscript" => Is(Tag::Noscript),
        // Foreign content changes the tokenizer's rules, which is how mutation XSS works.
        b"svg" => Is(Tag::Svg),
        b"script" | b"style" | b"noembed" | b"noframes" | b"title" | b"textarea" => DroppedRaw,
        b"xmp" | b"plaintext" | b"listing" => Verbatim,
        // Inert, or controls without their page.
        b"template" | b"select" | b"datalist" => Dropped,
        // The same formula once more, in another language.
        b"annotation" | b"annotation-xml" => Dropped,
        // `button`, `label`, `picture`'s cousins, Word's `o:p`, every custom element: no meaning of
        // their own, text that counts.
        _ => Unwrapped,
    }
}

/// Elements of HTML that end a formula in which they stand
/// (<https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign>).
pub(super) fn ends_formula(name: &[u8]) -> bool {
    match meaning_of(name) {
        Meaning::Is(tag) => !matches!(tag, Tag::A | Tag::Audio | Tag::Video | Tag::Picture | Tag::Source | Tag::Svg),
        Meaning::Verbatim => true,
        _ => matches!(name, b"span" | b"font" | b"nobr" | b"big"),
    }
}

/// Elements without content that mean nothing to us; what we know of such has [`Tag::is_void`].
pub(super) fn has_no_content(name: &[u8]) -> bool {
    matches!(
        name,
        b"input" | b"area" | b"base" | b"col" | b"link" | b"meta" | b"param" | b"track" | b"basefont" | b"frame"
    )
}

/// The state in which the tokenizer reads an element's content, if not as markup. Our own list: `noscript` is
/// markup, for script is off; `noframes` is raw.
pub(super) fn raw_state(name: &[u8]) -> Option<State> {
    match name {
        b"script" => Some(State::ScriptData),
        b"style" | b"xmp" | b"iframe" | b"noembed" | b"noframes" => Some(State::RawText),
        b"title" | b"textarea" => Some(State::RcData),
        b"plaintext" => Some(State::PlainText),
        _ => None,
    }
}

/// Elements whose content browsers read as raw text today, and as markup in their absence.
pub(super) fn is_frame(name: &[u8]) -> bool {
    matches!(name, b"iframe" | b"noembed" | b"noframes")
}

/// The attribute of a lower-case name, if it is read at all.
pub fn attribute_of(name: &[u8]) -> Option<Attr> {
    Some(match name {
        b"href" => Attr::Href,
        b"src" | b"data-videoid" => Attr::Src,
        b"srcset" => Attr::Srcset,
        b"alt" => Attr::Alt,
        b"data-alt" => Attr::LazyAlt,
        b"title" => Attr::Title,
        b"width" => Attr::Width,
        b"height" => Attr::Height,
        b"lang" => Attr::Lang,
        b"dir" => Attr::Dir,
        b"colspan" => Attr::Colspan,
        b"rowspan" => Attr::Rowspan,
        b"start" => Attr::Start,
        b"reversed" => Attr::Reversed,
        b"value" => Attr::Value,
        b"class" => Attr::Class,
        b"style" => Attr::Style,
        b"id" => Attr::Id,
        b"name" | b"music_name" => Attr::Name,
        b"type" => Attr::Type,
        b"poster" => Attr::Poster,
        b"checked" => Attr::Checked,
        b"data-src" | b"data-lazy-src" | b"data-original" | b"data-url" | b"data-actualsrc" | b"data-original-src"
        | b"real_src" | b"data-echo" | b"data-hi-res-src" | b"data-lazyload" | b"data-image" | b"data-lazy"
        | b"data-layzr" | b"data-backsrc" | b"alt_src" | b"_src" | b"lazysrc" | b"lazy-src" | b"lay-src"
        | b"ess-data" => Attr::LazySrc,
        b"file" | b"original" | b"oldsrc" | b"src2" => Attr::BareSrc,
        b"data-srcset" | b"data-lazy-srcset" | b"data-original-set" => Attr::LazySrcset,
        b"data-bg" | b"data-background" | b"data-background-image" | b"data-lazy-bgimg" => Attr::Background,
        b"srcdoc" => Attr::Framed,
        b"open" => Attr::Open,
        b"close" => Attr::Close,
        b"shadowrootmode" | b"shadowroot" => Attr::Shadow,
        b"data-orig-file" | b"data-large-file" | b"data-full-url" | b"zoomfile" => Attr::BestSrc,
        b"data-tweetid"
        | b"url"
        | b"data-shortcode"
        | b"data-href"
        | b"videoid"
        | b"data-telegram-post"
        | b"data-instgrm-permalink"
        | b"audiourl"
        | b"voice_encode_fileid" => Attr::Embedded,
        _ if may_be_lazy(name) => Attr::GuessedSrc,
        _ => return None,
    })
}

/// Whether the name of an attribute may be that of a lazy loader: there are hundreds.
fn may_be_lazy(name: &[u8]) -> bool {
    const PARTS: &[&str] = &["src", "lazy", "img", "image", "original"];
    let name =
        name.strip_prefix(b"data-").or_else(|| name.strip_prefix(b"nitro-")).and_then(|name| str::from_utf8(name).ok());
    name.is_some_and(|name| !name.ends_with("set") && PARTS.iter().any(|part| name.contains(part)))
}

/// The property that says how heavy letters are.
pub(super) const WEIGHT_OF: &str = "font-weight";
/// The property that slants them.
pub(super) const SLANT_OF: &str = "font-style";

/// What a style holds that says anything of what follows; most say how large text is, its colour and its place.
static HEEDED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = ["block", "pre", "url(", WEIGHT_OF, SLANT_OF, "vertical-align", "line-through"];
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
});

/// Whether a style may say anything that is heeded: so it need not be asked for each.
pub(super) fn may_be_heeded(style: &str) -> bool {
    HEEDED.as_ref().is_none_or(|heeded| heeded.is_match(style))
}

/// Whether a style makes a line of its own of what is a phrase otherwise.
pub(super) fn makes_line(style: &str) -> bool {
    says(style, "display", &["block"])
}

/// Whether line breaks are kept in what has a style.
pub(super) fn keeps_lines(style: &str) -> bool {
    says(style, "white-space", &["pre", "pre-wrap", "pre-line"])
}

/// The address of the picture that a style puts behind an element. A sign and a pattern are none.
pub(super) fn background_of(style: &str) -> Option<&str> {
    let at = style.find("url(")?;
    let (rule, rest) = (style[..at].rsplit(';').next()?.trim_start(), &style[at + 4..]);
    let address = rest.split(')').next()?.trim().trim_matches(['"', '\'']).trim();
    let is_sign = || style.split(';').any(|rule| size_of(rule).is_some_and(|size| size <= LARGEST_SIGN));
    let repeats = |(_, value): (&str, &str)| value.replace("no-repeat", "").contains("repeat");
    let is_pattern = || style.split(';').filter_map(|rule| rule.split_once(':')).any(repeats);
    let is_background = rule.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("background"));
    (is_background && !address.starts_with("data:") && !is_sign() && !is_pattern()).then_some(address)
}

/// A larger picture is no sign and no line, in pixels.
const LARGEST_SIGN: f64 = 64.0;

/// The width or height that a rule sets.
fn size_of(rule: &str) -> Option<f64> {
    let (name, value) = rule.split_once(':')?;
    let is_size = ["width", "height"].iter().any(|size| name.trim().eq_ignore_ascii_case(size));
    value.trim().strip_suffix("px").filter(|_| is_size)?.parse().ok()
}

/// What a style makes of the text in it, as the element that says so.
pub(super) fn phrase_of(style: &str) -> Option<Tag> {
    let shows: [(&str, &[&str], Tag); 6] = [
        ("vertical-align", &["super"], Tag::Sup),
        ("vertical-align", &["sub"], Tag::Sub),
        ("text-decoration", &["line-through"], Tag::S),
        ("text-decoration-line", &["line-through"], Tag::S),
        (WEIGHT_OF, &["bold", "bolder", "600", "700", "800", "900"], Tag::Strong),
        (SLANT_OF, &["italic", "oblique"], Tag::Em),
    ];
    shows.iter().find(|(property, values, _)| says(style, property, values)).map(|(.., tag)| *tag)
}

/// What a style takes from the text in it, as its properties: what is copied from some editors stands in a `<b>` without weight.
pub(super) fn taken_by(style: &str) -> impl Iterator<Item = &'static str> {
    let takes = |property: &&str| says(style, property, &["normal", "400"]);
    [WEIGHT_OF, SLANT_OF].into_iter().filter(takes)
}

/// What the classes of an element without meaning say of what is in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing.
    Plain,
    /// It is for no reader's eyes: the formula of a wiki that stands beside its picture, MathJax's for programs, the noise that Discuz puts
    /// into what is copied.
    Unseen,
    /// A formula of KaTeX, as programs read it, or of MathJax, which is followed by what was written.
    Formula,
    /// The same as eyes see it.
    FormulaTwin,
    /// It stands in a line of its own, as the parts of Zhihu's cards do.
    Apart,
    /// It is bold, as Baijiahao's headings are.
    Bold,
}

/// What an element's classes say of what is in it.
pub(super) fn sight_of(attrs: &[(Attr, String)]) -> Sight {
    let classes = attrs.iter().filter(|(attr, _)| *attr == Attr::Class);
    let mut words = classes.flat_map(|(_, value)| value.split_ascii_whitespace());
    let sight = words.find_map(|word| match word {
        "mwe-math-mathml-a11y" | "jammer" | "MJX_Assistive_MathML" => Some(Sight::Unseen),
        // (MathJax's drawings show no words: what follows them does.)
        "katex-mathml" | "MathJax" | "MathJax_CHTML" => Some(Sight::Formula),
        "katex-html" => Some(Sight::FormulaTwin),
        "LinkCard-desc" | "LinkCard-meta" => Some(Sight::Apart),
        "bjh-strong" => Some(Sight::Bold),
        _ => None,
    });
    sight.unwrap_or(Sight::Plain)
}

/// What a page says of itself within an article.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PagePart {
    /// Hints of Discuz about its attachments, letters that Weibo's font draws, players that load, Sohu's way back.
    Anywhere,
    /// Medium's words for screen readers, of a figure's picture.
    OfFigure,
    /// The player of Matters, of a figure's sound.
    OfSound,
}

/// The part of a page that an element is.
pub(super) fn page_part(name: &[u8], attrs: &[(Attr, String)]) -> Option<PagePart> {
    let of_class = |class: &str| match (name, class) {
        (b"div", "aimg_tip" | "c-spinner") | (b"i" | b"span", "W_ficon") => Some(PagePart::Anywhere),
        (b"span", "speechify-ignore") => Some(PagePart::OfFigure),
        (b"div", "player") => Some(PagePart::OfSound),
        _ => None,
    };
    let part_of = |(attr, value): &(Attr, String)| match attr {
        Attr::Class => value.split_ascii_whitespace().find_map(of_class),
        Attr::Id if name == b"a" && value == "backsohucom" => Some(PagePart::Anywhere),
        _ => None,
    };
    let is_one = matches!(name, b"a" | b"div" | b"i" | b"span");
    if is_one { attrs.iter().find_map(part_of) } else { None }
}

/// Whether a style gives a property one of these values. Most styles speak of other things; of two rules the last counts.
fn says(style: &str, property: &str, values: &[&str]) -> bool {
    let value_of = |rule: &str| {
        let (name, value) = rule.split_once(':')?;
        let word = value.trim().split([' ', '!']).next()?;
        name.trim().eq_ignore_ascii_case(property).then(|| values.contains(&word))
    };
    style.rsplit(';').find_map(value_of) == Some(true)
}

/// What a script would show in the place of an element, by what its attributes name: an embed or a sound, and its address. AMP's and
/// YouTube's and CKEditor's custom elements, Facebook's boxes, Telegram's posts, WeChat's voices, songs and films.
pub(super) fn embedded(name: &[u8], attrs: &[(Attr, String)]) -> Option<(Tag, String)> {
    let values = |wanted: Attr| attrs.iter().filter(move |(attr, _)| *attr == wanted).map(|(_, value)| value.trim());
    let is_post = |class: &str| class.split_ascii_whitespace().any(|word| matches!(word, "fb-post" | "fb-video"));
    let (tag, before, named, is_fit): (_, _, _, fn(&str) -> bool) = match name {
        b"amp-twitter" => (Tag::Iframe, "https://twitter.com/i/status/", Attr::Embedded, is_word),
        b"amp-instagram" => (Tag::Iframe, "https://www.instagram.com/p/", Attr::Embedded, is_word),
        b"amp-dailymotion" => (Tag::Iframe, "https://www.dailymotion.com/video/", Attr::Src, is_word),
        b"amp-vimeo" => (Tag::Iframe, "https://vimeo.com/", Attr::Src, is_word),
        b"lite-youtube" => (Tag::Iframe, "https://www.youtube.com/watch?v=", Attr::Embedded, is_word),
        b"lite-vimeo" => (Tag::Iframe, "https://vimeo.com/", Attr::Embedded, is_word),
        b"amp-facebook" => (Tag::Iframe, "", Attr::Embedded, is_of_facebook),
        b"oembed" => (Tag::Iframe, "", Attr::Embedded, is_address),
        b"div" if values(Attr::Class).any(is_post) => (Tag::Iframe, "", Attr::Embedded, is_of_facebook),
        b"script" => (Tag::Iframe, "https://t.me/", Attr::Embedded, is_numbered_post),
        b"mp-common-videosnap" | b"mpvideosnap" => (Tag::Video, "", Attr::LazySrc, is_address),
        b"mp-common-qqmusic" | b"qqmusic" => (Tag::Audio, "", Attr::Embedded, is_address),
        b"mpvoice" | b"mp-common-mpaudio" => {
            (Tag::Audio, "https://res.wx.qq.com/voice/getvoice?mediaid=", Attr::Embedded, is_word)
        }
        _ => return None,
    };
    values(named).find(|named| is_fit(named)).map(|named| (tag, format!("{before}{named}")))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn is_of_facebook(text: &str) -> bool {
    text.starts_with("https://www.facebook.com/")
}

/// `channel/17`.
fn is_numbered_post(text: &str) -> bool {
    text.split_once('/').is_some_and(|(channel, number)| is_word(channel) && is_word(number))
}
