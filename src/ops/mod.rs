//! Use cases, one per file: the domain and the store, never a provider, so that no network call can ever sit inside a
//! transaction.

mod accounts;
mod acknowledge;
mod alert;
mod amend_roster;
mod assign;
mod bundle;
mod bundle_reply;
mod canary;
mod case_act;
mod case_list;
mod case_sheet;
mod change;
mod contacts;
mod converse;
mod effects;
mod end_call;
mod error;
mod estimate;
mod facts;
mod file_ticket;
mod fold;
mod given_up;
mod hand_off;
mod handover;
mod heartbeat;
mod hold;
mod hooks;
mod hotline;
mod invite;
mod lease;
mod link;
mod maintenance;
mod mark;
mod merge;
mod message;
mod move_room;
mod notice;
mod once;
mod open_incident;
mod outbound;
mod outgoing;
mod page;
mod part;
mod readiness;
mod reconcile;
mod recording;
mod recording_link;
mod remind;
mod replan;
mod reply;
mod retime;
mod room;
mod room_news;
mod room_turns;
mod spoken;
mod take_turn;
mod task;
mod tickets;
mod verify;
mod wake;
mod wall;
mod whisper;
mod wording;

pub use accounts::{
    AccountChange, BY_COMMAND, Entered, Gatekeeper, NewAccount, Refusal, add_account, change_account, choose_password,
    log_in, log_out, set_language, visitor,
};
pub use amend_roster::{Agreement, NotAmended, amend_roster};
pub use assign::{Assigned, assign};
pub use bundle::send_bundle;
pub use canary::{Canaries, begin_canary, schedule_canary};
pub use case_act::{CaseAct, CaseRefusal, Hand, act_on_case, show_number};
pub use case_list::{CaseCursor, CaseListing, case_list};
pub use case_sheet::{CaseSheet, NextStep, case_sheet, estimate_preview};
pub use change::change_case;
pub use converse::{PickedUp, picked_up};
pub use end_call::{LegStatus, leg_status};
pub use error::OpsError;
pub use estimate::{Estimate, estimate, remind_estimate};
pub use facts::Surroundings;
pub use file_ticket::file_ticket;
pub use fold::{Ended, Journalled, fold};
pub use given_up::give_up;
pub use hand_off::{
    Before, Filing, HandOffs, Part, Seen, Sound, StoreOutlook, StuckHandOffs, StuckStep, ask_store_now,
    begin_store_news, case_of_remote, doubt_ticket, filed, filing, hear_of_ticket, no_doubt_of_ticket, retry_hand_offs,
    sound_filed, sound_to_file, store_is_away, store_news_heard, store_news_since, store_outlook, stuck_hand_offs,
};
pub use handover::{Handovers, import_roster, schedule_handovers, tell_handovers};
pub use heartbeat::{heartbeat_over, schedule_heartbeat, unwell};
pub use hold::{Holding, hold};
pub use hooks::{HookNews, hook_to_tell, hook_told, tell_hook_later, tell_hooks};
pub use hotline::{Hotline, Policy};
pub use invite::{Invitation, invite};
pub use lease::{Lease, nothing_to_do};
pub use link::{Offer, offer_of_link, take_by_link};
pub use maintenance::{begin_maintenance, end_maintenance};
pub use mark::pass_mark;
pub use message::{message_accepted, message_receipt, message_refused};
pub use move_room::{Destination, Move, room_failed, room_moves};
pub use notice::send_notices;
pub use once::{KEPT_FOR, Once, answer_before, forget_answers};
pub use outbound::{Placing, call_placed, call_to_place, outbound_status};
pub use outgoing::{Outgoing, message_to_send};
pub use page::page_next;
pub use part::call_back;
pub use readiness::{Outside, readiness};
pub use reconcile::{begin_reconciling, reconciled, unknown_calls};
pub use recording::{RecordingNews, RoomRecording, recording_status, room_recording};
pub use recording_link::{RecordingLink, Sounds, heard_by_link, recording_of_link};
pub use remind::remind_holder;
pub use reply::{Incoming, receive_message};
pub use retime::{reclassify, recount_open};
pub use room_news::{RoomNews, RoomStep, room_news};
pub use room_turns::{reporter_moved, reporter_out, room_wait};
pub use take_turn::{Document, Ring, TurnTaken, begin_call, take_turn};
pub use task::{Aim, Task};
pub use tickets::{
    Attached, TicketError, add_attachment, add_comment, change_ticket, move_ticket, open_ticket, pass_ticket_mark,
    recount_tickets,
};
pub use verify::{CodeSent, confirm_code, send_code, standing};
pub use wake::{News, Wake};
pub use wall::{Duty as WallDuty, Next as NextPages, OnDuty, Wall, WallCall, WallCase, WallPages, wall};
pub use whisper::{reporter_status, whisper};

use crate::clock::Instant;
use crate::id::{IncidentId, JobId};
use crate::store::{NewJob, Tx};

/// A job to be.
struct Due {
    /// From when on.
    run_at: Instant,
    /// What is done.
    task: Task,
    /// Which goes first among those that are due.
    priority: i16,
}

impl Due {
    /// With the priority of its kind.
    fn at(run_at: Instant, task: Task) -> Self {
        Self { run_at, priority: task.priority(), task }
    }
}

/// Sets down a job of the unit of `tx`. One with the same key that is still waiting stands for both.
async fn enqueue(
    hotline: &Hotline,
    tx: &mut Tx,
    subject: Option<IncidentId>,
    run_at: Instant,
    task: &Task,
) -> Result<(), OpsError> {
    enqueue_all(hotline, tx, subject, &[Due::at(run_at, task.clone())]).await
}

/// The same for several different ones.
async fn enqueue_all(
    hotline: &Hotline,
    tx: &mut Tx,
    subject: Option<IncidentId>,
    jobs: &[Due],
) -> Result<(), OpsError> {
    let keys: Vec<String> = jobs.iter().map(|job| job.task.key()).collect();
    let mut new = Vec::with_capacity(jobs.len());
    for (Due { run_at, task, priority }, key) in jobs.iter().zip(&keys) {
        let payload = serde_json::to_value(task).map_err(|_| OpsError::Impossible("a job that is no JSON"))?;
        let id = JobId(hotline.ids.ordered(hotline.now()));
        new.push(NewJob { id, kind: task.kind(), key, subject, priority: *priority, run_at: *run_at, payload });
    }
    tx.enqueue_all(&new).await?;
    Ok(())
}
