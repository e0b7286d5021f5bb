//! A case and what happens to it, on a stage whose ticket store is a [`Desk`].

use std::sync::Arc;

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Actor, CaseNumber, Event, Incident};
use guardia::ops::{self, Estimate};
use guardia::provider::ticketing::TicketStore;
use guardia::stage::{Props, Stage};
use guardia::store::{DeadJob, IncidentFilter, StoreError, Tx};
use guardia_sandbox::story::{Host as _, Story};
use tempfile::TempDir;

use crate::desk::Desk;

/// Somebody reports, says what happened, and hangs up.
const CALL: &str = "story: A case
at: 2026-03-07T22:00:00-04:00
caller: { from: \"+18095550142\", dials: \"+18095550100\" }
steps:
  - hears: marque uno
  - presses: 1
  - hears: código de cuatro dígitos
  - presses: \"1042#\"
  - hears: ministerio de hacienda
  - presses: 1
  - hears: nómina, marque uno
  - presses: 1
  - hears: detenido, marque uno
  - presses: 1
  - hears: díganos qué falla
  - says: { text: \"La nómina no responde\", seconds: 4 }
  - hangs_up
";

/// The settings of the store; it is never reached by them.
const SETTINGS: &str = "[ticketing]\nstore = \"zammad\"\nurl = \"http://127.0.0.1:9\"\n";

/// A stage with a desk.
pub struct Place {
    pub stage: Stage,
    pub desk: Desk,
    _folder: TempDir,
}

impl Place {
    pub async fn open() -> Self {
        Self::with("").await
    }

    /// With further lines of `[ticketing]`.
    pub async fn with(lines: &str) -> Self {
        let desk = Desk::default();
        Self { desk: desk.clone(), ..Self::on(Arc::new(desk), lines).await }
    }

    /// On another store; the desk stays empty.
    pub async fn on(store: Arc<dyn TicketStore>, lines: &str) -> Self {
        Self::of(Props { ticket_store: Some(store), settings: format!("{SETTINGS}{lines}"), ..Props::default() }).await
    }

    /// Nobody ever imported a roster.
    pub async fn without_roster() -> Self {
        let desk = Desk::default();
        let ticket_store: Option<Arc<dyn TicketStore>> = Some(Arc::new(desk.clone()));
        let props = Props { roster: None, ticket_store, settings: SETTINGS.to_owned(), ..Props::default() };
        Self { desk, ..Self::of(props).await }
    }

    /// On the built-in store; the desk stays empty.
    pub async fn built_in(settings: &str) -> Self {
        Self::of(Props { settings: settings.to_owned(), ..Props::default() }).await
    }

    async fn of(props: Props) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at: Instant = "2026-03-07T22:00:00-04:00".parse().unwrap();
        let stage = Stage::set(at, folder.path(), &props).await.unwrap();
        Self { stage, desk: Desk::default(), _folder: folder }
    }

    /// Somebody calls.
    pub async fn call(&mut self) {
        let report = self.stage.play(Story::parse(CALL, "a case").unwrap()).await;
        assert!(report.passed(), "{report}");
    }

    /// Time passes.
    pub async fn pass(&mut self, time: TimeDelta) {
        let limit = self.stage.now() + time;
        while self.stage.advance(limit).await {}
    }

    pub async fn cases(&self) -> Vec<Incident> {
        let store = &self.stage.hotline().unwrap().store;
        let filter = IncidentFilter { open: false, limit: 2_000 };
        let found: Result<Vec<Incident>, StoreError> = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await;
        found.unwrap()
    }

    /// The only case that is open.
    pub async fn open_case(&self) -> CaseNumber {
        let store = &self.stage.hotline().unwrap().store;
        let filter = IncidentFilter { open: true, limit: 2 };
        let found: Result<Vec<Incident>, StoreError> = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await;
        let mut found = found.unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0).number
    }

    pub async fn case(&self) -> Incident {
        let mut cases = self.cases().await;
        assert_eq!(cases.len(), 1);
        cases.remove(0)
    }

    /// Marta, an operator, does this to the only case.
    pub async fn does(&mut self, event: Event, note: Option<&str>) {
        let case = self.case().await;
        let marta = Actor::Operator("marta".to_owned());
        ops::change_case(self.stage.hotline().unwrap(), &case.number, event, &marta, note).await.unwrap();
        self.pass(TimeDelta::seconds(30)).await;
    }

    /// Marta says when it will be solved.
    pub async fn estimates(&mut self) {
        let case = self.case().await;
        let told = Estimate { eta: Some(self.stage.now() + TimeDelta::hours(3)), next_update: None };
        let marta = Actor::Operator("marta".to_owned());
        ops::estimate(self.stage.hotline().unwrap(), &case.number, told, &marta, None).await.unwrap();
        self.pass(TimeDelta::seconds(30)).await;
    }

    /// The whole life of a case, from the call on.
    pub async fn live(&mut self) {
        self.call().await;
        self.does(Event::Acknowledge, None).await;
        self.does(Event::Respond, Some("hablé con ella")).await;
        self.estimates().await;
        self.does(Event::Resolve, Some("reinicio del servidor")).await;
    }

    pub async fn dead(&self) -> Vec<DeadJob> {
        let store = &self.stage.hotline().unwrap().store;
        let found: Result<_, StoreError> = store.read(async |tx: &mut Tx| tx.dead_jobs(5_000).await).await;
        found.unwrap()
    }

    /// Nothing waits to be told, and nothing was given up.
    pub async fn nothing_is_left_over(&self) {
        let outlook = ops::store_outlook(self.stage.hotline().unwrap()).await.unwrap();
        assert_eq!((outlook.waiting, outlook.since), (0, None));
        assert!(self.dead().await.is_empty());
    }

    /// Texts to the supervisor about the ticket store.
    pub fn alerts(&self) -> Vec<String> {
        let texts = self.stage.network.messages().into_iter().map(|message| message.body);
        texts.filter(|body| body.contains("SISTEMA DE TICKETS")).collect()
    }
}
