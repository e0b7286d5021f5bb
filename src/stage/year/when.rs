//! When the calls of a year come: by weekday, hour and holiday, and in crowds while a service is down.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};

use super::dice::Dice;
use crate::clock::Instant;
use crate::sla::Calendar;

/// Calls by the hour on a working day: mornings, and after the meal.
const WORKING: [u64; 24] = [3, 2, 2, 2, 2, 3, 8, 30, 80, 95, 90, 80, 55, 60, 75, 65, 40, 22, 15, 12, 10, 8, 6, 4];
/// On other days: few, and spread.
const FREE: [u64; 24] = [4, 3, 3, 2, 2, 3, 5, 8, 12, 14, 14, 13, 12, 12, 12, 12, 11, 11, 10, 10, 9, 8, 6, 5];
/// Days of the year that is made.
const DAYS: u64 = 365;
/// One in so many calls begins an outage.
const CALLS_TO_AN_OUTAGE: u32 = 450;

/// A call that will come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    /// When.
    pub(super) at: Instant,
    /// The place of the service that is down for its caller, where many are.
    pub(super) outage: Option<usize>,
}

/// When `calls` calls came in the year before `until`, the first one first.
pub(super) fn coming(dice: &Dice, calls: u32, until: Instant, calendar: &Calendar, services: usize) -> Vec<Coming> {
    let today = until.with_timezone(&calendar.zone()).date_naive();
    let days: Vec<NaiveDate> = (1..=DAYS).rev().filter_map(|back| today.checked_sub_days(Days::new(back))).collect();
    let weights: Vec<u64> = days.iter().map(|day| weight(calendar, *day)).collect();
    let most = usize::try_from(calls).unwrap_or(usize::MAX);
    let mut coming = Vec::with_capacity(most);
    for _ in 0..calls / CALLS_TO_AN_OUTAGE {
        let begins = instant(dice, calendar, &days, &weights, until);
        let service = usize::try_from(dice.0.below(u64::try_from(services).unwrap_or(1))).unwrap_or(0);
        for _ in 0..dice.between(6, 22) {
            // Most of them in the first half hour.
            let later = dice.seconds(0, 7200).min(dice.seconds(0, 7200)).min(dice.seconds(0, 7200));
            coming.push(Coming { at: (begins + later).min(until - TimeDelta::minutes(1)), outage: Some(service) });
        }
    }
    coming.truncate(most);
    while coming.len() < most {
        coming.push(Coming { at: instant(dice, calendar, &days, &weights, until), outage: None });
    }
    coming.sort_by_key(|call| call.at);
    coming
}

fn weight(calendar: &Calendar, day: NaiveDate) -> u64 {
    match day.weekday() {
        _ if calendar.holiday(day).is_some() => 22,
        Weekday::Sat => 26,
        Weekday::Sun => 18,
        Weekday::Mon => 125,
        Weekday::Fri => 88,
        _ => 100,
    }
}

fn instant(dice: &Dice, calendar: &Calendar, days: &[NaiveDate], weights: &[u64], until: Instant) -> Instant {
    let place = dice.weighted(weights);
    let works = weights.get(place).is_some_and(|weight| *weight > 50);
    let hour = i64::try_from(dice.weighted(if works { &WORKING } else { &FREE })).unwrap_or(0);
    let within = TimeDelta::hours(hour) + dice.seconds(0, 3599);
    let midnight = days.get(place).and_then(|day| day.and_hms_opt(0, 0, 0));
    let midnight = midnight.and_then(|midnight| calendar.zone().from_local_datetime(&midnight).earliest());
    midnight.map_or(until - TimeDelta::days(1), |midnight| midnight.with_timezone(&Utc) + within)
}
