//! Which case may become one with which.

use super::Incident;

/// Why a case cannot become one with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoMerge {
    /// It is that case.
    #[error("a case cannot be merged into itself")]
    Itself,
    /// Nobody works on it any more.
    #[error("only an open case can be merged")]
    Over,
    /// Nobody works on the other any more.
    #[error("the case that would stay is not open")]
    StayingOver,
    /// The other is less bad: the stricter promise would be gone.
    #[error("the case that would stay is less severe: merge the other way round, or judge it anew first")]
    LessSevere,
}

/// Whether `joining` may become one with `staying`, which keeps the earlier start of both and its own promise.
///
/// # Errors
/// [`NoMerge`].
pub fn mergeable(joining: &Incident, staying: &Incident) -> Result<(), NoMerge> {
    if joining.number == staying.number {
        return Err(NoMerge::Itself);
    }
    if !joining.state.is_open() {
        return Err(NoMerge::Over);
    }
    if !staying.state.is_open() {
        return Err(NoMerge::StayingOver);
    }
    // The worst comes first. Where the joining case was answered, its promise is judged already.
    if joining.state.awaits_response() && staying.severity > joining.severity {
        return Err(NoMerge::LessSevere);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::id::{CallId, IncidentId};
    use crate::incident::{CaseNumber, State};
    use crate::sla::{Mode, Severity, Target};

    fn case(sequence: u32, state: State, severity: Severity) -> Incident {
        let started_at = "2026-03-08T02:00:00Z".parse().unwrap();
        Incident {
            id: IncidentId::default(),
            number: CaseNumber::new(2026, sequence).unwrap(),
            state,
            severity,
            call: CallId::default(),
            cycle: 1,
            started_at,
            target: Target { span: TimeDelta::hours(4), mode: Mode::Continuous },
            due_at: started_at + TimeDelta::hours(4),
            acknowledged_at: None,
            acknowledged_by: None,
            responded_at: None,
            resolved_at: None,
            breached_at: None,
            institution: None,
            institution_name: None,
            service: None,
            impact: None,
            reporter: None,
            call_back: None,
            text_messages: false,
            language: "es".to_owned(),
            silent: false,
            merged_into: None,
            version: 1,
        }
    }

    #[test]
    fn open_cases_merge_into_open_ones_whatever_their_states() {
        for joining in State::ALL {
            for staying in State::ALL {
                let found = mergeable(&case(2, joining, Severity::Major), &case(1, staying, Severity::Major));
                let expected = match (joining.is_open(), staying.is_open()) {
                    (false, _) => Err(NoMerge::Over),
                    (true, false) => Err(NoMerge::StayingOver),
                    (true, true) => Ok(()),
                };
                assert_eq!(found, expected, "{joining} into {staying}");
            }
        }
        let one = case(1, State::Received, Severity::Critical);
        assert_eq!(mergeable(&one, &one), Err(NoMerge::Itself));
    }

    #[test]
    fn no_merge_takes_a_stricter_promise_away() {
        for joining in Severity::ALL {
            for staying in Severity::ALL {
                let lesser = staying > joining;
                let waiting = mergeable(&case(2, State::Received, joining), &case(1, State::Received, staying));
                assert_eq!(waiting.is_err(), lesser, "{joining} into {staying}");
                let answered = mergeable(&case(2, State::Responded, joining), &case(1, State::Received, staying));
                assert_eq!(answered, Ok(()), "{joining} answered into {staying}");
            }
        }
    }
}
