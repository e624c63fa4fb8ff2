//! `.heliostat/`: what a build leaves for the next, and what it puts aside. Only the [pipeline](crate::pipeline) uses it.
//!
//! Deleting it costs time, and the pages and feeds that others laid into the output folder, which only the
//! [manifest](crate::write::Manifest) tells from stale ones. [`sources`] spares the parsing of what has not changed, [`last`] spares
//! everything where nothing has. Nothing in it is absolute: it may move with the site.

pub mod last;
pub mod sources;
pub mod spool;
