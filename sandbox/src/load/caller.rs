//! One caller, from dialling to the end of the call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;

use super::population::{Act, Plan};
use super::telephones::Telephones;
use crate::call::Status;
use crate::ids::CallSid;
use crate::network::Network;
use crate::sip::{Leg, Voice};
use crate::time::sleep;

/// How often somebody who wants to speak tries again: the end of a beep is told to nobody.
const BEEP: Duration = Duration::from_millis(50);

/// How a call went, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// They did all they wanted to do.
    Finished,
    /// They hung up before that, as some do.
    HungUpEarly,
    /// The line hung up on them before that.
    LineHungUp,
    /// They lost patience.
    GaveUp,
    /// It was never answered.
    Failed,
    /// The run was stopped before the call was over.
    Stopped,
}

impl Outcome {
    /// As reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::HungUpEarly => "hung_up_early",
            Self::LineHungUp => "line_hung_up",
            Self::GaveUp => "gave_up",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// Wakes callers when something happens on their call.
#[derive(Clone, Debug, Default)]
pub(super) struct Bell(Arc<Mutex<HashMap<CallSid, Arc<Notify>>>>);

impl Bell {
    pub(super) fn ring(&self, call: &CallSid) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(call) {
            bell.notify_one();
        }
    }

    fn hang(&self, call: &CallSid) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(call.clone()).or_default())
    }

    fn take_down(&self, call: &CallSid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(call);
    }
}

/// Calls `to` and does what the plan says, until the call is over, whoever ends it, or `stop`.
pub(super) async fn live(
    network: Network,
    plan: Plan,
    to: String,
    bell: Bell,
    stop: impl Future<Output = ()>,
) -> Outcome {
    let sid = network.dial(&plan.from, &to);
    let on = OnCall { network: &network, bell: bell.hang(&sid), sid: &sid, mouth: Mouth::Told };
    let outcome = within(&plan, stop, on.act(&plan, &to)).await;
    network.hang_up(&sid);
    bell.take_down(&sid);
    let status = network.call(&sid).map(|call| call.status);
    let answered = matches!(status, Some(Status::Completed | Status::InProgress));
    // Hanging up on a line that rings is no failure of the line.
    if answered || matches!(outcome, Outcome::HungUpEarly | Outcome::GaveUp | Outcome::Stopped) {
        outcome
    } else {
        Outcome::Failed
    }
}

/// The same over SIP: what they press and say goes over the wire, and whether it is answered is what their telephone says.
/// When they act is taken from the network, as people do who hear what it plays.
pub(super) async fn live_on_telephone(
    network: Network,
    plan: Plan,
    to: String,
    bell: Bell,
    telephones: Arc<Telephones>,
    stop: impl Future<Output = ()>,
) -> Outcome {
    let Some(mut telephone) = telephones.dial(&plan.from, &to).await else { return Outcome::Failed };
    let outcome = within(&plan, stop, async {
        let Some((sid, voice)) = telephone.until_answered(&network, &plan.from).await else {
            // What was over before it could be looked at was answered all the same.
            return if telephone.is_answered() { Outcome::LineHungUp } else { Outcome::Failed };
        };
        let mouth = Mouth::Telephone(voice, telephone.leg());
        let on = OnCall { network: &network, bell: bell.hang(&sid), sid: &sid, mouth };
        tokio::select! {
            outcome = on.act(&plan, &to) => outcome,
            () = telephone.is_gone() => Outcome::LineHungUp,
        }
    })
    .await;
    if let Some(sid) = telephone.call() {
        bell.take_down(sid);
    }
    telephone.hang_up(&network, &plan.from).await;
    outcome
}

/// What becomes of a caller who hangs up early, has no more patience or is stopped, or else of what they do.
async fn within(plan: &Plan, stop: impl Future<Output = ()>, act: impl Future<Output = Outcome>) -> Outcome {
    tokio::select! {
        outcome = act => outcome,
        () = at(plan.hangs_up) => Outcome::HungUpEarly,
        () = sleep(plan.patience) => Outcome::GaveUp,
        () = stop => Outcome::Stopped,
    }
}

async fn at(moment: Option<Duration>) {
    match moment {
        Some(moment) => sleep(moment).await,
        None => std::future::pending().await,
    }
}

/// Somebody on a call.
struct OnCall<'n> {
    network: &'n Network,
    sid: &'n CallSid,
    bell: Arc<Notify>,
    mouth: Mouth,
}

/// How what they do reaches the network.
enum Mouth {
    /// It is told.
    Told,
    /// By a telephone.
    Telephone(Voice, Arc<dyn Leg>),
}

/// The call is over.
struct Over;

impl OnCall<'_> {
    async fn act(&self, plan: &Plan, number: &str) -> Outcome {
        if self.steps(plan, number).await.is_err() {
            return Outcome::LineHungUp;
        }
        let never = self.until(|_| false).await;
        debug_assert!(never.is_err(), "only the end of the call ends this wait");
        Outcome::Finished
    }

    async fn steps(&self, plan: &Plan, number: &str) -> Result<(), Over> {
        for step in &plan.steps {
            // Nobody acts on silence while the application is still thinking.
            loop {
                self.until(|call| !call.asks).await?;
                self.pass(step.after).await?;
                if !self.look()?.asks {
                    break;
                }
            }
            match &step.act {
                Act::Presses(keys) => self.press(keys),
                Act::Says(words, lasts) => {
                    let call = self.until(|call| call.listens != Listens::Nothing).await?;
                    self.say(words, *lasts, call);
                    self.pass(*lasts).await?;
                }
                Act::Silence(lasts) => self.pass(*lasts).await?,
                Act::Texts(words) => {
                    self.network.place_sms(&plan.from, number, words);
                }
                Act::HangsUp => match &self.mouth {
                    Mouth::Told => self.network.hang_up(self.sid),
                    Mouth::Telephone(_, leg) => leg.hang_up(),
                },
            }
        }
        Ok(())
    }

    fn press(&self, keys: &str) {
        match &self.mouth {
            Mouth::Told => self.network.press(self.sid, keys),
            Mouth::Telephone(voice, _) => voice.press(keys),
        }
    }

    fn say(&self, words: &str, lasts: Duration, call: Glimpse) {
        if let Mouth::Telephone(voice, _) = &self.mouth {
            voice.speak(lasts);
        }
        // No sound of ours is words: what recognizes them is told.
        if call.listens == Listens::ForWords || matches!(self.mouth, Mouth::Told) {
            self.network.speak(self.sid, words, TimeDelta::from_std(lasts).unwrap_or_default());
        }
    }

    fn look(&self) -> Result<Glimpse, Over> {
        self.network.glimpse(self.sid).ok_or(Over)
    }

    /// Waits until a live call is so.
    async fn until(&self, so: impl Fn(&Glimpse) -> bool) -> Result<Glimpse, Over> {
        loop {
            let call = self.look()?;
            if so(&call) {
                return Ok(call);
            }
            tokio::select! {
                () = self.bell.notified() => {}
                () = sleep(BEEP), if call.records => {}
            }
        }
    }

    async fn pass(&self, length: Duration) -> Result<(), Over> {
        tokio::select! {
            () = sleep(length) => Ok(()),
            over = self.until(|_| false) => over.map(drop),
        }
    }
}

/// What a caller notices of a live call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glimpse {
    /// The application has not said yet what comes next.
    pub asks: bool,
    /// What listens to them.
    pub listens: Listens,
    /// A recording is on, be it before its beep.
    pub records: bool,
}

/// What listens to the person on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listens {
    /// Nothing and nobody.
    Nothing,
    /// A recording, or somebody.
    ToSound,
    /// Something that makes words of what it hears: a `Gather` for speech.
    ForWords,
}
