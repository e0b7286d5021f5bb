//! The jobs that a change causes: written in the same unit as the change, run by `work`.

use serde::{Deserialize, Serialize};

use crate::id::{IncidentId, MessageId};

/// A durable job's kind and what it needs. Every one is a reconciler: it reads the present state first and may find
/// nothing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Page the next person for an incident, as page number `round` of this cycle.
    Page {
        /// The incident.
        incident: IncidentId,
        /// Its cycle.
        cycle: u32,
        /// From 0.
        round: u32,
    },
    /// Hand a text message to the provider.
    SendMessage {
        /// The message.
        message: MessageId,
    },
    /// See that the ticket store holds the incident as it stands.
    Ticket {
        /// The incident.
        incident: IncidentId,
    },
    /// A mark of the clock: 50, 75 or 90 per cent, or 100 for the breach.
    Mark {
        /// The incident.
        incident: IncidentId,
        /// Its cycle.
        cycle: u32,
        /// Per cent of the target.
        percent: u8,
    },
    /// Remind whoever holds the case that nobody has reached the reporter; one reminder unanswered, the ladder goes on.
    Remind {
        /// The incident.
        incident: IncidentId,
        /// Its cycle.
        cycle: u32,
        /// The page that it sends, counted on from those of the ladder.
        round: u32,
    },
    /// Remind whoever holds the case that the reporter waits for an estimate.
    Estimate {
        /// The incident.
        incident: IncidentId,
        /// Its cycle.
        cycle: u32,
        /// The estimate that lapses, by its place in the timeline; 0 = none stood yet.
        sequence: i64,
        /// How many reminders of it came before.
        #[serde(default)]
        round: u32,
    },
}

impl Task {
    /// The kind's name, for the job table, logs and metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Page { .. } => "page",
            Self::SendMessage { .. } => "send_message",
            Self::Ticket { .. } => "ticket",
            Self::Mark { .. } => "mark",
            Self::Remind { .. } => "remind",
            Self::Estimate { .. } => "estimate",
        }
    }

    /// What makes it the same job as another: one of them waiting is enough.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Page { incident, cycle, round } => format!("page:{incident}:{cycle}:{round}"),
            Self::SendMessage { message } => format!("send_message:{message}"),
            Self::Ticket { incident } => format!("ticket:{incident}"),
            Self::Mark { incident, cycle, percent } => format!("mark:{incident}:{cycle}:{percent}"),
            Self::Remind { incident, cycle, round } => format!("remind:{incident}:{cycle}:{round}"),
            Self::Estimate { incident, cycle, sequence, round } => {
                format!("estimate:{incident}:{cycle}:{sequence}:{round}")
            }
        }
    }

    /// Which goes first among those that are due: lower is sooner. A first page overtakes everything that waits.
    #[must_use]
    pub fn priority(&self) -> i16 {
        match self {
            Self::Page { round: 0, .. } => 0,
            Self::SendMessage { .. } => 1,
            Self::Page { .. } | Self::Remind { .. } => 2,
            Self::Mark { .. } | Self::Estimate { .. } => 3,
            Self::Ticket { .. } => 4,
        }
    }
}
