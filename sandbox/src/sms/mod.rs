//! Text messages: their life from queued to delivered, receipts, and answers to incoming ones.

mod incoming;
mod optout;
mod segments;

use chrono::TimeDelta;

use crate::delivery::Purpose;
use crate::fault::Receipts;
use crate::ids::MessageSid;
use crate::phone::Phone;
use crate::refusal::{Refusal, is_e164};
use crate::time::{Instant, millis};
use crate::timetable::Event;
use crate::transcript::What;
use crate::twiml::Method;
use crate::world::{Webhook, World};

pub(crate) use segments::segments;

/// The longest body, in characters (error 21617).
pub(crate) const LONGEST_BODY: usize = 1600;

/// A text message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its identifier.
    pub sid: MessageSid,
    /// Who sent it.
    pub from: String,
    /// Whom it is for.
    pub to: String,
    /// The words.
    pub body: String,
    /// Who started it: `inbound`, `outbound-api`, `outbound-reply` or `outbound-call`.
    pub direction: &'static str,
    /// Where it has got to.
    pub status: Status,
    /// Why it did not arrive.
    pub error_code: Option<u32>,
    /// Pieces it is sent in.
    pub segments: usize,
    /// When it was created.
    pub created: Instant,
    /// When it last changed.
    pub updated: Instant,
    /// When it left.
    pub sent: Option<Instant>,
    /// When the phone showed it.
    pub received: Option<Instant>,
    /// What the application called the send (`I-Twilio-Idempotency-Token`), when it did. Only noted: two sends under one
    /// name are two messages, so that whoever looks can count them.
    pub token: Option<String>,
    pub(crate) status_callback: Option<String>,
    /// A receipt held back until a later one has gone ahead.
    held: Option<Status>,
}

/// Where a text message has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// To be sent later.
    Scheduled,
    /// Taken back before it was sent.
    Canceled,
    /// Accepted.
    Queued,
    /// On its way to the carrier.
    Sending,
    /// The carrier has it.
    Sent,
    /// The phone has it.
    Delivered,
    /// The carrier gave up.
    Undelivered,
    /// It never left.
    Failed,
    /// Incoming.
    Received,
}

impl Status {
    /// As on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Canceled => "canceled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Received => "received",
        }
    }
}

/// A message to be sent, not checked yet.
#[derive(Debug)]
pub(crate) struct Draft<'d> {
    pub from: &'d str,
    pub to: &'d str,
    pub body: &'d str,
    pub direction: &'static str,
    pub status_callback: Option<String>,
    pub token: Option<String>,
}

impl World {
    /// Accepts a message from one of the application's numbers.
    pub(crate) fn send_sms(&mut self, draft: Draft<'_>) -> Result<MessageSid, Refusal> {
        self.send_sms_at(draft, None)
    }

    /// The same, to be sent later.
    pub(crate) fn send_sms_at(&mut self, draft: Draft<'_>, later: Option<Instant>) -> Result<MessageSid, Refusal> {
        self.check(&draft)?;
        let sid = MessageSid::draw(&mut self.ids);
        self.messages.insert(
            sid.clone(),
            Message {
                sid: sid.clone(),
                from: draft.from.to_owned(),
                to: draft.to.to_owned(),
                body: draft.body.to_owned(),
                direction: draft.direction,
                status: if later.is_some() { Status::Scheduled } else { Status::Queued },
                error_code: None,
                segments: segments(draft.body),
                created: self.now,
                updated: self.now,
                sent: None,
                received: None,
                token: draft.token,
                status_callback: draft.status_callback,
                held: None,
            },
        );
        self.message_order.push(sid.clone());
        let (at, next) = later.map_or((self.now + millis(100), Status::Sending), |at| (at, Status::Queued));
        self.timetable.put(at, Event::SmsTurns(sid.clone(), next));
        Ok(sid)
    }

    fn check(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        let Draft { from, to, body, .. } = *draft;
        if self.messages.len() >= self.config.limits.resources {
            return Err(Refusal {
                status: 429,
                code: 21_611,
                message: "Queue of the 'From' number is full".to_owned(),
            });
        }
        if to.is_empty() {
            return Err(Refusal::bad(21_604, "A 'To' phone number is required."));
        }
        if !is_e164(to) {
            return Err(Refusal::bad(21_211, format!("Invalid 'To' Phone Number: {to}")));
        }
        if from.is_empty() {
            return Err(Refusal::bad(21_603, "A 'From' phone number is required."));
        }
        if !is_e164(from) {
            return Err(Refusal::bad(21_212, format!("Invalid From Number (caller ID): {from}")));
        }
        if self.config.line(from).is_none() {
            return Err(Refusal::bad(
                21_606,
                format!("The 'From' phone number {from} is not a number of this account"),
            ));
        }
        if body.trim().is_empty() {
            return Err(Refusal::bad(21_602, "Message body is required."));
        }
        if body.chars().count() > LONGEST_BODY {
            return Err(Refusal::bad(21_617, "The concatenated message body exceeds the 1600 character limit"));
        }
        if self.opted_out.contains(&(from.to_owned(), to.to_owned())) {
            return Err(Refusal::bad(21_610, "Attempt to send to unsubscribed recipient"));
        }
        match self.faults.sms_failures.get(to) {
            Some(code) if (21_000..22_000).contains(code) => {
                Err(Refusal::bad(*code, format!("The message cannot be sent to {to}")))
            }
            _ => Ok(()),
        }
    }

    /// A message reaches `status`; what follows is put into the timetable.
    pub(crate) fn sms_turns(&mut self, sid: &MessageSid, status: Status) {
        let now = self.now;
        let Some(message) = self.messages.get_mut(sid).filter(|message| message.status != Status::Canceled) else {
            return;
        };
        message.status = status;
        message.updated = now;
        let failure = self.faults.sms_failures.get(&message.to).copied();
        let off = self.phones.get(&message.to) == Some(&Phone::SwitchedOff);
        let next = match (status, failure) {
            (Status::Queued, _) => Some((100, Status::Sending)),
            (Status::Sending, Some(30_001 | 30_002)) => Some((200, Status::Failed)),
            (Status::Sending, _) => Some((200, Status::Sent)),
            (Status::Sent, Some(_)) => Some((700, Status::Undelivered)),
            (Status::Sent, None) if off => Some((10_000, Status::Undelivered)),
            (Status::Sent, None) => Some((700, Status::Delivered)),
            _ => None,
        };
        match status {
            Status::Sent => message.sent = Some(now),
            Status::Delivered => message.received = Some(now),
            Status::Failed | Status::Undelivered => message.error_code = Some(failure.unwrap_or(30_003)),
            _ => {}
        }
        let (to, body, error) = (message.to.clone(), message.body.clone(), message.error_code);
        if let Some((after, next)) = next {
            self.timetable.put(now + millis(after), Event::SmsTurns(sid.clone(), next));
        }
        match status {
            Status::Delivered => self.log(&to, None, What::ReceivesSms, body),
            Status::Failed | Status::Undelivered => {
                let code = error.unwrap_or_default();
                self.log(&to, None, What::Note, format!("text message {}: error {code}", status.as_str()));
            }
            _ => {}
        }
        self.plan_receipt(sid, status);
    }

    fn plan_receipt(&mut self, sid: &MessageSid, status: Status) {
        let last = matches!(status, Status::Delivered | Status::Undelivered | Status::Failed);
        if !(last || status == Status::Sent) {
            return;
        }
        let receipts = self.faults.sms_receipts;
        let now = self.now;
        let Some(message) = self.messages.get_mut(sid) else { return };
        if message.status_callback.is_none() {
            return;
        }
        match receipts {
            Receipts::None => {}
            Receipts::Reversed if !last => message.held = Some(status),
            Receipts::InOrder | Receipts::Twice | Receipts::Late(_) | Receipts::Reversed => {
                let late = if let Receipts::Late(late) = receipts { late } else { TimeDelta::zero() };
                let held = message.held.take();
                self.timetable.put(now + late, Event::SmsReceipt(sid.clone(), status));
                if let Some(held) = held {
                    self.timetable.put(now + millis(500), Event::SmsReceipt(sid.clone(), held));
                }
            }
        }
    }

    pub(crate) fn send_receipt(&mut self, sid: &MessageSid, status: Status) {
        let Some(message) = self.messages.get(sid) else { return };
        let Some(url) = message.status_callback.clone() else { return };
        let mut params = vec![
            ("MessageSid", sid.to_string()),
            ("MessageStatus", status.as_str().to_owned()),
            ("SmsSid", sid.to_string()),
            ("SmsStatus", status.as_str().to_owned()),
            ("To", message.to.clone()),
            ("From", message.from.clone()),
        ];
        if matches!(status, Status::Undelivered | Status::Failed)
            && let Some(code) = message.error_code
        {
            params.push(("ErrorCode", code.to_string()));
        }
        if matches!(status, Status::Delivered | Status::Undelivered) {
            params.push(("RawDlrDoneDate", message.updated.format("%y%m%d%H%M").to_string()));
        }
        self.webhook(Webhook {
            purpose: Purpose::SmsStatus(sid.clone()),
            fetch: 0,
            method: Method::Post,
            url,
            params,
            fallback: None,
        });
    }
}
