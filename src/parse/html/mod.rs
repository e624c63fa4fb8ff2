//! Markup → a clean body.
//!
//! 1. [`build`](build::build): the tokenizer's tags and texts into a loose tree, as a browser would;
//! 2. [`find`](media::find): media out of it, holes in their places;
//! 3. [`normalise`](normalise::normalise): the strict tree, in the form to which a parser would bring it;
//! 4. [`improve`], [`titles`]: what the page says elsewhere goes, what was only painted gets its meaning;
//! 5. [`serialise`](serialise::serialise): the body.

pub mod build;
mod candidates;
pub mod captions;
mod formula;
mod galleries;
pub mod improve;
pub mod media;
pub mod media_ref;
pub mod normalise;
mod open;
mod phrases;
mod players;
pub mod policy;
mod references;
pub mod serialise;
mod signs;
mod skipped;
mod start_tags;
mod styled;
mod table;
pub mod titles;
mod tokens;
pub mod tree;
mod unwrapped;
mod white_space;
