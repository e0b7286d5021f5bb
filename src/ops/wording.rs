//! What a page says to its person: it depends on where the case stands, and on what they were told before.

use super::Hotline;
use crate::incident::{Incident, State};
use crate::oncall::{Person, Roster};
use crate::paging::{Code, Kind, Paged};

/// What a page says to its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    /// Nobody has the case.
    Ladder(Kind),
    /// They have the case, and have not reached the reporter.
    Reminder,
    /// Somebody else has the case and does not answer.
    Beside,
}

impl Wording {
    /// What a page to `person` says now, after everything that `paged` tells.
    pub(super) fn of(incident: &Incident, person: &Person, paged: &Paged) -> Self {
        match incident.state {
            State::Acknowledged if incident.acknowledged_by.as_deref() == Some(person.id.as_str()) => Self::Reminder,
            State::Acknowledged => Self::Beside,
            _ => Self::Ladder(paged.kind(person)),
        }
    }

    /// The name of the template.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Ladder(Kind::First) => "page",
            Self::Ladder(Kind::Escalated { .. }) => "page_escalated",
            Self::Ladder(Kind::Repeat { .. }) => "page_repeat",
            Self::Reminder => "page_remind",
            Self::Beside => "page_unanswered",
        }
    }

    /// The words, around `code`.
    pub(super) fn body(
        self,
        hotline: &Hotline,
        incident: &Incident,
        roster: Option<&Roster>,
        person: &Person,
        code: &Code,
    ) -> String {
        let (writer, subject, language) = (&hotline.policy.writer, hotline.subject(incident), person.language);
        match self {
            Self::Ladder(Kind::First) => writer.page(language, &subject, code, incident.call_back.as_ref()),
            Self::Ladder(Kind::Escalated { level }) => writer.page_escal(language, &subject, code, level),
            Self::Ladder(Kind::Repeat { notice }) => writer.page_repeat(language, &subject, code, notice),
            Self::Reminder => writer.page_remind(language, &subject, code, hotline.now()),
            Self::Beside => {
                let holder = incident.acknowledged_by.as_deref().unwrap_or_default();
                let name = Hotline::person(roster, holder).map_or(holder, |person| &person.name);
                writer.page_unanswered(language, &subject, code, name)
            }
        }
    }
}
