//! Recordings that are long, trimmed, late or too much.

use chrono::DateTime;

use super::*;
use crate::ids::Ids;

fn track(ids: &mut Ids, channels: u16) -> Track {
    Track {
        sid: RecordingSid::draw(ids),
        began: DateTime::UNIX_EPOCH,
        channels,
        both: channels == 2,
        left_out: TimeDelta::zero(),
    }
}

fn frame(sample: i16) -> Frame {
    Frame([sample; FRAME])
}

fn samples(film: &Film) -> Vec<i16> {
    film.samples(u32::MAX).unwrap()
}

#[test]
fn a_long_recording_is_spilled_and_comes_back_whole_and_its_room_is_given_back() {
    let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
    let track = track(&mut ids, 2);
    for number in 0..3000 {
        films.add(&track, track.began, &frame(number), &frame(-number), false);
    }
    let film = films.finish(&track.sid, TimeDelta::zero(), false).unwrap();
    assert_eq!(film.length(), TimeDelta::seconds(60));
    let path = film.store.path.clone().expect("a minute of two channels is long");
    let samples = samples(&film);
    assert_eq!(samples.len(), 3000 * FRAME * 2);
    assert!(samples.chunks(2 * FRAME).zip(0..).all(|(frame, number)| frame[0] == number && frame[1] == -number));
    assert_eq!(film.samples(1).unwrap().len(), 16_000);
    drop(film);
    assert!(!path.exists());
    assert_eq!(films.used.load(Ordering::Relaxed), 0);
    let folder = films.folder.as_ref().unwrap().path().to_owned();
    drop(films);
    assert!(!folder.exists());
}

#[test]
fn silence_around_a_voice_is_trimmed_but_for_a_moment() {
    let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
    let track = track(&mut ids, 1);
    for number in 0..100 {
        // A voice from 20 to 60, told from the third frame on.
        let voice = if (20..60).contains(&number) { 1000 } else { 0 };
        films.add(&track, track.began, &frame(voice), &Frame::SILENCE, (22..60).contains(&number));
    }
    let film = films.finish(&track.sid, TimeDelta::zero(), true).unwrap();
    assert_eq!((film.from, film.to), (15, 65));
    assert_eq!(samples(&film).iter().filter(|sample| **sample == 1000).count(), 40 * FRAME);
}

#[test]
fn what_is_left_out_of_the_time_leaves_no_silence() {
    let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
    let mut track = track(&mut ids, 1);
    let put = |films: &mut Films, track: &Track, from: i64| {
        for number in 0..50 {
            films.add(track, track.began + millis(from + number * 20), &frame(1000), &Frame::SILENCE, true);
        }
    };
    put(&mut films, &track, 0);
    track.left_out = TimeDelta::seconds(2);
    put(&mut films, &track, 3000);
    let film = films.finish(&track.sid, TimeDelta::seconds(2), false).unwrap();
    assert_eq!(film.length(), TimeDelta::seconds(2));
    assert!(samples(&film).iter().all(|sample| *sample == 1000));
}

#[test]
fn what_nobody_sent_is_silence_as_long_as_it_was() {
    let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
    let track = track(&mut ids, 1);
    for at in [1000, 1020, 1040, 3000] {
        films.add(&track, track.began + millis(at), &frame(7), &Frame::SILENCE, false);
    }
    let film = films.finish(&track.sid, TimeDelta::seconds(5), false).unwrap();
    assert_eq!(film.length(), TimeDelta::seconds(5));
    let loud: Vec<usize> = samples(&film).iter().enumerate().filter(|(_, s)| **s == 7).map(|(at, _)| at).collect();
    assert_eq!(loud.len(), 4 * FRAME);
    assert_eq!((loud[0], loud[3 * FRAME]), (8000, 24_000));
    films.add(&track, track.began, &frame(7), &Frame::SILENCE, false);
    films.forget(&track.sid);
    assert!(films.finish(&track.sid, TimeDelta::zero(), false).is_none());
}

#[test]
fn who_is_recorded_late_was_silent_before_and_what_is_too_much_is_lost() {
    let (mut films, mut ids) = (Films::new(60 * 320), Ids::new(1));
    let track = track(&mut ids, 1);
    for _ in 0..100 {
        films.add(&track, track.began + TimeDelta::seconds(1), &frame(7), &Frame::SILENCE, false);
    }
    let film = films.finish(&track.sid, TimeDelta::zero(), false).unwrap();
    let samples = samples(&film);
    assert_eq!(samples.len(), 60 * FRAME);
    assert_eq!((samples[50 * FRAME - 1], samples[50 * FRAME]), (0, 7));
    assert!(films.finish(&track.sid, TimeDelta::zero(), false).is_none());
}
