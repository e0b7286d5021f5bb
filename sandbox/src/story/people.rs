//! The people of a story: what each has heard, which call they are on, which messages they have read.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{case_number, code, contains, plain};
use crate::ids::{CallSid, MessageSid};
use crate::network::Network;
use crate::sms::Message;
use crate::transcript::What;

#[derive(Debug)]
pub(super) struct Person {
    pub number: String,
    pub call: Option<CallSid>,
    /// The call that rang at their phone when they last looked.
    pub rings: Option<CallSid>,
    /// What they heard and have not looked for yet, plain.
    heard: String,
    /// The last things they heard, as spoken, for messages.
    recently: Vec<String>,
    pub last_sms: Option<Message>,
}

#[derive(Debug)]
pub(super) struct People {
    all: BTreeMap<String, Person>,
    /// How far the transcript has been read.
    place: usize,
    pub read: BTreeSet<MessageSid>,
    pub expected_calls: BTreeSet<CallSid>,
}

impl People {
    pub(super) fn new(people: impl IntoIterator<Item = (String, String)>) -> Self {
        let person = |number| Person {
            number,
            call: None,
            rings: None,
            heard: String::new(),
            recently: Vec::new(),
            last_sms: None,
        };
        Self {
            all: people.into_iter().map(|(name, number)| (name, person(number))).collect(),
            place: 0,
            read: BTreeSet::new(),
            expected_calls: BTreeSet::new(),
        }
    }

    pub(super) fn get(&mut self, name: &str) -> Result<&mut Person, String> {
        self.all.get_mut(name).ok_or_else(|| format!("nobody is called '{name}'"))
    }

    /// Lets everybody hear what was said since the last time.
    pub(super) fn listen(&mut self, network: &Network) {
        let (entries, place) = network.transcript_since(self.place);
        self.place = place;
        for entry in entries.into_iter().filter(|entry| entry.what == What::Hears) {
            for person in self.all.values_mut().filter(|person| person.call.is_some() && person.call == entry.call) {
                person.hear(&entry.text);
            }
        }
    }

    /// The first message to a person that they have not read and that has all the words; it is read then.
    pub(super) fn read_sms(&mut self, network: &Network, name: &str, words: &[String]) -> Result<bool, String> {
        let number = self.get(name)?.number.clone();
        let found = self.unread(network, &number).into_iter().find(|message| {
            let body = &message.body;
            words.iter().all(|words| contains(body, words))
        });
        let Some(message) = found else { return Ok(false) };
        self.read.insert(message.sid.clone());
        self.get(name)?.last_sms = Some(message);
        Ok(true)
    }

    /// Messages that reached a number and that nobody has read.
    pub(super) fn unread(&self, network: &Network, number: &str) -> Vec<Message> {
        let messages = network.messages().into_iter().filter(|message| message.direction != "inbound");
        messages
            .filter(|message| message.to == number && message.received.is_some() && !self.read.contains(&message.sid))
            .collect()
    }
}

impl Person {
    fn hear(&mut self, words: &str) {
        if !self.heard.is_empty() {
            self.heard.push(' ');
        }
        self.heard.push_str(&plain(words));
        self.recently.push(words.to_owned());
    }

    /// They did something: what they heard before is behind them.
    pub(super) fn acted(&mut self) {
        self.heard.clear();
        self.recently.clear();
    }

    pub(super) fn is_on(&mut self, call: CallSid) {
        self.acted();
        self.call = Some(call);
    }

    /// Whether they heard these words; they and all before them are behind them then.
    pub(super) fn heard(&mut self, words: &str) -> bool {
        let words = plain(words);
        let Some(at) = self.heard.find(&words) else { return false };
        self.drop_heard(at.saturating_add(words.len()));
        true
    }

    pub(super) fn heard_case_number(&mut self) -> Option<String> {
        let (digits, end) = case_number(&self.heard)?;
        self.drop_heard(end);
        Some(digits)
    }

    fn drop_heard(&mut self, end: usize) {
        self.heard = self.heard.get(end..).unwrap_or_default().to_owned();
    }

    /// The last things they heard, for a message.
    pub(super) fn what_was_heard(&self) -> String {
        if self.recently.is_empty() {
            return "nothing was heard".to_owned();
        }
        let last = self.recently.len().saturating_sub(6);
        let quoted: Vec<String> = self.recently.iter().skip(last).map(|words| format!("\"{words}\"")).collect();
        format!("heard instead: {}", quoted.join(" "))
    }

    pub(super) fn code(&self) -> Option<String> {
        self.last_sms.as_ref().and_then(|message| code(&message.body))
    }
}
