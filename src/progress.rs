//! What is told while a command goes on: to a terminal, or to nobody.

/// Who is told how far a command has come.
pub trait Progress: Sync {
    /// A stage begins; it has so many steps, or an unknown number.
    fn begin(&self, stage: &'static str, steps: usize);
    /// So many more steps are done.
    fn advance(&self, steps: usize);
    /// So many bytes came from a host.
    fn came(&self, bytes: u64, host: &str);
    /// Something that is no fault, but that a user wants to know.
    fn note(&self, line: &str);
}

/// Shows nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn advance(&self, _: usize) {}
    fn came(&self, _: u64, _: &str) {}
    fn note(&self, _: &str) {}
}
