use super::*;

const PLAIN: About = About {
    pin: false,
    right: false,
    report: true,
    waiting: false,
    reachable: false,
    call_back: false,
    bundle: false,
    invited: false,
    talk: None,
    room: None,
};

fn keys(keys: &str) -> Heard {
    Heard::Keys(keys.to_owned())
}

/// What is said, as names; `report` for the recording.
fn said(step: &Step) -> Vec<&'static str> {
    match step {
        Step::Say(say) | Step::Join(say) | Step::Confer(say) => {
            let name = |line: &Line| match line {
                Line::Prompt(name) => *name,
                Line::Report => "report",
            };
            say.lines.iter().map(name).collect()
        }
        Step::Accept => vec!["(accept)"],
        Step::PassOn => vec!["(pass on)"],
        Step::Enter => vec!["(enter)"],
    }
}

#[test]
fn keys_do_what_the_menu_says() {
    let menu = Place::Menu { times: 1 };
    let with_pin = About { pin: true, ..PLAIN };
    let silent = About { report: false, ..PLAIN };
    let several = About { bundle: true, ..PLAIN };
    for (place, heard, about, expected) in [
        (
            Place::Ringing,
            Heard::Answered { machine: false },
            several,
            vec!["page_bundle", "page_bundle_due", "page_bundle_menu"],
        ),
        (menu, Heard::Silence, several, vec!["page_bundle", "page_bundle_menu"]),
        (menu, keys("4"), several, vec!["(accept)"]),
        (menu, keys("5"), several, vec!["page_wrong_key", "page_bundle_menu"]),
        (menu, keys("7"), several, vec!["(pass on)"]),
        (menu, keys("*"), several, vec!["page_bundle", "page_bundle_due", "page_bundle_menu"]),
        (Place::Ringing, Heard::Answered { machine: false }, PLAIN, vec!["page_intro", "page_case", "page_menu"]),
        (menu, keys("4"), PLAIN, vec!["(accept)"]),
        (menu, keys("5"), PLAIN, vec!["report", "page_menu"]),
        (menu, keys("5"), silent, vec!["page_no_report", "page_menu"]),
        (menu, keys("7"), PLAIN, vec!["(pass on)"]),
        (menu, keys("*"), PLAIN, vec!["page_intro", "page_case", "page_menu"]),
        (menu, keys("9"), PLAIN, vec!["page_wrong_key", "page_menu"]),
        (menu, keys("4"), with_pin, vec!["page_pin"]),
        (Place::Pin { wrong: 0 }, keys("4711"), About { right: true, ..with_pin }, vec!["(accept)"]),
        (Place::Pin { wrong: 0 }, keys("4712"), with_pin, vec!["page_pin_wrong", "page_pin"]),
        (Place::Pin { wrong: 2 }, keys("4712"), with_pin, vec!["page_pin_wrong", "page_bye"]),
        (Place::Offer, keys("1"), PLAIN, vec!["page_joining"]),
        (Place::Offer, Heard::Silence, PLAIN, vec!["page_call_later"]),
        (Place::Joined, Heard::Parted(true), PLAIN, vec!["page_parted"]),
        (Place::Joined, Heard::Parted(false), PLAIN, vec!["page_not_joined"]),
        (Place::Over, keys("4"), PLAIN, vec!["page_bye"]),
    ] {
        let (_, step) = step(place, &heard, about);
        assert_eq!(said(&step), expected, "{place:?} {heard:?}");
    }
}

#[test]
fn what_presses_nothing_acknowledges_nothing_and_a_machine_hears_no_detail() {
    let (place, told) = step(Place::Ringing, &Heard::Answered { machine: true }, PLAIN);
    assert_eq!((place, said(&told)), (Place::Over, vec!["page_machine"]));
    let (mut place, _) = step(Place::Ringing, &Heard::Answered { machine: false }, PLAIN);
    for _ in 0..10 {
        let (next, told) = step(place, &Heard::Silence, PLAIN);
        assert!(matches!(told, Step::Say(_)));
        place = next;
    }
    assert_eq!(place, Place::Over);
}

#[test]
fn who_took_it_may_talk_now_or_later() {
    let waiting = About { waiting: true, reachable: true, ..PLAIN };
    let reachable = About { reachable: true, ..PLAIN };
    for (taking, about, expected) in [
        (Taking::Theirs, waiting, vec!["page_taken", "page_offer_waiting"]),
        (Taking::StillTheirs, reachable, vec!["page_taken", "page_offer_call"]),
        (Taking::Theirs, PLAIN, vec!["page_taken", "page_done"]),
        (Taking::Theirs, About { bundle: true, ..waiting }, vec!["page_bundle_taken"]),
        (Taking::Others, waiting, vec!["page_already"]),
        (Taking::Moot, waiting, vec!["page_moot"]),
    ] {
        assert_eq!(said(&taken(taking, about).1), expected);
    }
    assert_eq!(said(&passed(Taking::Theirs, PLAIN).1), ["page_passed"]);
    assert_eq!(said(&passed(Taking::Others, PLAIN).1), ["page_already"]);
    let bundle = About { bundle: true, ..waiting };
    assert_eq!(said(&taken(Taking::Moot, bundle).1), ["page_bundle_past"]);
    assert_eq!(said(&passed(Taking::Moot, bundle).1), ["page_bundle_past"]);
}

proptest::proptest! {
    #[test]
    fn every_dialogue_ends_and_names_only_known_prompts(
        inputs in proptest::collection::vec("[0-9*#]{0,5}", 0..40), pin in proptest::bool::ANY,
        report in proptest::bool::ANY, bundle in proptest::bool::ANY,
    ) {
        let about = About { pin, right: false, report, waiting: true, reachable: true, bundle, ..PLAIN };
        let mut at = step(Place::Ringing, &Heard::Answered { machine: false }, about);
        for input in inputs {
            for name in said(&at.1) {
                proptest::prop_assert!(name.starts_with('(') || name == "report" || PROMPTS.contains(&name));
            }
            let heard = if input.is_empty() { Heard::Silence } else { Heard::Keys(input) };
            at = match at.1 {
                Step::Accept => taken(Taking::Theirs, about),
                Step::PassOn => passed(Taking::Theirs, about),
                _ => step(at.0, &heard, about),
            };
        }
    }
}

const TALKING: About = About { talk: Some(Talk::Holder), ..PLAIN };

#[test]
fn who_finds_others_talking_may_come_in_with_a_key() {
    let here = Place::Beside { times: 1, proven: false };
    let with_pin = About { pin: true, ..TALKING };
    let invited = About { invited: true, ..TALKING };
    let answered = Heard::Answered { machine: false };
    for (place, heard, about, expected) in [
        (here, keys("1"), TALKING, vec!["(enter)"]),
        (here, keys("9"), TALKING, vec!["page_talking"]),
        (here, keys("9"), About { talk: Some(Talk::Others), ..PLAIN }, vec!["page_talking_others"]),
        (Place::Beside { times: 3, proven: false }, keys("9"), TALKING, vec!["page_done"]),
        (here, Heard::Silence, TALKING, vec!["page_done"]),
        (here, keys("1"), PLAIN, vec!["room_nobody"]),
        (here, keys("1"), with_pin, vec!["page_pin"]),
        (Place::Beside { times: 1, proven: true }, keys("1"), with_pin, vec!["(enter)"]),
        (Place::BesidePin { wrong: 0 }, keys("4711"), About { right: true, ..with_pin }, vec!["(enter)"]),
        (Place::BesidePin { wrong: 0 }, keys("1"), with_pin, vec!["page_pin_wrong", "page_pin"]),
        (Place::BesidePin { wrong: 2 }, Heard::Silence, with_pin, vec!["page_pin_wrong", "page_done"]),
        (Place::Ringing, answered.clone(), invited, vec!["room_invite", "room_invite_case"]),
        (Place::Ringing, answered, About { talk: None, ..invited }, vec!["room_invite_over"]),
        (Place::Ringing, Heard::Answered { machine: true }, invited, vec!["page_machine"]),
    ] {
        assert_eq!(said(&step(place, &heard, about).1), expected, "{place:?} {heard:?}");
    }
    assert_eq!(said(&taken(Taking::Others, TALKING).1), ["page_talking"]);
    assert_eq!(said(&taken(Taking::Moot, TALKING).1), ["page_talking"]);
    assert_eq!(said(&taken(Taking::Theirs, TALKING).1), ["page_taken", "page_offer_room"]);
    // A PIN that was given with the key that came too late need not be given again; one that was not, must.
    let place = |right| taken(Taking::Others, About { pin: true, right, ..TALKING }).0;
    assert_eq!(place(true), Place::Beside { times: 1, proven: true });
    assert_eq!(place(false), Place::Beside { times: 1, proven: false });
}

#[test]
fn who_is_moved_into_a_room_waits_for_it_and_not_for_ever() {
    let room = |state| About { room: Some(state), ..PLAIN };
    for host in [true, false] {
        let here = Place::Moving { looks: 1, host };
        let (place, said_) = step(here, &Heard::Silence, room(RoomState::Open));
        assert_eq!((place, matches!(said_, Step::Confer(_))), (Place::Room, true));
        let mut at = here;
        let mut looks = 0;
        while let Place::Moving { .. } = at {
            (at, _) = step(at, &Heard::Silence, room(RoomState::Opening));
            looks += 1;
        }
        assert_eq!((at, looks), (Place::Over, usize::from(MOST_LOOKS)));
        let failed = step(here, &Heard::Silence, room(RoomState::Failed));
        assert_eq!(said(&failed.1), if host { ["page_parted"] } else { ["room_failed"] });
        let over = step(here, &Heard::Silence, room(RoomState::Over));
        assert_eq!(said(&over.1), if host { ["page_parted"] } else { ["room_nobody"] });
    }
    for place in [Place::Joined, Place::Talking] {
        let (place, _) = step(place, &Heard::Parted(true), room(RoomState::Opening));
        assert_eq!(place, Place::Moving { looks: 1, host: true });
    }
    assert_eq!(said(&step(Place::Talking, &Heard::Parted(true), room(RoomState::Failed)).1), ["page_parted"]);
    assert_eq!(said(&step(Place::Room, &Heard::Parted(true), room(RoomState::Over)).1), ["page_parted"]);
    for (state, expected) in [
        (Some(RoomState::Open), vec!["room_joining"]),
        (Some(RoomState::Opening), vec!["room_joining"]),
        (Some(RoomState::Over), vec!["room_nobody"]),
        (None, vec!["room_nobody"]),
    ] {
        assert_eq!(said(&entering(state).1), expected);
    }
}
