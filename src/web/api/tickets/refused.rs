//! Why something was not done to a ticket, as programs are told.

use axum::http::header;

use super::version;
use crate::ops::TicketError;
use crate::provider::BlobError;
use crate::ticket::Wrong;
use crate::web::api::problem::{Flaw, Kind, Problem};

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        let detail = error.to_string();
        match error {
            TicketError::Unknown => Self::not_found("there is no ticket with this id or external id"),
            TicketError::Wrong(wrong) => Self::unprocessable(flaws(wrong)),
            TicketError::Stale { now } => Self::new(Kind::Changed, detail + "; read it again")
                .with("version", now.into())
                .header(header::ETAG, &version::tag(now)),
            TicketError::NoWay(no) => Self::new(Kind::Conflict, detail)
                .with("from", no.from.as_str().into())
                .with("to", no.to.as_str().into()),
            TicketError::Taken | TicketError::OfIncident | TicketError::Full => Self::new(Kind::Conflict, detail),
            TicketError::Ops(error) => Self::unavailable(&error, "a ticket cannot be changed"),
        }
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { limit } => Self::new(Kind::TooLarge, error.to_string()).with("limit", limit.into()),
            BlobError::Disk(_) | BlobError::Bucket(_) => {
                Self::unavailable(&error, "the content of an attachment cannot be kept or read")
            }
        }
    }
}

/// Each with the pointer to its field.
pub(super) fn flaws(wrong: Vec<Wrong>) -> Vec<Flaw> {
    wrong.into_iter().map(|Wrong { field, what }| Flaw::new(format!("/{}", field.replace('.', "/")), what)).collect()
}
