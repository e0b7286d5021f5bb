//! Which key was pressed, from the sound alone.
//!
//! Keys are pairs of tones (ITU-T Q.23); what a receiver must take for one is ITU-T Q.24, of whose national values this
//! follows AT&T's: each tone from 0 to -25 dBm0 and within 1.5 % of its frequency, the column up to 4 dB louder and up
//! to 8 dB softer than the row, 40 ms of tone, 40 ms of pause; no key from less than 23 ms, and no second one after an
//! interruption of 10 ms. What it does not follow is the rejection of tones 3.5 % off: a window short enough for 40 ms
//! cannot see that.
//!
//! Speech holds both tones of a key by chance, but not for long and not alone. So nearly all of a window's energy must
//! be in the two tones, and that for several windows in a row.

use std::f32::consts::TAU;

use super::tones::{COLUMNS, KEYS, ROWS};
use super::{Frame, RATE};

/// Samples of a window, 12.75 ms: short enough to fit into the shortest key several times, long enough to tell two rows.
const WINDOW: usize = 102;
/// Samples from the start of one window to that of the next, a third of it.
const HOP: usize = 34;
/// So many windows in a row with the same key are that key: at least 26 ms of tone, at most 40 ms.
const PRESSED_AFTER: u32 = 6;
/// So many windows in a row without it are its end: an interruption of 10 ms spoils four.
const RELEASED_AFTER: u32 = 6;

/// The least amplitude of a tone: -33 dBm0 (the loudest sine is 3.14 dBm0). A window that is half filled has a quarter.
const FAINTEST: f32 = 500.0;
/// How much of a window's energy is in the two tones: two thirds. At 1.5 % off, the highest column shows 72 % of itself.
const SHARE: f32 = 0.68;
/// How much more the column may have than the row: 5.5 dB, the 4 of the rule and what frequency and noise may hide.
const COLUMN_LOUDER: f32 = 3.5;
/// How much more the row may have than the column: 11 dB, likewise, and what the row takes from the column in a window
/// that holds half of them.
const ROW_LOUDER: f32 = 12.6;
/// How much more a tone has than the others of its group: 6 dB, since a row that is 8 dB louder leaks into the columns.
const AMONG_OTHERS: f32 = 4.0;

/// Listens to one direction of a call.
#[derive(Clone, Debug)]
pub struct Detector {
    rows: [f32; 4],
    columns: [f32; 4],
    /// What was heard and is not yet part of a window that is over.
    heard: Vec<f32>,
    /// The key that is down.
    pressed: Option<char>,
    /// What the last windows showed, and how many of them in a row.
    seen: (Option<char>, u32),
    /// Windows in a row that did not show the key that is down.
    without: u32,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            rows: ROWS.map(coefficient),
            columns: COLUMNS.map(coefficient),
            heard: Vec::with_capacity(WINDOW.saturating_mul(3)),
            pressed: None,
            seen: (None, 0),
            without: 0,
        }
    }
}

impl Detector {
    /// Nothing heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next 20 ms; the key that was recognized in it, once for each time it is pressed.
    pub fn hear(&mut self, frame: &Frame) -> Option<char> {
        self.heard.extend(frame.0.iter().map(|&sample| f32::from(sample)));
        let mut key = None;
        let mut from = 0_usize;
        while let Some(window) = self.heard.get(from..).and_then(|heard| heard.get(..WINDOW)) {
            let shown = self.shown_by(window);
            // Two within 20 ms would take two pauses: there is never more than one.
            key = key.or(self.step(shown));
            from = from.saturating_add(HOP);
        }
        self.heard.drain(..from.min(self.heard.len()));
        key
    }

    /// Whether a key is down: its sound is not part of what a person says.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.pressed.is_some()
    }

    /// The key whose tones fill a window.
    fn shown_by(&self, window: &[f32]) -> Option<char> {
        let energy: f32 = window.iter().map(|sample| sample * sample).sum();
        #[expect(clippy::cast_precision_loss, reason = "a window is short")]
        let half = WINDOW as f32 / 2.0;
        // Too soft to hold two tones: most of what a call sounds like.
        if energy < FAINTEST * FAINTEST * half {
            return None;
        }
        let (row, row_power) = strongest(self.rows.map(|coefficient| power(window, coefficient)))?;
        let (column, column_power) = strongest(self.columns.map(|coefficient| power(window, coefficient)))?;
        // A tone of amplitude a has a power of (a N / 2)^2 here, and an energy of a^2 N / 2.
        let faintest = (FAINTEST * half) * (FAINTEST * half);
        let is_key = row_power >= faintest
            && column_power >= faintest
            && column_power <= COLUMN_LOUDER * row_power
            && row_power <= ROW_LOUDER * column_power
            && row_power + column_power >= SHARE * half * energy;
        if is_key { KEYS.get(row)?.get(column).copied() } else { None }
    }

    /// What one more window means.
    fn step(&mut self, shown: Option<char>) -> Option<char> {
        self.seen = if shown == self.seen.0 { (shown, self.seen.1.saturating_add(1)) } else { (shown, 1) };
        if self.pressed.is_some() {
            self.without = if shown == self.pressed { 0 } else { self.without.saturating_add(1) };
            if self.without >= RELEASED_AFTER {
                self.pressed = None;
            }
        }
        if self.pressed.is_some() || self.seen.1 < PRESSED_AFTER {
            return None;
        }
        self.pressed = shown;
        self.without = 0;
        shown
    }
}

/// 2 cos(2 pi f / rate), all that Goertzel's algorithm needs to know of a frequency.
fn coefficient(hertz: u16) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "8000 fits")]
    let rate = RATE as f32;
    2.0 * (TAU * f32::from(hertz) / rate).cos()
}

/// How much of one frequency is in a window (Goertzel).
fn power(window: &[f32], coefficient: f32) -> f32 {
    let (last, before) =
        window.iter().fold((0.0_f32, 0.0_f32), |(last, before), sample| (sample + coefficient * last - before, last));
    last * last + before * before - coefficient * last * before
}

/// The one that stands out, if one does.
fn strongest(powers: [f32; 4]) -> Option<(usize, f32)> {
    let (at, power) = powers.into_iter().enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let alone = powers.iter().enumerate().all(|(other, &less)| other == at || less * AMONG_OTHERS <= power);
    alone.then_some((at, power))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sound::g711::Law;
    use crate::sound::tones::frequencies;
    use crate::sound::trials::{Noise, spoken};
    use crate::sound::{frames, rounded};

    /// Two tones: each with its amplitude and how far off its frequency is.
    struct Tones {
        row: (f32, f32),
        column: (f32, f32),
        milliseconds: usize,
    }

    /// -9 dBm0 each, exactly, 60 ms.
    const USUAL: Tones = Tones { row: (8000.0, 1.0), column: (8000.0, 1.0), milliseconds: 60 };

    impl Tones {
        fn of(&self, key: char) -> Vec<i16> {
            let (row, column) = frequencies(key).unwrap();
            let sine = |(amplitude, off): (f32, f32), hertz: u16, at: u16| {
                amplitude * (TAU * f32::from(hertz) * off * f32::from(at) / 8000.0).sin()
            };
            let samples = u16::try_from(self.milliseconds * 8).unwrap();
            (0..samples).map(|at| rounded(sine(self.row, row, at) + sine(self.column, column, at))).collect()
        }
    }

    /// The amplitude of a tone of so many dBm0.
    fn dbm0(level: f32) -> f32 {
        32_124.0 * 10_f32.powf((level - 3.17) / 20.0)
    }

    fn pause(milliseconds: usize) -> Vec<i16> {
        vec![0; milliseconds * 8]
    }

    /// What is recognized, with one more pause.
    fn heard(samples: &[i16]) -> String {
        let mut detector = Detector::new();
        let samples: Vec<i16> = samples.iter().copied().chain(pause(100)).collect();
        frames(&samples).filter_map(|frame| detector.hear(&frame)).collect()
    }

    /// The sound, shifted through a frame: a key begins where it likes.
    fn shifted(sound: &[i16]) -> impl Iterator<Item = Vec<i16>> {
        (0..160).step_by(13).map(move |by| [&vec![0; by], sound].concat())
    }

    #[test]
    fn every_key_is_heard_as_itself_through_both_laws() {
        for key in KEYS.into_iter().flatten() {
            let sound = crate::sound::tones::key(key, std::time::Duration::from_millis(100));
            for law in [None, Some(Law::Mu), Some(Law::A)] {
                let sound = law.map_or_else(|| sound.clone(), |law| law.decode(&law.encode(&sound)));
                assert_eq!(heard(&sound), key.to_string(), "{law:?}");
            }
        }
    }

    #[test]
    fn what_must_be_heard_is_and_what_must_not_is_not() {
        let with = |row: (f32, f32), column: (f32, f32), milliseconds| Tones { row, column, milliseconds };
        // The rule, the tones, whether they are a key.
        let cases = [
            ("40 ms", with((8000.0, 1.0), (8000.0, 1.0), 40), true),
            ("23 ms", with((8000.0, 1.0), (8000.0, 1.0), 23), false),
            ("the loudest, 0 dBm0", with((dbm0(0.0) / 2.0, 1.0), (dbm0(0.0) / 2.0, 1.0), 40), true),
            ("the faintest, -25 dBm0", with((dbm0(-25.0), 1.0), (dbm0(-25.0), 1.0), 40), true),
            ("too faint, -45 dBm0", with((dbm0(-45.0), 1.0), (dbm0(-45.0), 1.0), 200), false),
            ("1.5 % high", with((8000.0, 1.015), (8000.0, 1.015), 40), true),
            ("1.5 % low", with((8000.0, 0.985), (8000.0, 0.985), 40), true),
            ("1.5 % apart", with((8000.0, 0.985), (8000.0, 1.015), 40), true),
            ("5 % high", with((8000.0, 1.05), (8000.0, 1.05), 200), false),
            ("column 4 dB louder", with((6000.0, 1.0), (9509.0, 1.0), 40), true),
            ("row 8 dB louder", with((9509.0, 1.0), (3785.0, 1.0), 40), true),
            ("column 9 dB louder", with((3000.0, 1.0), (8455.0, 1.0), 200), false),
            ("row 14 dB louder", with((9000.0, 1.0), (1796.0, 1.0), 200), false),
            ("row alone", with((8000.0, 1.0), (0.0, 1.0), 200), false),
            ("column alone", with((0.0, 1.0), (8000.0, 1.0), 200), false),
        ];
        for (rule, tones, is_key) in cases {
            for key in KEYS.into_iter().flatten() {
                for sound in shifted(&tones.of(key)) {
                    let expected = if is_key { key.to_string() } else { String::new() };
                    assert_eq!(heard(&sound), expected, "{rule}, {key}, after {}", sound.len() % 160);
                }
            }
        }
    }

    #[test]
    fn keys_are_counted_as_often_as_they_are_pressed() {
        let one = Tones { milliseconds: 40, ..USUAL };
        // The rule, the sound, what is heard.
        let cases = [
            (
                "40 ms and a pause of 40 ms",
                [one.of('5'), pause(40), one.of('5'), pause(40), one.of('5')].concat(),
                "555",
            ),
            ("an interruption of 10 ms", [one.of('5'), pause(10), one.of('5')].concat(), "5"),
            ("held for long", Tones { milliseconds: 4000, ..USUAL }.of('#'), "#"),
            ("different ones", [one.of('1'), pause(40), one.of('9'), pause(40), one.of('*')].concat(), "19*"),
            ("different ones at once", [USUAL.of('1'), USUAL.of('9')].concat(), "19"),
        ];
        for (rule, sound, expected) in cases {
            for sound in shifted(&sound) {
                assert_eq!(heard(&sound), expected, "{rule}, after {}", sound.len() % 160);
            }
        }
    }

    #[test]
    fn a_key_is_down_until_it_is_let_go() {
        let mut detector = Detector::new();
        let sound = [Tones { milliseconds: 200, ..USUAL }.of('7'), pause(200)].concat();
        let down: Vec<bool> = frames(&sound)
            .map(|frame| {
                detector.hear(&frame);
                detector.is_pressed()
            })
            .collect();
        let (pressed, let_go) =
            (down.iter().position(|down| *down).unwrap(), down.iter().rposition(|down| *down).unwrap());
        assert!((1..=2).contains(&pressed) && (10..=12).contains(&let_go), "{down:?}");
    }

    #[test]
    fn noise_15_db_below_hides_no_key_and_noise_alone_is_none() {
        let mut noise = Noise::new(11);
        // Two tones of amplitude 8000 have a level of -12.2 dB.
        for round in 0..20 {
            for key in KEYS.into_iter().flatten() {
                let sound = [pause(20 + round), Tones { milliseconds: 50, ..USUAL }.of(key), pause(60)].concat();
                let noise = noise.samples(-27.2, sound.len());
                let sound: Vec<i16> = sound.iter().zip(&noise).map(|(tone, noise)| tone + noise).collect();
                let law = if round % 2 == 0 { Law::Mu } else { Law::A };
                assert_eq!(heard(&law.decode(&law.encode(&sound))), key.to_string(), "round {round}");
            }
        }
        for level in [-60.0, -30.0, -12.0] {
            assert_eq!(heard(&noise.samples(level, 8000 * 20)), "", "{level}");
        }
    }

    #[test]
    fn what_the_network_itself_sounds_is_no_key() {
        use crate::sound::tones::Signal;
        for signal in [Signal::Ringing, Signal::Busy, Signal::Congestion, Signal::Beep, Signal::Music] {
            let sound: Vec<i16> = (0..2000).flat_map(|number| signal.frame(number).0).collect();
            assert_eq!(heard(&sound), "", "{signal:?}");
        }
    }

    #[test]
    fn nobody_speaks_keys_espeak() {
        let es = "Gracias por llamar a la línea de incidentes críticos. Si los servicios de su institución no responden, \
                  presione uno. Para hablar con la persona de guardia, presione cero. Su número de caso es cuatro, ocho, \
                  cero, dos, siete, cinco, uno, nueve. La nómina no responde desde las nueve de la noche, y la página de \
                  citas tampoco: nadie puede entrar, ni desde la oficina ni desde la casa. Ya llamamos al proveedor.";
        let en = "Thank you for calling the critical incident line. Nobody can sign in to the payroll platform since nine \
                  this evening. We see a blue screen, weird beeping, and zero people who know why; please hurry up.";
        for (voices, words) in [(["es-419", "es-419+f3", "es+m7"], es), (["en-us", "en-us+f4", "en-gb+m3"], en)] {
            for (voice, law) in voices.into_iter().zip([Law::Mu, Law::A, Law::Mu]) {
                let sound = law.decode(&law.encode(&spoken(voice, words)));
                assert!(sound.len() > 8000 * 10, "{voice}");
                assert_eq!(heard(&sound), "", "{voice} {law:?}");
            }
        }
    }

    #[test]
    fn keys_are_heard_while_somebody_speaks_softly_espeak() {
        let words = spoken("es-419", "La nómina no responde desde las nueve de la noche.");
        let mut sound = words.clone();
        for sample in &mut sound {
            *sample /= 16;
        }
        for (at, tone) in sound.iter_mut().skip(8000).zip(Tones { milliseconds: 120, ..USUAL }.of('3')) {
            *at = at.saturating_add(tone);
        }
        assert_eq!(heard(&sound), "3");
    }

    proptest! {
        #[test]
        fn any_key_of_the_allowed_kind_is_heard_once(
            key in prop::sample::select(KEYS.into_iter().flatten().collect::<Vec<_>>()),
            before in 0_usize..400,
            milliseconds in 40_usize..300,
            (row_off, column_off) in (0.985_f32..1.015, 0.985_f32..1.015),
            level in -22.0_f32..-4.0,
            twist in -8.0_f32..4.0,
            mu in any::<bool>(),
        ) {
            let half = 10_f32.powf(twist / 40.0);
            let tones = Tones { row: (dbm0(level) / half, row_off), column: (dbm0(level) * half, column_off), milliseconds };
            let sound = [vec![0; before], tones.of(key)].concat();
            let law = if mu { Law::Mu } else { Law::A };
            prop_assert_eq!(heard(&law.decode(&law.encode(&sound))), key.to_string());
        }

        #[test]
        fn no_sound_breaks_it(samples in prop::collection::vec(any::<i16>(), 0..4000)) {
            prop_assert!(heard(&samples).len() <= 4);
        }
    }
}
