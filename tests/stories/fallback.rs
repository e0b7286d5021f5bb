//! What the first account at the provider cannot send, the second one sends at once.

use guardia::config::Fallback;
use guardia::provider::{BreakerState, Secret};
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::Story;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_out_by_the_second_account_and_is_answered_there() {
    let text = "story: A page\nat: 2026-03-07T22:00:00-04:00\ncaller: { from: \"+18095550142\" }\nstaff: { carmen: \
                \"+18095550103\" }\nsteps:\n  - dials: \"+18095550100\"\n  - hears: marque uno\n  - presses: 1\n  - hears: \
                código de cuatro dígitos\n  - hangs_up\n  - staff: carmen\n    receives_sms: { contains: [CRITICO], \
                within: 2s }\n  - staff: carmen\n    replies: \"{code}A\"\n  - staff: carmen\n    receives_sms: usted lo \
                acepto\nthen:\n  - incident: { state: acknowledged, acknowledged_by: carmen }\n  - \
                timeline: { has: [paged, page_delivered, acknowledged], counts: { page_failed: 0, given_up: 0 } }\n  - \
                nothing_is_left_over\n  - nothing_else_was_sent\n";
    let story = Story::parse(text, "a page").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
    stage.stop().await;
    // The network is the second account's; nobody answers at the first one's.
    let first = &mut stage.config.twilio;
    stage.config.channels.fallback = Some(Fallback {
        account_sid: std::mem::replace(&mut first.account_sid, "AC11111111111111111111111111111111".to_owned()),
        auth_token: std::mem::replace(&mut first.auth_token, Secret::new("the first account's token")),
        api_url: std::mem::replace(&mut first.api_url, "http://127.0.0.1:1".to_owned()),
        from: first.from.clone(),
    });
    stage.start().await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    let texts: Vec<_> = stage.fares().into_iter().filter(|fare| fare.channel == "sms").collect();
    let [first, second] = texts.as_slice() else { panic!("{texts:?}") };
    assert_eq!((first.provider.as_str(), second.provider.as_str()), ("twilio", "fallback"));
    assert_ne!(first.breaker, BreakerState::Closed { failures: 0 });
    assert_eq!(second.breaker, BreakerState::Closed { failures: 0 });
    stage.stop().await;
}
