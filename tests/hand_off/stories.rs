//! One ticket for every case, whatever the store does.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use guardia::incident::{Actor, Event};
use guardia::ops;
use guardia::ticket::Field;

use crate::case::Place;
use crate::desk::{Loss, Ticket};
use crate::reports;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_one_ticket_with_its_recording_its_story_and_its_state() {
    let mut place = Place::open().await;
    place.live().await;
    let case = place.case().await;
    let tickets = place.desk.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:#?}");
    let Ticket { subject, body, state, values, comments, files, .. } = &tickets[0];
    assert_eq!(subject, &format!("[{}] Ministerio de Hacienda: la plataforma de nómina", case.number));
    assert!(body.starts_with(&format!("Caso {}\nGravedad: crítica\n", case.number)), "{body}");
    assert_eq!(state, "resolved");
    let said: Vec<&str> =
        comments.iter().map(|text| text.lines().next().unwrap().split_once(" · ").unwrap().1).collect();
    assert_eq!(
        said,
        [
            "Asumido por Marta Jiménez.",
            "Primera respuesta, a tiempo: hablé con ella",
            "Solución estimada: 08/03/2026 01:01.",
            "Resuelto: reinicio del servidor"
        ]
    );
    let marks: BTreeSet<&str> = comments.iter().map(|text| text.lines().last().unwrap()).collect();
    assert_eq!(marks.len(), comments.len(), "each has a mark of its own");
    let sound: Vec<Vec<u8>> = place.stage.network.recordings().iter().map(guardia_sandbox::Recording::wav).collect();
    assert_eq!(files.iter().map(|file| file.bytes.clone()).collect::<Vec<_>>(), sound, "the same sound, once");
    assert_eq!(values.get(&Field::ExternalId).unwrap(), case.number.as_str());
    assert_eq!(values.get(&Field::CallerNumber).unwrap(), "…0142", "masked unless the settings say otherwise");
    assert!(values.contains_key(&Field::Eta) && values.contains_key(&Field::FirstResponseAt));
    place.does(Event::Reopen, None).await;
    assert_eq!(place.desk.tickets()[0].state, "new");
    assert!(!place.desk.tickets()[0].values.contains_key(&Field::FirstResponseAt), "a new cycle has none yet");
    place.nothing_is_left_over().await;
    assert!(place.alerts().is_empty());
}

/// Every exchange of a case's life, lost in one way: the end is the same.
async fn lose_each(loss: Loss) {
    let mut whole = Place::open().await;
    whole.live().await;
    let (wanted, exchanges) = (whole.desk.tickets(), whole.desk.exchanges());
    assert!(exchanges > 15, "{exchanges}");
    for which in 1..=exchanges {
        let mut place = Place::open().await;
        place.desk.lose(which, loss);
        place.live().await;
        place.pass(TimeDelta::minutes(2)).await;
        let tickets = place.desk.tickets();
        assert_eq!(tickets.len(), 1, "{loss:?} of exchange {which}");
        assert_eq!(tickets[0].comments, wanted[0].comments, "{loss:?} of exchange {which}");
        assert_eq!(tickets[0].files, wanted[0].files, "{loss:?} of exchange {which}");
        let (state, values) = (&tickets[0].state, &tickets[0].values);
        assert_eq!((state, values), (&wanted[0].state, &wanted[0].values), "{loss:?} of exchange {which}");
        place.nothing_is_left_over().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_exchange_does_not_arrive_the_ticket_is_the_same() {
    lose_each(Loss::Before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_answer_is_lost_the_ticket_is_the_same() {
    lose_each(Loss::After).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_exchange_breaks_the_store_the_ticket_is_the_same() {
    lose_each(Loss::Broken).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_cases_in_an_outage_of_two_hours_are_a_thousand_tickets() {
    const CASES: u32 = 1_000;
    let mut place = Place::open().await;
    place.desk.go_away(true);
    let two_hours = TimeDelta::hours(2);
    let ends = place.stage.now() + two_hours;
    for n in 0..CASES {
        reports::report(&place.stage, n).await;
        // Called off, so that nobody is paged: what is told here is the store's story.
        let case = place.open_case().await;
        let marta = Actor::Operator("marta".to_owned());
        let hotline = place.stage.hotline().unwrap();
        ops::change_case(hotline, &case, Event::Cancel, &marta, Some("simulacro")).await.unwrap();
        if n % 250 == 249 {
            place.pass(two_hours / 4).await;
        }
    }
    assert!(place.stage.now() >= ends);
    assert!(place.desk.tickets().is_empty());
    let knocks = place.desk.exchanges();
    assert!(knocks < 600, "a store that is away is left alone: {knocks} exchanges in two hours");
    assert_eq!(place.alerts().len(), 1, "the supervisor is told once: {:#?}", place.alerts());
    place.desk.go_away(false);
    place.pass(TimeDelta::minutes(2)).await;
    let tickets = place.desk.tickets();
    let ids: BTreeSet<&String> = tickets.iter().map(|ticket| &ticket.values[&Field::ExternalId]).collect();
    assert_eq!((tickets.len(), ids.len()), (1_000, 1_000));
    assert!(tickets.iter().all(|ticket| ticket.state == "rejected" && ticket.comments.len() == 1));
    let numbers: BTreeSet<String> = place.cases().await.iter().map(|case| case.number.to_string()).collect();
    assert_eq!(ids.into_iter().cloned().collect::<BTreeSet<_>>(), numbers);
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_refuses_waits_for_a_person_and_stops_nothing_else() {
    let mut place = Place::open().await;
    place.desk.refuse(Some("create"));
    for n in 0..3 {
        reports::report(&place.stage, n).await;
    }
    place.pass(TimeDelta::hours(1)).await;
    assert!(place.desk.tickets().is_empty());
    let dead = place.dead().await;
    assert_eq!(dead.len(), 3);
    let reason = dead[0].error.as_deref().unwrap();
    assert_eq!(reason, "create: refused with status 403: give the account this right");
    assert_eq!(place.alerts().len(), 1, "told once, not once for each case: {:#?}", place.alerts());
    place.desk.refuse(None);
    let hotline = place.stage.hotline().unwrap();
    let first = place.cases().await.remove(0).number;
    assert_eq!(ops::retry_hand_offs(hotline, Some(&first)).await.unwrap(), 1);
    assert_eq!(ops::retry_hand_offs(hotline, None).await.unwrap(), 2);
    place.pass(TimeDelta::minutes(1)).await;
    assert_eq!(place.desk.tickets().len(), 3);
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_comment_stops_only_the_comments_after_it() {
    let mut place = Place::open().await;
    place.desk.refuse(Some("comment"));
    place.live().await;
    let ticket = place.desk.tickets().remove(0);
    assert!(ticket.comments.is_empty());
    assert_eq!((ticket.state.as_str(), ticket.files.len()), ("resolved", 1));
    assert_eq!(place.dead().await.len(), 1, "one dead letter, however much comes after it");
    place.desk.refuse(None);
    ops::retry_hand_offs(place.stage.hotline().unwrap(), None).await.unwrap();
    place.pass(TimeDelta::minutes(1)).await;
    assert_eq!(place.desk.tickets()[0].comments.len(), 4);
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_dropped_a_value_is_noticed() {
    let mut place = Place::open().await;
    place.desk.drop_value(Some(Field::Severity));
    place.call().await;
    place.pass(TimeDelta::minutes(1)).await;
    let dead = place.dead().await;
    assert_eq!(dead.len(), 1);
    let reason = dead[0].error.as_deref().unwrap();
    assert_eq!(
        reason,
        "the store said yes and does not hold severity: check these fields there and in [ticket_fields]"
    );
    assert_eq!(place.desk.tickets()[0].files.len(), 1, "the rest is there");
    place.desk.drop_value(None);
    ops::retry_hand_offs(place.stage.hotline().unwrap(), None).await.unwrap();
    place.pass(TimeDelta::minutes(1)).await;
    assert_eq!(place.desk.tickets()[0].values[&Field::Severity], "critical");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doubles_become_one_with_the_lowest() {
    let mut place = Place::open().await;
    place.desk.go_away(true);
    place.call().await;
    let number = place.case().await.number;
    place.desk.plant(number.as_str());
    place.desk.plant(number.as_str());
    place.desk.plant("99999999");
    place.desk.go_away(false);
    place.pass(TimeDelta::minutes(2)).await;
    let tickets = place.desk.tickets();
    assert_eq!(tickets.len(), 2, "ours, and the stranger's");
    assert!(tickets[0].subject.contains(number.as_str()), "what it lacked is written");
    assert_eq!(tickets[0].files.len(), 1);
    assert_eq!((tickets[1].subject.as_str(), tickets[1].files.len()), ("", 0), "a stranger's is left alone");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_leave_the_house_does_not() {
    let mut place = Place::with("audio = false\nnumbers = \"hidden\"\n").await;
    place.live().await;
    let ticket = place.desk.tickets().remove(0);
    assert!(ticket.files.is_empty());
    let recorded = |text: &&String| text.starts_with("Grabación (descripción, 4 s)");
    assert_eq!(ticket.comments.iter().filter(recorded).count(), 1, "{:#?}", ticket.comments);
    assert!(!ticket.values.contains_key(&Field::CallerNumber));
    assert!(!format!("{ticket:?}").contains("5550142"));
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_changes_nothing_that_a_caller_hears() {
    let hears = async |away: bool| -> Vec<String> {
        let mut place = Place::open().await;
        place.desk.go_away(away);
        place.call().await;
        let told = place.stage.network.transcript().into_iter().map(|entry| entry.to_string());
        told.filter(|line| line.contains("Say") || line.contains("hears")).collect()
    };
    assert_eq!(hears(true).await, hears(false).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_nobody_is_on_duty_is_told_once_however_often_the_ladder_looks() {
    let mut place = Place::without_roster().await;
    place.call().await;
    place.pass(TimeDelta::minutes(40)).await;
    let comments = &place.desk.tickets()[0].comments;
    let nobody = comments.iter().filter(|comment| comment.contains("No hay nadie de guardia."));
    assert_eq!(nobody.count(), 1, "{comments:#?}");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hang_on_a_refused_step_is_told_without_waiting_for_another_change() {
    let mut place = Place::open().await;
    place.call().await;
    place.desk.refuse(Some("comment"));
    place.does(Event::Acknowledge, None).await;
    let ticket = place.desk.tickets().remove(0);
    assert_eq!((ticket.state.as_str(), ticket.comments.len()), ("open", 0), "the state does not hang on the comment");
}
