//! `.heliostat/`: what a build leaves for the next, and what it puts aside. Only the [pipeline](crate::pipeline) uses it.
//!
//! Deleting it costs time, and who laid files of their own into the output folder: [`sources`] spares the parsing of what has not changed, [`last`] spares
//! everything where nothing has. (What stands in the output folder is the
//! [manifest](crate::write::Manifest)'s to say.) Nothing in it is absolute: it may move with the site.

pub mod last;
pub mod sources;
pub mod spool;
