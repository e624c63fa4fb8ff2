//! Heliostat builds static sites from folders of mirrored news articles.
//!
//! Data takes one way through, and each stage uses only those before it, and what lies under all of them: [`config`], [`diagnostics`],
//! [`progress`], [`address`], `buffers`, `bytes`, [`digest`], `digits`, [`disk`], [`escape`], [`lock`]:
//!
//! 1. [`read`]: content folders → sources;
//! 2. [`parse`]: a source → an article: its entry, and its body, clean;
//! 3. [`media`]: media references → assets with their variants, in a store that outlives every build;
//! 4. [`plan`]: every entry → the site map: each page, its address, what it shows;
//! 5. [`render`]: a page → the bytes of one output file;
//! 6. [`write`](mod@write): output files → the output folder: what changed, whole or not at all.
//!
//! [`pipeline::build`] calls them in this order; it alone uses [`state`]. [`serve`] calls it whenever something changes,
//! [`cli`] is the command line over both.

pub mod address;
mod buffers;
mod bytes;
pub mod cli;
pub mod config;
pub mod diagnostics;
pub mod digest;
mod digits;
pub mod disk;
pub mod escape;
pub mod lock;
pub mod media;
pub mod parse;
pub mod pipeline;
pub mod plan;
pub mod progress;
pub mod read;
pub mod render;
pub mod serve;
pub mod state;
pub mod write;
