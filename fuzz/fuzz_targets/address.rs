//! An address as somebody wrote it: its forms are the web's, and its key does not depend on how often it was read.
#![no_main]

use heliostat::address::{canonical_key, parse_web, unwrap_proxy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|written: &str| {
    let Some(url) = parse_web(written) else { return };
    let again = parse_web(url.as_str()).expect("an address again");
    assert_eq!(canonical_key(&again), canonical_key(&url));
    assert_eq!(url::Url::parse(url.as_str()).map(String::from).as_deref(), Ok(url.as_str()));
    if let Some(original) = unwrap_proxy(&url) {
        assert!(original.as_str().starts_with("http") && !original.host().is_empty());
    }
});
