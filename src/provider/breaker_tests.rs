use proptest::prelude::*;

use super::*;

const TOLERANCE: Tolerance = Tolerance { failures: NonZeroU32::new(2).unwrap(), pause: TimeDelta::seconds(30) };

fn at(seconds: i64) -> Instant {
    "2026-03-08T02:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
}

fn open(seconds: i64) -> State {
    State::Open { until: at(seconds) }
}

fn trying(seconds: i64) -> State {
    State::HalfOpen { trying_until: Some(at(seconds)) }
}

#[test]
fn the_table() {
    use Event::{Asked, Failed, Neither, Worked};
    let closed = |failures| State::Closed { failures };
    let idle = State::HalfOpen { trying_until: None };
    for (state, event, now, next) in [
        (closed(0), Asked, 0, (closed(0), true)),
        (closed(0), Failed, 0, (closed(1), false)),
        (closed(1), Failed, 0, (open(30), false)),
        (closed(1), Worked, 0, (closed(0), true)),
        (closed(1), Neither, 0, (closed(1), true)),
        (open(30), Asked, 29, (open(30), false)),
        (open(30), Asked, 30, (trying(60), true)),
        (open(30), Failed, 10, (open(40), false)),
        (open(30), Worked, 10, (closed(0), true)),
        (open(30), Neither, 10, (open(30), false)),
        (idle, Asked, 0, (trying(30), true)),
        (idle, Failed, 0, (open(30), false)),
        (trying(30), Asked, 29, (trying(30), false)),
        (trying(30), Asked, 30, (trying(60), true)),
        (trying(30), Worked, 9, (closed(0), true)),
        (trying(30), Failed, 9, (open(39), false)),
        (trying(30), Neither, 9, (idle, true)),
    ] {
        assert_eq!(step(state, event, at(now), TOLERANCE), next, "{state:?} {event:?} at {now}");
    }
}

#[test]
fn the_last_one_stays_half_open() {
    let mut breakers = Breakers::new(2, TOLERANCE);
    for index in [0, 0, 1, 1] {
        assert!(breakers.ask(index, at(0)));
        breakers.tell(index, Event::Failed, at(0));
    }
    assert_eq!(breakers.states(), [open(30), State::HalfOpen { trying_until: None }]);
    assert!(!breakers.ask(0, at(1)) && breakers.ask(1, at(1)) && !breakers.ask(1, at(1)));
    assert_eq!(breakers.last_resort(), Some(1));
    // As soon as another one may be tried, it is; once that works, the last one may open.
    assert!(breakers.ask(0, at(30)));
    breakers.tell(0, Event::Worked, at(30));
    breakers.tell(1, Event::Failed, at(31));
    assert_eq!(breakers.states(), [State::Closed { failures: 0 }, open(61)]);
}

proptest! {
    /// Whatever happens in whatever order, somebody can be sent to, and a provider that works again is asked again.
    #[test]
    fn never_all_are_open(
        providers in 1_usize..4,
        happenings in prop::collection::vec((0_usize..4, 0_usize..4, 0_i64..40), 0..60),
    ) {
        let mut breakers = Breakers::new(providers, TOLERANCE);
        let mut now = 0;
        for (index, event, passed) in happenings {
            now += passed;
            match [Event::Asked, Event::Worked, Event::Failed, Event::Neither][event] {
                Event::Asked => {
                    let before = breakers.states().get(index).copied();
                    let may = breakers.ask(index, at(now));
                    let held = matches!(before, Some(State::Open { until } | State::HalfOpen { trying_until: Some(until) }) if at(now) < until);
                    prop_assert_eq!(may, before.is_some() && !held);
                }
                event => breakers.tell(index, event, at(now)),
            }
            prop_assert!(breakers.last_resort().is_some_and(|index| index < providers));
        }
        for index in 0..providers {
            breakers.tell(index, Event::Worked, at(now));
            prop_assert!(breakers.ask(index, at(now)));
        }
    }

    /// A closed breaker opens at exactly the bound of failures in a row.
    #[test]
    fn only_failures_in_a_row_open(results in prop::collection::vec(any::<bool>(), 0..30), bound in 1_u32..6) {
        let tolerance = Tolerance { failures: NonZeroU32::new(bound).unwrap(), ..TOLERANCE };
        let (mut state, mut row) = (State::Closed { failures: 0 }, 0);
        for worked in results {
            row = if worked { 0 } else { row + 1 };
            state = step(state, if worked { Event::Worked } else { Event::Failed }, at(0), tolerance).0;
            prop_assert_eq!(matches!(state, State::Open { .. }), row >= bound);
        }
    }
}
