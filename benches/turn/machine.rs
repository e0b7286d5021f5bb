//! The pure part of a turn: the machine's steps and the rendering of the document, without store or network.

use std::hint::black_box;

use guardia::clock::Clock;
use guardia::config::Config;
use guardia::flow::rehearsal::{Rehearsal, World};
use guardia::flow::{Facts, Flow, Input, Library};
use guardia::phone::Phone;
use guardia::provider::telephony::{Dialect, Links, Voices, render};
use guardia::{call::Directory, serve};

use crate::bare::input;
use crate::line::{Caller, PATH, micros};

/// Microseconds of each turn of `calls` calls: the steps and questions of one input, and its document.
pub fn turns(config: &Config, calls: usize) -> Vec<f64> {
    let flow = Library::from_texts(&serve::read_bundle(&config.line.flow).unwrap()).unwrap();
    let text = std::fs::read_to_string(&config.line.directory).unwrap();
    let directory = Directory::parse(&text, "directory").unwrap();
    (0..calls).flat_map(|number| call(config, &flow, &directory, &Caller::new(number))).collect()
}

fn call(config: &Config, flow: &Flow, directory: &Directory, caller: &Caller) -> Vec<f64> {
    // One turn is shorter than the clock's last digit is good for: each is done so often, and divided.
    const TIMES: i32 = 20;
    let clock = Clock::machine();
    let acts = PATH.into_iter().map(|act| input(config, caller, act));
    let institution = acts.clone().find_map(|input| match input {
        Input::Digits(keys) => directory.institution(&keys).cloned(),
        _ => None,
    });
    let world = World { institutions: institution.into_iter().collect(), ..World::default() };
    let facts = Facts {
        now: clock.now(),
        zone: config.calendar.zone(),
        open: false,
        holiday: None,
        next_open: None,
        banner: None,
        caller: Some(Phone::parse(&caller.from).unwrap()),
        caller_institution: None,
        line: config.line.number.clone(),
        support_email: config.line.support_email.clone(),
        services: directory.services().to_vec(),
        queue: String::new(),
    };
    let mut rehearsal = Rehearsal::new(flow, facts, world);
    let mut took = Vec::new();
    for input in std::iter::once(Input::Begin).chain(acts) {
        let mut copies: Vec<_> = (0..TIMES).map(|_| (rehearsal.clone(), input.clone())).collect();
        let began = clock.now();
        for (rehearsal, input) in &mut copies {
            let turn = rehearsal.give(std::mem::replace(input, Input::Begin)).unwrap();
            black_box(document(&turn.verbs));
        }
        let micros = i32::try_from(micros(began, clock.now())).unwrap();
        took.push(f64::from(micros) / f64::from(TIMES));
        rehearsal.give(input).unwrap();
    }
    took
}

fn document(verbs: &[guardia::flow::Verb]) -> String {
    let links = Links {
        action: "/twilio/voice/turn/0b5b7a1e0f3c4b399d570b3a9e0f6c11/7",
        silence: "/twilio/voice/turn/0b5b7a1e0f3c4b399d570b3a9e0f6c11/7/silence",
        recording_status: Some("https://guardia.example/twilio/voice/recording"),
        audio: "https://guardia.example/audio",
        ..Links::default()
    };
    render(&Dialect::TWILIO, &Voices::default(), &links, verbs).unwrap()
}
