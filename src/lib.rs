//! Guardia: the telephony and IVR backend of a government's critical-incident hotline.
//!
//! It answers the line, logs the call as an incident with a four-hour clock, pages the people on duty until one of them
//! proves to be there, and hands the case to the ticket store. `ARCHITECTURE.md` tells how, and why it is built so;
//! this page is the map.
//!
//! # Rooms
//!
//! Every module below is a room. A room may import only what its row names, and only rooms that stand above it, so
//! there are no circles. `tests/tidy` reads this table and checks every path in `src/` against it; whoever changes the
//! table changes the architecture, and says so in `ARCHITECTURE.md`.
//!
//! A word in backticks is a room, or a part of one; a plain word is every room of that kind, and "above" is every room
//! in the rows above. Rooms that are `pure` do no input or output and never wait: no async, no tokio, no database, no
//! network, no files, no environment.
//!
//! | room | kind | may import | what it is for |
//! |---|---|---|---|
//! | [`clock`] | ground | | time as a parameter: now, and sleeping until an instant; the machine's, or simulated |
//! | [`id`] | ground, pure | `clock` | ids and randomness as a parameter |
//! | [`phone`] | ground, pure | | telephone numbers, E.164; they mask themselves where they could be logged |
//! | [`language`] | ground, pure | | the languages people are spoken to in |
//! | [`source`] | ground, pure | | pages of YAML that people write, with the place of everything and every problem |
//! | [`sla`] | domain, pure | ground | the promise: targets, calendars, holidays, deadlines, warnings |
//! | [`incident`] | domain, pure | ground, `sla` | an incident: case number, table of states, timeline |
//! | [`flow`] | domain, pure | ground, `incident`, `sla` | voice flows: document, checker, machine, prompts, speech |
//! | [`oncall`] | domain, pure | ground, `sla` | people, contacts, schedules, escalations: who is on duty at an instant |
//! | [`call`] | domain, pure | ground, `flow`, `incident`, `sla` | a call: session, turns, timeline, outcome, and the log |
//! | [`paging`] | domain, pure | ground, `oncall`, `sla`, `incident` | the ladder: who is told what next, and when |
//! | [`readiness`] | domain, pure | ground, `oncall`, `paging` | would a call that comes tonight reach a person: findings and their mend |
//! | [`ticket`] | domain, pure | ground, `incident`, `sla` | what the ticket store must hold |
//! | [`access`] | domain, pure | ground | programs: tokens, keys of requests, hooks; people: accounts, roles, the audit |
//! | [`store`] | outer | ground, domain | SQLite and PostgreSQL behind one `Store`; the only SQL |
//! | [`provider`] | outer | ground, domain | the outside world: telephony, messages, ticket stores; never the store |
//! | [`config`] | outer | ground, domain, `provider`, `store::Url` | `guardia.toml` and `GUARDIA_*`, checked once |
//! | [`ops`] | outer | ground, domain, `store` | one use case per file: transactions in which nothing is sent |
//! | [`work`] | outer | ground, domain, `store`, `provider`, `ops` | durable jobs, one file per kind |
//! | [`web`] | outer | ground, domain, `store`, `ops`, `provider::telephony`, `provider::Secret`, `provider::Blobs`, `provider::BlobError` | webhooks, API, console |
//! | [`serve`] | outer | above | composition root and life cycle: the one place that knows every room |
//! | [`stage`] | outer | above | a story's stage: Guardia and the sandbox in one simulated time |
//! | [`cli`] | outer | above | one file per sub-command |
//! | `main` | outer | `cli` | the program's first line |
//!
//! # Crates with one home
//!
//! Some crates are a power that only one room is given. Everybody else asks that room.
//!
//! | crate | only in |
//! |---|---|
//! | `sqlx` | `store` |
//! | `reqwest` | `provider` |
//! | `lettre` | `provider` |
//! | `quick_xml` | `provider` |
//! | `object_store` | `provider` |
//! | `minijinja` | `provider` |
//! | `rand` | `id` |
//! | `argon2` | `access` |
//! | `askama` | `web` |
//! | `axum` | `web`, `serve` |
//! | `guardia_sandbox` | `stage`, `cli` |

pub mod access;
pub mod call;
pub mod cli;
pub mod clock;
pub mod config;
pub mod flow;
pub mod id;
pub mod incident;
pub mod language;
pub mod oncall;
pub mod ops;
pub mod paging;
pub mod phone;
pub mod provider;
pub mod readiness;
pub mod serve;
pub mod sla;
pub mod source;
pub mod stage;
pub mod store;
pub mod ticket;
pub mod web;
pub mod work;
