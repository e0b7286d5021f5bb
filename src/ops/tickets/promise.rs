//! The clock of a ticket's first response: its promise, and the jobs that look at it.

use crate::clock::Instant;
use crate::ops::{Due, Hotline, OpsError, Task, enqueue_all};
use crate::sla::{Calendar, Mark, NoOpenTime, Severity, marks};
use crate::store::Tx;
use crate::ticket::{ResponseClock, Ticket};

/// The marks at which supervisors are told of a ticket, in per cent of its promise; the last is the breach.
pub(super) const MARKS: [Mark; 2] = [Mark::ThreeQuarters, Mark::Breach];

/// Per cent used up when a critical ticket comes in by another way than the line: supervisors are told at once, for the line
/// pages people and a ticket does not.
pub(super) const AT_ONCE: u8 = 0;

/// The promise of `severity`, from `start` on.
pub(super) fn promise(
    hotline: &Hotline,
    cycle: u32,
    severity: Severity,
    start: Instant,
) -> Result<ResponseClock, NoOpenTime> {
    let target = hotline.policy.targets.get(severity);
    let due_at = hotline.policy.calendar.due(start, target)?;
    Ok(ResponseClock { cycle, started_at: start, target, due_at, responded_at: None, breached_at: None })
}

/// When each mark of `clock` is reached.
pub(super) fn instants(clock: &ResponseClock, calendar: &Calendar) -> Result<Vec<(Mark, Instant)>, NoOpenTime> {
    let all = marks(clock.started_at, clock.target, calendar)?;
    Ok(all.into_iter().filter(|(mark, _)| MARKS.contains(mark)).collect())
}

/// Sets down who looks at the clock of `ticket` and when. Whoever was to look before at other instants does not any more.
pub(super) async fn set_marks(hotline: &Hotline, tx: &mut Tx, ticket: &Ticket) -> Result<(), OpsError> {
    drop_marks(tx, ticket).await?;
    if !ticket.awaits_response() {
        return Ok(());
    }
    let mut jobs: Vec<Due> = instants(&ticket.clock, &hotline.policy.calendar)?
        .into_iter()
        .map(|(mark, at)| Due::at(at, task(ticket, mark.percent())))
        .collect();
    if ticket.severity == Severity::Critical {
        jobs.push(Due::at(hotline.now(), task(ticket, AT_ONCE)));
    }
    enqueue_all(hotline, tx, None, &jobs).await
}

/// Nobody looks at the clock of `ticket` any more.
pub(super) async fn drop_marks(tx: &mut Tx, ticket: &Ticket) -> Result<(), OpsError> {
    for percent in MARKS.map(Mark::percent).into_iter().chain([AT_ONCE]) {
        tx.cancel_job(&task(ticket, percent).key()).await?;
    }
    Ok(())
}

fn task(ticket: &Ticket, percent: u8) -> Task {
    Task::TicketMark { ticket: ticket.id, cycle: ticket.clock.cycle, percent }
}
