//! The jobs that a change causes: written in the same unit as the change, run by `work`.

use serde::{Deserialize, Serialize};

use crate::access::HookDelivery;
use crate::id::{BundleId, IncidentId, MessageId, RoomId, TicketId};
use crate::paging::Tidings;
use crate::store::Lane;
use crate::ticket::Step;

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
    /// Call whoever has the case, to be joined to the reporter.
    CallBack {
        /// The incident.
        incident: IncidentId,
        /// Its cycle.
        cycle: u32,
        /// From 1: how often the reporter was not reached.
        attempt: u32,
    },
    /// Hold the provider's list of calls against ours.
    Reconcile,
    /// Send what a bundle has gathered.
    Bundle {
        /// The bundle.
        bundle: BundleId,
    },
    /// Send what has gathered about the clocks of cases.
    Notices {
        /// To whom: their id of the roster.
        person: String,
        /// Of what kind it is.
        tidings: Tidings,
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
    /// One step of handing the incident to a ticket store of another maker.
    HandOff {
        /// The incident.
        incident: IncidentId,
        /// Which one.
        step: Step,
    },
    /// A mark of the clock of a ticket that is no incident's: 75 per cent, or 100 for the breach; 0 when a critical one
    /// came in.
    TicketMark {
        /// The ticket.
        ticket: TicketId,
        /// Its cycle.
        cycle: u32,
        /// Per cent of the target.
        percent: u8,
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
    /// Move whoever is to be moved into a room or out of it.
    Room {
        /// The room.
        room: RoomId,
        /// Which of both.
        aim: Aim,
    },
    /// Test the pager, and set down the next test.
    Canary,
    /// Tell people that they come on duty, and set down the next look.
    Handovers,
    /// Send a sign of life while all is well, and set down the next one.
    Heartbeat,
    /// Tell an address that a ticket changed.
    Hook {
        /// What it is told.
        delivery: HookDelivery,
    },
    /// Forget answers to requests that were kept in case those come again, and set down the next time.
    Forget,
}

/// What is done about a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// The reporter is brought into it.
    Open,
    /// Nobody is left in it alone.
    Clear,
}

impl Task {
    /// The kind of what is done about rooms.
    pub(super) const ROOM: &'static str = "room";
    /// The kind of what tells the ticket store, or finds out what it is to be told.
    pub(super) const TICKET: &'static str = "ticket";
    /// The kind of steps of a hand-off.
    pub const HAND_OFF: &'static str = "hand_off";

    /// The kind's name, for the job table, logs and metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Page { .. } => "page",
            Self::CallBack { .. } => "call_back",
            Self::Reconcile => "reconcile",
            Self::Bundle { .. } => "bundle",
            Self::Notices { .. } => "notices",
            Self::SendMessage { .. } => "send_message",
            Self::Ticket { .. } => Self::TICKET,
            Self::HandOff { .. } => Self::HAND_OFF,
            Self::TicketMark { .. } => "ticket_mark",
            Self::Mark { .. } => "mark",
            Self::Remind { .. } => "remind",
            Self::Estimate { .. } => "estimate",
            Self::Room { .. } => Self::ROOM,
            Self::Canary => "canary",
            Self::Handovers => "handovers",
            Self::Heartbeat => "heartbeat",
            Self::Hook { .. } => "hook",
            Self::Forget => "forget",
        }
    }

    /// What makes it the same job as another: one of them waiting is enough.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Page { incident, cycle, round } => format!("page:{incident}:{cycle}:{round}"),
            Self::CallBack { incident, cycle, attempt } => format!("call_back:{incident}:{cycle}:{attempt}"),
            Self::Reconcile => "reconcile".to_owned(),
            Self::Bundle { bundle } => format!("bundle:{bundle}"),
            Self::Notices { person, tidings } => format!("notices:{}:{person}", tidings.template()),
            Self::SendMessage { message } => format!("send_message:{message}"),
            Self::Ticket { incident } => format!("ticket:{incident}"),
            Self::HandOff { incident, step } => format!("hand_off:{incident}:{step}"),
            Self::TicketMark { ticket, cycle, percent } => format!("ticket_mark:{ticket}:{cycle}:{percent}"),
            Self::Mark { incident, cycle, percent } => format!("mark:{incident}:{cycle}:{percent}"),
            Self::Remind { incident, cycle, round } => format!("remind:{incident}:{cycle}:{round}"),
            Self::Estimate { incident, cycle, sequence, round } => {
                format!("estimate:{incident}:{cycle}:{sequence}:{round}")
            }
            Self::Room { room, aim: Aim::Open } => format!("room:{room}:open"),
            Self::Room { room, aim: Aim::Clear } => format!("room:{room}:clear"),
            // There is one of each.
            Self::Canary | Self::Handovers | Self::Heartbeat | Self::Forget => self.kind().to_owned(),
            Self::Hook { delivery } => format!("hook:{}", delivery.id.simple()),
        }
    }

    /// The priority of messages to people who were told before.
    pub const REPEAT: i16 = 3;

    /// Which goes first among those that are due: lower is sooner. A first page overtakes everything that waits, and its
    /// message every message that repeats.
    #[must_use]
    pub fn priority(&self) -> i16 {
        match self {
            // People are on the line and wait for a room.
            Self::Page { round: 0, .. } | Self::Room { .. } => 0,
            Self::SendMessage { .. } | Self::CallBack { .. } => 1,
            Self::Page { .. } | Self::Remind { .. } | Self::Bundle { .. } => 2,
            Self::Mark { .. } | Self::TicketMark { .. } | Self::Notices { .. } | Self::Estimate { .. } => 3,
            Self::Ticket { .. } | Self::Canary | Self::Handovers | Self::Heartbeat => 4,
            Self::Reconcile => 5,
            Self::HandOff { .. } => Lane::SLOW,
            // Programs wait; people do not.
            Self::Hook { .. } | Self::Forget => 6,
        }
    }
}
