//! The call log: its list, its words, what was decided about calls, and saved views.

use std::fmt::Write as _;

use chrono::TimeDelta;
use guardia::access::{Account, Role};
use guardia::call::{
    Call, CallFilter, CallPage, CallPlace, CallText, Direction, Disposed, Disposition, Happening, LoggedCall,
    SavedView, TextKind,
};
use guardia::flow::{Language, Outcome, Waited};
use guardia::id::{AccountId, CallId, IncidentId, MessageId, ViewId};
use guardia::incident::{Actor, Change, State};
use guardia::paging::{Dialogue, Place};
use guardia::sla::Severity;
use guardia::store::StoreError;

use crate::bench::Bench;
use crate::sample::{at, call, incident, phone, recording, uuid};

/// The calls of a page, by their numbers in the sample.
fn numbers(calls: &[LoggedCall]) -> Vec<u32> {
    calls.iter().map(|call| u32::try_from(call.call.0.as_u128() & 0xffff).unwrap()).collect()
}

async fn list(bench: &Bench, filter: &CallFilter) -> Vec<u32> {
    numbers(&bench.look(async |tx| tx.call_log(filter, CallPage::Newest, 100).await).await)
}

fn call_text(n: u32, kind: TextKind, text: &str) -> CallText {
    let author = (kind == TextKind::Note).then(|| "luz".to_owned());
    CallText { call: CallId(uuid(n)), kind, author, at: at(i64::from(n)), text: text.to_owned() }
}

/// A missed call that is over.
fn missed(n: u32) -> Call {
    let mut missed = call(n);
    missed.ended_at = Some(at(i64::from(n) + 8));
    missed.outcome = Some(Outcome::Missed);
    missed
}

pub async fn a_call_is_in_the_log_from_its_first_moment(bench: &Bench) {
    let mut kept = call(1);
    bench.unit(async |tx| tx.insert_call(&kept).await).await;
    let rows = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    let begun = LoggedCall {
        call: kept.id,
        place: rows[0].place,
        received_at: at(1),
        ended_at: None,
        direction: Direction::Inbound,
        caller: Some(phone(1)),
        outcome: None,
        node: None,
        institution: None,
        institution_name: None,
        service: None,
        severity: None,
        language: Language::Es,
        person: None,
        talked_with: None,
        waited: None,
        recordings: 0,
        disposition: None,
        case: None,
    };
    assert_eq!(rows, std::slice::from_ref(&begun));
    assert!(
        rows[0].place >= CallPlace::from(at(1)) && rows[0].place < CallPlace::from(at(1) + TimeDelta::milliseconds(1))
    );
    assert_eq!(begun.duration(), None);
    // It becomes what it becomes.
    kept.session.node = "despedida".to_owned();
    kept.session.language = Language::En;
    kept.outcome = Some(Outcome::Informed);
    kept.ended_at = Some(at(31));
    bench.unit(async |tx| tx.save_call(&kept).await).await;
    let rows = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    let over = LoggedCall {
        ended_at: Some(at(31)),
        outcome: Some(Outcome::Informed),
        node: Some("despedida".to_owned()),
        language: Language::En,
        ..begun
    };
    assert_eq!(rows, std::slice::from_ref(&over));
    assert_eq!(over.duration(), Some(TimeDelta::seconds(30)));
}

pub async fn the_log_follows_a_case(bench: &Bench) {
    let (mut opener, mut joiner) = (call(1), call(2));
    let mut case = incident(1);
    case.service = Some("nomina".to_owned());
    // A call is joined with the case that another one opened, and a person is called for it.
    let mut outbound = call(3);
    outbound.direction = Direction::Outbound;
    let dialogue = Dialogue {
        call: outbound.id,
        message: MessageId(uuid(5)),
        incident: case.id,
        person: "ana".to_owned(),
        place: Place::Ringing,
    };
    bench
        .unit(async |tx| {
            tx.insert_call(&opener).await?;
            tx.insert_call(&joiner).await?;
            tx.insert_incident(&case).await?;
            opener.incident = Some(case.id);
            tx.save_call(&opener).await?;
            joiner.incident = Some(case.id);
            tx.save_call(&joiner).await?;
            tx.insert_call(&outbound).await?;
            tx.insert_dialogue(&dialogue).await
        })
        .await;
    case.institution = Some("1042".to_owned());
    case.institution_name = Some("Ministerio de Hacienda".to_owned());
    case.severity = Severity::Major;
    case.state = State::Responded;
    case.responded_at = Some(at(60));
    bench.unit(async |tx| tx.save_incident(&mut case).await).await;
    let waited = [
        Happening::Reached { node: "espera".to_owned() },
        Happening::Keyed { keys: "1".to_owned() },
        Happening::Waited { how: Waited::Joined },
        Happening::Reached { node: "fin".to_owned() },
    ];
    bench
        .unit(async |tx| {
            tx.append_call_entries(opener.id, at(10), &waited[..2]).await?;
            tx.append_call_entries(opener.id, at(52), &waited[2..]).await?;
            tx.insert_recording(&recording(1, 1)).await?;
            tx.insert_recording(&recording(2, 1)).await?;
            for (seconds, person) in [(60, "ana"), (70, "luz")] {
                let bridged = Change::Bridged { person: person.to_owned(), seconds: 20 };
                tx.append_entry(case.id, at(seconds), &Actor::System, &bridged).await?;
            }
            opener.ended_at = Some(at(65));
            opener.outcome = Some(Outcome::Reported);
            tx.save_call(&opener).await
        })
        .await;
    let rows = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    assert_eq!(numbers(&rows), [3, 2, 1]);
    for row in &rows {
        let logged = row.case.as_ref().unwrap();
        assert_eq!((logged.incident, &logged.number, logged.state), (case.id, &case.number, State::Responded));
        assert_eq!((logged.due_at, logged.responded_at, logged.breached_at), (case.due_at, Some(at(60)), None));
        assert_eq!(logged.met(at(99)), Some(true));
        assert_eq!(row.institution.as_deref(), Some("1042"), "{row:?}");
        assert_eq!(row.institution_name.as_deref(), Some("Ministerio de Hacienda"));
        assert_eq!((row.service.as_deref(), row.severity), (Some("nomina"), Some(Severity::Major)));
    }
    assert_eq!((rows[0].person.as_deref(), rows[0].direction), (Some("ana"), Direction::Outbound));
    // Only the call itself has what was in it.
    for (row, talked, waited, recordings) in
        [(&rows[2], Some("ana"), Some(TimeDelta::seconds(22)), 2), (&rows[1], None, None, 0), (&rows[0], None, None, 0)]
    {
        assert_eq!((row.talked_with.as_deref(), row.waited, row.recordings), (talked, waited, recordings));
    }
}

pub async fn what_the_caller_said_of_their_institution_counts_without_a_case(bench: &Bench) {
    let mut kept = call(1);
    kept.session.institution = Some(guardia::flow::Institution {
        code: "1045".to_owned(),
        name: "Ayuntamiento del Distrito Nacional".to_owned(),
    });
    bench.unit(async |tx| tx.insert_call(&missed(1)).await).await;
    kept.outcome = Some(Outcome::Informed);
    bench.unit(async |tx| tx.save_call(&kept).await).await;
    let filter = CallFilter { institution: Some("1045".to_owned()), ..CallFilter::default() };
    assert_eq!(list(bench, &filter).await, [1]);
}

pub async fn the_log_is_read_page_by_page_in_both_directions(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in [2, 7, 1, 6, 3, 5, 4] {
                let mut kept = call(n);
                // Some in the same millisecond, and in the same microsecond.
                if n >= 5 {
                    kept.answered_at = at(5);
                }
                tx.insert_call(&kept).await?;
            }
            Ok(())
        })
        .await;
    let page = async |page| bench.look(async |tx| tx.call_log(&CallFilter::default(), page, 3).await).await;
    let first = page(CallPage::Newest).await;
    let second = page(CallPage::Older(first[2].place)).await;
    let third = page(CallPage::Older(second[2].place)).await;
    let all: Vec<u32> = [&first, &second, &third].into_iter().flat_map(|page| numbers(page)).collect();
    assert_eq!(all.len(), 7);
    assert_eq!(all[3..], [4, 3, 2, 1]);
    assert_eq!(page(CallPage::Newer(third[0].place)).await, second);
    assert_eq!(page(CallPage::Newer(second[0].place)).await, first);
    assert!(page(CallPage::Newer(first[0].place)).await.is_empty());
    assert!(page(CallPage::Older(third[0].place)).await.is_empty());
    let count = async |most| bench.look(async |tx| tx.call_log_count(&CallFilter::default(), most).await).await;
    assert_eq!((count(100).await, count(5).await), (7, 5));
}

pub async fn the_log_is_filtered_by_every_field(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in 1..=6 {
                let mut kept = call(n);
                kept.from = (n != 6).then(|| phone(n % 2));
                kept.session.language = if n == 4 { Language::En } else { Language::Es };
                kept.session.node = ["menu", "fin"][usize::from(n > 3)].to_owned();
                tx.insert_call(&kept).await?;
                kept.ended_at = Some(at(i64::from(n) + 9));
                kept.outcome = Some(Outcome::ALL[(n % 4) as usize]);
                if n <= 2 {
                    let mut case = incident(n);
                    case.institution = Some(format!("104{n}"));
                    case.service = Some("correo".to_owned());
                    case.severity = Severity::ALL[n as usize];
                    tx.insert_incident(&case).await?;
                    kept.incident = Some(case.id);
                }
                tx.save_call(&kept).await?;
            }
            tx.insert_recording(&recording(1, 4)).await?;
            let mut outbound = call(7);
            outbound.direction = Direction::Outbound;
            outbound.from = None;
            tx.insert_call(&outbound).await?;
            tx.insert_dialogue(&Dialogue {
                call: outbound.id,
                message: MessageId(uuid(5)),
                incident: IncidentId(uuid(1001)),
                person: "ana".to_owned(),
                place: Place::Ringing,
            })
            .await?;
            tx.dispose_call(&Disposed {
                call: CallId(uuid(3)),
                disposition: Disposition::Spam,
                decided_by: "luz".to_owned(),
                at: at(99),
                note: None,
            })
            .await
        })
        .await;
    let all = CallFilter::default();
    let some = |word: &str| Some(word.to_owned());
    let (from, to) = (Some(at(3)), Some(at(5)));
    for (filter, found) in [
        (all.clone(), &[7, 6, 5, 4, 3, 2, 1][..]),
        (CallFilter { from, ..all.clone() }, &[7, 6, 5, 4, 3]),
        (CallFilter { to, ..all.clone() }, &[4, 3, 2, 1]),
        (CallFilter { from, to, ..all.clone() }, &[4, 3]),
        (CallFilter { direction: Some(Direction::Outbound), ..all.clone() }, &[7]),
        (CallFilter { outcome: Some(Outcome::Missed), ..all.clone() }, &[3]),
        (CallFilter { outcome: Some(Outcome::Added), ..all.clone() }, &[5, 1]),
        (CallFilter { node: some("menu"), ..all.clone() }, &[3, 2, 1]),
        (CallFilter { institution: some("1042"), ..all.clone() }, &[2]),
        (CallFilter { institution: some("1041"), ..all.clone() }, &[7, 1]),
        (CallFilter { service: some("correo"), ..all.clone() }, &[7, 2, 1]),
        (CallFilter { severity: Some(Severity::General), ..all.clone() }, &[2]),
        (CallFilter { language: Some(Language::En), ..all.clone() }, &[4]),
        (CallFilter { person: some("ana"), ..all.clone() }, &[7]),
        (CallFilter { case: Some(true), ..all.clone() }, &[7, 2, 1]),
        (CallFilter { case: Some(false), ..all.clone() }, &[6, 5, 4, 3]),
        (CallFilter { recording: Some(true), ..all.clone() }, &[4]),
        (CallFilter { recording: Some(false), ..all.clone() }, &[7, 6, 5, 3, 2, 1]),
        (CallFilter { decided: Some(true), ..all.clone() }, &[3]),
        (CallFilter { decided: Some(false), ..all.clone() }, &[7, 6, 5, 4, 2, 1]),
        (CallFilter { caller_of: Some(CallId(uuid(1))), ..all.clone() }, &[5, 3, 1]),
        // Neither a call without a number nor one that is not there finds anybody.
        (CallFilter { caller_of: Some(CallId(uuid(6))), ..all.clone() }, &[]),
        (CallFilter { caller_of: Some(CallId(uuid(99))), ..all.clone() }, &[]),
        (
            CallFilter {
                service: some("correo"),
                direction: Some(Direction::Inbound),
                case: Some(true),
                to,
                ..all.clone()
            },
            &[2, 1],
        ),
    ] {
        assert_eq!(list(bench, &filter).await, found, "{filter:?}");
        let count = bench.look(async |tx| tx.call_log_count(&filter, 100).await).await;
        assert_eq!(usize::try_from(count).unwrap(), found.len(), "{filter:?}");
    }
    let last = async |n| bench.look(async |tx| tx.last_call_from(&phone(n)).await).await;
    assert_eq!((last(1).await, last(9999).await), (Some(CallId(uuid(5))), None));
}

pub async fn words_are_found_whatever_their_accents(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in 1..=5 {
                let mut kept = missed(n);
                kept.session.language = if n == 2 { Language::En } else { Language::Es };
                tx.insert_call(&kept).await?;
            }
            for text in [
                call_text(1, TextKind::Transcript, "El servicio de NÓMINA está caído desde las 7:30."),
                call_text(2, TextKind::Note, "La nomina no abre; 'firma' tampoco"),
                call_text(3, TextKind::Transcript, "Firma digital, señal débil"),
                call_text(3, TextKind::Note, "Se llamó otra vez: NOMINA"),
                call_text(4, TextKind::Note, "…"),
            ] {
                tx.insert_call_text(&text).await?;
            }
            tx.dispose_call(&Disposed {
                call: CallId(uuid(5)),
                disposition: Disposition::WrongNumber,
                decided_by: "luz".to_owned(),
                at: at(9),
                note: Some("Buscaba la panadería".to_owned()),
            })
            .await
        })
        .await;
    for (text, found) in [
        ("nomina", &[3, 2, 1][..]),
        ("NÓMINA", &[3, 2, 1]),
        ("nómina caído", &[1]),
        ("firma nomina", &[3, 2]),
        ("senal", &[3]),
        ("sen\u{303}al", &[3]),
        ("30", &[1]),
        ("nom", &[]),
        ("nominas", &[]),
        ("panaderia", &[5]),
        ("' OR NEAR * \" : & | !", &[]),
        ("firma'", &[3, 2]),
        ("and", &[]),
        ("no", &[2]),
    ] {
        let filter = CallFilter { text: Some(text.to_owned()), ..CallFilter::default() };
        assert_eq!(list(bench, &filter).await, found, "{text}");
        let spanish = CallFilter { language: Some(Language::Es), from: Some(at(1)), to: Some(at(9)), ..filter };
        let left: Vec<u32> = found.iter().copied().filter(|n| *n != 2).collect();
        assert_eq!(list(bench, &spanish).await, left, "{text}");
    }
    let filter = CallFilter { text: Some("nomina".to_owned()), ..CallFilter::default() };
    let page = async |page| bench.look(async |tx| tx.call_log(&filter, page, 1).await).await;
    let newest = page(CallPage::Newest).await;
    let next = page(CallPage::Older(newest[0].place)).await;
    assert_eq!((numbers(&newest), numbers(&next)), (vec![3], vec![2]));
    assert_eq!(page(CallPage::Newer(next[0].place)).await, newest);
    let texts = bench.look(async |tx| tx.call_texts(CallId(uuid(3))).await).await;
    assert_eq!(
        texts,
        [
            call_text(3, TextKind::Transcript, "Firma digital, señal débil"),
            call_text(3, TextKind::Note, "Se llamó otra vez: NOMINA")
        ]
    );
    let missing = bench.write(async |tx| tx.insert_call_text(&call_text(9, TextKind::Note, "x")).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "calls", .. })), "{missing:?}");
}

pub async fn a_missed_call_waits_until_somebody_decides(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in 1..=4 {
                tx.insert_call(&missed(n)).await?;
            }
            // This one had left something, as came to light later.
            tx.insert_incident(&incident(4)).await?;
            let mut informed = missed(5);
            informed.outcome = Some(Outcome::Informed);
            tx.insert_call(&informed).await.map(drop)
        })
        .await;
    let waiting = async || numbers(&bench.look(async |tx| tx.calls_to_answer(CallPage::Newest, 9).await).await);
    let count = async |most| bench.look(async |tx| tx.calls_to_answer_count(most).await).await;
    assert_eq!((waiting().await, count(9).await, count(2).await), (vec![3, 2, 1], 3, 2));
    let decided = |disposition, note: Option<&str>| Disposed {
        call: CallId(uuid(2)),
        disposition,
        decided_by: "luz".to_owned(),
        at: at(100),
        note: note.map(str::to_owned),
    };
    let both = [decided(Disposition::Reviewed, None), decided(Disposition::CalledBack, Some("Ya funciona"))];
    for one in &both {
        bench.unit(async |tx| tx.dispose_call(one).await).await;
    }
    assert_eq!((waiting().await, count(9).await), (vec![3, 1], 2));
    assert_eq!(bench.look(async |tx| tx.dispositions(CallId(uuid(2))).await).await, both);
    let rows = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    assert_eq!(rows[3].disposition, Some(Disposition::CalledBack));
    let page = bench.look(async |tx| tx.calls_to_answer(CallPage::Older(rows[2].place), 9).await).await;
    assert_eq!(numbers(&page), [1]);
    let nobody = Disposed { call: CallId(uuid(9)), ..both[0].clone() };
    let missing = bench.write(async |tx| tx.dispose_call(&nobody).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "calls", .. })), "{missing:?}");
}

pub async fn a_view_is_kept_under_its_name(bench: &Bench) {
    let account = |n: u32| Account {
        id: AccountId(uuid(n)),
        login: format!("login{n}"),
        name: "Luz".to_owned(),
        role: Role::Supervisor,
        person: None,
        language: Language::Es,
        password: None,
        temporary: false,
        totp: None,
        totp_step: 0,
        failures: 0,
        locked_until: None,
        created_at: at(0),
        disabled_at: None,
    };
    let view = |n: u32, of: u32, name: &str, query: &str| SavedView {
        id: ViewId(uuid(n)),
        account: AccountId(uuid(of)),
        name: name.to_owned(),
        query: query.to_owned(),
        created_at: at(i64::from(n)),
    };
    bench
        .unit(async |tx| {
            for n in [1, 2] {
                assert!(tx.insert_account(&account(n)).await?);
            }
            tx.save_view(&view(11, 1, "Perdidas", "outcome=missed")).await?;
            tx.save_view(&view(12, 1, "Críticas", "severity=critical")).await?;
            tx.save_view(&view(13, 2, "Perdidas", "outcome=missed&text=n%C3%B3mina")).await?;
            tx.save_view(&view(14, 1, "Perdidas", "outcome=missed&decided=no")).await
        })
        .await;
    let views = async |n| bench.look(async |tx| tx.saved_views(AccountId(uuid(n))).await).await;
    let kept = [view(11, 1, "Perdidas", "outcome=missed&decided=no"), view(12, 1, "Críticas", "severity=critical")];
    assert_eq!(views(1).await, kept);
    let delete = async |of, n| bench.unit(async |tx| tx.delete_view(AccountId(uuid(of)), ViewId(uuid(n))).await).await;
    assert!(!delete(2, 11).await, "another account's");
    assert!(delete(1, 11).await);
    assert!(!delete(1, 11).await);
    assert_eq!(views(1).await, kept[1..]);
    assert_eq!(views(2).await.len(), 1);
}

pub async fn calls_of_an_older_version_are_in_the_log(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in [2, 1] {
                tx.insert_call(&missed(n)).await?;
            }
            // Two of the same instant.
            for n in [3, 4] {
                let mut kept = call(n);
                kept.answered_at = at(3);
                tx.insert_call(&kept).await?;
            }
            let mut case = incident(1);
            case.institution = Some("1042".to_owned());
            tx.insert_incident(&case).await?;
            tx.insert_recording(&recording(1, 2)).await.map(drop)
        })
        .await;
    let before = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    let mut script = String::new();
    for table in ["saved_views", "dispositions", "_call_words", "call_texts"] {
        writeln!(script, "DROP TABLE {table};").unwrap();
    }
    for (trigger, table) in [
        ("begins", "calls"),
        ("goes_on", "calls"),
        ("opens_case", "incidents"),
        ("learns", "incidents"),
        ("calls_person", "dialogues"),
    ] {
        if bench.is_sqlite() {
            writeln!(script, "DROP TRIGGER call_log_{trigger};").unwrap();
        } else {
            writeln!(script, "DROP TRIGGER call_log_{trigger} ON {table}; DROP FUNCTION call_log_{trigger};").unwrap();
        }
    }
    script += "DROP TABLE call_log;";
    script += if bench.is_sqlite() {
        include_str!("../../migrations/sqlite/0009_call_log.sql")
    } else {
        include_str!("../../migrations/postgres/0009_call_log.sql")
    };
    bench.script(&script).await;
    let mut after = bench.look(async |tx| tx.call_log(&CallFilter::default(), CallPage::Newest, 9).await).await;
    assert_eq!(after.len(), 4);
    assert_eq!(numbers(&after)[2..], [2, 1]);
    // Which of two calls of one instant comes first is not kept.
    after.sort_by_key(|call| call.call);
    let mut before = before;
    before.sort_by_key(|call| call.call);
    for (before, after) in before.iter_mut().zip(&after) {
        before.place = after.place;
    }
    assert_eq!(after, before);
}
