//! Which part of a content is asked for: `Range` and `If-Range` (RFC 9110, section 14.2).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it.
    All,
    /// These bytes, of which there is at least one.
    Part(Range<u64>),
    /// Bytes that there are not.
    Beyond,
}

/// What the headers ask for of a content of `size` bytes. Several ranges at once, other units and what cannot be read are as if
/// they were not there, as the standard allows.
pub(super) fn asked(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    // Only whoever has the rest of the same content may have a part of it.
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Asked::All;
    }
    let Some(range) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else { return Asked::All };
    let Some((first, last)) = range.split_once('-') else { return Asked::All };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let range = match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            Some(length) => size.saturating_sub(length)..size,
            None => return Asked::All,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Asked::All,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
            _ => return Asked::All,
        },
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Beyond }
}

/// Where a part of a content of `size` bytes stands: the value of `Content-Range`.
pub(super) fn place(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_ask_for_a_part_of_ten_bytes() {
        for (range, expected) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=2-5", Asked::Part(2..6)),
            ("bytes=2-", Asked::Part(2..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=5-500", Asked::Part(5..10)),
            ("bytes=9-18446744073709551615", Asked::Part(9..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=10-12", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::All),
            ("bytes=0-1,4-5", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("bytes=x-", Asked::All),
            ("bytes=", Asked::All),
            ("pages=1-2", Asked::All),
            ("bytes=99999999999999999999-", Asked::All),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            assert_eq!(asked(&headers, "\"a\"", 10), expected, "{range}");
        }
        assert_eq!(asked(&HeaderMap::new(), "\"a\"", 10), Asked::All);
        let empty = HeaderMap::from_iter([(header::RANGE, "bytes=0-".parse().unwrap())]);
        assert_eq!(asked(&empty, "\"a\"", 0), Asked::Beyond);
    }

    #[test]
    fn a_part_of_another_content_is_not_given() {
        for (known, expected) in [("\"a\"", Asked::Part(2..10)), ("\"b\"", Asked::All)] {
            let headers = HeaderMap::from_iter([
                (header::RANGE, "bytes=2-".parse().unwrap()),
                (header::IF_RANGE, known.parse().unwrap()),
            ]);
            assert_eq!(asked(&headers, "\"a\"", 10), expected, "{known}");
        }
    }
}
