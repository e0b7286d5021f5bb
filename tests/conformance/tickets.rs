//! The built-in ticket store.

use std::fmt::Write as _;

use chrono::TimeDelta;
use guardia::id::TicketId;
use guardia::incident::State;
use guardia::sla::{Mode, Severity, Target};
use guardia::store::{StoreError, TicketFilter, TicketOrder, TicketPlace};
use guardia::ticket::{
    Author, Digest, Edit, Requester, ResponseClock, Ticket, TicketAttachment, TicketChange, TicketChannel,
    TicketComment, TicketEntry, TicketField, TicketKind, TicketState,
};

use crate::bench::Bench;
use crate::sample::{at, incident, number, open, phone, uuid};

/// A ticket that a program made, `n` seconds into the story.
fn ticket(n: u32) -> Ticket {
    Ticket {
        id: TicketId(uuid(5000 + n)),
        external_id: Some(format!("PORTAL-{n}")),
        incident: None,
        kind: TicketKind::Enquiry,
        severity: Severity::General,
        state: TicketState::New,
        channel: TicketChannel::Api,
        requester: Requester {
            name: Some("Marta Núñez 🏛".to_owned()),
            email: Some("marta@example.gob.do".to_owned()),
            phone: Some(phone(n)),
        },
        institution: Some("MAP".to_owned()),
        service: None,
        subject: "¿Cómo se firma?".to_owned(),
        body: "Dos líneas.\nY otra.".to_owned(),
        clock: ResponseClock {
            cycle: 1,
            started_at: at(i64::from(n)),
            target: Target { span: TimeDelta::hours(48), mode: Mode::BusinessDays },
            due_at: at(i64::from(n)) + TimeDelta::days(4),
            responded_at: None,
            breached_at: None,
        },
        created_at: at(i64::from(n)),
        updated_at: at(i64::from(n)),
        version: 1,
    }
}

pub async fn a_ticket_comes_back_as_it_was_kept(bench: &Bench) {
    let full = ticket(1);
    let bare = Ticket {
        external_id: None,
        requester: Requester::default(),
        institution: None,
        service: Some("firma".to_owned()),
        body: String::new(),
        ..ticket(2)
    };
    for kept in [&full, &bare] {
        assert!(bench.unit(async |tx| tx.insert_ticket(kept).await).await);
        assert_eq!(bench.look(async |tx| tx.ticket(kept.id).await).await.as_ref(), Some(kept));
        assert_eq!(bench.unit(async |tx| tx.lock_ticket(kept.id).await).await.as_ref(), Some(kept));
    }
    let found = bench.look(async |tx| tx.ticket_by_external_id("PORTAL-1").await).await;
    assert_eq!(found, Some(full));
    assert_eq!(bench.look(async |tx| tx.ticket_by_external_id("PORTAL-2").await).await, None);
    assert_eq!(bench.look(async |tx| tx.ticket(TicketId(uuid(1))).await).await, None);
}

pub async fn an_external_id_is_one_tickets(bench: &Bench) {
    let (first, mut other) = (ticket(1), ticket(2));
    let twin = Ticket { external_id: first.external_id.clone(), ..ticket(3) };
    assert!(bench.unit(async |tx| tx.insert_ticket(&first).await).await);
    assert!(!bench.unit(async |tx| tx.insert_ticket(&twin).await).await);
    assert_eq!(bench.look(async |tx| tx.ticket(twin.id).await).await, None);
    assert!(bench.unit(async |tx| tx.insert_ticket(&other).await).await);
    other.external_id.clone_from(&first.external_id);
    let taken = bench.write(async |tx| tx.save_ticket(&mut other).await).await.unwrap_err();
    assert!(taken.is_taken(), "{taken}");
    assert!(!StoreError::Busy.is_taken());
    // Any number of tickets has none.
    for n in [4, 5] {
        let without = Ticket { external_id: None, ..ticket(n) };
        assert!(bench.unit(async |tx| tx.insert_ticket(&without).await).await);
    }
}

pub async fn a_ticket_becomes_what_it_became_and_a_second_writer_is_told(bench: &Bench) {
    let mut ticket = ticket(1);
    bench.unit(async |tx| tx.insert_ticket(&ticket).await).await;
    let mut stale = ticket.clone();
    ticket.external_id = None;
    ticket.kind = TicketKind::Change;
    ticket.severity = Severity::Major;
    ticket.state = TicketState::Waiting;
    ticket.requester = Requester { name: Some("Otra".to_owned()), ..Requester::default() };
    ticket.institution = None;
    ticket.service = Some("firma".to_owned());
    ticket.subject = "Otra cosa".to_owned();
    ticket.body = "Nada.".to_owned();
    ticket.clock = ResponseClock {
        cycle: 2,
        started_at: at(50),
        target: Target { span: TimeDelta::hours(8), mode: Mode::BusinessHours },
        due_at: at(60),
        responded_at: Some(at(70)),
        breached_at: Some(at(61)),
    };
    ticket.updated_at = at(71);
    bench.unit(async |tx| tx.save_ticket(&mut ticket).await).await;
    assert_eq!(ticket.version, 2);
    assert_eq!(bench.look(async |tx| tx.ticket(ticket.id).await).await.as_ref(), Some(&ticket));
    let refused = bench.write(async |tx| tx.save_ticket(&mut stale).await).await;
    assert!(matches!(refused, Err(StoreError::Conflict { table: "tickets" })), "{refused:?}");
    assert_eq!(bench.look(async |tx| tx.ticket(ticket.id).await).await, Some(ticket));
}

pub async fn an_incident_has_one_ticket(bench: &Bench) {
    let case = bench.unit(async |tx| open(tx, 1).await).await;
    let of_case = Ticket { external_id: Some(case.number.to_string()), incident: Some(case.id), ..ticket(1) };
    assert_eq!(bench.unit(async |tx| tx.lock_ticket_of(case.id).await).await, None);
    bench.unit(async |tx| tx.insert_ticket(&of_case).await).await;
    assert_eq!(bench.unit(async |tx| tx.lock_ticket_of(case.id).await).await.as_ref(), Some(&of_case));
    let second = Ticket { incident: Some(case.id), ..ticket(2) };
    assert!(bench.write(async |tx| tx.insert_ticket(&second).await).await.is_err());
    let of_nobody = Ticket { incident: Some(incident(9).id), ..ticket(3) };
    assert!(bench.write(async |tx| tx.insert_ticket(&of_nobody).await).await.is_err());
}

pub async fn tickets_are_listed_page_by_page_in_every_order(bench: &Bench) {
    // Three of one instant, so that the id decides, and changes in another order than they came.
    let mut tickets: Vec<Ticket> = (0..7)
        .map(|n| {
            let created_at = at(i64::from(n / 3));
            Ticket { created_at, updated_at: at(100 - i64::from(n)), ..ticket(n) }
        })
        .collect();
    for ticket in &tickets {
        bench.unit(async |tx| tx.insert_ticket(ticket).await).await;
    }
    let walk = async |order: TicketOrder, limit: u32| -> Vec<TicketId> {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = bench.look(async |tx| tx.tickets(&TicketFilter::default(), order, after, limit).await).await;
            let Some(last) = page.last() else { return seen };
            assert!(page.len() <= usize::try_from(limit).unwrap());
            after = Some(order.place(last));
            seen.extend(page.iter().map(|ticket| ticket.id));
        }
    };
    let ids = |tickets: &[Ticket]| -> Vec<TicketId> { tickets.iter().map(|ticket| ticket.id).collect() };
    tickets.sort_by_key(|ticket| (ticket.created_at, ticket.id));
    for limit in [1, 2, 3, 7, 50] {
        assert_eq!(walk(TicketOrder::Oldest, limit).await, ids(&tickets), "{limit}");
    }
    tickets.reverse();
    for limit in [1, 2, 50] {
        assert_eq!(walk(TicketOrder::Newest, limit).await, ids(&tickets), "{limit}");
    }
    tickets.sort_by_key(|ticket| (ticket.updated_at, ticket.id));
    assert_eq!(walk(TicketOrder::Updated, 2).await, ids(&tickets));
    // A place need not be a ticket's: one that went, or was changed since, holds nobody up.
    let between = TicketPlace { at: at(0), id: TicketId(uuid(u32::MAX)) };
    let rest =
        bench.look(async |tx| tx.tickets(&TicketFilter::default(), TicketOrder::Oldest, Some(between), 50).await).await;
    assert_eq!(rest.len(), 4);
}

pub async fn tickets_are_listed_by_what_they_are(bench: &Bench) {
    let (one, mut two, three) = (ticket(1), ticket(2), ticket(3));
    two.kind = TicketKind::Change;
    two.severity = Severity::Major;
    two.state = TicketState::Resolved;
    two.institution = Some("DGII".to_owned());
    two.service = Some("firma".to_owned());
    for kept in [&one, &two, &three] {
        bench.unit(async |tx| tx.insert_ticket(kept).await).await;
    }
    let all = TicketFilter::default;
    for (filter, expected) in [
        (all(), vec![&one, &two, &three]),
        (TicketFilter { kind: Some(TicketKind::Change), ..all() }, vec![&two]),
        (TicketFilter { severity: Some(Severity::Major), ..all() }, vec![&two]),
        (TicketFilter { state: Some(TicketState::New), ..all() }, vec![&one, &three]),
        (TicketFilter { institution: Some("DGII".to_owned()), ..all() }, vec![&two]),
        (TicketFilter { service: Some("firma".to_owned()), ..all() }, vec![&two]),
        (TicketFilter { external_id: Some("PORTAL-3".to_owned()), ..all() }, vec![&three]),
        (TicketFilter { updated_since: Some(at(2)), ..all() }, vec![&two, &three]),
        (TicketFilter { kind: Some(TicketKind::Change), state: Some(TicketState::New), ..all() }, vec![]),
    ] {
        let found = bench.look(async |tx| tx.tickets(&filter, TicketOrder::Oldest, None, 50).await).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

pub async fn tickets_whose_clock_runs_are_found(bench: &Bench) {
    let case = bench.unit(async |tx| open(tx, 1).await).await;
    let of_case = Ticket { external_id: None, incident: Some(case.id), ..ticket(1) };
    let mut answered = ticket(2);
    answered.clock.responded_at = Some(at(9));
    let mut all = vec![of_case, answered];
    for (n, state) in (3..).zip(TicketState::ALL) {
        all.push(Ticket { state, ..ticket(n) });
    }
    for kept in &all {
        bench.unit(async |tx| tx.insert_ticket(kept).await).await;
    }
    let expected: Vec<&Ticket> = all.iter().filter(|ticket| ticket.awaits_response()).collect();
    assert_eq!(expected.len(), 3);
    let found = bench.look(async |tx| tx.waiting_tickets(50).await).await;
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    assert_eq!(bench.look(async |tx| tx.waiting_tickets(2).await).await, found[..2]);
}

pub async fn a_ticket_history_has_no_gaps(bench: &Bench) {
    let ticket = ticket(1);
    let missing = bench
        .write(async |tx| tx.append_ticket_entry(ticket.id, at(0), &Author::System, &TicketChange::Opened).await)
        .await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "tickets", .. })), "{missing:?}");
    bench.unit(async |tx| tx.insert_ticket(&ticket).await).await;
    let edit = Edit { field: TicketField::Subject, before: Some("a".to_owned()), after: Some("ñ 🏛".to_owned()) };
    let moved =
        TicketChange::Moved { from: TicketState::New, to: TicketState::Open, note: Some("\"nota\"".to_owned()) };
    let changes = [
        (Author::Program("portal".to_owned()), TicketChange::Opened),
        (Author::Person("ana".to_owned()), TicketChange::Edited { edits: vec![edit] }),
        (Author::Operator("Marta".to_owned()), moved),
        (Author::Requester, TicketChange::Commented { public: true }),
        (Author::System, TicketChange::Timed { cycle: 2, due_at: at(9) }),
    ];
    let mut expected = Vec::new();
    for (sequence, (author, change)) in (1..).zip(changes) {
        let place =
            bench.unit(async |tx| tx.append_ticket_entry(ticket.id, at(sequence), &author, &change).await).await;
        assert_eq!(place, sequence);
        expected.push(TicketEntry { sequence, at: at(sequence), author, change });
    }
    let lines = async |after, limit| bench.look(async |tx| tx.ticket_entries(ticket.id, after, limit).await).await;
    assert_eq!(lines(0, 50).await, expected);
    assert_eq!(lines(1, 2).await, expected[1..3]);
    assert_eq!(lines(5, 50).await, []);
    // The version is the ticket's own: a line alone changes nothing of it.
    assert_eq!(bench.look(async |tx| tx.ticket(ticket.id).await).await, Some(ticket));
}

pub async fn comments_are_read_in_order_and_a_mark_is_there_once(bench: &Bench) {
    let (ticket, other) = (ticket(1), ticket(2));
    let comment = |sequence, mark: Option<&str>, public| TicketComment {
        sequence,
        mark: mark.map(str::to_owned),
        text: format!("Línea {sequence}\n🏛"),
        public,
        by_person: !public,
        author: Author::Program("portal".to_owned()),
        at: at(sequence),
    };
    let mark = format!("{}/4", number(1));
    let kept = [comment(2, None, true), comment(3, Some(&mark), false), comment(7, None, false)];
    bench.unit(async |tx| tx.insert_ticket(&ticket).await).await;
    bench.unit(async |tx| tx.insert_ticket(&other).await).await;
    for comment in &kept {
        bench.unit(async |tx| tx.insert_ticket_comment(ticket.id, comment).await).await;
    }
    let read = async |after, limit| bench.look(async |tx| tx.ticket_comments(ticket.id, after, limit).await).await;
    assert_eq!(read(0, 50).await, kept);
    assert_eq!(read(2, 1).await, kept[1..2]);
    assert_eq!(read(7, 50).await, []);
    let marked = async |id, mark: &str| bench.look(async |tx| tx.ticket_comment_marked(id, mark).await).await;
    assert_eq!(marked(ticket.id, &mark).await.as_ref(), Some(&kept[1]));
    assert_eq!(marked(ticket.id, "26000019/5").await, None);
    assert_eq!(marked(other.id, &mark).await, None);
    let twice = comment(9, Some(&mark), true);
    assert!(bench.write(async |tx| tx.insert_ticket_comment(ticket.id, &twice).await).await.unwrap_err().is_taken());
    bench.unit(async |tx| tx.insert_ticket_comment(other.id, &twice).await).await;
    let nowhere = bench.write(async |tx| tx.insert_ticket_comment(TicketId(uuid(1)), &twice).await).await;
    assert!(nowhere.is_err());
}

pub async fn attachments_are_known_by_their_content(bench: &Bench) {
    let (ticket, other) = (ticket(1), ticket(2));
    let file = |sequence, name: &str, content| TicketAttachment {
        sequence,
        name: name.to_owned(),
        media: "audio/wav".to_owned(),
        size: 5_000_000_000,
        sha256: Digest::new(&[content; 32]),
        author: Author::System,
        at: at(sequence),
    };
    let kept = [file(2, "a.wav", 1), file(3, "ñ.wav", 1), file(5, "a.wav", 2)];
    for ticket in [&ticket, &other] {
        bench.unit(async |tx| tx.insert_ticket(ticket).await).await;
    }
    let is_attached = async |content| bench.look(async |tx| tx.is_attached(&Digest::new(&[content; 32])).await).await;
    assert!(!is_attached(1).await);
    for file in &kept {
        bench.unit(async |tx| tx.insert_ticket_attachment(ticket.id, file).await).await;
    }
    assert!(is_attached(1).await && is_attached(2).await && !is_attached(3).await);
    assert_eq!(bench.look(async |tx| tx.ticket_attachments(ticket.id).await).await, kept);
    assert_eq!(bench.look(async |tx| tx.ticket_attachments(other.id).await).await, []);
    let one = async |id, sequence| bench.look(async |tx| tx.ticket_attachment(id, sequence).await).await;
    assert_eq!(one(ticket.id, 3).await.as_ref(), Some(&kept[1]));
    assert_eq!(one(ticket.id, 4).await, None);
    assert_eq!(one(other.id, 3).await, None);
    let again = file(8, "a.wav", 1);
    assert!(bench.write(async |tx| tx.insert_ticket_attachment(ticket.id, &again).await).await.unwrap_err().is_taken());
    bench.unit(async |tx| tx.insert_ticket_attachment(other.id, &again).await).await;
}

pub async fn fifty_writers_of_a_ticket_keep_its_history_contiguous(bench: &Bench) {
    let ticket = ticket(1);
    bench.unit(async |tx| tx.insert_ticket(&ticket).await).await;
    let writers: Vec<_> = (0..50)
        .map(|writer| {
            let (store, id) = ((**bench).clone(), ticket.id);
            tokio::spawn(async move {
                store
                    .write(async |tx: &mut guardia::store::Tx| -> Result<(), StoreError> {
                        let mut ticket = tx.lock_ticket(id).await?.unwrap();
                        let change = TicketChange::Commented { public: false };
                        tx.append_ticket_entry(id, at(writer), &Author::System, &change).await?;
                        ticket.updated_at = at(writer);
                        tx.save_ticket(&mut ticket).await
                    })
                    .await
                    .unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let lines = bench.look(async |tx| tx.ticket_entries(ticket.id, 0, 100).await).await;
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), (1..=50).collect::<Vec<i64>>());
    assert_eq!(bench.look(async |tx| tx.ticket(ticket.id).await).await.unwrap().version, 51);
}

/// What the migration finds: the small table that only cases had.
const BEFORE: [(&str, &str); 2] = [
    (
        "sqlite",
        "CREATE TABLE tickets (external_id TEXT PRIMARY KEY, subject TEXT NOT NULL, body TEXT NOT NULL,
             state TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;",
    ),
    (
        "postgres",
        "CREATE TABLE tickets (external_id text PRIMARY KEY, subject text NOT NULL, body text NOT NULL,
             state text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);",
    ),
];

pub async fn tickets_of_an_older_version_are_carried_over(bench: &Bench) {
    let case = bench.unit(async |tx| open(tx, 1).await).await;
    let mut cancelled = bench.unit(async |tx| open(tx, 2).await).await;
    cancelled.state = State::Cancelled;
    cancelled.responded_at = Some(at(40));
    bench.unit(async |tx| tx.save_incident(&mut cancelled).await).await;
    let strange = "26009999";
    let mut script = String::new();
    for table in ["ticket_attachments", "ticket_comments", "ticket_entries", "tickets"] {
        writeln!(script, "DROP TABLE {table};").unwrap();
    }
    let dialect = if bench.is_sqlite() { "sqlite" } else { "postgres" };
    script += BEFORE.iter().find(|(name, _)| *name == dialect).unwrap().1;
    let instant = |seconds| {
        if bench.is_sqlite() { at(seconds).timestamp_micros().to_string() } else { format!("'{}'", at(seconds)) }
    };
    for (external_id, state) in
        [(case.number.as_str(), "open"), (cancelled.number.as_str(), "closed"), (strange, "resolved")]
    {
        let (created, updated) = (instant(5), instant(6));
        let row = format!("'{external_id}', 'Ñ', 'B', '{state}', {created}, {updated}");
        writeln!(script, "INSERT INTO tickets VALUES ({row});").unwrap();
    }
    script += match dialect {
        "sqlite" => include_str!("../../migrations/sqlite/0006_tickets.sql"),
        _ => include_str!("../../migrations/postgres/0006_tickets.sql"),
    };
    bench.script(&script).await;
    let of =
        async |external_id: &str| bench.look(async |tx| tx.ticket_by_external_id(external_id).await).await.unwrap();
    let carried = of(case.number.as_str()).await;
    let expected = Ticket {
        id: carried.id,
        external_id: Some(case.number.to_string()),
        incident: Some(case.id),
        kind: TicketKind::Incident,
        severity: case.severity,
        state: TicketState::Open,
        channel: TicketChannel::Phone,
        requester: Requester::default(),
        institution: None,
        service: None,
        subject: "Ñ".to_owned(),
        body: "B".to_owned(),
        clock: ResponseClock {
            cycle: 1,
            started_at: case.started_at,
            target: case.target,
            due_at: case.due_at,
            responded_at: None,
            breached_at: None,
        },
        created_at: at(5),
        updated_at: at(6),
        version: 1,
    };
    assert_eq!(carried, expected);
    assert_eq!(carried.id.0.get_version_num(), 7);
    assert_eq!(carried.id.0.get_variant(), uuid::Variant::RFC4122);
    let (seconds, nanos) = carried.id.0.get_timestamp().unwrap().to_unix();
    assert_eq!(i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos / 1_000_000), at(5).timestamp_millis());
    let carried = of(cancelled.number.as_str()).await;
    assert_eq!((carried.state, carried.clock.responded_at), (TicketState::Cancelled, Some(at(40))));
    let carried = of(strange).await;
    assert_eq!((carried.state, carried.incident), (TicketState::Resolved, None));
    let lines = bench.look(async |tx| tx.ticket_entries(carried.id, 0, 9).await).await;
    let opened = TicketEntry { sequence: 1, at: at(5), author: Author::System, change: TicketChange::Opened };
    assert_eq!(lines, [opened]);
    let next = bench
        .unit(async |tx| tx.append_ticket_entry(carried.id, at(9), &Author::System, &TicketChange::Breached).await)
        .await;
    assert_eq!(next, 2);
}
