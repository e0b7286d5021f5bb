//! The built-in ticket store as programs use it: over HTTP, on the built program, once on a file and once on a server of
//! PostgreSQL. What is refused changes nothing.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

#[path = "tickets_api/client.rs"]
mod client;
#[path = "support/postgres.rs"]
mod postgres_cluster;
#[path = "tickets_api/refused.rs"]
mod refused;
#[expect(dead_code, reason = "of the things to keep, a case is enough")]
#[path = "conformance/sample.rs"]
mod sample;
#[expect(dead_code, reason = "no network and no people are needed here")]
#[path = "support/site.rs"]
mod site;
#[path = "tickets_api/stories.rs"]
mod stories;

use std::path::{Path, PathBuf};

use guardia::id::TicketId;
use guardia::store::{Store, StoreError, Tx, Url};
use guardia::ticket::{Requester, ResponseClock, Ticket, TicketChannel, TicketKind, TicketState};

use client::Client;
use site::{Server, Site};

/// A running Guardia, and programs that may use it.
pub struct Desk {
    site: Site,
    server: Server,
    url: String,
    /// May read, write and attach.
    pub portal: Client,
    /// May read.
    pub reader: Client,
    /// May nothing.
    pub nobody: Client,
    /// The number of the one case.
    pub case: String,
}

impl Desk {
    async fn open(postgres: Option<String>) -> Self {
        let site = Site::new(postgres.as_deref(), include_str!("../directory.yaml"), "http://127.0.0.1:1", "");
        let url =
            postgres.unwrap_or_else(|| format!("sqlite:{}", site.settings().with_file_name("guardia.db").display()));
        let case = one_case(&url).await;
        let client = |token: String| Client { address: site.listen, token };
        let all = "tickets:read,tickets:write,tickets:attach";
        let portal = client(token(&site, "portal", all).await);
        let reader = client(token(&site, "reader", "tickets:read").await);
        let nobody = client(String::new());
        let mut server = site.start();
        server.ready().await;
        Self { site, server, url, portal, reader, nobody, case }
    }

    /// The contents of attachments that are there, whole or half.
    pub fn kept_files(&self) -> Vec<PathBuf> {
        files(&self.site.settings().with_file_name("attachments"))
    }

    async fn close(self) {
        let is_postgres = self.url.starts_with("postgres");
        self.server.kill().await;
        if is_postgres {
            postgres_cluster::remove(&self.url).await;
        }
    }
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

async fn token(site: &Site, name: &str, scopes: &str) -> String {
    let said = site.run(&["token", "add", name, "--scope", scopes]).await;
    said.trim().lines().last().unwrap().trim().to_owned()
}

/// Keeps a case with its ticket, as a call leaves them.
async fn one_case(url: &str) -> String {
    let store = Store::open(&url.parse::<Url>().unwrap()).await.unwrap();
    let case = store
        .write(async |tx: &mut Tx| -> Result<String, StoreError> {
            let case = sample::open(tx, 1).await?;
            let ticket = Ticket {
                id: TicketId(sample::uuid(1)),
                external_id: Some(case.number.to_string()),
                incident: Some(case.id),
                kind: TicketKind::Incident,
                severity: case.severity,
                state: TicketState::New,
                channel: TicketChannel::Phone,
                requester: Requester { phone: case.call_back.clone(), ..Requester::default() },
                institution: None,
                service: None,
                subject: format!("[{}] Caída", case.number),
                body: String::new(),
                clock: ResponseClock {
                    cycle: 1,
                    started_at: case.started_at,
                    target: case.target,
                    due_at: case.due_at,
                    responded_at: None,
                    breached_at: None,
                },
                created_at: case.started_at,
                updated_at: case.started_at,
                version: 1,
            };
            tx.insert_ticket(&ticket).await?;
            Ok(case.number.to_string())
        })
        .await
        .unwrap();
    store.close().await;
    case
}

/// Makes each story a test on each database.
macro_rules! stories {
    ($($room:ident::$story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                let desk = crate::Desk::open(None).await;
                crate::$room::$story(&desk).await;
                desk.close().await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                let desk = crate::Desk::open(Some(crate::postgres_cluster::database().await)).await;
                crate::$room::$story(&desk).await;
                desk.close().await;
            })+
        }
    };
}

stories! {
    stories::a_ticket_lives_its_life,
    stories::tickets_are_walked_page_by_page,
    stories::two_who_change_one_ticket_do_not_undo_each_other,
    stories::a_request_that_comes_twice_is_done_once,
    stories::a_file_comes_back_as_it_was_sent,
    stories::the_ticket_of_a_case_follows_its_case,
    refused::what_is_refused_changes_nothing,
    refused::a_file_that_is_refused_leaves_nothing,
}
