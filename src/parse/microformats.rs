//! What a saved page says of itself within its text, by microformats (<https://microformats.org/wiki/h-entry>): Medium's exports have
//! their address and author there, at the end, and nowhere else.

use html5gum::Tokenizer;
use html5gum::emitters::default::{StartTag, Token};

use super::page_head::attribute;
use crate::address::{WebUrl, parse_web};

/// So many places that look like marks are looked at.
const MOST_MARKS: usize = 16;

/// The address that a page gives as its own. (`u-url` is that of persons and of other pages, too.)
pub(super) fn address(page: &str) -> Option<WebUrl> {
    marks(page, "p-canonical").find_map(|(tag, _)| parse_web(&attribute(&tag, b"href")?))
}

/// The name of the author.
pub(super) fn author(page: &str) -> Option<String> {
    let text = |(_, after): (_, &str)| Some(after[..after.find('<')?].trim().to_owned());
    marks(page, "p-author").find_map(text).filter(|name| !name.is_empty())
}

fn has_class(tag: &StartTag<()>, wanted: &str) -> bool {
    attribute(tag, b"class").is_some_and(|classes| classes.split_ascii_whitespace().any(|class| class == wanted))
}

/// The tags that have a class, and what follows each.
fn marks<'page>(page: &'page str, class: &'page str) -> impl Iterator<Item = (StartTag<()>, &'page str)> {
    memchr::memmem::find_iter(page.as_bytes(), class).take(MOST_MARKS).filter_map(move |at| {
        let (start, end) = (page[..at].rfind('<')?, at + page[at..].find('>')? + 1);
        let Some(Ok(Token::StartTag(tag))) = Tokenizer::new(&page[start..end]).next() else { return None };
        has_class(&tag, class).then(|| (tag, &page[end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_itself_and_its_author() {
        let page = "<p>p-canonical u-url</p><footer><a href=\"https://m.example.org/@a\" class=\"p-author h-card u-url\">John Doe</a>\
                    <a class='p-canonical' href='https://m.example.org/@a/ferry-1'>link</a></footer>";
        assert_eq!(address(page).as_ref().map(WebUrl::as_str), Some("https://m.example.org/@a/ferry-1"));
        assert_eq!(author(page).as_deref(), Some("John Doe"));
        assert!(
            address("<a class=u-url href=https://m.example.org/>").is_none() && author("<a class=p-author>").is_none()
        );
        assert!(address("<p>p-canonical").is_none() && author("p-author").is_none());
    }
}
