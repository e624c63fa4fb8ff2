//! Buffers that are used again. Each article's bytes, text, body and page pass through one of each; fresh memory for them all would
//! cost more than what they hold: the allocator looks for it, and the system clears it.

use std::cell::{Cell, RefCell};

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    static LENT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// So many a thread keeps: sources, bodies and pages go through the steps together, 32 at a time.
const MOST: usize = 72;

/// A larger one is given back to the allocator, in bytes.
const LARGEST: usize = 256 << 10;

/// An empty buffer, with room if one is there that has some.
pub(crate) fn take() -> Vec<u8> {
    SPARE.with_borrow_mut(Vec::pop).unwrap_or_default()
}

/// The same, for text.
pub(crate) fn take_text() -> String {
    String::from_utf8(take()).unwrap_or_default()
}

/// Gives back a buffer that nobody needs any more.
pub(crate) fn give(buffer: impl Into<Vec<u8>>) {
    let mut buffer = buffer.into();
    if !(1..=LARGEST).contains(&buffer.capacity()) {
        return;
    }
    buffer.clear();
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < MOST {
            spare.push(buffer);
        }
    });
}

/// Lends so many bytes, whatever is in them: to clear them would cost as much as to read a text into them.
pub(crate) fn lend<T>(length: usize, act: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut lent = LENT.take();
    if lent.len() < length {
        lent.resize(length, 0);
    }
    let result = act(&mut lent[..length]);
    if lent.len() <= LARGEST {
        LENT.set(lent);
    }
    result
}
