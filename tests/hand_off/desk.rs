//! A ticket store that may be away, slow to say yes, or a liar: as the worst of the real ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::State;
use guardia::provider::http::Fault;
use guardia::provider::ticketing::{Capabilities, Changed, Finding, TicketStore, Trouble};
use guardia::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment, Values};

/// How an exchange goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing reached the store.
    Before,
    /// The store did it, and its answer was lost.
    After,
    /// The store did nothing, and said that it broke.
    Broken,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticket {
    pub subject: String,
    pub body: String,
    pub state: String,
    pub values: Values,
    pub comments: Vec<String>,
    pub files: Vec<Attachment>,
    pub merged_into: Option<u32>,
    pub others: Vec<(String, bool)>,
    /// When the others' comments were written, where the store says so.
    pub written_at: Option<Instant>,
    pub changed_at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Known {
    tickets: BTreeMap<u32, Ticket>,
    exchanges: u32,
    loss: Option<(u32, Loss)>,
    away: bool,
    refuses: Option<&'static str>,
    drops: Option<Field>,
    longest_list: Option<usize>,
}

/// The store; clones are one.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    known: Arc<Mutex<Known>>,
}

impl Desk {
    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap())
    }

    /// One exchange: `act` is done unless nothing arrives.
    fn exchange<T>(&self, doing: &str, act: impl FnOnce(&mut Known) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.with(|known| {
            known.exchanges += 1;
            if known.away {
                return Err(Trouble::fault(doing, Fault::Unreachable));
            }
            let loss = known.loss.filter(|(which, _)| *which == known.exchanges).map(|(_, loss)| loss);
            match loss {
                Some(Loss::Before) => return Err(Trouble::fault(doing, Fault::Unreachable)),
                Some(Loss::Broken) => return Err(Trouble::status(doing, 500, None, "")),
                Some(Loss::After) | None => {}
            }
            if known.refuses == Some(doing) {
                return Err(Trouble::status(doing, 403, None, "give the account this right"));
            }
            let done = act(known)?;
            if loss == Some(Loss::After) { Err(Trouble::fault(doing, Fault::Timeout)) } else { Ok(done) }
        })
    }

    /// What is in it that was not merged away.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.with(|known| known.tickets.values().filter(|ticket| ticket.merged_into.is_none()).cloned().collect())
    }

    pub fn exchanges(&self) -> u32 {
        self.with(|known| known.exchanges)
    }

    /// The exchange number `which` goes wrong.
    pub fn lose(&self, which: u32, loss: Loss) {
        self.with(|known| known.loss = Some((which, loss)));
    }

    pub fn go_away(&self, away: bool) {
        self.with(|known| known.away = away);
    }

    /// Refuses whatever does this, until it is mended.
    pub fn refuse(&self, doing: Option<&'static str>) {
        self.with(|known| known.refuses = doing);
    }

    /// Says yes to a value and does not keep it.
    pub fn drop_value(&self, field: Option<Field>) {
        self.with(|known| known.drops = field);
    }

    /// Somebody works on the first ticket, at `at`.
    pub fn somebody(&self, at: Instant, does: impl FnOnce(&mut Ticket)) {
        self.with(|known| {
            let ticket = known.tickets.get_mut(&1).unwrap();
            does(ticket);
            ticket.changed_at = Some(at);
        });
    }

    /// `count` tickets of strangers were changed, from `at` on, a second after the other; no list has more than `longest`.
    pub fn crowd(&self, at: Instant, count: u32, longest: usize) {
        self.with(|known| {
            known.longest_list = Some(longest);
            for number in 0..count {
                let changed_at = Some(at + TimeDelta::seconds(number.into()));
                known.tickets.insert(1000 + number, Ticket { changed_at, ..Ticket::default() });
            }
        });
    }

    /// A ticket of this case that nobody knows of: made by a try whose answer was lost.
    pub fn plant(&self, external_id: &str) {
        self.with(|known| {
            let id = u32::try_from(known.tickets.len()).unwrap() + 1;
            let values = Values::from([(Field::ExternalId, external_id.to_owned())]);
            known.tickets.insert(id, Ticket { state: "new".to_owned(), values, ..Ticket::default() });
        });
    }
}

fn remote(id: u32, ticket: &Ticket) -> Remote {
    let Ticket { subject, state, values, .. } = ticket.clone();
    Remote { id: id.to_string(), subject, state, values, updated_at: None }
}

fn ticket<'k>(known: &'k mut Known, id: &str) -> Result<&'k mut Ticket, Trouble> {
    let mut id: u32 = id.parse().unwrap();
    while let Some(into) = known.tickets.get(&id).and_then(|ticket| ticket.merged_into) {
        id = into;
    }
    known.tickets.get_mut(&id).ok_or_else(|| Trouble::status("read", 404, None, "it is gone"))
}

fn write(known: &mut Known, id: u32, case: &Case) {
    let drops = known.drops;
    let ticket = known.tickets.entry(id).or_default();
    ticket.subject.clone_from(&case.subject);
    ticket.values = case.values.clone();
    ticket.values.retain(|field, _| FIELDS.contains(field) && Some(*field) != drops);
}

const FIELDS: [Field; 6] = [
    Field::ExternalId,
    Field::Severity,
    Field::CallerNumber,
    Field::FirstResponseDue,
    Field::FirstResponseAt,
    Field::Eta,
];

#[async_trait]
impl TicketStore for Desk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            find: true,
            comment: true,
            attach: true,
            state: true,
            update: true,
            merge: true,
            changes: true,
            largest_file: 10_000_000,
        }
    }

    fn mapped(&self) -> Vec<Field> {
        FIELDS.to_vec()
    }

    fn state_word(&self, state: State) -> Option<String> {
        let word = match state {
            State::Received => "new",
            State::Acknowledged | State::Responded => "open",
            State::Resolved => "resolved",
            State::Closed => "closed",
            State::Cancelled => "rejected",
        };
        Some(word.to_owned())
    }

    async fn find(&self, external_id: &str) -> Result<Vec<Remote>, Trouble> {
        self.exchange("find", |known| {
            let ours = |ticket: &Ticket| {
                ticket.merged_into.is_none()
                    && ticket.values.get(&Field::ExternalId).is_some_and(|id| id == external_id)
            };
            Ok(known.tickets.iter().filter(|(_, found)| ours(found)).map(|(id, found)| remote(*id, found)).collect())
        })
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        self.exchange("create", |known| {
            let id = u32::try_from(known.tickets.len()).unwrap() + 1;
            write(known, id, case);
            let ticket = known.tickets.get_mut(&id).unwrap();
            ticket.body.clone_from(&case.body);
            "new".clone_into(&mut ticket.state);
            Ok(id.to_string())
        })
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        self.exchange("read", |known| Ok(Some(remote(id.parse().unwrap(), ticket(known, id)?))))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.exchange("update", |known| {
            write(known, id.parse().unwrap(), case);
            Ok(())
        })
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        self.exchange("comment", |known| {
            ticket(known, id)?.comments.push(comment.marked());
            Ok(())
        })
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        self.exchange("comments", |known| {
            let texts = ticket(known, id)?.comments.clone().into_iter().enumerate();
            let comment = |(id, text): (usize, String)| RemoteComment {
                id: id.to_string(),
                text,
                public: false,
                ours: true,
                at: None,
            };
            let at = ticket(known, id)?.written_at;
            let others = ticket(known, id)?.others.clone().into_iter().enumerate();
            let other = |(id, (text, public)): (usize, (String, bool))| RemoteComment {
                id: format!("other-{id}"),
                text,
                public,
                ours: false,
                at,
            };
            Ok(texts.map(comment).chain(others.map(other)).collect())
        })
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        self.exchange("attach", |known| {
            ticket(known, id)?.files.push(file.clone());
            Ok(())
        })
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        self.exchange("attachments", |known| {
            let files = ticket(known, id)?.files.iter();
            let listed = |file: &Attachment| RemoteAttachment {
                id: file.name.clone(),
                name: file.name.clone(),
                size: u64::try_from(file.bytes.len()).ok(),
            };
            Ok(files.map(listed).collect())
        })
    }

    async fn fetch(&self, id: &str, wanted: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        self.exchange("fetch", |known| {
            let file = ticket(known, id)?.files.iter().find(|file| file.name == wanted.name);
            file.map(|file| file.bytes.clone()).ok_or_else(|| Trouble::status("fetch", 404, None, ""))
        })
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let word = self.state_word(state).unwrap();
        self.exchange("state", |known| {
            ticket(known, id)?.state = word;
            Ok(())
        })
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let into = into.parse().unwrap();
        self.exchange("merge", |known| {
            ticket(known, double)?.merged_into = Some(into);
            Ok(())
        })
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        self.with(|known| {
            let changed = known.tickets.iter().filter_map(|(id, ticket)| {
                let at = ticket.changed_at.filter(|at| *at >= since)?;
                Some(Changed { id: id.to_string(), external_id: ticket.values.get(&Field::ExternalId).cloned(), at })
            });
            let mut changed: Vec<Changed> = changed.collect();
            changed.sort_by_key(|changed| changed.at);
            changed.truncate(known.longest_list.unwrap_or(usize::MAX));
            Ok(changed)
        })
    }

    async fn check(&self) -> Vec<Finding> {
        Vec::new()
    }
}
