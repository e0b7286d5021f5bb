//! The schedules of the page: their layers, rotations and hours.

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;

use super::changes::{overrides, shifts, swaps};
use super::people::Draft;
use super::terms::{Known, NO_PERSON, date_or_problem, entries, id, maybe_entries, name, named, text, zone};
use crate::oncall::schedule::Layer;
use crate::oncall::wall::read_local;
use crate::oncall::window::{DAYS, Window};
use crate::oncall::{Rotation, Schedule, ScheduleId};
use crate::source::{Fields, Node, Position, quote};

/// The most schedules of a roster.
const MOST_SCHEDULES: usize = 50;
/// The most layers of a schedule.
const MOST_LAYERS: usize = 20;
/// The most hours of a layer.
const MOST_WINDOWS: usize = 20;
/// The most places in a rotation's order.
const MOST_TURNS: usize = 500;
/// The longest turn, in hours.
const LONGEST_TURN: u32 = 366 * 24;
/// The zone of what names none.
const ZONE: Tz = Tz::America__Santo_Domingo;

/// The schedules as far as they can be read.
#[derive(Default)]
pub(super) struct Schedules {
    pub(super) known: Known,
    pub(super) read: Vec<Schedule>,
}

/// Reads `rotation` with its `overrides`, which together are one schedule, and `schedules`.
pub(super) fn schedules(roster: &mut Fields<'_>, draft: &Draft) -> Schedules {
    let mut schedules = Schedules::default();
    let short = roster.get("rotation").is_some() || roster.get("schedules").is_none();
    if short {
        schedules.known.names.push(ScheduleId::usual().to_string());
        schedules.read.extend(short_page(roster, draft));
    } else if let Some(node) = roster.get("overrides") {
        roster.problem(|source, _| {
            source
                .problem(node.at, "'overrides' change 'rotation', and there is none")
                .mend("Write them in the schedule")
        });
    }
    for (key, node) in named(roster, "schedules", MOST_SCHEDULES) {
        let id = id(roster, &key.text, key.at, ScheduleId::parse);
        if schedules.known.names.contains(&key.text) {
            roster.problem(|source, _| {
                source
                    .problem(key.at, format!("the schedule '{}' is that of 'rotation' already", quote(&key.text)))
                    .mend("Rename it, or move 'rotation' and 'overrides' into it")
            });
        }
        schedules.known.names.push(key.text.clone());
        let schedule = id.and_then(|id| schedule(roster, node, id, draft));
        schedules.read.extend(schedule);
    }
    if !short && schedules.known.names.is_empty() {
        let at = roster.at();
        roster.problem(|source, _| {
            source
                .problem(at, "the roster has no schedule")
                .why("Nobody would ever be on duty")
                .mend("Write 'rotation', or one under 'schedules'")
        });
    }
    schedules
}

fn short_page(roster: &mut Fields<'_>, draft: &Draft) -> Option<Schedule> {
    let (zone, rotation) = match roster.map("rotation", &["order", "starts", "length", "zone"]) {
        Some(mut fields) => {
            let zone = zone(&mut fields, ZONE);
            // Times are read in some zone even when the zone is the problem, so that theirs are told too.
            (zone, rotation(&mut fields, zone.unwrap_or(ZONE), draft))
        }
        None => (None, None),
    };
    let overrides = overrides(roster, zone.unwrap_or(ZONE), draft);
    let layers = vec![Layer { name: None, rotation: rotation?, only: Vec::new() }];
    Some(Schedule { id: ScheduleId::usual(), zone: zone?, layers, overrides, swaps: Vec::new(), shifts: Vec::new() })
}

fn schedule<'p>(roster: &mut Fields<'p>, node: &'p Node, id: ScheduleId, draft: &Draft) -> Option<Schedule> {
    let known = ["zone", "layers", "overrides", "swaps", "shifts"];
    let mut fields = roster.entry(node, format!("schedule '{id}'"), &known)?;
    let zone = zone(&mut fields, ZONE);
    let wall = zone.unwrap_or(ZONE);
    let mut names = Vec::new();
    let mut layers = Vec::new();
    if let Some(node) = fields.need("layers") {
        for node in entries(&mut fields, node, "layers", 1..=MOST_LAYERS) {
            layers.extend(layer(&mut fields, node, wall, draft, &mut names));
        }
    }
    let overrides = overrides(&mut fields, wall, draft);
    let swaps = swaps(&mut fields, wall, draft);
    let shifts = shifts(&mut fields, wall, draft);
    Some(Schedule { id, zone: zone?, layers, overrides, swaps, shifts })
}

/// Reads a layer; `names` are those of the layers before.
fn layer<'p>(
    schedule: &mut Fields<'p>,
    node: &'p Node,
    zone: Tz,
    draft: &Draft,
    names: &mut Vec<String>,
) -> Option<Layer> {
    let mut fields = schedule.entry(node, "a layer", &["name", "rotation", "only"])?;
    let name = fields.get("name").and_then(|node| {
        let text = fields.text_of(node, "name")?.trim();
        if names.iter().any(|taken| taken == text) {
            fields.problem(|source, _| {
                source
                    .problem(node.at, format!("the schedule has a layer '{}' already", quote(text)))
                    .mend("Give each layer a name of its own")
            });
        }
        names.push(text.to_owned());
        name(&mut fields, text, node.at)
    });
    let rotation = match fields.map("rotation", &["order", "starts", "length"]) {
        Some(mut fields) => rotation(&mut fields, zone, draft),
        None => None,
    };
    let least = usize::from(fields.get("only").is_some());
    let only = maybe_entries(&mut fields, "only", least..=MOST_WINDOWS);
    let only = only.iter().filter_map(|node| window(&mut fields, node)).collect();
    Some(Layer { name, rotation: rotation?, only })
}

fn rotation(fields: &mut Fields<'_>, zone: Tz, draft: &Draft) -> Option<Rotation> {
    let order = fields.need("order").and_then(|node| order(fields, node, draft));
    let starts = text(fields, "starts").and_then(|(text, at)| {
        let starts = read_local(text, zone);
        date_or_problem(fields, at, "starts", starts.as_ref());
        starts
    });
    let hours = text(fields, "length").and_then(|(text, at)| {
        let hours = length(text);
        if hours.is_none() {
            fields.problem(|source, _| {
                source
                    .problem(at, "a turn lasts 1 hour to 366 days")
                    .mend("Write hours, days or weeks, as 12h, 7d or 1w, or 'daily' or 'weekly'")
            });
        }
        hours
    });
    Some(Rotation { order: order?, starts: starts?, zone, hours: hours? })
}

fn order<'p>(rotation: &mut Fields<'p>, node: &'p Node, draft: &Draft) -> Option<Vec<usize>> {
    let list = rotation.list_of(node, "order")?;
    if list.is_empty() || list.len() > MOST_TURNS {
        rotation.problem(|source, _| {
            source
                .problem(node.at, format!("the rotation must name 1 to {MOST_TURNS} people"))
                .why("Without one nobody is ever on duty")
                .mend("Write the ids, as 'order: [ana, luis]'")
        });
        return None;
    }
    // Every one is looked up before the first unknown one ends it, so that all are told.
    let order: Vec<Option<usize>> =
        list.iter().map(|node| draft.known.find(rotation, node, "order", &NO_PERSON)).collect();
    order.into_iter().collect()
}

/// `12h`, `7d`, `1w`, `daily` or `weekly`, in hours.
fn length(text: &str) -> Option<u32> {
    let units = [("h", 1), ("d", 24), ("w", 7 * 24)];
    let (number, hours) = match text {
        "daily" => ("1", 24),
        "weekly" => ("1", 7 * 24),
        _ => units.into_iter().find_map(|(unit, hours)| Some((text.strip_suffix(unit)?, hours)))?,
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u32>().ok()?.checked_mul(hours).filter(|hours| (1..=LONGEST_TURN).contains(hours))
}

fn window<'p>(layer: &mut Fields<'p>, node: &'p Node) -> Option<Window> {
    let mut fields = layer.entry(node, "hours", &["days", "from", "to"])?;
    let days = match fields.get("days") {
        Some(node) => days(&mut fields, node),
        None => Some([true; 7]),
    };
    let from = text(&mut fields, "from").and_then(|(text, at)| time(&mut fields, text, at, "from"));
    let to = text(&mut fields, "to").and_then(|(text, at)| match text {
        "24:00" => Some(NaiveTime::MIN),
        _ => time(&mut fields, text, at, "to"),
    });
    Some(Window { days: days?, from: from?, to: to? })
}

fn time(fields: &mut Fields<'_>, text: &str, at: Position, key: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    if time.is_none() {
        fields.problem(|source, _| {
            source.problem(at, format!("'{key}' is no time of the day")).mend("Write it as 08:00 or 22:30")
        });
    }
    time
}

/// Days of the week: `mon`, `mon-fri`, or a list of such.
fn days<'p>(fields: &mut Fields<'p>, node: &'p Node) -> Option<[bool; 7]> {
    let nodes =
        if node.as_list().is_some() { entries(fields, node, "days", 1..=7) } else { std::slice::from_ref(node) };
    let mut days = [false; 7];
    for node in nodes {
        let text = fields.text_of(node, "days")?.trim();
        let (first, last) = if let Some((first, last)) = text.split_once('-') {
            (day(fields, node, first), day(fields, node, last))
        } else {
            let day = day(fields, node, text);
            (day, day)
        };
        mark(&mut days, first?, last?);
    }
    Some(days)
}

fn day(fields: &mut Fields<'_>, node: &Node, name: &str) -> Option<Weekday> {
    let name = name.trim();
    let day = DAYS.iter().find(|(word, _)| *word == name).map(|(_, day)| *day);
    if day.is_none() {
        fields.problem(|source, _| {
            source.problem(node.at, format!("'{}' is no day of the week", quote(name))).did_you_mean(
                name,
                DAYS.iter().map(|(word, _)| *word),
                "Write mon, tue, wed, thu, fri, sat or sun, or several as mon-fri",
            )
        });
    }
    day
}

/// Marks the days from `first` to `last`, over the end of the week if need be.
fn mark(days: &mut [bool; 7], first: Weekday, last: Weekday) {
    let mut day = first;
    for _ in 0..7 {
        let place = usize::try_from(day.num_days_from_monday()).ok();
        if let Some(marked) = place.and_then(|place| days.get_mut(place)) {
            *marked = true;
        }
        if day == last {
            return;
        }
        day = day.succ();
    }
}
