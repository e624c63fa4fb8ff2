//! Tables: a caption, then sections of rows of cells, and nothing else; what stood between goes before the table,
//! where a browser shows it.

use super::captions::is_short;
use super::normalise::{cell_content, flow_into, holds_picture, shows_media_alone};
use super::phrases::single_line;
use super::tree::{Attr, Element, Node, Tag, shows_nothing};

/// A table → its strict form, after whatever stood loose in it. A table of one cell was a frame: its content stays.
pub(super) fn table(element: Element, children: Vec<Node>, out: &mut Vec<Node>) {
    let mut parts = Parts::default();
    parts.collect(children, Tag::Tbody);
    flow_into(std::mem::take(&mut parts.loose), out);
    if parts.is_frame() {
        let cells = parts.sections.into_iter().flat_map(|(_, rows)| rows).flat_map(|row| row.children);
        let content = cells.flat_map(|cell| if let Node::Element(cell) = cell { cell.children } else { Vec::new() });
        return flow_into(content.collect(), out);
    }
    if parts.is_figure() {
        return flow_into(vec![Node::element(Tag::Figure, parts.into_figure())], out);
    }
    if let Some(table) = parts.assemble(element) {
        out.push(Node::Element(table));
    }
}

#[derive(Default)]
struct Parts {
    caption: Option<Element>,
    sections: Vec<(Tag, Vec<Element>)>,
    loose: Vec<Node>,
}

impl Parts {
    fn collect(&mut self, nodes: Vec<Node>, section: Tag) {
        for node in nodes {
            match node {
                Node::Element(part) => self.collect_part(part, section),
                Node::Text(text) if text.trim().is_empty() => {}
                other => self.loose.push(other),
            }
        }
    }

    fn collect_part(&mut self, part: Element, section: Tag) {
        match part.tag {
            Tag::Caption if self.caption.is_none() => self.caption = Some(part),
            Tag::Thead | Tag::Tbody | Tag::Tfoot => {
                // A head after a body would be moved to no place that we could name: it is rows.
                let section = if part.tag == Tag::Thead && !self.sections.is_empty() { Tag::Tbody } else { part.tag };
                self.collect(part.children, section);
            }
            Tag::Tr => self.push_row(part, section),
            Tag::Td | Tag::Th => match self.sections.last_mut() {
                Some((last, rows))
                    if *last == section && rows.last().is_some_and(|row| row.attr(Attr::Name) == Some(IMPLIED)) =>
                {
                    if let Some(row) = rows.last_mut() {
                        row.children.push(Node::Element(part));
                    }
                }
                _ => {
                    let attrs = vec![(Attr::Name, IMPLIED.to_owned())];
                    self.push_row(Element { tag: Tag::Tr, attrs, children: vec![Node::Element(part)] }, section);
                }
            },
            _ => self.loose.push(Node::Element(part)),
        }
    }

    fn push_row(&mut self, mut row: Element, section: Tag) {
        let (cells, loose): (Vec<Node>, Vec<Node>) = std::mem::take(&mut row.children)
            .into_iter()
            .partition(|node| matches!(node.tag(), Some(Tag::Td | Tag::Th)));
        self.loose.extend(loose.into_iter().filter(|node| !node.is_blank_text()));
        if cells.is_empty() {
            return;
        }
        row.children = cells;
        match self.sections.last_mut() {
            Some((last, rows)) if *last == section => rows.push(row),
            _ => self.sections.push((section, vec![row])),
        }
    }

    fn is_frame(&self) -> bool {
        let cells = || self.sections.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.children);
        self.caption.is_none() && cells().count() <= 1
    }

    /// Whether it is one column of a picture and a short text under it: a picture with its caption, as Blogger sets them.
    fn is_figure(&self) -> bool {
        let rows: Vec<&Element> =
            self.sections.iter().flat_map(|(_, rows)| rows).filter(|row| !shows_nothing(&row.children)).collect();
        let [above, below] = rows.as_slice() else { return false };
        let ([Node::Element(picture)], [Node::Element(text)]) = (above.children.as_slice(), below.children.as_slice())
        else {
            return false;
        };
        let line = match text.children.as_slice() {
            [Node::Element(only)] if only.tag == Tag::P => &only.children,
            line => line,
        };
        let is_line = line.iter().all(Node::is_phrase) && !holds_picture(line);
        let is_caption = is_line && is_short(&text.children) && !shows_nothing(&text.children);
        self.caption.is_none()
            && picture.tag == Tag::Td
            && holds_picture(&picture.children)
            && shows_media_alone(&picture.children)
            && is_caption
    }

    fn into_figure(self) -> Vec<Node> {
        let rows = self.sections.into_iter().flat_map(|(_, rows)| rows);
        let mut cells = rows.filter(|row| !shows_nothing(&row.children)).flat_map(|row| row.children);
        let picture = cells.next().map(|cell| renamed(cell, Tag::Div));
        picture.into_iter().chain(cells.map(|cell| renamed(cell, Tag::Figcaption))).collect()
    }

    fn assemble(self, mut table: Element) -> Option<Element> {
        let mut children = Vec::new();
        let mut shows = false;
        if let Some(mut caption) = self.caption {
            let (mut line, media) = single_line(std::mem::take(&mut caption.children));
            line.extend(media);
            if !shows_nothing(&line) {
                caption.children = line;
                children.push(Node::Element(caption));
                shows = true;
            }
        }
        for (section, rows) in self.sections {
            let rows: Vec<Node> = rows.into_iter().map(|row| Node::Element(strict_row(row))).collect();
            shows |= !shows_nothing(&rows);
            children.push(Node::element(section, rows));
        }
        table.children = children;
        shows.then_some(table)
    }
}

fn renamed(node: Node, tag: Tag) -> Node {
    match node {
        Node::Element(element) => Node::Element(Element { tag, ..element }),
        other => other,
    }
}

/// Marks a row that cells without one made. Names are never printed on rows.
const IMPLIED: &str = "implied";

fn strict_row(mut row: Element) -> Element {
    for cell in &mut row.children {
        if let Node::Element(cell) = cell {
            cell.children = cell_content(std::mem::take(&mut cell.children));
        }
    }
    row
}
