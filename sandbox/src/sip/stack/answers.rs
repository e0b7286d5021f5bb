//! What is answered without a transaction: it leaves nothing behind, however much of it comes.

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::sip::prelude::{HeadersExt, UntypedHeader};
use rsipstack::sip::{Header, Method, Request, SipMessage, StatusCode};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::make_tag;
use rsipstack::transport::SipConnection;
use tokio::sync::oneshot;

use super::super::registrar::{Request as Registration, SHORTEST, Verdict};
use super::super::signalling::{Flow, Heard};
use super::core::Core;
use super::{contact, message};

/// What is allowed at the door.
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE";

impl Core {
    /// What needs no transaction gets its answer here and leaves nothing behind; what is left is for the stack. A request
    /// that comes again is answered again.
    pub(super) async fn sorted(
        self: &Arc<Self>,
        request: Request,
        source: SocketAddr,
        connection: &SipConnection,
    ) -> Option<Request> {
        let again = TransactionKey::from_request(&request, TransactionRole::Server).is_ok_and(|key| {
            self.endpoint.transactions.contains_key(&key) || self.endpoint.finished_transactions.contains_key(&key)
        });
        if again || matches!(request.method, Method::Ack | Method::Cancel) {
            return Some(request);
        }
        let known = message::has_tag(&request);
        let (status, headers) = match request.method {
            Method::Invite if !known && self.is_full() => {
                (StatusCode::ServiceUnavailable, vec![Header::RetryAfter("5".into())])
            }
            Method::Invite if !known => match (self.plan.welcome)(&message::called(&request), &request.body) {
                Ok(()) => return Some(request),
                Err(code) => (StatusCode::from(code), Vec::new()),
            },
            _ if known && self.dialog(&request).is_some() => return Some(request),
            _ if known => (StatusCode::CallTransactionDoesNotExist, Vec::new()),
            Method::Options => (StatusCode::OK, vec![allow(), Header::Accept("application/sdp".into())]),
            Method::Register => {
                let (core, connection) = (Arc::clone(self), connection.clone());
                self.runtime.spawn(async move { core.registers(request, source, connection).await });
                return None;
            }
            _ => (StatusCode::MethodNotAllowed, vec![allow()]),
        };
        self.answer(request, status, headers, connection).await;
        None
    }

    /// Answers without a transaction.
    async fn answer(&self, mut request: Request, status: StatusCode, headers: Vec<Header>, connection: &SipConnection) {
        if !message::has_tag(&request) {
            let Ok(to) = request.to_header().cloned() else { return };
            request.headers.unique_push(to.with_tag(make_tag()).into());
        }
        let mut response = self.endpoint.make_response(&request, status, None);
        response.headers.extend(headers);
        // What does not arrive is asked for again.
        let _ = connection.send(SipMessage::Response(response), None).await;
    }

    async fn registers(&self, request: Request, source: SocketAddr, connection: SipConnection) {
        let expires = request.expires_header().and_then(|expires| expires.value().trim().parse().ok());
        let tcp = connection.is_reliable().then(|| Arc::new(connection.clone()) as _);
        let asked = Registration {
            number: message::owner(&request),
            authorization: request.authorization_header().map(|header| header.value().to_owned()),
            contacts: contact::read(request.contact_headers().into_iter().map(UntypedHeader::value)),
            expires,
            source,
            flow: Flow { source, connection: tcp },
        };
        let (answer, answered) = oneshot::channel();
        if self.plan.heard.send(Heard::Register(asked, answer)).await.is_err() {
            return;
        }
        let Ok(verdict) = answered.await else { return };
        let (status, headers) = match verdict {
            Verdict::Prove(challenges) => {
                let header = |challenge: String| Header::WwwAuthenticate(challenge.into());
                (StatusCode::Unauthorized, challenges.into_iter().map(header).collect())
            }
            Verdict::Forbidden => (StatusCode::Forbidden, Vec::new()),
            Verdict::TooBrief => (StatusCode::IntervalTooBrief, vec![Header::MinExpires(SHORTEST.to_string().into())]),
            Verdict::Unreadable => (StatusCode::BadRequest, Vec::new()),
            Verdict::Registered(contacts) => {
                let header = |(contact, seconds): (String, i64)| {
                    Header::Contact(format!("<{contact}>;expires={seconds}").into())
                };
                (StatusCode::OK, contacts.into_iter().map(header).collect())
            }
        };
        self.answer(request, status, headers, &connection).await;
    }
}

pub(super) fn allow() -> Header {
    Header::Allow(ALLOW.into())
}
