//! A picture of any bytes: it is shown, never larger than it is, or refused.
#![no_main]

use heliostat::media::encode::{Recipe, cook};
use libfuzzer_sys::fuzz_target;

const MOST_PIXELS: u64 = 1 << 18;

// A decoder's panic is an answer like others: only what is asserted here ends the run.
fuzz_target!(init: { std::panic::set_hook(Box::new(|_| ())) }, |bytes: &[u8]| {
    let Ok(cooked) = cook(bytes, &Recipe::new(&[64, 128], 75, 0), MOST_PIXELS) else { return };
    let (width, height) = cooked.size;
    let is_within = |file: &heliostat::media::encode::File| file.width <= width && file.height <= height;
    // A drawing has no size of its own.
    if !bytes.trim_ascii_start().starts_with(b"<") {
        assert!(u64::from(width) * u64::from(height) <= MOST_PIXELS);
    }
    assert!(!cooked.variants.is_empty() && cooked.variants.iter().all(is_within));
});
