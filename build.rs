//! Tells the crate which sources it was built from: what another build of Heliostat remembered, this one makes anew.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for place in ["src", "themes", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={place}");
        for file in files_below(Path::new(place)) {
            // A file that cannot be read stops the compiler as well.
            (file.to_string_lossy(), fs::read(&file).unwrap_or_default()).hash(&mut hasher);
        }
    }
    println!("cargo::rustc-env=HELIOSTAT_BUILD={:016x}", hasher.finish());
}

fn files_below(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place) else { return vec![place.to_owned()] };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| files_below(path)).collect()
}
