//! A call begins or goes on: one unit of work from the webhook's input to the next document.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::converse::converse;
use super::effects::Effects;
use super::end_call::catch;
use super::facts::{answer, facts};
use super::part::part;
use super::room_turns::{as_parted, reporter_turn};
use super::{Hotline, OpsError};
use crate::call::{Call, Direction, Happening, Leg, Turn};
use crate::clock::Instant;
use crate::flow::{self, Answer, Ask, Facts, Flow, Input, Next, Verb};
use crate::id::{CallId, hex};
use crate::paging::dialogue::Heard;
use crate::phone::Phone;
use crate::store::Tx;

/// A call that reached the line.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The provider's path prefix.
    pub provider: &'static str,
    /// The provider's id of the caller's leg.
    pub provider_call: String,
    /// Who calls, unless withheld.
    pub from: Option<Phone>,
    /// The line that was dialled.
    pub to: Phone,
    /// When it reached us: the clock starts here, however long the store takes.
    pub at: Instant,
}

/// An answer to a document.
#[derive(Clone, Debug)]
pub struct TurnTaken {
    /// The call.
    pub call: CallId,
    /// The provider's id of the leg it came over: must be the call's.
    pub provider_call: String,
    /// The number of the document it answers.
    pub turn: u32,
    /// The provider's retry token, where it sends one.
    pub token: Option<String>,
    /// What the caller did.
    pub input: Input,
}

/// What the caller hears next.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The call.
    pub call: CallId,
    /// Its number: stands in every URL of it.
    pub number: u32,
    /// What it does.
    pub verbs: Vec<Verb>,
}

/// How often a step may ask before it is taken for a loop.
const MOST_QUESTIONS: usize = 64;

/// The line answers. A repeat of the same ring gets the same document.
///
/// # Errors
/// [`OpsError`]; nothing is kept then, and the safe document takes over.
pub async fn begin_call(hotline: &Hotline, ring: Ring, token: Option<String>) -> Result<Document, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Document, OpsError> {
            if let Some(call) = tx.call_by_provider(ring.provider, &ring.provider_call).await? {
                let first = tx.turn(call.id, 0).await?.ok_or(OpsError::NotFound("first document"))?;
                return Ok(Document { call: call.id, number: 1, verbs: first.answer });
            }
            let now = ring.at;
            let flow = hotline.flow(tx, &hotline.policy.flow).await?;
            let id = CallId(hotline.ids.opaque());
            let facts = facts(hotline, tx, id, ring.from.as_ref()).await?;
            let mut call = Call {
                id,
                provider: ring.provider.to_owned(),
                provider_call: ring.provider_call.clone(),
                direction: Direction::Inbound,
                from: ring.from.clone(),
                to: ring.to.clone(),
                answered_at: now,
                ended_at: None,
                flow: hotline.policy.flow.clone(),
                session: flow.begin(&facts),
                turn: 1,
                outcome: None,
                incident: None,
                fallback: false,
            };
            tx.insert_call(&call).await?;
            tx.upsert_leg(&Leg {
                provider_call: ring.provider_call.clone(),
                call: call.id,
                role: "caller".to_owned(),
                status: "in-progress".to_owned(),
                rank: 0,
                started_at: now,
                ended_at: None,
                seconds: None,
            })
            .await?;
            let verbs = drive(hotline, tx, now, &flow, &facts, &mut call, Input::Begin).await?;
            tx.save_call(&call).await?;
            keep_turn(hotline, tx, &call, 0, token, &Input::Begin, &verbs).await?;
            Ok(Document { call: call.id, number: 1, verbs })
        })
        .await
}

/// The call goes on. The same answer again gets the same document; an answer to a document that no longer stands gets the
/// one that does, and moves nothing.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn take_turn(hotline: &Hotline, taken: TurnTaken) -> Result<Document, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Document, OpsError> {
            let mut call = tx.lock_call(taken.call).await?.ok_or(OpsError::NotFound("call"))?;
            if call.provider_call != taken.provider_call {
                return Err(OpsError::NotFound("call"));
            }
            if let Some(document) = repeated(hotline, tx, &call, &taken).await? {
                return Ok(document);
            }
            let verbs = match call.direction {
                Direction::Inbound => {
                    if let Some(verbs) = reporter_turn(hotline, tx, &call, &taken.input).await? {
                        verbs
                    } else {
                        let flow = hotline.flow(tx, &call.flow).await?;
                        let facts = facts(hotline, tx, call.id, call.from.as_ref()).await?;
                        drive(hotline, tx, hotline.now(), &flow, &facts, &mut call, as_parted(taken.input.clone()))
                            .await?
                    }
                }
                Direction::Outbound => {
                    if let Input::Parted(parted) = &taken.input {
                        part(hotline, tx, &call, parted).await?;
                    }
                    converse(hotline, tx, &call, heard_by(&taken.input)).await?
                }
            };
            call.turn = call.turn.saturating_add(1);
            // What was said last may arrive after the end of the call.
            catch(hotline, tx, &mut call).await?;
            tx.save_call(&call).await?;
            keep_turn(hotline, tx, &call, taken.turn, taken.token, &taken.input, &verbs).await?;
            Ok(Document { call: call.id, number: call.turn, verbs })
        })
        .await
}

/// The document an answer gets that moves nothing: a repeat by its token or its content, or one for a document that no
/// longer stands.
async fn repeated(
    hotline: &Hotline,
    tx: &mut Tx,
    call: &Call,
    taken: &TurnTaken,
) -> Result<Option<Document>, OpsError> {
    let same = match &taken.token {
        Some(token) => tx.turn_by_token(call.id, token).await?,
        None => None,
    };
    if same.is_none() && taken.turn == call.turn {
        return Ok(None);
    }
    tx.append_call_entries(call.id, hotline.now(), &[Happening::Repeated { turn: taken.turn }]).await?;
    let turn = match same {
        Some(turn) => turn,
        None => match tx.turn(call.id, taken.turn).await? {
            Some(turn) if turn.fingerprint == fingerprint(&taken.input) => turn,
            _ => tx
                .turn(call.id, call.turn.saturating_sub(1))
                .await?
                .ok_or(OpsError::Impossible("a call without its present document"))?,
        },
    };
    Ok(Some(Document { call: call.id, number: turn.number.saturating_add(1), verbs: turn.answer }))
}

/// Steps the machine until it has the next document, answering its questions and carrying out its effects on the way. The
/// call's timeline has it all at `at`.
async fn drive(
    hotline: &Hotline,
    tx: &mut Tx,
    at: Instant,
    flow: &Arc<Flow>,
    facts: &Facts,
    call: &mut Call,
    input: Input,
) -> Result<Vec<Verb>, OpsError> {
    let mut effects = Effects::new(hotline, at, heard(&input));
    let mut input = input;
    for _ in 0..MOST_QUESTIONS {
        let step = flow::step(flow, &call.session, &input, facts)?;
        call.session = step.state;
        effects.carry_out(tx, call, step.effects).await?;
        match step.next {
            Next::Document(verbs) => {
                effects.finish(tx, call).await?;
                return Ok(verbs);
            }
            Next::Ask(ask) => {
                // What was learned so far must stand before a question about cases is answered.
                effects.keep_learned(tx).await?;
                let opens = matches!(ask, Ask::OpenIncident { .. }) && call.incident.is_none();
                let answer = answer(hotline, tx, call, ask).await?;
                if let (true, Answer::Case(Some(case))) = (opens, &answer) {
                    effects.opened(&case.number);
                }
                input = Input::Answer(answer);
            }
        }
    }
    Err(OpsError::Impossible("a flow that asks without end"))
}

pub(super) async fn keep_turn(
    hotline: &Hotline,
    tx: &mut Tx,
    call: &Call,
    number: u32,
    token: Option<String>,
    input: &Input,
    verbs: &[Verb],
) -> Result<(), OpsError> {
    let turn = Turn {
        call: call.id,
        number,
        token,
        fingerprint: fingerprint(input),
        answer: verbs.to_vec(),
        at: hotline.now(),
    };
    if tx.insert_turn(&turn).await? { Ok(()) } else { Err(OpsError::Impossible("a turn that was taken twice")) }
}

fn fingerprint(input: &Input) -> String {
    let text = serde_json::to_vec(input).unwrap_or_default();
    hex(Sha256::digest(&text).get(..16).unwrap_or_default())
}

/// What the caller did, for the timeline; a recording is noted by the effect that says what it holds.
fn heard(input: &Input) -> Option<Happening> {
    match input {
        Input::Begin => Some(Happening::Answered),
        Input::Digits(keys) => Some(Happening::Keyed { keys: keys.clone() }),
        Input::Speech(_) => Some(Happening::Spoke),
        Input::Silence => Some(Happening::Silence),
        Input::Waited(waited) => Some(Happening::Waited { how: *waited }),
        Input::Recording { .. } | Input::Parted(_) | Input::Moved | Input::Answer(_) => None,
    }
}

/// The same from somebody the line called.
fn heard_by(input: &Input) -> Heard {
    match input {
        Input::Digits(keys) => Heard::Keys(keys.clone()),
        Input::Parted(parted) => Heard::Parted(parted.joined),
        Input::Moved => Heard::Parted(true),
        Input::Begin
        | Input::Speech(_)
        | Input::Recording { .. }
        | Input::Silence
        | Input::Waited(_)
        | Input::Answer(_) => Heard::Silence,
    }
}
