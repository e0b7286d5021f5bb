//! One step of handing a case to a ticket store of another maker. Every step looks before it acts where it may have acted
//! before, and reads back what it did: a store may be slow, answer twice, or say yes to what it dropped.

use std::sync::Arc;

use super::Workers;
use super::backoff::MOST_ATTEMPTS;
use super::file_sound::{file_sound, unheard};
use super::rest::Rest;
use super::run::Failure;
use crate::call::Recording;
use crate::id::IncidentId;
use crate::ops::{self, Filing, Lease, OpsError, Part, Seen};
use crate::provider::http::Fault;
use crate::provider::messaging::{Cause, SendError};
use crate::provider::ticketing::{TicketStore, Trouble, Verdict};
use crate::ticket::{Attachment, Case, Comment, Field, Remote, Step, differences};

/// The ticket store of another maker, as jobs reach it. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The store.
    pub store: Arc<dyn TicketStore>,
    /// Whether it is left alone.
    pub rest: Rest,
    /// Whether sound itself is handed over; else where it is heard.
    pub audio: bool,
}

/// Why a step was not done.
enum Stopped {
    /// The ticket store.
    Store(Trouble),
    /// The sound could not be fetched from the telephony provider.
    Sound(SendError),
    /// Our own store.
    Ours(OpsError),
}

impl From<OpsError> for Stopped {
    fn from(error: OpsError) -> Self {
        Self::Ours(error)
    }
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        Self::Store(trouble)
    }
}

/// Does `step` of handing `incident` over.
pub async fn hand_off(workers: &Workers, incident: IncidentId, step: &Step, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    if let (Step::Recording { recording }, None) = (step, &hotline.policy.hand_offs) {
        return file_sound(workers, incident, recording, lease).await;
    }
    let Some(desk) = &workers.desk else {
        return Err(Failure::lasting(
            &"no ticket store is set: name one in [ticketing], then run guardia ticketing retry",
        ));
    };
    let Some(filing) = ops::filing(hotline, incident, step).await? else {
        return Ok(ops::nothing_to_do(hotline, lease).await?);
    };
    match carry(workers, desk, step, &filing, lease.attempt).await {
        Ok(seen) => {
            desk.rest.over();
            Ok(ops::filed(hotline, lease, step, &filing, seen).await?)
        }
        Err(Stopped::Sound(error)) => Err(unheard(&error, lease.attempt)),
        Err(Stopped::Ours(error)) => Err(error.into()),
        Err(Stopped::Store(trouble)) => Err(stopped(workers, desk, &trouble).await?),
    }
}

async fn stopped(workers: &Workers, desk: &Desk, trouble: &Trouble) -> Result<Failure, Failure> {
    let now = workers.hotline.clock.now();
    let until = match trouble.verdict {
        Verdict::Refused => {
            desk.rest.over();
            return Ok(Failure::lasting(trouble));
        }
        Verdict::Busy => None,
        Verdict::Away => desk.rest.begin(now, true),
        Verdict::Unknown => desk.rest.begin(now, false),
    };
    ops::store_is_away(&workers.hotline).await?;
    Ok(match until {
        Some(until) => Failure::Away { what: trouble.to_string(), until },
        None => Failure::Passing { what: trouble.to_string(), wait: trouble.wait },
    })
}

async fn carry(workers: &Workers, desk: &Desk, step: &Step, filing: &Filing, attempt: i32) -> Result<Seen, Stopped> {
    let store = desk.store.as_ref();
    if *step == Step::Ticket {
        let can_find = store.capabilities().find;
        return if can_find { Ok(ticket(store, &filing.case).await?) } else { blind(workers, store, filing).await };
    }
    // Whoever tried before may have been heard; or a person had it tried anew.
    let again = attempt > 1 || filing.was_given_up;
    let remote = filing.remote.as_deref().ok_or_else(|| Trouble::refused("a step before there is a ticket"))?;
    match (&filing.part, step) {
        (Part::Comment(comment), _) => say(store, remote, comment, again).await?,
        (Part::Recording(recording, comment), _) => {
            let can = store.capabilities();
            if !(desk.audio && can.attach) {
                say(store, remote, comment, again).await?;
                return Ok(Seen::Done);
            }
            let name = Attachment::name_of(&filing.case.external_id, &recording.provider_recording);
            let takes = |bytes: &Vec<u8>| u64::try_from(bytes.len()).is_ok_and(|size| size <= can.largest_file);
            let Some(bytes) = sound(workers, recording, attempt).await?.filter(takes) else {
                say(store, remote, comment, again).await?;
                return Ok(Seen::Done);
            };
            let file = Attachment { name, media: "audio/wav".to_owned(), bytes };
            if !(again && is_there(store, remote, &file).await?) {
                attach(store, remote, &file).await?;
            }
        }
        (Part::Case, Step::State) => state(store, remote, &filing.case).await?,
        (Part::Case, _) => fields(store, remote, &filing.case).await?,
    }
    Ok(Seen::Done)
}

/// The sound; `None` of one that is too large for us, or that the provider did not give for as long as the rest of the case can
/// wait for it.
async fn sound(workers: &Workers, recording: &Recording, attempt: i32) -> Result<Option<Vec<u8>>, Stopped> {
    match workers.recordings.wav(&recording.url).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.cause == Cause::Fault(Fault::TooLarge) => Ok(None),
        Err(error) if error.is_passing() && attempt >= MOST_ATTEMPTS => Ok(None),
        Err(error) => Err(Stopped::Sound(error)),
    }
}

/// Creates where nothing can be searched: once. Whether a lost answer was a yes is for a person to see, as it is when we ended
/// before it was kept; the doubt is set down first.
async fn blind(workers: &Workers, store: &dyn TicketStore, filing: &Filing) -> Result<Seen, Stopped> {
    let (hotline, case) = (&workers.hotline, &filing.case);
    if !ops::doubt_ticket(hotline, filing.incident).await? {
        let what = "this store cannot be searched, and a try before may have made the ticket: look there for the case";
        return Err(Trouble::refused(what).into());
    }
    match store.create(case).await {
        // Nothing can be read back: the id in the answer is all there is.
        Ok(remote) => Ok(Seen::Ticket { remote, values: Some(case.values.clone()), state: Some(case.state) }),
        Err(trouble) if trouble.did_not_act() => {
            ops::no_doubt_of_ticket(hotline, filing.incident).await?;
            Err(trouble.into())
        }
        Err(trouble) => {
            let what = format!("{trouble}; look in the store whether the ticket was made");
            Err(Trouble::refused(what).into())
        }
    }
}

/// Search, create, read back; doubles become one with the lowest.
async fn ticket(store: &dyn TicketStore, case: &Case) -> Result<Seen, Trouble> {
    let can = store.capabilities();
    let mut found = store.find(&case.external_id).await?;
    if found.is_empty() {
        let id = store.create(case).await?;
        let made = store.read(&id).await?;
        found.extend(made);
    }
    let mut found = found.into_iter();
    let Some(first) = found.next() else {
        return Err(Trouble::refused("the store made a ticket and does not show it: check the rights of its account"));
    };
    for double in found.filter(|_| can.merge) {
        store.merge(&double.id, &first.id).await?;
    }
    Ok(seen(store, case, first))
}

fn seen(store: &dyn TicketStore, case: &Case, remote: Remote) -> Seen {
    let mapped = store.mapped();
    let same = differences(case, &remote, &mapped).is_empty() && remote.subject == case.subject;
    let values = case.values.iter().filter(|(field, _)| mapped.contains(field));
    let values = same.then(|| values.map(|(field, value)| (*field, value.clone())).collect());
    let state = store.state_word(case.state).filter(|word| *word == remote.state).map(|_| case.state);
    Seen::Ticket { remote: remote.id, values, state }
}

async fn say(store: &dyn TicketStore, remote: &str, comment: &Comment, again: bool) -> Result<(), Trouble> {
    if !store.capabilities().comment {
        return Ok(());
    }
    if again && store.comments(remote).await?.iter().any(|known| comment.is_in(&known.text)) {
        return Ok(());
    }
    store.comment(remote, comment).await
}

/// Whether the ticket has the file, whole: one that was cut off while it came in is none.
async fn is_there(store: &dyn TicketStore, remote: &str, file: &Attachment) -> Result<bool, Trouble> {
    let length = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    for known in store.attachments(remote).await?.into_iter().filter(|known| known.name == file.name) {
        let same = match known.size {
            Some(size) => size == length,
            None => store.fetch(remote, &known).await? == file.bytes,
        };
        if same {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn attach(store: &dyn TicketStore, remote: &str, file: &Attachment) -> Result<(), Trouble> {
    store.attach(remote, file).await?;
    if is_there(store, remote, file).await? {
        return Ok(());
    }
    Err(Trouble::refused("the store said yes to a recording and does not have it: check its largest attachment"))
}

async fn state(store: &dyn TicketStore, remote: &str, case: &Case) -> Result<(), Trouble> {
    let Some(word) = store.state_word(case.state) else { return Ok(()) };
    if read(store, remote).await?.state == word {
        return Ok(());
    }
    store.set_state(remote, case.state).await?;
    let is = read(store, remote).await?.state;
    if is == word {
        return Ok(());
    }
    Err(Trouble::refused(format!("the store said yes to the state {word} and is in {is}: check [ticket_states]")))
}

async fn fields(store: &dyn TicketStore, remote: &str, case: &Case) -> Result<(), Trouble> {
    let mapped = store.mapped();
    let differ = |remote: &Remote| differences(case, remote, &mapped);
    let before = read(store, remote).await?;
    if differ(&before).is_empty() && before.subject == case.subject {
        return Ok(());
    }
    store.update(remote, case).await?;
    let after = differ(&read(store, remote).await?);
    if after.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = after.into_iter().map(Field::as_str).collect();
    Err(Trouble::refused(format!(
        "the store said yes and does not hold {}: check these fields there and in [ticket_fields]",
        names.join(", ")
    )))
}

async fn read(store: &dyn TicketStore, remote: &str) -> Result<Remote, Trouble> {
    let found = store.read(remote).await?;
    found.ok_or_else(|| Trouble::refused("the ticket is not there any more, or we may not see it"))
}
