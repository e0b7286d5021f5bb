//! What the parts of the page have in common: texts, ids, names of what stands elsewhere, times, lists with a limit.

use std::ops::RangeInclusive;

use chrono_tz::Tz;

use super::super::NoId;
use super::super::schedule::Span;
use super::super::wall::read_instant;
use crate::source::{Fields, Key, Node, Position, quote};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// What of one kind the page has, by name: a faulty one is still known, so that one mistake is not told again wherever
/// it is named.
#[derive(Default)]
pub(super) struct Known {
    pub(super) names: Vec<String>,
    /// Whether a name could not be read: then another one may not be unknown.
    pub(super) partial: bool,
}

/// How the lack of one is told.
pub(super) struct Lack {
    /// Before the name: `nobody has the id`.
    pub(super) what: &'static str,
    /// What to do where no other name is close.
    pub(super) mend: &'static str,
}

pub(super) const NO_PERSON: Lack =
    Lack { what: "nobody has the id", mend: "Add them under 'people', or name somebody who is there" };
pub(super) const NO_CONTACT: Lack =
    Lack { what: "the person has no contact", mend: "Add it under 'contacts', or name one that is there" };
pub(super) const NO_SCHEDULE: Lack =
    Lack { what: "there is no schedule", mend: "Add it under 'schedules', or name one that is there" };
pub(super) const NO_ESCALATION: Lack =
    Lack { what: "there is no escalation", mend: "Add it under 'escalation', or name one that is there" };

impl Known {
    /// The place of the one that a node names; an unknown name is a problem.
    pub(super) fn find<'p>(&self, fields: &mut Fields<'p>, node: &'p Node, key: &str, lack: &Lack) -> Option<usize> {
        let name = fields.text_of(node, key)?.trim();
        let found = self.names.iter().position(|known| known == name);
        if found.is_none() && !self.partial {
            fields.problem(|source, _| {
                source.problem(node.at, format!("{} '{}'", lack.what, quote(name))).did_you_mean(
                    name,
                    self.names.iter().map(String::as_str),
                    lack.mend,
                )
            });
        }
        found
    }
}

/// A text below a key that must be there, and where it stands.
pub(super) fn text<'p>(fields: &mut Fields<'p>, key: &str) -> Option<(&'p str, Position)> {
    let node = fields.need(key)?;
    Some((fields.text_of(node, key)?.trim(), node.at))
}

/// An id.
pub(super) fn id<T>(
    fields: &mut Fields<'_>,
    text: &str,
    at: Position,
    parse: impl Fn(&str) -> Result<T, NoId>,
) -> Option<T> {
    let id = parse(text);
    if let Err(error) = &id {
        fields.problem(|source, _| {
            source.problem(at, format!("'{}' is no id", quote(text))).mend(format!("Shorten or respell it: {error}"))
        });
    }
    id.ok()
}

/// A name as people say it.
pub(super) fn name(fields: &mut Fields<'_>, name: &str, at: Position) -> Option<String> {
    let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if !fits {
        fields
            .problem(|source, _| source.problem(at, format!("a name has at most {LONGEST_NAME} letters, on one line")));
    }
    fits.then(|| name.to_owned())
}

/// The entries of a list; of one that is too long or too short, which is a problem, as many as there may be.
pub(super) fn entries<'p>(
    fields: &mut Fields<'p>,
    node: &'p Node,
    key: &str,
    bounds: RangeInclusive<usize>,
) -> &'p [Node] {
    let Some(list) = fields.list_of(node, key) else { return &[] };
    if !bounds.contains(&list.len()) {
        let (least, most) = (*bounds.start(), *bounds.end());
        fields.problem(|source, owner| {
            let what = format!("'{key}' of {owner} has {} entries", list.len());
            source.problem(node.at, what).mend(match least {
                0 => format!("Write at most {most}: remove the past ones"),
                _ => format!("Write {least} to {most}"),
            })
        });
    }
    list.get(..*bounds.end()).unwrap_or(list)
}

/// The entries of a list that may be absent.
pub(super) fn maybe_entries<'p>(fields: &mut Fields<'p>, key: &str, bounds: RangeInclusive<usize>) -> &'p [Node] {
    match fields.get(key) {
        Some(node) => entries(fields, node, key, bounds),
        None => &[],
    }
}

/// The entries of a map whose keys are names, below a key that may be absent.
pub(super) fn named<'p>(fields: &mut Fields<'p>, key: &str, most: usize) -> &'p [(Key, Node)] {
    let Some(node) = fields.get(key) else { return &[] };
    let Some(entries) = node.as_map() else {
        fields.problem(|source, owner| {
            let what = format!("'{key}' of {owner} is {}, not a map", node.what());
            source.problem(node.at, what).mend("Begin each entry with its name, as 'name: { ... }'")
        });
        return &[];
    };
    if entries.len() > most {
        fields.problem(|source, owner| {
            source.problem(node.at, format!("'{key}' of {owner} has more than {most} entries")).mend("Remove some")
        });
    }
    entries.get(..most).unwrap_or(entries)
}

/// An IANA time zone; `None` when it is none, which is a problem.
pub(super) fn zone(fields: &mut Fields<'_>, usual: Tz) -> Option<Tz> {
    let Some(node) = fields.get("zone") else { return Some(usual) };
    let name = fields.text_of(node, "zone")?.trim();
    let zone = name.parse().ok();
    if zone.is_none() {
        fields.problem(|source, _| {
            source.problem(node.at, format!("'{}' is no IANA time zone", quote(name))).did_you_mean(
                name,
                chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()),
                "Write it as America/Santo_Domingo",
            )
        });
    }
    zone
}

/// Notes a text that is no date and time.
pub(super) fn date_or_problem<T>(fields: &mut Fields<'_>, at: Position, key: &str, read: Option<&T>) {
    if read.is_none() {
        fields.problem(|source, _| {
            source
                .problem(at, format!("'{key}' is no date and time"))
                .mend("Write it as 2026-01-05T08:00, or with an offset as 2026-01-05T08:00:00-04:00")
        });
    }
}

/// `from` and `to`; `what` names the entry for sentences.
pub(super) fn span(fields: &mut Fields<'_>, zone: Tz, what: &str) -> Option<Span> {
    let mut time = |key: &str| {
        let (text, at) = text(fields, key)?;
        let read = read_instant(text, zone);
        date_or_problem(fields, at, key, read.as_ref());
        read
    };
    let (from, to) = (time("from"), time("to"));
    let span = Span { from: from?, to: to? };
    if span.to <= span.from {
        let at = fields.at();
        fields.problem(|source, _| {
            source.problem(at, format!("{what} ends before it begins")).mend("Swap 'from' and 'to'")
        });
        return None;
    }
    Some(span)
}
