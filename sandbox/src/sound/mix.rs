//! Several people in one room: everybody hears everybody else.

use super::{FRAME, Frame};

/// All of them together; what is too loud is as loud as it can be. Of nobody, silence.
#[must_use]
pub fn all<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Frame {
    clipped(&sum(frames))
}

/// What each of them hears: all the others, in the order given.
#[must_use]
pub fn each_without_itself(frames: &[Frame]) -> Vec<Frame> {
    let sum = sum(frames);
    frames
        .iter()
        .map(|own| {
            let mut others = sum;
            for (other, &sample) in others.iter_mut().zip(&own.0) {
                *other = other.saturating_sub(i32::from(sample));
            }
            clipped(&others)
        })
        .collect()
}

/// 65 000 of the loudest fit, and nothing breaks beyond.
fn sum<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> [i32; FRAME] {
    let mut sum = [0_i32; FRAME];
    for frame in frames {
        for (sum, &sample) in sum.iter_mut().zip(&frame.0) {
            *sum = sum.saturating_add(i32::from(sample));
        }
    }
    sum
}

fn clipped(sum: &[i32; FRAME]) -> Frame {
    Frame(sum.map(|value| i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn frame(sample: i16) -> Frame {
        Frame([sample; FRAME])
    }

    #[test]
    fn people_add_up_until_it_is_too_loud() {
        let cases: [(&[i16], i16); 6] = [
            (&[], 0),
            (&[5], 5),
            (&[100, -30], 70),
            (&[30_000, 30_000], i16::MAX),
            (&[-30_000, -30_000], i16::MIN),
            // Too loud in between, not in the end.
            (&[30_000, 30_000, -30_000], 30_000),
        ];
        for (samples, expected) in cases {
            let frames: Vec<Frame> = samples.iter().map(|&sample| frame(sample)).collect();
            assert_eq!(all(&frames), frame(expected), "{samples:?}");
        }
    }

    #[test]
    fn nobody_hears_themselves() {
        let heard = each_without_itself(&[frame(100), frame(20), frame(3)]);
        assert_eq!(heard, [frame(23), frame(103), frame(120)]);
        assert_eq!(each_without_itself(&[frame(9)]), [Frame::SILENCE]);
        assert_eq!(each_without_itself(&[]), []);
        // The two loud ones do not drown the third in what they leave.
        assert_eq!(each_without_itself(&[frame(32_000), frame(32_000), frame(7)])[0], frame(32_007));
    }

    proptest! {
        #[test]
        fn what_each_hears_is_all_without_it(samples in prop::collection::vec(any::<i16>(), 0..12)) {
            let frames: Vec<Frame> = samples.iter().map(|&sample| frame(sample)).collect();
            let heard = each_without_itself(&frames);
            prop_assert_eq!(heard.len(), frames.len());
            for (own, heard) in heard.iter().enumerate() {
                let others = frames.iter().enumerate().filter(|(other, _)| *other != own).map(|(_, frame)| frame);
                prop_assert_eq!(heard, &all(others));
            }
        }
    }
}
