//! Lines of Markdown whose text is shown as it stands: those of listings, and of what HTML shows so.

use super::fences::Fences;
use super::markdown::InMarkup;

/// Where a text is, line by line.
pub(super) struct Verbatim {
    fences: Fences,
    markup: InMarkup,
}

impl Default for Verbatim {
    fn default() -> Self {
        Self { fences: Fences::default(), markup: InMarkup::No }
    }
}

impl Verbatim {
    /// Takes a line; says whether it is shown as it stands.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        let was_raw = self.is_raw();
        // Tags in a listing are text.
        if !was_raw && self.fences.takes(line) {
            return true;
        }
        self.markup = self.markup.after(line);
        was_raw || self.is_raw()
    }

    fn is_raw(&self) -> bool {
        matches!(self.markup, InMarkup::Raw(_))
    }
}
