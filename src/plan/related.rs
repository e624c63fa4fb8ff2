//! Related articles: older ones that share tags. Looking back alone, a page stands still when newer articles come.

use rayon::prelude::*;

use super::{ArticleId, SiteMap};

/// So many are shown.
const SHOWN: usize = 3;

/// So far back each tag is looked through.
const NEAR: u8 = 4;

/// Finds the related articles of all.
pub(super) fn find(map: &mut SiteMap) {
    let mut pairs: Vec<(ArticleId, u8, ArticleId)> = map
        .tags
        .terms
        .par_iter()
        .flat_map_iter(|term| {
            term.articles.iter().enumerate().flat_map(|(at, id)| {
                (0..NEAR).zip(&term.articles[at + 1..]).map(|(distance, other)| (*id, distance, *other))
            })
        })
        .collect();
    pairs.par_sort_unstable_by_key(|(id, _, other)| (*id, *other));
    for of_one in pairs.chunk_by(|(a, ..), (b, ..)| a == b) {
        let (id, ..) = of_one[0];
        let mut others: Vec<(usize, u8, ArticleId)> = of_one
            .chunk_by(|(.., a), (.., b)| a == b)
            .map(|shared| {
                let nearest = shared.iter().map(|(_, distance, _)| *distance).min().unwrap_or_default();
                (usize::MAX - shared.len(), nearest, shared[0].2)
            })
            .collect();
        // Most shared tags first, then the nearest; articles are numbered by source, which settles the rest.
        others.sort_unstable();
        let planned = &mut map.articles[id as usize];
        let neighbour = planned.older;
        let related = others.into_iter().map(|(.., other)| other).filter(|other| Some(*other) != neighbour);
        planned.related = related.take(SHOWN).collect();
    }
}
