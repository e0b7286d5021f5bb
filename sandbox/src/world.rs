//! Everything on the network but the calls themselves: no threads, no sockets, only time as it is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;

use crate::call::Queue;
use crate::conference::Conference;
use crate::config::Config;
use crate::delivery::{Delivery, Jar, Purpose, Request};
use crate::fault::{Faults, Receipts};
use crate::film::Films;
use crate::ids::{CallSid, ConferenceSid, Ids, MessageSid, RecordingSid};
use crate::notice::Notice;
use crate::phone::Phone;
use crate::problem::Problem;
use crate::recording::Recording;
use crate::signal::{Signal, Word};
use crate::sms::Message;
use crate::studio::{Preparation, Shelf};
use crate::time::{Instant, millis};
use crate::timetable::{Event, Timetable};
use crate::transcript::{Entry, Transcript, What};
use crate::twiml::Method;
use crate::watchers::Watchers;

#[derive(Debug)]
pub(crate) struct World {
    pub now: Instant,
    pub config: Arc<Config>,
    pub timetable: Timetable,
    pub ids: Ids,
    pub transcript: Transcript,
    pub faults: Faults,
    pub problems: VecDeque<Problem>,
    pub deliveries: VecDeque<Delivery>,
    /// Webhooks to be carried as soon as the world is left alone.
    pub departures: Vec<Request>,
    /// Sounds that are ready, and those to be made as soon as the world is left alone.
    pub shelf: Shelf,
    pub preparations: Vec<Preparation>,
    /// What is to be told as soon as the world is left alone.
    pub notices: Vec<Notice>,
    pub messages: BTreeMap<MessageSid, Message>,
    /// In order of creation.
    pub message_order: Vec<MessageSid>,
    /// The sound of recordings under way.
    pub films: Films,
    pub recordings: BTreeMap<RecordingSid, Recording>,
    /// In order of creation.
    pub recording_order: Vec<RecordingSid>,
    pub queues: BTreeMap<String, Queue>,
    pub conferences: BTreeMap<ConferenceSid, Conference>,
    /// In order of creation.
    pub conference_order: Vec<ConferenceSid>,
    /// What calls told each other and nobody has taken up yet.
    pub signals: VecDeque<Signal>,
    /// Callbacks held back until a later one has gone ahead.
    pub held: Vec<Webhook>,
    /// What voicemail says when it picks up, by number.
    pub greetings: BTreeMap<String, String>,
    pub phones: BTreeMap<String, Phone>,
    pub names: BTreeMap<String, String>,
    /// Pairs of one of our numbers and a person who does not want its messages.
    pub opted_out: BTreeSet<(String, String)>,
    pub cookies: Jar,
    /// When the next outgoing call may start.
    pub next_call_at: Instant,
    pub api_url: String,
    pub watchers: Watchers,
}

/// Whether more news about the same thing follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Early,
    Last,
}

/// A webhook to be sent; what is common to all of them is added on the way.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub purpose: Purpose,
    pub fetch: u64,
    pub method: Method,
    pub url: String,
    pub params: Vec<(&'static str, String)>,
    pub fallback: Option<String>,
}

impl World {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self {
            now: config.start,
            timetable: Timetable::default(),
            ids: Ids::new(config.seed),
            transcript: Transcript::new(config.limits.kept),
            faults: Faults::default(),
            problems: VecDeque::new(),
            deliveries: VecDeque::new(),
            departures: Vec::new(),
            shelf: Shelf::default(),
            preparations: Vec::new(),
            notices: Vec::new(),
            messages: BTreeMap::new(),
            message_order: Vec::new(),
            films: Films::new(config.limits.recorded_bytes),
            recordings: BTreeMap::new(),
            recording_order: Vec::new(),
            queues: BTreeMap::new(),
            conferences: BTreeMap::new(),
            conference_order: Vec::new(),
            signals: VecDeque::new(),
            held: Vec::new(),
            greetings: BTreeMap::new(),
            phones: BTreeMap::new(),
            names: BTreeMap::new(),
            opted_out: BTreeSet::new(),
            cookies: Jar::default(),
            next_call_at: config.start,
            api_url: config.api_url.clone().unwrap_or_default().trim_end_matches('/').to_owned(),
            watchers: Watchers::default(),
            config,
        }
    }

    /// Adds a line to the transcript.
    pub(crate) fn log(&mut self, number: &str, call: Option<&CallSid>, what: What, text: String) {
        let who = self.names.get(number).cloned().unwrap_or_else(|| number.to_owned());
        self.transcript.add(Entry { at: self.now, who, number: number.to_owned(), call: call.cloned(), what, text });
    }

    /// Tells a call something.
    pub(crate) fn word(&mut self, to: CallSid, word: Word) {
        self.signals.push_back(Signal::Word(to, word));
    }

    /// Adds to the error log.
    pub(crate) fn problem(&mut self, code: u32, url: &str, call: Option<&CallSid>, text: String) {
        keep(&mut self.problems, self.config.limits.kept);
        let problem = Problem { at: self.now, code, url: url.to_owned(), call: call.cloned(), text };
        // Only the number: the words may name a person.
        tracing::warn!(code, "a problem between the network and the application");
        self.watchers.failed(&problem);
        self.problems.push_back(problem);
    }

    /// Sends a webhook, after the delay in force.
    pub(crate) fn webhook(&mut self, webhook: Webhook) {
        self.webhook_after(TimeDelta::zero(), webhook);
    }

    /// Sends a webhook a while from now, and after the delay in force.
    pub(crate) fn webhook_after(&mut self, wait: TimeDelta, webhook: Webhook) {
        let mut params = vec![
            ("AccountSid".to_owned(), self.config.account_sid.clone()),
            ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
        ];
        params.extend(webhook.params.into_iter().map(|(name, value)| (name.to_owned(), value)));
        if self.faults.unknown_parameter {
            params.push(("YetUntold".to_owned(), "a ñ & b=c".to_owned()));
        }
        let news = match &webhook.purpose {
            Purpose::CallStatus(_) | Purpose::RecordingStatus(_) | Purpose::ConferenceStatus(_) => {
                self.faults.callbacks
            }
            Purpose::SmsStatus(_) => self.faults.sms_receipts,
            Purpose::Document(_) | Purpose::Farewell(_) | Purpose::Announcement(..) | Purpose::IncomingSms(_) => {
                Receipts::InOrder
            }
        };
        let twice = self.faults.duplicate_every_webhook || news == Receipts::Twice;
        let cookies = self.matter(&webhook.purpose).and_then(|matter| self.cookies.header(&matter, &webhook.url));
        let request = Request {
            place: self.timetable.place(),
            at: self.now,
            purpose: webhook.purpose,
            fetch: webhook.fetch,
            method: webhook.method,
            url: webhook.url,
            params,
            token: self.ids.token(),
            wrong_signature: self.faults.wrong_signature,
            other_port: self.faults.other_port,
            cookies,
            copies: if twice { 2 } else { 1 },
            fallback: webhook.fallback,
        };
        let wait = wait + self.faults.delay.max(TimeDelta::zero());
        if wait > TimeDelta::zero() {
            self.timetable.put(self.now + wait, Event::Departs(Box::new(request)));
        } else {
            self.departures.push(request);
        }
    }

    /// What cookies are kept for: a call, or the two numbers of a message.
    pub(crate) fn matter(&self, purpose: &Purpose) -> Option<String> {
        if let Purpose::IncomingSms(sid) = purpose {
            return self.messages.get(sid).map(|message| format!("{} {}", message.from, message.to));
        }
        purpose.call().map(ToString::to_string)
    }

    /// Sends a callback: news that nobody waits for an answer to, a while from now and as the faults in force let it.
    pub(crate) fn callback_after(&mut self, wait: TimeDelta, news: News, webhook: Webhook) {
        match (self.faults.callbacks, news) {
            (Receipts::None, _) => {}
            (Receipts::InOrder | Receipts::Twice, _) => self.webhook_after(wait, webhook),
            (Receipts::Late(late), _) => self.webhook_after(wait + late, webhook),
            (Receipts::Reversed, News::Early) => self.held.push(webhook),
            (Receipts::Reversed, News::Last) => {
                let about = webhook.purpose.clone();
                self.webhook_after(wait, webhook);
                self.release(&about, wait);
            }
        }
    }

    /// Lets go what was held back until the last news about something had gone ahead: the latest first.
    pub(crate) fn release(&mut self, about: &Purpose, wait: TimeDelta) {
        let (mine, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.purpose == *about);
        self.held = others;
        let mut wait = wait;
        for held in mine.into_iter().rev() {
            wait += millis(500);
            self.webhook_after(wait, held);
        }
    }

    /// Writes down what was sent.
    pub(crate) fn record_deliveries(&mut self, attempts: Vec<Delivery>) {
        for attempt in attempts {
            keep(&mut self.deliveries, self.config.limits.kept);
            self.watchers.delivered(&attempt);
            self.deliveries.push_back(attempt);
        }
    }

    /// The public address of a resource of the REST API.
    pub(crate) fn resource_url(&self, path: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}/{path}", self.api_url, self.config.account_sid)
    }
}

/// Makes room for one more.
fn keep<T>(list: &mut VecDeque<T>, most: usize) {
    while list.len() >= most.max(1) {
        list.pop_front();
    }
}
