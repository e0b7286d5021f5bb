//! Who is told of a case, and what is said in calls that the line makes.

use guardia::call::Direction;
use guardia::id::{CallId, IncidentId, MessageId, RoomId};
use guardia::oncall::{PersonId, Proof, Roster, ScheduleId, Tour, Verification};
use guardia::paging::{Canary, Dialogue, Place, Plan, Room, RoomState, Seat};
use guardia::store::StoreError;

use crate::bench::Bench;
use crate::sample::{at, call, open, uuid};

pub async fn the_ladder_of_a_cycle_is_kept_and_replaced(bench: &Bench) {
    let id = bench.unit(async |tx| open(tx, 1).await).await.id;
    let roster = Roster::parse(include_str!("../../roster.full.example.yaml"), "roster").unwrap();
    let first = Plan { escalation: roster.escalation(None), begins: 0 };
    let second = Plan { escalation: roster.escalation(Some("correo")), begins: 3 };
    assert_eq!(bench.look(async |tx| tx.ladder(id, 1).await).await, None);
    bench.unit(async |tx| tx.put_ladder(id, 1, &first).await).await;
    bench.unit(async |tx| tx.put_ladder(id, 2, &first).await).await;
    bench.unit(async |tx| tx.put_ladder(id, 2, &second).await).await;
    assert_eq!(bench.look(async |tx| tx.ladder(id, 1).await).await, Some(first));
    assert_eq!(bench.look(async |tx| tx.ladder(id, 2).await).await, Some(second));
}

pub async fn an_outbound_call_has_its_dialogue(bench: &Bench) {
    let incident = bench.unit(async |tx| open(tx, 1).await).await.id;
    let mut placed = call(2);
    placed.direction = Direction::Outbound;
    bench.unit(async |tx| tx.insert_call(&placed).await).await;
    // The provider gives its id later.
    placed.provider_call = "CA-of-the-provider".to_owned();
    bench.unit(async |tx| tx.save_call(&placed).await).await;
    assert_eq!(bench.look(async |tx| tx.call(placed.id).await).await, Some(placed.clone()));
    let message = MessageId(uuid(3001));
    let mut dialogue = Dialogue { call: placed.id, message, incident, person: "ana".to_owned(), place: Place::Ringing };
    bench.unit(async |tx| tx.insert_dialogue(&dialogue).await).await;
    for place in [Place::Menu { times: 2 }, Place::Pin { wrong: 1 }, Place::Offer, Place::Joined, Place::Over] {
        dialogue.place = place;
        bench.unit(async |tx| tx.save_dialogue(&dialogue).await).await;
        assert_eq!(bench.look(async |tx| tx.dialogue(placed.id).await).await.as_ref(), Some(&dialogue));
    }
    assert_eq!(bench.look(async |tx| tx.dialogue_of_message(message).await).await.as_ref(), Some(&dialogue));
    assert_eq!(bench.look(async |tx| tx.dialogue_of_message(MessageId(uuid(9))).await).await, None);
    let stranger = Dialogue { call: CallId(uuid(9)), ..dialogue };
    let missing = bench.write(async |tx| tx.save_dialogue(&stranger).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "dialogues", .. })));
}

pub async fn a_room_keeps_who_came_and_went(bench: &Bench) {
    let incident = bench.unit(async |tx| open(tx, 1).await).await;
    let (host, guest) = (call(2), call(3));
    for placed in [&host, &guest] {
        bench.unit(async |tx| tx.insert_call(placed).await).await;
    }
    let dialogue = |call, n| Dialogue {
        call,
        message: MessageId(uuid(n)),
        incident: incident.id,
        person: "ana".to_owned(),
        place: Place::Talking,
    };
    for said in [dialogue(guest.id, 3002), dialogue(host.id, 3001)] {
        bench.unit(async |tx| tx.insert_dialogue(&said).await).await;
    }
    let said = bench.look(async |tx| tx.dialogues(incident.id).await).await;
    assert_eq!(said, [dialogue(host.id, 3001), dialogue(guest.id, 3002)]);
    assert_eq!(bench.look(async |tx| tx.dialogues(IncidentId(uuid(9))).await).await, []);

    let mut first = Room {
        id: RoomId(uuid(4001)),
        incident: incident.id,
        host: host.id,
        reporter: Some(incident.call),
        leg: "CA-of-the-reporter".to_owned(),
        state: RoomState::Opening,
        record: true,
        made_at: at(5),
        entered_at: None,
        left_at: None,
    };
    let second = Room { id: RoomId(uuid(4002)), reporter: None, record: false, made_at: at(50), ..first.clone() };
    assert_eq!(bench.look(async |tx| tx.newest_room(incident.id).await).await, None);
    bench.unit(async |tx| tx.insert_room(&first).await).await;
    for state in [RoomState::Open, RoomState::Over, RoomState::Closed, RoomState::Failed] {
        (first.state, first.entered_at, first.left_at) = (state, Some(at(6)), Some(at(7)));
        bench.unit(async |tx| tx.save_room(&first).await).await;
        assert_eq!(bench.look(async |tx| tx.room(first.id).await).await.as_ref(), Some(&first));
    }
    bench.unit(async |tx| tx.insert_room(&second).await).await;
    assert_eq!(bench.look(async |tx| tx.newest_room(incident.id).await).await.as_ref(), Some(&second));
    assert_eq!(bench.look(async |tx| tx.room_of_reporter(incident.call).await).await.as_ref(), Some(&first));
    assert_eq!(bench.look(async |tx| tx.room_of_reporter(host.id).await).await, None);
    let stranger = Room { id: RoomId(uuid(9)), ..first.clone() };
    let missing = bench.write(async |tx| tx.save_room(&stranger).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "rooms", .. })));

    let seat = |room, call| Seat {
        room,
        call,
        person: "ana".to_owned(),
        talked: None,
        entered_at: None,
        left_at: None,
        told: false,
    };
    let mut theirs = seat(first.id, host.id);
    assert_eq!(bench.look(async |tx| tx.seat_of_call(host.id).await).await, None);
    assert!(bench.unit(async |tx| tx.insert_seat(&theirs).await).await);
    assert!(!bench.unit(async |tx| tx.insert_seat(&theirs).await).await);
    theirs = Seat { talked: Some(7), entered_at: Some(at(8)), left_at: Some(at(9)), told: true, ..theirs };
    bench.unit(async |tx| tx.save_seat(&theirs).await).await;
    bench.unit(async |tx| tx.insert_seat(&seat(first.id, guest.id)).await).await;
    assert_eq!(bench.look(async |tx| tx.seats(first.id).await).await, [theirs.clone(), seat(first.id, guest.id)]);
    assert_eq!(bench.look(async |tx| tx.seat_of_call(host.id).await).await.as_ref(), Some(&theirs));
    bench.unit(async |tx| tx.insert_seat(&seat(second.id, host.id)).await).await;
    assert_eq!(bench.look(async |tx| tx.seat_of_call(host.id).await).await, Some(seat(second.id, host.id)));
    let missing = bench.write(async |tx| tx.save_seat(&seat(RoomId(uuid(9)), host.id)).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "seats", .. })));
}

pub async fn what_is_known_of_a_contact_is_kept_and_replaced(bench: &Bench) {
    let mut known = Verification::unknown("ana", "sms", "address".to_owned());
    assert_eq!(bench.unit(async |tx| tx.lock_verification("ana", "sms").await).await, None);
    let other = Verification::unknown("ana", "correo", "another".to_owned());
    bench.unit(async |tx| tx.put_verification(&other).await).await;
    bench.unit(async |tx| tx.put_verification(&known).await).await;
    known.sent("hash".to_owned(), at(1));
    known.answer("wrong", at(2));
    for proof in [None, Some(Proof::Code), Some(Proof::Page)] {
        if let Some(proof) = proof {
            known.prove(proof, at(3));
        }
        bench.unit(async |tx| tx.put_verification(&known).await).await;
        assert_eq!(bench.unit(async |tx| tx.lock_verification("ana", "sms").await).await.as_ref(), Some(&known));
    }
    assert_eq!(bench.look(async |tx| tx.verifications().await).await, [other, known]);
    bench.past_the_store("UPDATE contacts SET verified_by = 'hope' WHERE contact = 'sms'").await;
    let spoilt: Result<_, StoreError> = bench.read(async |tx| tx.verifications().await).await;
    assert!(matches!(spoilt, Err(StoreError::Corrupt { table: "contacts", column: "verified_by", .. })));
}

pub async fn a_test_of_the_pager_is_kept_and_ends(bench: &Bench) {
    let (first, second) = bench.unit(async |tx| Ok((open(tx, 1).await?.id, open(tx, 2).await?.id))).await;
    let test = |incident, seconds| Canary {
        incident,
        person: "ana".to_owned(),
        started_at: at(seconds),
        ended_at: None,
        answered: false,
    };
    let (mut first, second) = (test(first, 1), test(second, 2));
    for test in [&second, &first] {
        assert_eq!(bench.look(async |tx| tx.canary(test.incident).await).await, None);
        bench.unit(async |tx| tx.insert_canary(test).await).await;
        assert_eq!(bench.look(async |tx| tx.canary(test.incident).await).await.as_ref(), Some(test));
    }
    (first.ended_at, first.answered) = (Some(at(5)), true);
    bench.unit(async |tx| tx.save_canary(&first).await).await;
    assert_eq!(bench.look(async |tx| tx.canaries(9).await).await, [second.clone(), first]);
    assert_eq!(bench.look(async |tx| tx.canaries(1).await).await, std::slice::from_ref(&second));
    let strange = Canary { incident: IncidentId(uuid(9)), ..second };
    let missing = bench.write(async |tx| tx.save_canary(&strange).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "canaries", .. })));
}

pub async fn what_people_know_of_their_duty_is_kept_until_it_is_over(bench: &Bench) {
    let tour = |schedule: &str, person: &str, begins: i64, ends: Option<i64>| Tour {
        schedule: ScheduleId::parse(schedule).unwrap(),
        person: PersonId::parse(person).unwrap(),
        begins_at: at(begins),
        ends_at: ends.map(at),
        begun: false,
    };
    let (ana, again) = (tour("guardia", "ana", 20, Some(30)), tour("guardia", "ana", 40, None));
    let (luis, network) = (tour("guardia", "luis", 10, Some(20)), tour("redes", "ana", 20, Some(50)));
    bench
        .unit(async |tx| {
            for tour in [&again, &network, &ana, &luis] {
                tx.put_tour(tour).await?;
            }
            Ok(())
        })
        .await;
    assert_eq!(
        bench.look(async |tx| tx.tours().await).await,
        [luis.clone(), ana.clone(), network.clone(), again.clone()]
    );
    let begun = Tour { begun: true, ends_at: Some(at(35)), ..ana };
    bench.unit(async |tx| tx.put_tour(&begun).await).await;
    bench.unit(async |tx| tx.drop_tour(&luis).await).await;
    bench.unit(async |tx| tx.drop_tour(&luis).await).await;
    assert_eq!(bench.look(async |tx| tx.tours().await).await, [begun, network, again]);
}
