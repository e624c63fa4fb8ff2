//! Sites that are built again whenever something changes: `watch`, and `serve` with a preview in the browser.
//!
//! - [`watcher`] waits until something has changed and come to rest;
//! - [`builder`] builds, as `build` does, by the one [pipeline](crate::pipeline);
//! - [`preview`] knows what every open page shows and tells it what became of that;
//! - [`server`] sends files, and the script that listens, to browsers of this machine.

pub mod builder;
pub mod preview;
pub mod server;
pub mod watcher;
