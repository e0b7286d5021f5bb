//! What every use case works with: the store, time, ids, and the house's policy.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Canaries, HandOffs, Handovers, News, OpsError, Sounds, Wake};
use crate::call::Directory;
use crate::clock::{Clock, Instant};
use crate::flow::{Bundle, Flow, Library};
use crate::id::{Ids, hex};
use crate::incident::Incident;
use crate::language::Language;
use crate::oncall::{Escalation, Person, PersonId, Roster};
use crate::paging::{Code, Disabled, Plan, Subject, Throttle, Writer};
use crate::phone::Phone;
use crate::sla::{Calendar, Targets};
use crate::store::{Store, Tx};

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct Hotline {
    /// The store.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Ids and randomness.
    pub ids: Ids,
    /// Rung after a commit that caused a job; for the runner of what people wait for.
    pub wake: Wake,
    /// The same for the runner of what a ticket store may take its time for.
    pub wake_slow: Wake,
    /// Told of after every commit; for whoever shows how things stand.
    pub news: News,
    /// What the house decided.
    pub policy: Arc<Policy>,
    flows: Arc<RwLock<HashMap<String, Arc<Flow>>>>,
    roster: Arc<RwLock<Option<KnownRoster>>>,
}

/// A roster that was read, and the version it is.
type KnownRoster = (i64, Arc<Roster>);

/// What the house decided: everything that configuration says and use cases need.
#[derive(Debug)]
pub struct Policy {
    /// Service hours, holidays, exceptions, and the zone people live in.
    pub calendar: Calendar,
    /// The promises.
    pub targets: Targets,
    /// Institutions and services.
    pub directory: Directory,
    /// The number callers dial.
    pub line: Phone,
    /// Where people write to.
    pub support_email: String,
    /// Writes text messages.
    pub writer: Writer,
    /// How much a person is told one by one.
    pub throttle: Throttle,
    /// Keys the hashes of reply codes.
    pub code_key: Vec<u8>,
    /// The provider's error codes that say that an address is not to be used any more, each with why.
    pub disabling: BTreeMap<u32, Disabled>,
    /// How the pager tests itself; `None` = it does not.
    pub canaries: Option<Canaries>,
    /// What people are told about their own duty; `None` = nothing.
    pub handovers: Option<Handovers>,
    /// The language that tickets of cases are written in.
    pub ticket_language: Language,
    /// Where recordings of cases are heard.
    pub sounds: Sounds,
    /// How cases are handed to a ticket store of another maker; `None` = the built-in one has them.
    pub hand_offs: Option<HandOffs>,
    /// How often a sign of life is sent; `None` = never.
    pub heartbeat: Option<TimeDelta>,
    /// The content hash of the flow that new calls begin with.
    pub flow: String,
}

impl Hotline {
    /// With the flow of `bundle` for new calls; it is kept in the store, so that a call stays on it whatever happens to
    /// the file.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn open(
        store: Store,
        clock: Clock,
        ids: Ids,
        policy: Policy,
        flow: Flow,
        bundle: &Bundle,
    ) -> Result<Self, OpsError> {
        let text = serde_json::to_string(bundle).map_err(|_| OpsError::Impossible("a bundle that is no JSON"))?;
        let (hash, now) = (policy.flow.clone(), clock.now());
        store.write(async |tx: &mut Tx| tx.insert_flow(&hash, &text, now).await.map_err(OpsError::from)).await?;
        let flows = HashMap::from([(hash, Arc::new(flow))]);
        let (wake, wake_slow) = (Wake::new(&clock), Wake::new(&clock));
        let bells = [wake.clone(), wake_slow.clone()];
        let news = News::default();
        let told = news.clone();
        Ok(Self {
            wake,
            wake_slow,
            store: store
                .ringing(move |due| bells.iter().for_each(|bell| bell.ring_for(due)))
                .telling(move || told.tell()),
            news,
            clock,
            ids,
            policy: Arc::new(policy),
            flows: Arc::new(RwLock::new(flows)),
            roster: Arc::default(),
        })
    }

    /// The flow version with this hash: from memory, else from the store.
    ///
    /// # Errors
    /// The store's; that the version is not kept, or no longer reads.
    pub async fn flow(&self, tx: &mut Tx, hash: &str) -> Result<Arc<Flow>, OpsError> {
        let known = self.flows.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(hash).cloned();
        if let Some(flow) = known {
            return Ok(flow);
        }
        let text = tx.flow(hash).await?.ok_or(OpsError::Impossible("a call on a flow version that is not kept"))?;
        let bundle: Bundle =
            serde_json::from_str(&text).map_err(|_| OpsError::Impossible("a kept flow version that is no bundle"))?;
        let flow = Library::reopen(&bundle)
            .map(Arc::new)
            .map_err(|_| OpsError::Impossible("a kept flow version that no longer reads"))?;
        let mut flows = self.flows.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        flows.insert(hash.to_owned(), Arc::clone(&flow));
        Ok(flow)
    }

    /// The roster imported last; `None` before the first import.
    ///
    /// # Errors
    /// The store's.
    pub async fn roster(&self, tx: &mut Tx) -> Result<Option<Arc<Roster>>, OpsError> {
        let latest = tx.roster_version().await?;
        let known = self.roster.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        if let Some((version, roster)) = known
            && Some(version) == latest
        {
            return Ok(Some(roster));
        }
        let Some(stored) = tx.latest_roster().await? else { return Ok(None) };
        let roster = Roster::parse(&stored.text, "roster")
            .map(Arc::new)
            .map_err(|_| OpsError::Impossible("a kept roster that no longer reads"))?;
        *self.roster.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some((stored.version, Arc::clone(&roster)));
        Ok(Some(roster))
    }

    /// How soon a ladder without anybody on it is looked at again.
    pub(super) const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);

    /// Who is told of `incident`: as it was chosen in its present cycle, else what the roster says of its service.
    pub(super) async fn plan(&self, tx: &mut Tx, incident: &Incident) -> Result<Plan, OpsError> {
        if let Some(plan) = tx.ladder(incident.id, incident.cycle).await? {
            return Ok(plan);
        }
        let escalation = match self.roster(tx).await? {
            Some(roster) => roster.escalation(incident.service.as_deref()),
            None => Escalation::of_nobody(),
        };
        Ok(Plan { escalation, begins: 0 })
    }

    /// The person of a stored id, while the roster has them.
    pub(super) fn person<'r>(roster: Option<&'r Roster>, id: &str) -> Option<&'r Person> {
        roster?.person(&PersonId::parse(id).ok()?)
    }

    /// An incident as text messages to staff speak of it.
    pub(super) fn subject<'a>(&'a self, incident: &'a Incident) -> Subject<'a> {
        let directory = &self.policy.directory;
        let institution = incident.institution.as_deref().and_then(|code| directory.short(code));
        let service = incident.service.as_deref().and_then(|id| directory.service(id));
        Subject {
            case: &incident.number,
            severity: incident.severity,
            institution: institution.or(incident.institution_name.as_deref()).unwrap_or_default(),
            service: service.map(|service| service.short.as_str()).unwrap_or_default(),
            received_at: incident.started_at,
            due_at: incident.due_at,
        }
    }

    /// The keyed hash of a person's reply code: what is stored of it.
    pub(super) fn code_hash(&self, person: &Person, code: &Code) -> String {
        hex(self.keyed(&["code", person.id.as_str(), code.as_str()]).get(..16).unwrap_or_default())
    }

    /// A keyed hash over `parts`, none of which can run into the next.
    pub(super) fn keyed(&self, parts: &[&str]) -> Vec<u8> {
        keyed(&self.policy.code_key, parts)
    }

    /// Now.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }
}

/// A hash over `parts` with `key`, none of which can run into the next.
pub(super) fn keyed(key: &[u8], parts: &[&str]) -> Vec<u8> {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(&part.len().to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}
