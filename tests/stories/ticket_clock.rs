//! The clock of a ticket that is no incident's: who is told when, and what stops it.

use chrono::TimeDelta;
use guardia::access::Answer;
use guardia::clock::Instant;
use guardia::ops::{Once, add_comment, change_ticket, move_ticket, open_ticket};
use guardia::sla::{Severity, Verdict};
use guardia::stage::{Props, Stage};
use guardia::store::Tx;
use guardia::ticket::{Author, NewComment, NewTicket, Ticket, TicketChange, TicketComment, TicketEdit, TicketState};
use guardia_sandbox::story::Host as _;
use serde_json::{Value, json};

/// A Monday, two hours before the end of service.
const START: &str = "2026-03-02T14:00:00-04:00";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn program() -> Author {
    Author::Program("portal".to_owned())
}

async fn stage(folder: &tempfile::TempDir) -> Stage {
    Stage::set(at(START), folder.path(), &Props::default()).await.unwrap()
}

fn kept<T>(_: &T) -> Answer {
    Answer::json(200, &Value::Null)
}

async fn open(stage: &Stage, severity: &str) -> Ticket {
    let new = json!({ "kind": "incident", "severity": severity, "subject": "No abre la nómina", "external_id": "P-1" });
    let new: NewTicket = serde_json::from_value(new).unwrap();
    open_ticket(stage.hotline().unwrap(), new, &program(), Once::new(None, &kept)).await.unwrap()
}

async fn comment(stage: &Stage, ticket: &Ticket, public: bool, by_person: bool) {
    let comment = NewComment { text: "Lo vemos.".to_owned(), public, by_person, mark: None };
    let once = Once::new(None, &kept::<(Ticket, TicketComment)>);
    add_comment(stage.hotline().unwrap(), ticket.id, comment, &program(), once).await.unwrap();
}

async fn read(stage: &Stage, ticket: &Ticket) -> Ticket {
    stage.hotline().unwrap().store.read(async |tx: &mut Tx| tx.ticket(ticket.id).await).await.unwrap().unwrap()
}

/// What happened to it, without what was opened.
async fn history(stage: &Stage, ticket: &Ticket) -> Vec<TicketChange> {
    let store = &stage.hotline().unwrap().store;
    let entries = store.read(async |tx: &mut Tx| tx.ticket_entries(ticket.id, 1, 100).await).await.unwrap();
    entries.into_iter().map(|entry| entry.change).collect()
}

/// The texts that anybody got so far: to whom, and the words.
fn texts(stage: &Stage) -> Vec<(String, String)> {
    stage.network.messages().iter().map(|message| (message.to.clone(), message.body.clone())).collect()
}

async fn until(stage: &mut Stage, instant: &str) {
    while stage.advance(at(instant)).await {}
}

const SUPERVISOR: &str = "+18095550104";

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_hear_at_three_quarters_and_at_the_breach_in_office_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let ticket = open(&stage, "major").await;
    assert_eq!(ticket.clock.due_at, at("2026-03-03T14:00:00-04:00"));
    comment(&stage, &ticket, false, true).await;
    comment(&stage, &ticket, true, false).await;
    until(&mut stage, "2026-03-03T11:59:59-04:00").await;
    assert_eq!(texts(&stage), [], "a note, and a program's own words, answer nobody; and it is not time");
    until(&mut stage, "2026-03-03T12:00:01-04:00").await;
    let warning = "OGTIC TICKET MAYOR P-1: No abre la nomina. Sin respuesta; vence 03/03 14:00.".to_owned();
    assert_eq!(texts(&stage), [(SUPERVISOR.to_owned(), warning)]);
    until(&mut stage, "2026-03-03T14:00:00-04:00").await;
    assert_eq!(texts(&stage).len(), 1, "an answer at this instant would still keep the promise");
    until(&mut stage, "2026-03-03T14:00:01-04:00").await;
    let breach = "OGTIC TICKET MAYOR P-1: No abre la nomina. VENCIDO sin respuesta: 03/03 14:00.".to_owned();
    assert_eq!(texts(&stage)[1..], [(SUPERVISOR.to_owned(), breach)]);
    assert!(read(&stage, &ticket).await.clock.breached_at.is_some());
    comment(&stage, &ticket, true, true).await;
    let answered = read(&stage, &ticket).await;
    assert_eq!(answered.clock.verdict(stage.now()), Verdict::Breached);
    let changes = history(&stage, &ticket).await;
    assert_eq!(changes[2..4], [TicketChange::Warned { percent: 75 }, TicketChange::Breached]);
    assert!(changes.contains(&TicketChange::Responded { met: false }));
    until(&mut stage, "2026-03-10T14:00:00-04:00").await;
    assert_eq!(texts(&stage).len(), 2, "each once");
    stage.check("nothing_is_left_over", &Value::Null).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_answered_in_time_worries_nobody_until_it_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let ticket = open(&stage, "major").await;
    until(&mut stage, "2026-03-03T11:00:00-04:00").await;
    comment(&stage, &ticket, true, true).await;
    let answered = read(&stage, &ticket).await;
    assert_eq!((answered.state, answered.clock.responded_at), (TicketState::Open, Some(stage.now())));
    until(&mut stage, "2026-03-04T08:00:00-04:00").await;
    assert_eq!(texts(&stage), []);
    // Done, and it comes back: the promise is made anew, and the first one stays kept.
    let hotline = stage.hotline().unwrap().clone();
    let mut now = answered;
    for to in [TicketState::Resolved, TicketState::Open] {
        let once = Once::new(None, &kept);
        now = move_ticket(&hotline, ticket.id, now.version, to, None, &program(), once).await.unwrap();
    }
    assert_eq!((now.clock.cycle, now.clock.due_at), (2, at("2026-03-04T16:00:00-04:00")));
    assert!(history(&stage, &ticket).await.contains(&TicketChange::Responded { met: true }));
    until(&mut stage, "2026-03-04T14:00:01-04:00").await;
    assert_eq!(texts(&stage).len(), 1);
    // It was none: nobody waits any more.
    let version = read(&stage, &ticket).await.version;
    let once = Once::new(None, &kept);
    move_ticket(&hotline, ticket.id, version, TicketState::Cancelled, None, &program(), once).await.unwrap();
    until(&mut stage, "2026-03-09T14:00:00-04:00").await;
    assert_eq!(texts(&stage).len(), 1);
    stage.check("nothing_is_left_over", &Value::Null).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_severity_is_another_promise_from_the_same_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let ticket = open(&stage, "major").await;
    let to = async |stage: &Stage, severity: Severity| {
        let edit = TicketEdit { severity: Some(severity), ..TicketEdit::default() };
        let version = read(stage, &ticket).await.version;
        change_ticket(stage.hotline().unwrap(), ticket.id, version, edit, &program()).await.unwrap()
    };
    let general = to(&stage, Severity::General).await;
    assert_eq!(general.clock.due_at, at("2026-03-04T14:00:00-04:00"));
    until(&mut stage, "2026-03-03T15:00:00-04:00").await;
    let told = texts(&stage);
    assert_eq!(told, [], "the marks of the promise before are nobody's any more");
    // Raised after its four hours: broken at once. For a critical one nobody is paged here, and supervisors hear that.
    let critical = to(&stage, Severity::Critical).await;
    assert_eq!(critical.clock.due_at, at("2026-03-02T18:00:00-04:00"));
    let soon = stage.now() + TimeDelta::seconds(5);
    while stage.advance(soon).await {}
    let told: Vec<String> = texts(&stage).into_iter().map(|(_, body)| body).collect();
    assert!(told.iter().any(|text| text.contains("VENCIDO")), "{told:?}");
    assert!(told.iter().all(|text| text.starts_with("OGTIC TICKET CRITICO P-1: ")), "{told:?}");
    assert!(read(&stage, &ticket).await.clock.breached_at.is_some());
    stage.check("nothing_is_left_over", &Value::Null).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_was_edited_counts_running_clocks_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let ticket = open(&stage, "major").await;
    stage.stop().await;
    // The next day is a holiday by decree.
    let day = r#"exceptions = [{ date = "2026-03-03", closed = true, reason = "Tormenta", author = "M. Peña" }]"#;
    let table = toml::from_str(day).unwrap();
    stage.config.calendar = guardia::sla::Calendar::from_table(&table).unwrap();
    stage.start().await.unwrap();
    let due_at = at("2026-03-04T14:00:00-04:00");
    assert_eq!(read(&stage, &ticket).await.clock.due_at, due_at);
    assert_eq!(history(&stage, &ticket).await, [TicketChange::Timed { cycle: 1, due_at }]);
    until(&mut stage, "2026-03-04T11:59:59-04:00").await;
    assert_eq!(texts(&stage), []);
    until(&mut stage, "2026-03-04T12:00:01-04:00").await;
    assert_eq!(texts(&stage).len(), 1);
    // Nothing moved since: nothing is said again.
    stage.stop().await;
    stage.start().await.unwrap();
    assert_eq!(history(&stage, &ticket).await.len(), 2);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_ticket_is_told_at_once_and_a_stop_over_both_marks_leaves_the_breach() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let ticket = open(&stage, "critical").await;
    until(&mut stage, "2026-03-02T14:00:05-04:00").await;
    let told = "OGTIC TICKET CRITICO P-1: No abre la nomina. Sin aviso a guardia; vence 02/03 18:00.".to_owned();
    assert_eq!(texts(&stage), [(SUPERVISOR.to_owned(), told)]);
    stage.stop().await;
    until(&mut stage, "2026-03-02T19:00:00-04:00").await;
    stage.start().await.unwrap();
    until(&mut stage, "2026-03-02T19:01:00-04:00").await;
    let told: Vec<String> = texts(&stage).into_iter().map(|(_, body)| body).skip(1).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("VENCIDO"), "{told:?}");
    assert_eq!(history(&stage, &ticket).await, [TicketChange::Warned { percent: 0 }, TicketChange::Breached]);
    stage.check("nothing_is_left_over", &Value::Null).await.unwrap();
    stage.stop().await;
}
