//! A drawing (SVG) → pixels. It can load nothing, and shows no text: that would need the fonts of the machine, and look
//! another way on each.
//!
//! A few lines of SVG can ask for more memory and time than there is, and a program that runs out of memory cannot be
//! stopped from within. So what is asked for is reckoned before it is drawn; what multiplies without a bound (`pattern`,
//! `filter`, references within what is itself referred to) is refused.

use std::collections::HashSet;

use image::{DynamicImage, RgbaImage};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::{tiny_skia, usvg};

use super::probe::{NotShown, within};

/// A larger drawing is a map of a country or a trap, in bytes.
const MAX_DRAWING: usize = 1 << 20;

/// With so many `use` elements a drawing of some hundred thousand shapes can be written; with a few more, one that
/// takes for ever.
const MAX_USES: usize = 32;

/// So deep a drawing may be, each `use` in what another uses counted as if it held all the others: what draws it takes a piece of the
/// stack for each level.
const MAX_DEPTH: usize = 256;

/// So many elements times so many selectors of style are compared: some seconds (14 for 256 million, measured).
const MAX_STYLED: usize = 64_000_000;

/// What a segment of a stroke takes for each pixel of its width, and a dash, measured in pixels painted.
const SEGMENT: f32 = 100.0;
const DASH: f32 = 50.0;

/// Pixels of all layers that are open at once, four bytes each.
const MAX_LAYERS: f32 = (64 << 20) as f32;

/// Pixels that all shapes and layers paint: some seconds.
const MAX_PAINTED: f32 = 4e9;

/// Rasterises a drawing at its own size, or at `widest` if that is less.
pub(super) fn draw(bytes: &[u8], widest: u32, max_pixels: u64) -> Result<DynamicImage, NotShown> {
    let broken = |fault: &dyn std::fmt::Display| NotShown::Broken(fault.to_string());
    let intricate = || NotShown::Broken("a drawing as large or as intricate as this is not drawn".to_owned());
    let text = std::str::from_utf8(bytes).map_err(|fault| broken(&fault))?;
    if text.len() > MAX_DRAWING || text.contains("<!ENTITY") {
        return Err(intricate());
    }
    let allowed = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, allowed).map_err(|fault| broken(&fault))?;
    if multiplies(&document) {
        return Err(intricate());
    }
    let loads_nothing =
        usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = usvg::Options { image_href_resolver: loads_nothing, ..usvg::Options::default() };
    let tree = usvg::Tree::from_xmltree(&document, &options).map_err(|fault| broken(&fault))?;
    let size = tree.size();
    let scale = (widest as f32 / size.width()).min(1.0);
    // Sizes are positive and finite in a tree that was parsed.
    let side = |length: f32| (length * scale).ceil().clamp(1.0, 65_535.0) as u32;
    let (width, height) = within(side(size.width()), side(size.height()), max_pixels)?;
    let mut cost = Cost { canvas: width as f32 * height as f32, scale, painted: 0.0, deepest: 0.0 };
    cost.add(tree.root(), 1.0);
    if cost.deepest * cost.canvas > MAX_LAYERS.max(cost.canvas) || cost.painted > MAX_PAINTED {
        return Err(intricate());
    }
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(intricate)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let straight = pixels.pixels().iter().flat_map(|pixel| {
        let colour = pixel.demultiply();
        [colour.red(), colour.green(), colour.blue(), colour.alpha()]
    });
    let picture = RgbaImage::from_raw(width, height, straight.collect());
    picture.map(DynamicImage::ImageRgba8).ok_or_else(intricate)
}

/// Whether a document may ask for much more than it is long.
fn multiplies(document: &Document<'_>) -> bool {
    let elements = || document.descendants().filter(Node::is_element);
    if elements().filter(|element| element.tag_name().name() == "use").count() > MAX_USES {
        return true;
    }
    let styles = elements().filter(|element| element.tag_name().name() == "style").filter_map(|style| style.text());
    let selectors = |text: &str| {
        text.split('}')
            .filter_map(|rule| rule.split_once('{'))
            .map(|(before, _)| before.matches(',').count() + 1)
            .sum::<usize>()
    };
    let rules: usize = styles.map(selectors).sum();
    let used: HashSet<&str> = elements().filter_map(|element| used_by(&element)).collect();
    let targets = elements().filter(|element| element.attribute("id").is_some_and(|id| used.contains(id)));
    let nested = targets.filter(|target| target.descendants().any(|inner| inner.tag_name().name() == "use")).count();
    is_deeper(document, MAX_DEPTH / (nested + 1))
        || rules.saturating_mul(elements().count()) > MAX_STYLED
        || elements().any(|element| match element.tag_name().name() {
            "pattern" | "filter" => true,
            "style" => element.text().is_some_and(|text| text.contains("url(") || text.contains("@import")),
            "clipPath" | "mask" | "marker" => element.descendants().any(|inner| refers(document, inner)),
            _ => false,
        })
}

/// What a `use` uses.
fn used_by<'document>(element: &Node<'document, '_>) -> Option<&'document str> {
    let is_use = element.tag_name().name() == "use";
    let href = element.attributes().find(|attribute| is_use && attribute.name() == "href")?;
    href.value().trim().strip_prefix('#')
}

/// Whether elements nest deeper than this.
fn is_deeper(document: &Document<'_>, most: usize) -> bool {
    let (mut node, mut depth) = (document.root(), 0);
    loop {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            if depth > most + 1 {
                return true;
            }
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return false };
            (node, depth) = (parent, depth - 1);
        }
    }
}

/// Whether what is inside a definition refers to another: a ring of such references has no end. Gradients refer to
/// nothing that is drawn.
fn refers(document: &Document<'_>, inner: Node<'_, '_>) -> bool {
    let has_reference = |node: Node<'_, '_>| {
        node.attributes().any(|attribute| {
            !matches!(attribute.name(), "fill" | "stroke")
                && attribute.value().contains("url(")
                && (attribute.name() != "style"
                    || ["clip-path", "mask", "marker"].iter().any(|name| attribute.value().contains(name)))
        })
    };
    let is_use = |node: Node<'_, '_>| node.tag_name().name() == "use";
    let target = used_by(&inner).and_then(|id| document.descendants().find(|node| node.attribute("id") == Some(id)));
    has_reference(inner)
        || target.is_some_and(|target| target.descendants().any(|node| has_reference(node) || is_use(node)))
}

/// What a drawing takes, in pixels of its canvas.
struct Cost {
    canvas: f32,
    scale: f32,
    painted: f32,
    /// Canvases that are open at once.
    deepest: f32,
}

impl Cost {
    fn add(&mut self, group: &usvg::Group, open: f32) {
        let open = open + if group.should_isolate() { 1.0 } else { 0.0 };
        self.painted += if group.should_isolate() { self.canvas } else { 0.0 };
        self.deepest = self.deepest.max(open);
        // Each of these is drawn on a layer of its own.
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.add(path.root(), open + 1.0);
            clip = path.clip_path();
        }
        let mut mask = group.mask();
        while let Some(over) = mask {
            self.add(over.root(), open + 1.0);
            mask = over.mask();
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(inner) => self.add(inner, open),
                usvg::Node::Path(path) => {
                    let bounds = path.abs_stroke_bounding_box();
                    self.painted += (bounds.width() * bounds.height() * self.scale * self.scale).min(self.canvas);
                    self.add_stroke(path);
                }
                usvg::Node::Image(_) | usvg::Node::Text(_) => {}
            }
        }
    }

    /// Each segment is painted as wide as the stroke, each dash is a path of its own.
    fn add_stroke(&mut self, path: &usvg::Path) {
        let Some(stroke) = path.stroke() else { return };
        let (scale_x, scale_y) = path.abs_transform().get_scale();
        let width = stroke.width().get() * scale_x.abs().max(scale_y.abs()) * self.scale;
        self.painted += path.data().len() as f32 * (1.0 + width.min(self.canvas.sqrt())) * SEGMENT;
        let Some(dashes) = stroke.dasharray() else { return };
        let points = path.data().points().windows(2);
        let length: f32 = points.map(|pair| pair[0].distance(pair[1])).sum();
        let period: f32 = dashes.iter().sum();
        let drawn = length / period * dashes.len() as f32 * DASH;
        // A period of nothing has no end.
        self.painted += if period > 0.0 { drawn } else { f32::INFINITY };
    }
}
