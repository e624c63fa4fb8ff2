//! The tree between an article's markup and its clean body.
//!
//! A body's vocabulary is [`Tag`]. What the input calls otherwise is mapped to one of them, unwrapped (its content
//! stays) or dropped (its content goes too) by [`policy`](super::policy): that table is the whole policy.

/// An element that the tree knows. All but the last few may stand in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the HTML element of its name")]
pub enum Tag {
    // Blocks.
    P,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Pre,
    Blockquote,
    Figure,
    Figcaption,
    Details,
    Summary,
    Hr,
    Ul,
    Ol,
    Li,
    Dl,
    Dt,
    Dd,
    Table,
    Caption,
    Thead,
    Tbody,
    Tfoot,
    Tr,
    Td,
    Th,
    // Phrases.
    A,
    Abbr,
    B,
    Bdi,
    Bdo,
    Cite,
    Code,
    Del,
    Dfn,
    Em,
    I,
    Ins,
    Kbd,
    Mark,
    Q,
    Rp,
    Rt,
    Ruby,
    S,
    Samp,
    Small,
    Strong,
    Sub,
    Sup,
    U,
    Var,
    Br,
    Wbr,
    // Seen while a tree is built and improved, gone from its body.
    Div,
    Img,
    Picture,
    Source,
    Audio,
    Video,
    Iframe,
    Noscript,
    Svg,
}

impl Tag {
    /// The element's name in markup.
    pub fn name(self) -> &'static str {
        match self {
            Self::P => "p",
            Self::H1 => "h1",
            Self::H2 => "h2",
            Self::H3 => "h3",
            Self::H4 => "h4",
            Self::H5 => "h5",
            Self::H6 => "h6",
            Self::Pre => "pre",
            Self::Blockquote => "blockquote",
            Self::Figure => "figure",
            Self::Figcaption => "figcaption",
            Self::Details => "details",
            Self::Summary => "summary",
            Self::Hr => "hr",
            Self::Ul => "ul",
            Self::Ol => "ol",
            Self::Li => "li",
            Self::Dl => "dl",
            Self::Dt => "dt",
            Self::Dd => "dd",
            Self::Table => "table",
            Self::Caption => "caption",
            Self::Thead => "thead",
            Self::Tbody => "tbody",
            Self::Tfoot => "tfoot",
            Self::Tr => "tr",
            Self::Td => "td",
            Self::Th => "th",
            Self::A => "a",
            Self::Abbr => "abbr",
            Self::B => "b",
            Self::Bdi => "bdi",
            Self::Bdo => "bdo",
            Self::Cite => "cite",
            Self::Code => "code",
            Self::Del => "del",
            Self::Dfn => "dfn",
            Self::Em => "em",
            Self::I => "i",
            Self::Ins => "ins",
            Self::Kbd => "kbd",
            Self::Mark => "mark",
            Self::Q => "q",
            Self::Rp => "rp",
            Self::Rt => "rt",
            Self::Ruby => "ruby",
            Self::S => "s",
            Self::Samp => "samp",
            Self::Small => "small",
            Self::Strong => "strong",
            Self::Sub => "sub",
            Self::Sup => "sup",
            Self::U => "u",
            Self::Var => "var",
            Self::Br => "br",
            Self::Wbr => "wbr",
            Self::Div => "div",
            Self::Img => "img",
            Self::Picture => "picture",
            Self::Source => "source",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Iframe => "iframe",
            Self::Noscript => "noscript",
            Self::Svg => "svg",
        }
    }

    /// Whether it is a phrase: text, or an element that stands in a line of text.
    pub fn is_phrase(self) -> bool {
        matches!(
            self,
            Self::A
                | Self::Abbr
                | Self::B
                | Self::Bdi
                | Self::Bdo
                | Self::Cite
                | Self::Code
                | Self::Del
                | Self::Dfn
                | Self::Em
                | Self::I
                | Self::Ins
                | Self::Kbd
                | Self::Mark
                | Self::Q
                | Self::Rp
                | Self::Rt
                | Self::Ruby
                | Self::S
                | Self::Samp
                | Self::Small
                | Self::Strong
                | Self::Sub
                | Self::Sup
                | Self::U
                | Self::Var
                | Self::Br
                | Self::Wbr
                | Self::Img
                | Self::Picture
                | Self::Source
                | Self::Audio
                | Self::Video
                | Self::Iframe
        )
    }

    /// Whether a browser opens it again in the next block when a block cuts it (the standard's "formatting
    /// elements", and those that we treat like them so that no phrase ever holds a block).
    pub fn is_formatting(self) -> bool {
        self.is_phrase()
            && !self.is_void()
            && !matches!(self, Self::Picture | Self::Audio | Self::Video | Self::Ruby | Self::Rt | Self::Rp)
    }

    /// Whether it has no content and no end tag.
    pub fn is_void(self) -> bool {
        matches!(self, Self::Br | Self::Wbr | Self::Hr | Self::Img | Self::Source | Self::Iframe)
    }

    /// Whether it is a heading.
    pub fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }

    /// Whether it is a part of a table, the table itself not counted.
    pub fn is_table_part(self) -> bool {
        matches!(self, Self::Caption | Self::Thead | Self::Tbody | Self::Tfoot | Self::Tr | Self::Td | Self::Th)
    }

    /// Whether it holds phrases alone.
    pub fn holds_phrases(self) -> bool {
        self.is_heading()
            || self.is_phrase()
            || matches!(self, Self::P | Self::Pre | Self::Summary | Self::Dt | Self::Caption)
    }

    /// A heading's level, 1 to 6.
    pub fn heading_level(self) -> Option<usize> {
        [Self::H1, Self::H2, Self::H3, Self::H4, Self::H5, Self::H6]
            .iter()
            .position(|tag| *tag == self)
            .map(|at| at + 1)
    }

    /// The heading of a level; levels beyond 6 are 6.
    pub fn heading(level: usize) -> Self {
        [Self::H1, Self::H2, Self::H3, Self::H4, Self::H5, Self::H6][level.clamp(1, 6) - 1]
    }
}

/// The attributes that are read; all others are never even copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the HTML attribute of its name")]
pub enum Attr {
    Href,
    Src,
    Srcset,
    Alt,
    Title,
    Width,
    Height,
    Lang,
    Dir,
    Colspan,
    Rowspan,
    Start,
    Reversed,
    Value,
    Class,
    Id,
    Name,
    Type,
    Poster,
    Checked,
    /// A style that makes a line of its own of a phrase, alone.
    Style,
    /// No attribute of the input: a style keeps the line breaks in it.
    Lines,
    /// No attribute of the input: the element that a style makes of a phrase, by its name.
    Phrase,
    /// No attribute of the input: the property by which a style takes the weight or the slant from a phrase.
    Plain,
    /// `data-src` and its kin: where a lazy picture really is.
    LazySrc,
    /// `data-alt`: what a script says instead of a picture.
    LazyAlt,
    /// An address that a lazy loader of unknown name may load.
    GuessedSrc,
    /// `file` and its kin: the address of a picture that a forum's script shows, or the bare name of a file.
    BareSrc,
    /// `data-srcset` and its kin.
    LazySrcset,
    /// `data-orig-file`, `data-large-file`: the best copy there is.
    BestSrc,
    /// The picture that a style, or a script by `data-bg`, puts behind an element.
    Background,
    /// What an iframe frames, as markup.
    Framed,
    /// What stands before what a formula puts in brackets.
    Open,
    /// And behind it.
    Close,
    /// What makes a template an element's content (`shadowrootmode`).
    Shadow,
    /// What an element that a script turns into an embed names: a post or a film, by its number or its address.
    Embedded,
    /// No attribute of the input: it has this block in a player, whose end it is to us.
    InPlayer,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text, its references resolved.
    Text(String),
    /// An element.
    Element(Element),
    /// A place that a picture, sound, film or embed takes.
    Media(MediaHole),
}

/// Where a body shows one of its article's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaHole {
    /// Its number among the article's media references.
    pub index: usize,
    /// Whether it is as small as a letter and belongs into its line.
    pub inline: bool,
}

/// An element, its attributes and its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Which one.
    pub tag: Tag,
    /// Attributes, in their order; a name may be there twice, as it may be in the input.
    pub attrs: Vec<(Attr, String)>,
    /// Its content.
    pub children: Vec<Node>,
}

/// How many bytes a copy of some attributes takes.
pub(super) fn size_of(attrs: &[(Attr, String)]) -> usize {
    attrs.iter().map(|(_, value)| std::mem::size_of::<(Attr, String)>() + value.len()).sum()
}

impl Element {
    /// An element without attributes.
    pub fn new(tag: Tag, children: Vec<Node>) -> Self {
        Self { tag, attrs: Vec::new(), children }
    }

    /// The first value of an attribute.
    pub fn attr(&self, name: Attr) -> Option<&str> {
        self.attrs.iter().find(|(attr, _)| *attr == name).map(|(_, value)| value.as_str())
    }

    /// An attribute that says so many pixels.
    pub fn pixels(&self, name: Attr) -> Option<u32> {
        self.attr(name)?.trim().trim_end_matches("px").parse().ok()
    }

    /// What names it, so that links within the page may lead to it.
    pub fn identity(&self) -> Option<&str> {
        self.attr(Attr::Id).or_else(|| if self.tag == Tag::A { self.attr(Attr::Name) } else { None })
    }
}

impl Node {
    /// An element without attributes, as a node.
    pub fn element(tag: Tag, children: Vec<Node>) -> Self {
        Self::Element(Element::new(tag, children))
    }

    /// The element's tag, if it is an element.
    pub fn tag(&self) -> Option<Tag> {
        match self {
            Self::Element(element) => Some(element.tag),
            _ => None,
        }
    }

    /// Whether it stands in a line of text.
    pub fn is_phrase(&self) -> bool {
        self.tag().is_none_or(Tag::is_phrase)
    }

    /// Whether it is text of nothing but white space.
    pub fn is_blank_text(&self) -> bool {
        matches!(self, Self::Text(text) if is_blank(text))
    }
}

/// Whether a text shows nothing: white space, no-break spaces, zero-width marks.
pub fn is_blank(text: &str) -> bool {
    // Most texts begin with what is seen.
    if text.as_bytes().first().is_some_and(u8::is_ascii_graphic) {
        return false;
    }
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}'))
}

/// Appends the text of a tree, without marks between its parts.
pub fn push_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.tag == Tag::Br => out.push('\n'),
            Node::Element(element) => push_text(&element.children, out),
            Node::Media(_) => {}
        }
    }
}

/// The text of a tree.
pub fn text_of(nodes: &[Node]) -> String {
    let mut out = String::new();
    push_text(nodes, &mut out);
    out
}

/// Whether a tree shows neither text nor media nor a rule.
pub fn shows_nothing(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(text) => is_blank(text),
        Node::Media(_) => false,
        Node::Element(element) => element.tag != Tag::Hr && shows_nothing(&element.children),
    })
}
