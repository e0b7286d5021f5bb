//! Incoming text messages: the application is asked what to answer.

use reqwest::Url;

use super::{Draft, Message, Status, optout, segments};
use crate::delivery::{Answer, Purpose};
use crate::ids::MessageSid;
use crate::problem::{Failure, code};
use crate::transcript::What;
use crate::twiml::{Method, Reply, Target, read_replies};
use crate::world::{Webhook, World};

/// Documents that may lead from one to the next for one message.
const MOST_REDIRECTS: u64 = 10;

impl World {
    /// Somebody sends a text message to one of the application's numbers. When there is no room for another message it is not
    /// kept, and nobody is told of it: its name is nobody's.
    pub(crate) fn incoming_sms(&mut self, from: &str, to: &str, body: &str) -> MessageSid {
        let sid = MessageSid::draw(&mut self.ids);
        let count = segments(body);
        self.log(from, None, What::SendsSms, body.to_owned());
        let most = self.config.limits.resources;
        if self.messages.len() >= most {
            self.log(from, None, What::Note, format!("no room for another text message: {most} are kept"));
            return sid;
        }
        match optout::keyword(body) {
            Some(optout::Keyword::Stop) => {
                self.opted_out.insert((to.to_owned(), from.to_owned()));
            }
            Some(optout::Keyword::Start) => {
                self.opted_out.remove(&(to.to_owned(), from.to_owned()));
            }
            None => {}
        }
        self.messages.insert(
            sid.clone(),
            Message {
                sid: sid.clone(),
                from: from.to_owned(),
                to: to.to_owned(),
                body: body.to_owned(),
                direction: "inbound",
                status: Status::Received,
                error_code: None,
                segments: count,
                created: self.now,
                updated: self.now,
                sent: Some(self.now),
                received: Some(self.now),
                token: None,
                status_callback: None,
                held: None,
            },
        );
        self.message_order.push(sid.clone());
        let line = self.config.line(to).cloned().unwrap_or_default();
        let Some(url) = line.sms_url else {
            self.log(from, None, What::Note, format!("nobody reads text messages to {to}"));
            return sid;
        };
        self.ask_what_to_answer(&sid, 0, (url, Method::Post), line.sms_fallback_url);
        sid
    }

    /// Asks an address what to answer to a message; `turn` = how many documents led there.
    fn ask_what_to_answer(
        &mut self,
        sid: &MessageSid,
        turn: u64,
        (url, method): (String, Method),
        fallback: Option<String>,
    ) {
        let Some(message) = self.messages.get(sid) else { return };
        let params = vec![
            ("MessageSid", sid.to_string()),
            ("SmsMessageSid", sid.to_string()),
            ("SmsSid", sid.to_string()),
            ("SmsStatus", "received".to_owned()),
            ("From", message.from.clone()),
            ("To", message.to.clone()),
            ("Body", message.body.clone()),
            ("NumMedia", "0".to_owned()),
            ("NumSegments", message.segments.to_string()),
        ];
        let purpose = Purpose::IncomingSms(sid.clone());
        self.webhook(Webhook { purpose, fetch: turn, method, url, params, fallback });
    }

    /// The application's answer to an incoming message: messages to send back, and where to ask on.
    pub(crate) fn answer_sms(&mut self, sid: &MessageSid, turn: u64, answer: &Answer) -> Result<(), Failure> {
        let Some(message) = self.messages.get(sid) else { return Ok(()) };
        let (person, line) = (message.from.clone(), message.to.clone());
        let resolve = |url: &str| Url::parse(&answer.url).ok()?.join(url.trim()).ok().map(String::from);
        let (replies, on) = replies(answer)?;
        for reply in replies {
            let sent = self.send_sms(Draft {
                from: reply.from.as_deref().unwrap_or(&line),
                to: reply.to.as_deref().unwrap_or(&person),
                body: &reply.body,
                direction: "outbound-reply",
                status_callback: reply.status_callback.as_deref().and_then(resolve),
                token: None,
            });
            if let Err(refusal) = sent {
                self.problem(refusal.code, &answer.url, None, refusal.message);
            }
        }
        let Some(on) = on else { return Ok(()) };
        if turn >= MOST_REDIRECTS {
            let text = format!("more than {MOST_REDIRECTS} documents for one message");
            return Err(Failure::new(code::TOO_MANY_REDIRECTS, text));
        }
        if let Some(url) = on.url.as_deref().and_then(resolve) {
            self.ask_what_to_answer(sid, turn.saturating_add(1), (url, on.method), None);
        }
        Ok(())
    }
}

fn replies(answer: &Answer) -> Result<(Vec<Reply>, Option<Target>), Failure> {
    if answer.body.trim().is_empty() {
        return Ok((Vec::new(), None));
    }
    let kind = answer.content_type.as_deref().unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "text/xml" | "application/xml" | "text/html" => read_replies(&answer.body),
        "text/plain" => {
            let body = answer.body.trim().to_owned();
            Ok((vec![Reply { body, to: None, from: None, status_callback: None }], None))
        }
        other => Err(Failure::new(code::CONTENT_TYPE, format!("content type '{other}' is not TwiML nor text"))),
    }
}
