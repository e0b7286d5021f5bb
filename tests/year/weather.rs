//! What goes wrong around an incident, and ends again.

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia_sandbox::{Faults, Network, Phone, Receipts};

use crate::agenda::{Agenda, Deed};
use crate::chance::Chance;
use crate::staff::STAFF;

/// Something begins or ends.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Receipts of texts come some other way.
    Receipts(Receipts),
    /// Callbacks about calls do.
    Callbacks(Receipts),
    /// Every webhook comes twice, or no more.
    Doubled(bool),
    /// The provider's API is away, or back.
    Away(bool),
    /// Texts do not reach this number, for this reason; or do again.
    Unreachable(String, Option<u32>),
    /// A phone does this when it rings.
    Phone(String, Phone),
}

/// The faults in force.
#[derive(Debug, Default)]
pub struct Weather(Faults);

/// Sets down one or two things that go wrong soon after `now`.
pub fn plan(agenda: &mut Agenda, chance: &Chance, now: Instant) {
    for _ in 0..chance.between(1, 2) {
        let at = now + TimeDelta::seconds(chance.between(0, 900));
        let number = chance.pick(&STAFF).0.to_owned();
        let deed = match chance.between(0, 9) {
            0 => Deed::Turns(Turn::Receipts(receipts(chance))),
            1 => Deed::Turns(Turn::Callbacks(receipts(chance))),
            2 => Deed::Turns(Turn::Doubled(true)),
            3 | 4 => Deed::Turns(Turn::Away(true)),
            5 => Deed::Turns(Turn::Unreachable(number, Some(*chance.pick(&[30_003, 30_005, 21_211, 30_001])))),
            6 | 7 => Deed::Turns(Turn::Phone(number, phone(chance))),
            _ => {
                let down = if chance.one_in(2) { 0 } else { chance.between(20, 600) };
                agenda.set(at, Deed::Stops);
                agenda.set(at + TimeDelta::seconds(down), Deed::Starts);
                continue;
            }
        };
        agenda.set(at, deed);
    }
}

fn receipts(chance: &Chance) -> Receipts {
    match chance.between(0, 3) {
        0 => Receipts::Reversed,
        1 => Receipts::Late(TimeDelta::seconds(chance.between(5, 1_800))),
        2 => Receipts::Twice,
        _ => Receipts::None,
    }
}

fn phone(chance: &Chance) -> Phone {
    match chance.between(0, 3) {
        0 => Phone::Answers(TimeDelta::seconds(chance.between(2, 20))),
        1 => Phone::Voicemail(TimeDelta::seconds(chance.between(5, 20))),
        2 => Phone::Busy,
        _ => Phone::SwitchedOff,
    }
}

impl Weather {
    /// Takes a turn, and sets down when it is over.
    pub fn turn(&mut self, network: &Network, turn: Turn, agenda: &mut Agenda, chance: &Chance, now: Instant) {
        let faults = &mut self.0;
        let (over, seconds) = match turn {
            Turn::Receipts(how) => {
                faults.sms_receipts = how;
                ((how != Receipts::InOrder).then_some(Turn::Receipts(Receipts::InOrder)), chance.between(60, 7_200))
            }
            Turn::Callbacks(how) => {
                faults.callbacks = how;
                ((how != Receipts::InOrder).then_some(Turn::Callbacks(Receipts::InOrder)), chance.between(60, 7_200))
            }
            Turn::Doubled(on) => {
                faults.duplicate_every_webhook = on;
                (on.then_some(Turn::Doubled(false)), chance.between(60, 7_200))
            }
            Turn::Away(on) => {
                faults.api_away = on;
                (on.then_some(Turn::Away(false)), chance.between(20, 900))
            }
            Turn::Unreachable(number, Some(code)) => {
                faults.sms_failures.insert(number.clone(), code);
                (Some(Turn::Unreachable(number, None)), chance.between(600, 43_200))
            }
            Turn::Unreachable(number, None) => {
                faults.sms_failures.remove(&number);
                (None, 0)
            }
            Turn::Phone(number, how) => {
                network.set_phone(&number, how);
                ((how != Phone::Attended).then_some(Turn::Phone(number, Phone::Attended)), chance.between(600, 43_200))
            }
        };
        network.set_faults(self.0.clone());
        if let Some(over) = over {
            agenda.set(now + TimeDelta::seconds(seconds), Deed::Turns(over));
        }
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self, network: &Network) {
        self.0 = Faults::default();
        network.set_faults(Faults::default());
    }
}
