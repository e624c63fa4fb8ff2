//! Behaviour, from the outside: a tiny site, a command, the files that came out. One file a feature.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod attachments;
mod bad_input;
mod broken;
mod captions;
mod cli;
mod dialects;
#[path = "../../examples/corpus/generator/mod.rs"]
mod generator;
mod harness;
mod headers;
mod incremental;
mod interrupted;
mod live;
mod media;
mod mirror;
mod movers;
mod odd_pictures;
mod origin;
mod plan;
mod players;
mod rescue;
mod sanitise;
mod scale;
mod seed;
mod store;
mod takeover;
mod text;
mod theme;
mod withdraw;
mod write;
