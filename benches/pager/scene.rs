//! Guardia while it is measured: the built program, the provider that it sends to, and its store as a visitor sees it.

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::config::Config;
use guardia::store::{Store, StoreError, Tx};

use crate::line::{self, Act, Caller, Connection, Keys, micros};
use crate::provider::Provider;
use crate::site::{Server, Site};

/// Who is paged first.
pub const FIRST: &str = "+18095550103";
/// An hour for every step, so that only the steps that are moved come due. Texts only: a call would be another measurement.
const ROSTER: &str = "people:\n\
  - { id: carmen, name: Carmen, contacts: [{ id: movil, sms: \"+18095550103\" }] }\n\
  - { id: luis, name: Luis, contacts: [{ id: movil, sms: \"+18095550102\" }] }\n\
rotation: { order: [carmen, luis], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n\
escalation:\n  default:\n    steps:\n      - { notify: [{ person: carmen }], wait: 1h }\n      \
- { notify: [{ person: luis }], wait: 1h }\n";
/// How long a message may take before the measurement is given up.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// Guardia while it is measured.
pub struct Scene {
    pub site: Site,
    pub server: Server,
    pub provider: Provider,
    pub store: Store,
    pub clock: Clock,
    /// Callers so far: no two calls are of the same one.
    callers: usize,
}

impl Scene {
    /// Starts on the database at `store`, or on a new SQLite file.
    pub async fn set(store: Option<&str>) -> Self {
        let provider = Provider::open().await;
        let site = Site::new(store, &line::directory(), &provider.url, "");
        site.import_roster(ROSTER).await;
        let config = Config::load(&site.settings(), std::iter::empty()).unwrap();
        let mut server = site.start();
        server.ready().await;
        let store = Store::visit(&config.store).await.unwrap();
        Self { site, server, provider, store, clock: Clock::machine(), callers: 0 }
    }

    /// Somebody who did not call before.
    pub fn caller(&mut self) -> Caller {
        self.callers += 1;
        Caller::new(self.callers)
    }

    /// One call from the first document to the last.
    pub async fn whole_call(&mut self) {
        let (caller, mut connection) = (self.caller(), Connection::open(self.site.listen).await);
        let took = connection.critical(&caller, &self.provider.url).await;
        assert_eq!(took.len(), line::TURNS);
        self.caught_up().await;
    }

    /// From the request that commits an incident to its page at the provider, one after the other; in microseconds.
    pub async fn first_pages(&mut self, count: usize) -> Vec<i64> {
        let mut connection = Connection::open(self.site.listen).await;
        let mut took = Vec::with_capacity(count);
        self.provider.forget();
        for _ in 0..count {
            let caller = self.caller();
            let began = report(&mut connection, &caller, &self.provider.url).await;
            took.push(micros(began, self.provider.message_to(FIRST).await));
            connection.over(&caller).await;
            self.caught_up().await;
        }
        took
    }

    /// The next message at the provider, as plain text; gives up at `limit`.
    pub async fn next(&mut self, limit: Instant) -> (Instant, String) {
        tokio::select! {
            (at, form) = self.provider.next() => (at, plain(&form)),
            _ = self.clock.sleep_until(limit) => panic!("process {}: a message never came:\n{}", self.server.id(), self.server.log()),
        }
    }

    /// Jobs that wait.
    pub async fn jobs(&self) -> i64 {
        self.store.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap().pending
    }

    /// Waits until no job is due or at work.
    pub async fn caught_up(&self) {
        let limit = self.clock.now() + PATIENCE;
        loop {
            let now = self.clock.now();
            let idle = self.store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
                let next = tx.next_due().await?;
                Ok(tx.job_counts().await?.leased == 0 && next.is_none_or(|next| next > now))
            });
            if idle.await.unwrap() {
                return;
            }
            assert!(now < limit, "jobs are never done:\n{}", self.server.log());
            drop(self.clock.sleep_until(now + TimeDelta::milliseconds(5)).await);
        }
    }

    /// What was measured did happen: no job is dead, and no open incident is forgotten.
    pub async fn leave(self) {
        let read = self.store.read(async |tx: &mut Tx| -> Result<_, StoreError> {
            Ok((tx.job_counts().await?.dead, tx.open_incidents_without_job().await?.len()))
        });
        assert_eq!(read.await.unwrap(), (0, 0), "{}", self.server.log());
        self.store.close().await;
        self.server.kill().await;
    }
}

/// Rings and reports; the instant before the request that commits the incident.
pub async fn report(connection: &mut Connection, caller: &Caller, api: &str) -> Instant {
    let document = connection.ring(caller).await;
    let began = Clock::machine().now();
    connection.act(caller, api, Act::Keys(Keys::Fixed("1")), &document.body).await;
    began
}

/// The runs of digits in a text.
pub fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty())
}

/// Who reported what a page is about, as the page has it: without the country's code.
pub fn reporter(page: &str) -> String {
    numbers(page).find(|number| number.len() == 10).unwrap().to_owned()
}

/// A form without its encoding.
fn plain(form: &str) -> String {
    let mut bytes = form.bytes();
    let mut text = Vec::with_capacity(form.len());
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            plain => plain,
        });
    }
    String::from_utf8(text).unwrap()
}
