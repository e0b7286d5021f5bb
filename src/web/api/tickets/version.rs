//! Versions of tickets as HTTP has them: `ETag`, `If-Match`, `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1).

use axum::http::{HeaderMap, header};

use crate::ticket::Ticket;
use crate::web::api::problem::{Flaw, Kind, Problem};

/// The version of a ticket as an entity tag.
pub(super) fn etag(ticket: &Ticket) -> String {
    tag(ticket.version)
}

/// A version as an entity tag.
pub(super) fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version that the request is about.
///
/// # Errors
/// A problem of 428 where it names none, of 400 where it names several or any.
pub(super) fn named(headers: &HeaderMap) -> Result<i64, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else {
        let mend = "send the ETag of the ticket you have read as the header If-Match";
        return Err(Problem::new(Kind::VersionNeeded, mend));
    };
    let tag = value.to_str().unwrap_or_default().trim();
    let one = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|rest| !rest.contains('"'));
    match one {
        // A tag that we never gave is no ticket's version.
        Some(version) if values.next().is_none() => Ok(version.parse().unwrap_or(-1)),
        _ => Err(Problem::invalid(vec![Flaw::new("#/header/If-Match", "send one ETag as it was given, e.g. \"3\"")])),
    }
}

/// Whether whoever asks has what `etag` names already.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn one_version_is_named_or_none() {
        assert!(named(&HeaderMap::new()).is_err());
        for (value, version) in [
            ("\"3\"", Some(3)),
            (" \"12\" ", Some(12)),
            ("\"x\"", Some(-1)),
            ("\"\"", Some(-1)),
            ("3", None),
            ("*", None),
        ] {
            assert_eq!(named(&headers(header::IF_MATCH, value)).ok(), version, "{value}");
        }
        for value in ["W/\"3\"", "\"3\", \"4\"", "\"3"] {
            assert!(named(&headers(header::IF_MATCH, value)).is_err(), "{value}");
        }
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        for (value, known) in
            [("\"3\"", true), ("\"2\", \"3\"", true), ("W/\"3\"", true), ("*", true), ("\"4\"", false), ("3", false)]
        {
            assert_eq!(is_known(&headers(header::IF_NONE_MATCH, value), "\"3\""), known, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), "\"3\""));
    }
}
