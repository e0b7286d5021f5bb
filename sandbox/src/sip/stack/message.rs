//! Messages, read before the stack sees them.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::sip::{Method, Request, SipMessage, Transport};
use rsipstack::transport::SipConnection;

/// The longest name of a call.
const CALL_ID: usize = 256;

/// Reads a message; `None` = it is none, or the stack could make nothing of it. Reading touches nothing that is shared, so
/// a panic in it costs this message only.
pub(super) fn read(bytes: &[u8], source: SocketAddr, transport: Transport) -> Option<SipMessage> {
    catch_unwind(AssertUnwindSafe(|| {
        let message = SipMessage::try_from(bytes).ok()?;
        let message = SipConnection::update_msg_received(message, source, transport).ok()?;
        let whole = match &message {
            SipMessage::Request(request) => {
                request.to_header().ok()?.typed().ok()?;
                is_whole(request) && request.cseq_header().ok()?.method().ok()? == request.method
            }
            SipMessage::Response(response) => {
                response.to_header().ok()?.typed().ok()?;
                is_whole(response)
            }
        };
        whole.then_some(message)
    }))
    .ok()
    .flatten()
}

fn is_whole(message: &impl HeadersExt) -> bool {
    let tagged = message.from_header().ok().and_then(|from| from.typed().ok()).is_some_and(|from| from.tag().is_some());
    let called = message.call_id_header().is_ok_and(|id| !id.value().is_empty() && id.value().len() <= CALL_ID);
    let counted = message.cseq_header().is_ok_and(|cseq| cseq.seq().is_ok());
    let routed = message.top_via_header().ok().and_then(|via| via.typed().ok()).is_some();
    tagged && called && counted && routed
}

/// Whether a request belongs to something that was begun: a dialog, or an INVITE that is acknowledged or taken back.
pub(super) fn continues(request: &Request) -> bool {
    matches!(request.method, Method::Ack | Method::Cancel) || has_tag(request)
}

/// Whether `To` has a tag: the request is one within a dialog.
pub(super) fn has_tag(request: &Request) -> bool {
    request.to_header().ok().and_then(|to| to.tag().ok().flatten()).is_some()
}

/// The user of `From`.
pub(super) fn caller(request: &Request) -> String {
    let from = request.from_header().ok().and_then(|from| from.typed().ok());
    from.and_then(|from| from.uri.user().map(unescaped)).unwrap_or_default()
}

/// The user of the request's address.
pub(super) fn called(request: &Request) -> String {
    request.uri.user().map(unescaped).unwrap_or_default()
}

/// The user of `To`.
pub(super) fn owner(request: &Request) -> String {
    let to = request.to_header().ok().and_then(|to| to.typed().ok());
    to.and_then(|to| to.uri.user().map(unescaped)).unwrap_or_default()
}

/// `%2B1809...` is `+1809...` (RFC 3261, section 19.1.2).
fn unescaped(user: &str) -> String {
    let mut bytes = Vec::with_capacity(user.len());
    let mut rest = user.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "INVITE sip:%2B18095550100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK1\r\n\
                          From: \"Ana\" <sip:+18095550142@127.0.0.1>;tag=1\r\nTo: <sip:line@127.0.0.1>\r\n\
                          Call-ID: a@b\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

    fn source() -> SocketAddr {
        "127.0.0.1:5061".parse().unwrap()
    }

    #[test]
    fn who_calls_whom() {
        let Some(SipMessage::Request(request)) = read(INVITE.as_bytes(), source(), Transport::Udp) else {
            panic!("not read")
        };
        assert_eq!((called(&request).as_str(), caller(&request).as_str()), ("+18095550100", "+18095550142"));
        assert_eq!(owner(&request), "line");
        assert!(!continues(&request));
        assert_eq!((unescaped("50%"), unescaped("%zz")), ("50%".to_owned(), "%zz".to_owned()));
    }

    #[test]
    fn what_is_not_whole_is_not_heard() {
        let cut = |header: &str| {
            INVITE.split("\r\n").filter(|line| !line.starts_with(header)).collect::<Vec<_>>().join("\r\n")
        };
        let cases = [
            String::new(),
            "hello".to_owned(),
            cut("Via"),
            cut("From"),
            cut("To"),
            cut("Call-ID"),
            cut("CSeq"),
            INVITE.replace(";tag=1", ""),
            INVITE.replace("1 INVITE", "1 BYE"),
            INVITE.replace("1 INVITE", "x INVITE"),
            INVITE.replace("a@b", &"a".repeat(300)),
        ];
        for case in cases {
            assert!(read(case.as_bytes(), source(), Transport::Udp).is_none(), "{case}");
        }
    }
}
