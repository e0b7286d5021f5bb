//! Calls, legs, turns, timelines and recordings.

use guardia::call::{Entry, Happening, Recording};
use guardia::flow::{Language, Outcome, Verb};
use guardia::id::{CallId, IncidentId};
use guardia::store::StoreError;

use crate::bench::Bench;
use crate::sample::{at, call, leg, open, phone, recording, turn, uuid, words};

pub async fn a_call_comes_back_as_it_was_kept(bench: &Bench) {
    let mut full = call(1);
    full.ended_at = Some(at(90));
    full.session.variables.insert("zeta".to_owned(), "1".to_owned());
    full.session.variables.insert("alfa".to_owned(), "Ministerio de Educación".to_owned());
    if let Verb::Say(words) = words("Línea de incidentes críticos.") {
        full.session.said.push(words);
    }
    full.session.call_back = Some(phone(7));
    full.session.recording = Some(false);
    full.session.waiting_since = Some(at(-1));
    full.turn = u32::MAX;
    full.outcome = Some(Outcome::Missed);
    full.incident = Some(IncidentId(uuid(5)));
    full.fallback = true;
    let mut bare = call(2);
    bare.from = None;
    for kept in [full, bare] {
        assert!(bench.unit(async |tx| tx.insert_call(&kept).await).await);
        let id = kept.id;
        assert_eq!(bench.look(async |tx| tx.call(id).await).await.as_ref(), Some(&kept));
        assert_eq!(bench.unit(async |tx| tx.lock_call(id).await).await.as_ref(), Some(&kept));
        let found = bench.look(async |tx| tx.call_by_provider("twilio", &kept.provider_call).await).await;
        assert_eq!(found.as_ref(), Some(&kept));
        assert_eq!(bench.look(async |tx| tx.call_by_provider("other", &kept.provider_call).await).await, None);
    }
    assert_eq!(bench.look(async |tx| tx.call(CallId(uuid(3))).await).await, None);
    assert_eq!(bench.unit(async |tx| tx.lock_call(CallId(uuid(3))).await).await, None);
}

pub async fn a_call_is_kept_once(bench: &Bench) {
    let first = call(1);
    let mut again = call(2);
    again.provider_call.clone_from(&first.provider_call);
    bench
        .unit(async |tx| {
            assert!(tx.insert_call(&first).await?);
            // The unit goes on: the repeat is an answer, not an error.
            assert!(!tx.insert_call(&again).await?);
            again.provider = "other".to_owned();
            assert!(tx.insert_call(&again).await?);
            Ok(())
        })
        .await;
}

pub async fn a_call_becomes_what_it_became(bench: &Bench) {
    let mut kept = call(1);
    bench.unit(async |tx| tx.insert_call(&kept).await).await;
    bench.unit(async |tx| tx.insert_call(&call(2)).await).await;
    kept.flow = "another".to_owned();
    kept.session.node = "reporte".to_owned();
    kept.session.language = Language::En;
    kept.turn = 4;
    kept.ended_at = Some(at(61));
    kept.outcome = Some(Outcome::Reported);
    kept.incident = Some(IncidentId(uuid(8)));
    bench.unit(async |tx| tx.save_call(&kept).await).await;
    assert_eq!(bench.look(async |tx| tx.call(kept.id).await).await.as_ref(), Some(&kept));
    assert_eq!(bench.look(async |tx| tx.call(CallId(uuid(2))).await).await, Some(call(2)), "another call changed");
    let missing = bench.write(async |tx| tx.save_call(&call(3)).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "calls", .. })), "{missing:?}");
}

pub async fn calls_are_listed_newest_first(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in [2, 5, 1, 4, 3] {
                let mut kept = call(n);
                kept.outcome = [None, Some(Outcome::Missed), Some(Outcome::Informed)][(n % 3) as usize];
                tx.insert_call(&kept).await?;
            }
            Ok(())
        })
        .await;
    let ids = |calls: Vec<guardia::call::Call>| calls.iter().map(|call| call.id.0).collect::<Vec<_>>();
    assert_eq!(ids(bench.look(async |tx| tx.calls(3, None).await).await), [uuid(5), uuid(4), uuid(3)]);
    assert_eq!(ids(bench.look(async |tx| tx.calls(9, Some(at(3))).await).await), [uuid(2), uuid(1)]);
    assert_eq!(ids(bench.look(async |tx| tx.missed_calls(9).await).await), [uuid(4), uuid(1)]);
    assert_eq!(ids(bench.look(async |tx| tx.missed_calls(1).await).await), [uuid(4)]);
}

pub async fn a_call_is_found_by_the_beginning_of_its_id(bench: &Bench) {
    bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
    let mut other = call(2);
    other.id = CallId(uuid::Uuid::from_u128(0xc0ff_ef00 << 96));
    bench.unit(async |tx| tx.insert_call(&other).await).await;
    let whole = CallId(uuid(1)).to_string();
    for (prefix, found) in [
        ("c0ffee", Some(uuid(1))),
        ("C0FFEE", Some(uuid(1))),
        ("c0ffef", Some(other.id.0)),
        (whole.as_str(), Some(uuid(1))),
        ("c0ffe", None),
        ("d", None),
        ("", None),
        ("c0ffee%", None),
        ("ñ", None),
        (&"c".repeat(40), None),
    ] {
        let call = bench.look(async |tx| tx.find_call(prefix).await).await;
        assert_eq!(call.map(|call| call.id.0), found, "{prefix}");
    }
}

pub async fn a_leg_never_goes_back(bench: &Bench) {
    bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
    let mut ended = leg(1, 3, "completed");
    ended.ended_at = Some(at(30));
    ended.seconds = Some(30);
    for (news, taken) in [
        (leg(1, 1, "ringing"), true),
        (leg(1, 2, "in-progress"), true),
        (leg(1, 1, "ringing"), false),
        (leg(1, 2, "in-progress"), true),
        (ended.clone(), true),
        (leg(1, 2, "in-progress"), false),
        // As much as is known already, but without the end: the end stays.
        (leg(1, 3, "completed"), true),
    ] {
        assert_eq!(bench.unit(async |tx| tx.upsert_leg(&news).await).await, taken, "{news:?}");
    }
    assert_eq!(bench.look(async |tx| tx.legs(CallId(uuid(1))).await).await, [ended]);
    assert_eq!(bench.look(async |tx| tx.legs(CallId(uuid(2))).await).await, []);
}

pub async fn a_turn_is_taken_once(bench: &Bench) {
    bench
        .unit(async |tx| {
            tx.insert_call(&call(1)).await?;
            tx.insert_call(&call(2)).await?;
            assert!(tx.insert_turn(&turn(1, 1)).await?);
            assert!(tx.insert_turn(&turn(1, 0)).await?);
            assert!(tx.insert_turn(&turn(2, 0)).await?);
            let mut repeat = turn(1, 1);
            repeat.fingerprint = "digits:2".to_owned();
            assert!(!tx.insert_turn(&repeat).await?);
            let mut without_token = turn(1, 2);
            without_token.token = None;
            assert!(tx.insert_turn(&without_token).await?);
            Ok(())
        })
        .await;
    let id = CallId(uuid(1));
    assert_eq!(bench.look(async |tx| tx.turn(id, 1).await).await, Some(turn(1, 1)));
    assert_eq!(bench.look(async |tx| tx.turn(id, 9).await).await, None);
    assert_eq!(bench.look(async |tx| tx.turn_by_token(id, "token-1").await).await, Some(turn(1, 1)));
    assert_eq!(bench.look(async |tx| tx.turn_by_token(id, "token-9").await).await, None);
    let numbers: Vec<u32> = bench.look(async |tx| tx.turns(id).await).await.iter().map(|turn| turn.number).collect();
    assert_eq!(numbers, [0, 1, 2]);
}

pub async fn a_call_timeline_has_no_gaps(bench: &Bench) {
    let story = [
        Happening::Answered,
        Happening::Keyed { keys: "1".to_owned() },
        Happening::Consent { recording: false, prompt: "aviso".to_owned() },
        Happening::Ended { outcome: Outcome::Reported, node: "despedida".to_owned() },
    ];
    let id = CallId(uuid(1));
    bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
    // One alone, none, and several at once.
    for (time, happenings) in (1..).zip([&story[..1], &[], &story[1..]]) {
        let undone = bench
            .write(async |tx| {
                tx.append_call_entries(id, at(0), &[Happening::Silence, Happening::Silence]).await?;
                Err::<(), _>(StoreError::Busy)
            })
            .await;
        assert!(undone.is_err());
        bench.unit(async |tx| tx.append_call_entries(id, at(time), happenings).await).await;
    }
    let entries: Vec<Entry> = bench.look(async |tx| tx.call_entries(id).await).await;
    let told = (1..).zip([1, 3, 3, 3]).zip(story);
    let told = told.map(|((sequence, time), happening)| Entry { sequence, at: at(time), happening });
    assert_eq!(entries, told.collect::<Vec<_>>());
    let silence = [Happening::Silence];
    let missing = bench.write(async |tx| tx.append_call_entries(CallId(uuid(2)), at(0), &silence).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { .. })));
}

pub async fn recordings_find_their_incident(bench: &Bench) {
    let incidents = bench
        .unit(async |tx| {
            let incidents = (open(tx, 1).await?.id, open(tx, 2).await?.id);
            assert!(tx.insert_recording(&recording(1, 1)).await?);
            assert!(!tx.insert_recording(&recording(1, 1)).await?, "a repeat");
            let mut theirs = recording(2, 1);
            theirs.incident = Some(incidents.1);
            assert!(tx.insert_recording(&theirs).await?);
            assert!(tx.insert_recording(&recording(3, 2)).await?);
            assert_eq!(tx.attach_recordings(CallId(uuid(1)), incidents.0).await?, 1);
            assert_eq!(tx.attach_recordings(CallId(uuid(1)), incidents.0).await?, 0);
            Ok(incidents)
        })
        .await;
    assert!(
        bench
            .unit(async |tx| tx.recording_status(&recording(1, 1).provider_recording, "absent", None, None).await)
            .await
    );
    let known = bench
        .unit(async |tx| {
            let id = recording(1, 1).provider_recording;
            tx.recording_status(&id, "completed", Some(12), Some("https://recordings.example/new")).await
        })
        .await;
    assert!(known);
    let ready = bench.unit(async |tx| tx.recording(&recording(1, 1).provider_recording).await).await.unwrap();
    assert_eq!((ready.seconds, ready.url.as_str()), (12, "https://recordings.example/new"));
    assert!(bench.unit(async |tx| tx.recording("RE-unknown").await).await.is_none());
    assert!(!bench.unit(async |tx| tx.recording_status("RE-unknown", "completed", None, None).await).await);
    let mut first = recording(1, 1);
    first.incident = Some(incidents.0);
    first.status = "completed".to_owned();
    first.seconds = 12;
    first.url = "https://recordings.example/new".to_owned();
    let mut second = recording(2, 1);
    second.incident = Some(incidents.1);
    assert_eq!(bench.look(async |tx| tx.recordings(CallId(uuid(1))).await).await, [first.clone(), second.clone()]);
    let found = bench.look(async |tx| tx.recording(&recording(1, 1).provider_recording).await).await;
    assert_eq!(found.as_ref(), Some(&first));
    assert_eq!(bench.look(async |tx| tx.recording("RE-unknown").await).await, None);
    assert_eq!(bench.look(async |tx| tx.incident_recordings(incidents.0).await).await, [first]);
    assert_eq!(bench.look(async |tx| tx.incident_recordings(incidents.1).await).await, [second]);
    // What it holds is learned later than that it is there; only once, and only of its own call.
    let named = Recording { holds: "addition".to_owned(), incident: Some(incidents.1), ..recording(3, 2) };
    let stranger = Recording { call: CallId(uuid(1)), ..named.clone() };
    assert!(!bench.unit(async |tx| tx.name_recording(&stranger, "description").await).await);
    assert!(bench.unit(async |tx| tx.name_recording(&named, "description").await).await);
    assert!(!bench.unit(async |tx| tx.name_recording(&named, "description").await).await);
    assert_eq!(bench.look(async |tx| tx.recordings(CallId(uuid(2))).await).await, [named]);
}
