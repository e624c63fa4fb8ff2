//! What a build remembers and puts aside in `.heliostat/`; only the pipeline uses it.

pub mod spool;
