//! Thousands of open incidents at once: copies of one that was really reported and paged, with everything that stands in the
//! store about it, under ids of their own.

use std::collections::BTreeMap;

use guardia::call::{self, Call};
use guardia::clock::Clock;
use guardia::id::{CallId, Ids, IncidentId, JobId, MessageId, PageId};
use guardia::incident::{CaseNumber, Entry, Incident};
use guardia::paging::{Message, Page, Plan};
use guardia::store::{IncidentFilter, Job, NewJob, Store, StoreError, Tx};

/// Incidents of one unit.
const UNIT: usize = 100;

/// An incident and everything about it.
struct Model {
    call: Call,
    happenings: Vec<call::Entry>,
    incident: Incident,
    entries: Vec<Entry>,
    plan: Plan,
    page: Page,
    message: Message,
    jobs: Vec<Job>,
}

/// Copies the newest incident `count` times; the id of each by its case number.
pub async fn copies(store: &Store, count: usize) -> BTreeMap<String, IncidentId> {
    let model = store.read(async |tx: &mut Tx| model(tx).await).await.unwrap();
    let (ids, clock) = (Ids::system(), Clock::machine());
    let mut made = BTreeMap::new();
    while made.len() < count {
        let write = store.write(async |tx: &mut Tx| -> Result<Vec<(String, IncidentId)>, StoreError> {
            let mut unit = Vec::with_capacity(UNIT);
            for _ in 0..UNIT.min(count - made.len()) {
                unit.push(model.copy(tx, &ids, clock.now()).await?);
            }
            Ok(unit)
        });
        made.extend(write.await.unwrap());
    }
    made
}

async fn model(tx: &mut Tx) -> Result<Model, StoreError> {
    let incident = tx.incidents(IncidentFilter { open: true, limit: 1 }).await?.pop().expect("an incident to copy");
    let page = tx.pages(incident.id).await?.pop().expect("it was paged");
    Ok(Model {
        call: tx.call(incident.call).await?.expect("its call"),
        happenings: tx.call_entries(incident.call).await?,
        entries: tx.entries(incident.id).await?,
        plan: tx.ladder(incident.id, 1).await?.expect("its ladder"),
        message: tx.messages_of_page(page.id).await?.pop().expect("its message"),
        jobs: tx.pending_jobs(incident.id).await?,
        page,
        incident,
    })
}

impl Model {
    async fn copy(
        &self,
        tx: &mut Tx,
        ids: &Ids,
        now: guardia::clock::Instant,
    ) -> Result<(String, IncidentId), StoreError> {
        let (call_id, id) = (CallId(ids.opaque()), IncidentId(ids.ordered(now)));
        let mut call = self.call.clone();
        (call.id, call.incident, call.provider_call) = (call_id, Some(id), format!("CA{}", ids.opaque().simple()));
        assert!(tx.insert_call(&call).await?, "a call was there already");
        let happenings: Vec<_> = self.happenings.iter().map(|entry| entry.happening.clone()).collect();
        tx.append_call_entries(call_id, now, &happenings).await?;

        let year = 2026;
        let number = CaseNumber::new(year, tx.next_case_sequence(year).await?).expect("a case number");
        let mut incident = self.incident.clone();
        (incident.id, incident.call, incident.number, incident.version) = (id, call_id, number.clone(), 1);
        tx.insert_incident(&incident).await?;
        for entry in &self.entries {
            tx.append_entry(id, entry.at, &entry.actor, &entry.change).await?;
        }
        tx.put_ladder(id, 1, &self.plan).await?;

        let mut page = self.page.clone();
        (page.id, page.incident) = (PageId(ids.ordered(now)), id);
        page.code_hash = ids.opaque().simple().to_string();
        tx.insert_page(&page).await?;
        let mut message = self.message.clone();
        (message.id, message.incident, message.page) = (MessageId(ids.ordered(now)), Some(id), Some(page.id));
        message.provider_message = Some(format!("SM{}", ids.opaque().simple()));
        tx.insert_message(&message).await?;
        for job in &self.jobs {
            self.enqueue(tx, ids, id, job).await?;
        }
        Ok((number.to_string(), id))
    }

    /// The same job for the incident `id`.
    async fn enqueue(&self, tx: &mut Tx, ids: &Ids, id: IncidentId, job: &Job) -> Result<(), StoreError> {
        let mut payload = job.payload.clone();
        payload["incident"] = serde_json::to_value(id).expect("an id is JSON");
        let key = job.key.replace(&self.incident.id.to_string(), &id.to_string());
        assert_ne!(key, job.key, "a job that does not name its incident");
        let Job { kind, priority, run_at, .. } = job;
        let new = NewJob {
            id: JobId(ids.ordered(*run_at)),
            kind,
            key: &key,
            subject: Some(id),
            priority: *priority,
            run_at: *run_at,
            payload,
        };
        assert!(tx.enqueue(&new).await?, "{key} was there already");
        Ok(())
    }
}
