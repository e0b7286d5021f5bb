//! What somebody at the console does to a case: the act, what it causes and its line in the audit are one unit. Whoever looks at
//! a page that is older than the case changes nothing.

use super::acknowledge::{Acknowledged, acknowledge};
use super::assign::hand_to;
use super::change::{carry_out, respond};
use super::estimate::tell_estimate;
use super::invite::{Invitation, ask_in};
use super::merge::merge;
use super::retime::judge_anew;
use super::{Estimate, Hotline, OpsError};
use crate::access::{Act, Reach};
use crate::call::{Call, Direction};
use crate::incident::{Actor, CaseNumber, Change, Event, Incident, NoMerge, State};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::store::{StoreError, Tx};

/// Who does something to a case, and what they have seen of it.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// Their login: who the audit names.
    pub login: &'a str,
    /// What they are called, for whoever is called in their name.
    pub name: &'a str,
    /// The person of the roster that they are.
    pub person: Option<&'a str>,
    /// Whether every case is theirs to change, or only their own.
    pub reach: Reach,
    /// The case's version on the page they look at.
    pub seen: i64,
    /// Why, or what they note of it.
    pub reason: &'a str,
}

/// What is done to a case.
#[derive(Clone, Debug)]
pub enum CaseAct {
    /// They take it themselves.
    Take,
    /// A person of the roster, by id, is given it and asked at once.
    Assign(String),
    /// The reporter was reached, by this means. The reason is what was said.
    Respond(&'static str),
    /// The reporter is told when.
    Estimate(Estimate),
    /// It is judged anew how bad it is.
    Severity(Severity),
    /// A person of the roster, by id, is called into the conversation.
    Invite(String),
    /// It is one with this case from now on.
    Merge(CaseNumber),
    /// It is resolved, closed, cancelled or reopened.
    Step(Event),
    /// A note for those who work on it: the reason.
    Note,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseRefusal {
    /// There is no such case, or it is none of theirs.
    Missing,
    /// The case changed since the page they look at was made.
    Stale,
    /// It is at a state that does not allow it.
    State(State),
    /// Somebody else has it, or the person has it already.
    Taken,
    /// Whoever does it is nobody of the roster.
    Nobody,
    /// The roster has no such person.
    Unknown,
    /// An estimate that does not lie in the future, or none at all.
    Past,
    /// It is so already.
    Same,
    /// No reason was given.
    NoReason,
    /// The person is not called.
    Invitation(Invitation),
    /// The two cases cannot be one.
    Merge(NoMerge),
    /// There is no case with the number of the other.
    NoOther,
    /// The case has no number to show.
    NoNumber,
}

/// What ends the unit without keeping anything of it.
enum Halt {
    Refused(CaseRefusal),
    Failed(OpsError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Refused(CaseRefusal::Stale),
            other => Self::Failed(other.into()),
        }
    }
}

impl From<OpsError> for Halt {
    fn from(error: OpsError) -> Self {
        match error {
            OpsError::Store(error) => error.into(),
            OpsError::Refused(refused) => Self::Refused(CaseRefusal::State(refused.state)),
            OpsError::Settled(state) => Self::Refused(CaseRefusal::State(state)),
            other => Self::Failed(other),
        }
    }
}

/// Does `act` to the case of this number; the case as it is then.
///
/// # Errors
/// The store's. What is not allowed is a [`CaseRefusal`], and nothing is kept.
pub async fn act_on_case(
    hotline: &Hotline,
    number: &CaseNumber,
    hand: Hand<'_>,
    act: &CaseAct,
) -> Result<Result<Incident, CaseRefusal>, OpsError> {
    let done = hotline.store.write(async |tx: &mut Tx| -> Result<Incident, Halt> {
        let (incident, other) = lock(tx, number, act).await?;
        hand.check(tx, &incident, act).await?;
        let before = incident.clone();
        let incident = carry(hotline, tx, incident, other, hand, act).await?;
        let (word, detail) = in_audit(&before, &incident, act);
        // A note is no reason, and the timeline has it: there it can be erased with a person's data.
        let reason = if matches!(act, CaseAct::Note) { "" } else { hand.reason };
        tx.append_act(&line(hotline, hand.login, word, number, reason, detail)).await?;
        Ok(incident)
    });
    settle(done.await)
}

/// Shows the number of whoever reported the case, once, to somebody who says why.
///
/// # Errors
/// The store's.
pub async fn show_number(
    hotline: &Hotline,
    number: &CaseNumber,
    hand: Hand<'_>,
) -> Result<Result<Phone, CaseRefusal>, OpsError> {
    let done = hotline.store.write(async |tx: &mut Tx| -> Result<Phone, Halt> {
        let incident = tx.incident_by_number(number).await?.ok_or(Halt::Refused(CaseRefusal::Missing))?;
        hand.owns(tx, &incident).await?;
        if hand.reason.trim().is_empty() {
            return Err(Halt::Refused(CaseRefusal::NoReason));
        }
        let phone = incident.call_back.or(incident.reporter).ok_or(Halt::Refused(CaseRefusal::NoNumber))?;
        tx.append_act(&line(hotline, hand.login, "number.shown", number, hand.reason, String::new())).await?;
        Ok(phone)
    });
    settle(done.await)
}

fn settle<T>(done: Result<T, Halt>) -> Result<Result<T, CaseRefusal>, OpsError> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
        Err(Halt::Failed(error)) => Err(error),
    }
}

/// What a merge needs beside its case: the one that stays, and the calls about the one that does not.
type Other = Option<(Incident, Vec<Call>)>;

/// Calls before cases, and cases in the order of their ids: so does everybody, and nobody waits in a circle.
async fn lock(tx: &mut Tx, number: &CaseNumber, act: &CaseAct) -> Result<(Incident, Other), Halt> {
    let missing = || Halt::Refused(CaseRefusal::Missing);
    let CaseAct::Merge(into) = act else {
        return Ok((tx.lock_incident_by_number(number).await?.ok_or_else(missing)?, None));
    };
    let joining = tx.incident_by_number(number).await?.ok_or_else(missing)?;
    let staying = tx.incident_by_number(into).await?.ok_or(Halt::Refused(CaseRefusal::NoOther))?;
    if joining.id == staying.id {
        return Err(Halt::Refused(CaseRefusal::Merge(NoMerge::Itself)));
    }
    let mut calls = Vec::new();
    for call in tx.calls_about(joining.id).await? {
        if call.direction == Direction::Inbound {
            calls.extend(tx.lock_call(call.id).await?.filter(|call| call.incident == Some(joining.id)));
        }
    }
    let (first, second) = if joining.id < staying.id { (joining.id, staying.id) } else { (staying.id, joining.id) };
    let first = tx.lock_incident(first).await?.ok_or_else(missing)?;
    let second = tx.lock_incident(second).await?.ok_or_else(missing)?;
    let (joining, staying) = if first.id == joining.id { (first, second) } else { (second, first) };
    Ok((joining, Some((staying, calls))))
}

impl Hand<'_> {
    /// Whether they may do this to the case as they have seen it.
    async fn check(&self, tx: &mut Tx, incident: &Incident, act: &CaseAct) -> Result<(), Halt> {
        self.owns(tx, incident).await?;
        // A note changes nothing, so it is true of whatever the case has become.
        if !matches!(act, CaseAct::Note) && incident.version != self.seen {
            return Err(Halt::Refused(CaseRefusal::Stale));
        }
        let silent = matches!(
            act,
            CaseAct::Take
                | CaseAct::Assign(_)
                | CaseAct::Estimate(_)
                | CaseAct::Invite(_)
                | CaseAct::Step(Event::Close)
        );
        if !silent && self.reason.trim().is_empty() {
            return Err(Halt::Refused(CaseRefusal::NoReason));
        }
        Ok(())
    }

    /// Whether the case is theirs: they hold it, were paged for it, or every case is.
    async fn owns(&self, tx: &mut Tx, incident: &Incident) -> Result<(), Halt> {
        let owns = match (self.reach, self.person) {
            (Reach::All, _) => true,
            (Reach::Own, None) => false,
            (Reach::Own, Some(person)) => {
                incident.acknowledged_by.as_deref() == Some(person)
                    || tx.pages(incident.id).await?.iter().any(|page| page.person == person)
            }
        };
        if owns { Ok(()) } else { Err(Halt::Refused(CaseRefusal::Missing)) }
    }

    /// As the timeline names them.
    fn actor(&self) -> Actor {
        let person = self.person.map(|person| Actor::Person(person.to_owned()));
        person.unwrap_or_else(|| Actor::Operator(self.login.to_owned()))
    }
}

async fn carry(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    other: Other,
    hand: Hand<'_>,
    act: &CaseAct,
) -> Result<Incident, Halt> {
    let (actor, reason) = (hand.actor(), hand.reason.trim());
    let refused = |refusal| Err(Halt::Refused(refusal));
    let said = Some(reason).filter(|reason| !reason.is_empty());
    match act {
        CaseAct::Take => {
            let Some(person) = hand.person else { return refused(CaseRefusal::Nobody) };
            match acknowledge(hotline, tx, incident, &actor, person, "console").await? {
                Acknowledged::Taken(incident) => Ok(incident),
                Acknowledged::Already(_) => refused(CaseRefusal::Taken),
            }
        }
        CaseAct::Assign(person) => {
            let roster = hotline.roster(tx).await?;
            let person = Hotline::person(roster.as_deref(), person);
            let Some(person) = person else { return refused(CaseRefusal::Unknown) };
            hand_to(hotline, tx, incident, person, &actor).await?.ok_or(Halt::Refused(CaseRefusal::Taken))
        }
        CaseAct::Respond(method) => {
            let note = Some(reason.to_owned());
            Ok(respond(hotline, tx, incident, &actor, hotline.now(), method, note).await?)
        }
        CaseAct::Estimate(told) => {
            let mut instants = told.eta.into_iter().chain(told.next_update).peekable();
            if instants.peek().is_none() || instants.any(|at| at <= hotline.now()) {
                return refused(CaseRefusal::Past);
            }
            Ok(tell_estimate(hotline, tx, incident, *told, &actor, said).await?)
        }
        CaseAct::Severity(severity) if incident.severity == *severity => refused(CaseRefusal::Same),
        CaseAct::Severity(severity) => Ok(judge_anew(hotline, tx, incident, *severity, &actor, said).await?),
        CaseAct::Invite(person) => match ask_in(hotline, tx, &incident, person, (&actor, hand.name)).await? {
            Invitation::Called => Ok(incident),
            other => refused(CaseRefusal::Invitation(other)),
        },
        CaseAct::Merge(_) => {
            let Some((staying, calls)) = other else { return refused(CaseRefusal::NoOther) };
            hand.owns(tx, &staying).await?;
            let merged = merge(hotline, tx, (incident, staying), calls, (&actor, reason)).await?;
            merged.map_err(|why| Halt::Refused(CaseRefusal::Merge(why)))
        }
        CaseAct::Step(event) => Ok(carry_out(hotline, tx, incident, *event, &actor, said).await?),
        CaseAct::Note => {
            let change = Change::Noted { text: reason.to_owned() };
            tx.append_entry(incident.id, hotline.now(), &actor, &change).await?;
            Ok(incident)
        }
    }
}

/// The act's word, and from what to what.
fn in_audit(before: &Incident, after: &Incident, act: &CaseAct) -> (&'static str, String) {
    match act {
        CaseAct::Take => ("case.taken", String::new()),
        CaseAct::Assign(person) => {
            let held = before.acknowledged_by.as_deref().unwrap_or("-");
            ("case.assigned", format!("{held} -> {person}"))
        }
        CaseAct::Respond(method) => ("case.responded", format!("by={method}")),
        CaseAct::Estimate(told) => {
            let at = |at: Option<crate::clock::Instant>| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
            ("case.estimated", format!("eta={} next_update={}", at(told.eta), at(told.next_update)))
        }
        CaseAct::Severity(_) => ("case.severity", format!("{} -> {}", before.severity, after.severity)),
        CaseAct::Invite(person) => ("case.invited", format!("person={person}")),
        CaseAct::Merge(into) => ("case.merged", format!("into={into}")),
        CaseAct::Step(Event::Resolve) => ("case.resolved", String::new()),
        CaseAct::Step(Event::Close) => ("case.closed", String::new()),
        CaseAct::Step(Event::Cancel) => ("case.cancelled", String::new()),
        CaseAct::Step(Event::Reopen) => ("case.reopened", format!("cycle={}", after.cycle)),
        CaseAct::Step(Event::Acknowledge | Event::Respond) => ("case.changed", after.state.to_string()),
        CaseAct::Note => ("case.noted", String::new()),
    }
}

fn line(hotline: &Hotline, login: &str, act: &str, number: &CaseNumber, reason: &str, detail: String) -> Act {
    Act {
        at: hotline.now(),
        actor: login.to_owned(),
        act: act.to_owned(),
        subject: format!("case:{number}"),
        reason: reason.trim().to_owned(),
        detail,
    }
}
