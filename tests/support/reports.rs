//! Reports of cases without the talk: what matters is how many there are.

use guardia::flow::Input;
use guardia::ops::{self, LegStatus, Ring, TurnTaken};
use guardia::phone::Phone;
use guardia::stage::Stage;

/// The line that is called.
const LINE: &str = "+18095550100";

/// Somebody calls, chooses "critical" and hangs up.
pub async fn report(stage: &Stage, n: u32) {
    let hotline = stage.hotline().unwrap();
    let provider_call = format!("CA{n:032x}");
    let from = Phone::parse(&format!("+1829555{n:04}")).unwrap();
    let to = Phone::parse(LINE).unwrap();
    let ring = Ring { provider: "twilio", provider_call: provider_call.clone(), from: Some(from), to, at: stage.now() };
    let first = ops::begin_call(hotline, ring, None).await.unwrap();
    let input = Input::Digits("1".to_owned());
    let turn =
        TurnTaken { call: first.call, provider_call: provider_call.clone(), turn: first.number, token: None, input };
    ops::take_turn(hotline, turn).await.unwrap();
    let (provider, status) = ("twilio".to_owned(), "completed".to_owned());
    let ended = LegStatus { provider, provider_call, status, rank: 100, last: true, seconds: Some(5) };
    ops::leg_status(hotline, ended).await.unwrap();
}
