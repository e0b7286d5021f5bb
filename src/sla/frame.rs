//! A frame of service hours within one day: `08:00-16:00`, the end not included.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Minutes in a day on a clock's face.
pub(super) const DAY_MINUTES: u16 = 1_440;

/// Hours within one day, by the clock on the wall: open from the first minute, closed at the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Frame {
    from: u16,
    to: u16,
}

/// Why a text is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not two clock times.
    #[error("not hours of a day: write them as 08:00-16:00, from 00:00 to 24:00")]
    Shape,
    /// The end is not after the beginning.
    #[error("the end is not after the beginning: split hours that pass midnight, as 22:00-24:00 and 00:00-06:00")]
    Order,
}

impl Frame {
    /// The whole day.
    pub const ALL_DAY: Self = Self { from: 0, to: DAY_MINUTES };

    /// Hours from one minute of the day to another (`24:00` is 1440).
    ///
    /// # Errors
    /// [`FrameError::Order`] unless `from < to <= 1440`.
    pub fn new(from: u16, to: u16) -> Result<Self, FrameError> {
        if from < to && to <= DAY_MINUTES { Ok(Self { from, to }) } else { Err(FrameError::Order) }
    }

    /// Reads `HH:MM-HH:MM`; `24:00` ends a day.
    ///
    /// # Errors
    /// [`FrameError`], which names the mend.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        let (from, to) = text.split_once('-').ok_or(FrameError::Shape)?;
        Self::new(minute(from)?, minute(to)?)
    }

    /// The first open minute of the day.
    #[must_use]
    pub fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day at which it is closed.
    #[must_use]
    pub fn to(self) -> u16 {
        self.to
    }

    /// Whether this minute of the day is open.
    pub(super) fn holds(self, minute: u16) -> bool {
        (self.from..self.to).contains(&minute)
    }
}

fn minute(text: &str) -> Result<u16, FrameError> {
    let (hours, minutes) = text.trim().split_once(':').ok_or(FrameError::Shape)?;
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<u16>().map_err(|_| FrameError::Shape),
        _ => Err(FrameError::Shape),
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    match (hours, minutes) {
        (0..=23, 0..=59) | (24, 0) => Ok(hours.saturating_mul(60).saturating_add(minutes)),
        _ => Err(FrameError::Shape),
    }
}

/// Frames in order, when no two share a minute.
pub(super) fn in_order(mut frames: Vec<Frame>) -> Result<Vec<Frame>, (Frame, Frame)> {
    frames.sort_unstable();
    let clash = frames.iter().zip(frames.iter().skip(1)).find(|(one, next)| next.from < one.to);
    match clash {
        Some((one, next)) => Err((*one, *next)),
        None => Ok(frames),
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

impl TryFrom<String> for Frame {
    type Error = FrameError;

    fn try_from(text: String) -> Result<Self, FrameError> {
        Self::parse(&text)
    }
}

impl From<Frame> for String {
    fn from(frame: Frame) -> Self {
        frame.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_hours_are_written() {
        for (text, read) in [
            ("08:00-16:00", Ok("08:00-16:00")),
            ("8:00 - 12:30", Ok("08:00-12:30")),
            ("00:00-24:00", Ok("00:00-24:00")),
            ("16:00-08:00", Err(FrameError::Order)),
            ("08:00-08:00", Err(FrameError::Order)),
            ("08:00", Err(FrameError::Shape)),
            ("8-16", Err(FrameError::Shape)),
            ("08:60-16:00", Err(FrameError::Shape)),
            ("08:00-24:01", Err(FrameError::Shape)),
            ("+8:00-16:00", Err(FrameError::Shape)),
            ("008:00-16:00", Err(FrameError::Shape)),
        ] {
            assert_eq!(Frame::parse(text).map(|frame| frame.to_string()), read.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn frames_are_put_in_order_and_may_touch_but_not_overlap() {
        let frames = |texts: &[&str]| texts.iter().map(|text| Frame::parse(text).unwrap()).collect::<Vec<_>>();
        assert_eq!(in_order(frames(&["12:00-16:00", "08:00-12:00"])), Ok(frames(&["08:00-12:00", "12:00-16:00"])));
        assert!(in_order(frames(&["08:00-12:01", "12:00-16:00"])).is_err());
    }
}
