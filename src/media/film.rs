//! Metadata out of films: where one was taken, by whom, with what. Nothing moves: what goes is overwritten in its place,
//! so that every offset in the file holds.

/// Clears a film's metadata in its own bytes, as far as its parts can be told apart.
pub(super) fn strip(film: &mut [u8]) {
    if film.get(4..8) == Some(b"ftyp") {
        clear_boxes(film, DEEPEST);
    } else {
        clear_elements(film);
    }
}

/// Boxes of MP4 that hold others among which metadata may be (ISO/IEC 14496-12, 8).
const HOLDERS: &[[u8; 4]] = &[*b"moov", *b"trak", *b"mdia", *b"moof", *b"traf"];

/// Boxes that hold metadata: users' data, tags, and what their makers like (a place in `uuid`, in XMP).
const METADATA: &[[u8; 4]] = &[*b"udta", *b"meta", *b"uuid"];

/// Real films nest holders three deep (`moov`, `trak`, `mdia`).
const DEEPEST: usize = 8;

/// Makes free space of metadata boxes, so many levels down.
fn clear_boxes(mut bytes: &mut [u8], levels: usize) {
    while let Some((header, length)) = box_head(bytes) {
        let (one, rest) = bytes.split_at_mut(length);
        let name = one.first_chunk_at(4);
        if name.is_some_and(|name| METADATA.contains(&name)) {
            one[4..8].copy_from_slice(b"free");
            one[header..].fill(0);
        } else if levels > 0 && name.is_some_and(|name| HOLDERS.contains(&name)) {
            clear_boxes(&mut one[header..], levels - 1);
        }
        bytes = rest;
    }
}

/// The length of the next box's head, and of all of it; none if that is not there.
fn box_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let (header, length) = match u32::from_be_bytes(bytes.first_chunk_at(0)?) {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(bytes.first_chunk_at(8)?)).ok()?),
        length => (8, usize::try_from(length).ok()?),
    };
    (header <= length && length <= bytes.len()).then_some((header, length))
}

/// Elements of WebM (RFC 9559, 5.1): the segment holds tags and attachments beside the clusters.
const SEGMENT: u32 = 0x1853_8067;
const TAGS: u32 = 0x1254_c367;
const ATTACHMENTS: u32 = 0x1941_a469;
const VOID: u8 = 0xec;

/// Makes void elements of tags and attachments.
fn clear_elements(mut bytes: &mut [u8]) {
    while let Some((id, header, length)) = element_head(bytes) {
        if id == SEGMENT {
            bytes = &mut bytes[header..];
            continue;
        }
        let (one, rest) = bytes.split_at_mut(length);
        if [TAGS, ATTACHMENTS].contains(&id) && length >= 9 {
            // An identifier of one byte, then a size of eight (RFC 8794, 4.2).
            let size = (length as u64 - 9) | 1 << 56;
            one[0] = VOID;
            one[1..9].copy_from_slice(&size.to_be_bytes());
            one[9..].fill(0);
        }
        bytes = rest;
    }
}

/// The identifier of the next element, the length of its head, and of all of it; none if that is not there.
fn element_head(bytes: &[u8]) -> Option<(u32, usize, usize)> {
    let id_length = bytes.first()?.leading_zeros() as usize + 1;
    let id = bytes.get(..id_length).filter(|_| id_length <= 4)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let first = *bytes.get(id_length)?;
    let size_length = first.leading_zeros() as usize + 1;
    let header = id_length + size_length;
    let coded = bytes.get(id_length..header).filter(|_| size_length <= 8)?;
    let size = coded.iter().fold(0_u64, |size, byte| size << 8 | u64::from(*byte)) & !(1 << (7 * size_length));
    // A live stream's segment has no known size: all bits are set.
    let is_unknown = size == (1 << (7 * size_length)) - 1;
    let length = if is_unknown { bytes.len() } else { header.checked_add(usize::try_from(size).ok()?)? };
    (length <= bytes.len() || id == SEGMENT).then_some((id, header, length.min(bytes.len())))
}

/// Reading what may not be there.
trait ChunkAt {
    fn first_chunk_at<const N: usize>(&self, at: usize) -> Option<[u8; N]>;
}

impl ChunkAt for [u8] {
    fn first_chunk_at<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.get(at..)?.first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mp4_box(name: &[u8; 4], inside: &[u8]) -> Vec<u8> {
        [&u32::try_from(inside.len() + 8).unwrap().to_be_bytes(), name.as_slice(), inside].concat()
    }

    #[test]
    fn a_films_place_goes_and_its_data_stay_where_they_were() {
        let place = mp4_box(b"udta", &mp4_box(b"\xa9xyz", b"+25.03+121.56/"));
        let track = mp4_box(b"trak", &[mp4_box(b"tkhd", b"track"), mp4_box(b"meta", b"SECRET")].concat());
        let moov = mp4_box(b"moov", &[mp4_box(b"mvhd", b"head"), track, place].concat());
        let film =
            [mp4_box(b"ftyp", b"isom"), moov, mp4_box(b"uuid", b"XMP SECRET"), mp4_box(b"mdat", b"frames")].concat();
        let mut stripped = film.clone();
        strip(&mut stripped);
        let has = |what: &[u8]| stripped.windows(what.len()).any(|part| part == what);
        assert!(!has(b"+25.03") && !has(b"SECRET") && has(b"track") && has(b"head"));
        assert_eq!(stripped.len(), film.len());
        assert!(stripped.ends_with(&mp4_box(b"mdat", b"frames")));
    }

    #[test]
    fn a_webms_tags_go_too() {
        let element = |id: &[u8], inside: &[u8]| [id, &[0x80 | u8::try_from(inside.len()).unwrap()], inside].concat();
        let parts = [
            element(&[0x15, 0x49, 0xa9, 0x66], b"info"),
            element(&[0x12, 0x54, 0xc3, 0x67], b"SECRET PLACE"),
            element(&[0x1f, 0x43, 0xb6, 0x75], b"cluster"),
        ];
        let head = element(&[0x1a, 0x45, 0xdf, 0xa3], b"webm");
        for segment in [
            vec![0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            vec![0x18, 0x53, 0x80, 0x67, 0xff],
        ] {
            let film = [head.clone(), segment, parts.concat()].concat();
            let mut stripped = film.clone();
            strip(&mut stripped);
            let has = |what: &[u8]| stripped.windows(what.len()).any(|part| part == what);
            assert!(!has(b"SECRET") && has(b"info") && stripped.ends_with(b"cluster"));
            assert_eq!(stripped.len(), film.len());
        }
    }

    #[test]
    fn holders_without_end_do_no_harm() {
        let mut film = mp4_box(b"ftyp", b"isom");
        for left in (1..=100_000_u32).rev() {
            film.extend((8 * left).to_be_bytes());
            film.extend(b"moov");
        }
        let same = film.clone();
        strip(&mut film);
        assert!(film == same);
    }

    #[test]
    fn what_is_no_film_is_left_as_it_is() {
        for bytes in [b"".as_slice(), b"\0\0\0\x08ftyp\0\0\0\x01moov", b"\x1a\x45", b"\0\0\0\0\0\0\0\0\0", &[0xff; 40]]
        {
            let mut same = bytes.to_vec();
            strip(&mut same);
            assert_eq!(same, bytes);
        }
    }
}
