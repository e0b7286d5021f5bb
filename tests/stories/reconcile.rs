//! Somebody calls while Guardia is down altogether: the provider's list tells of it, and they are called back.

use chrono::TimeDelta;
use guardia::call::Call;
use guardia::flow::Outcome;
use guardia::stage::{Props, Stage};
use guardia::store::Tx;
use guardia_sandbox::story::Host;

async fn pass(stage: &mut Stage, minutes: i64) {
    let limit = stage.now() + TimeDelta::minutes(minutes);
    while stage.advance(limit).await {}
}

async fn missed(stage: &Stage) -> Vec<Call> {
    let store = &stage.hotline().unwrap().store;
    store.read(async |tx: &mut Tx| tx.missed_calls(10).await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_never_reached_us_is_on_the_work_list() {
    let folder = tempfile::tempdir().unwrap();
    let props = Props { reconcile: "5m", ..Props::default() };
    let mut stage = Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &props).await.unwrap();
    pass(&mut stage, 1).await;
    stage.stop().await;
    let began = stage.now();
    stage.network.dial("+18095550142", "+18095550100");
    // The provider finds neither the line nor its fallback, apologises and hangs up.
    let limit = stage.now() + TimeDelta::minutes(2);
    while stage.advance(limit).await {}
    stage.start().await.unwrap();
    assert!(missed(&stage).await.is_empty());
    pass(&mut stage, 6).await;
    let found = missed(&stage).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from.as_ref().map(guardia::phone::Phone::as_str), Some("+18095550142"));
    assert_eq!((found[0].outcome, found[0].fallback), (Some(Outcome::Missed), true));
    assert!((found[0].answered_at - began).num_seconds().abs() <= 60, "the clock starts when they called");
    // The next times it is known.
    pass(&mut stage, 20).await;
    assert_eq!(missed(&stage).await.len(), 1);
    stage.stop().await;
}
