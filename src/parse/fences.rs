//! Listings of Markdown between fences.

/// Whether lines stand in a listing, as they are taken one after another.
#[derive(Default)]
pub(super) struct Fences {
    fence: Option<Fence>,
}

impl Fences {
    /// Whether one is open.
    pub(super) fn are_open(&self) -> bool {
        self.fence.is_some()
    }

    /// Takes a line; says whether it is in a listing.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        match (self.fence, fence_of(line)) {
            (None, None) => return line.starts_with("    ") || line.starts_with('\t'),
            (None, begun) => self.fence = begun,
            (Some(open), Some(end)) if end.is_bare && end.mark == open.mark && end.length >= open.length => {
                self.fence = None;
            }
            (Some(_), _) => {}
        }
        true
    }
}

/// A line that begins or ends a listing.
#[derive(Clone, Copy)]
pub(super) struct Fence {
    mark: char,
    length: usize,
    /// Whether nothing stands behind it: only then it may be an end.
    is_bare: bool,
}

pub(super) fn fence_of(line: &str) -> Option<Fence> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    // What has ticks behind it is code in a line.
    let is_fence = length >= 3 && (mark == '~' || !rest.contains('`'));
    is_fence.then(|| Fence { mark, length, is_bare: rest.trim().is_empty() })
}
