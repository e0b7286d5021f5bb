//! Whoever hangs up, at whatever instant: nobody is left on a line that leads nowhere, and each action is told once.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Network, Phone};

use crate::application::{Application, OURS, call, pass, twiml};
use crate::rest::Api;

const ANA: &str = "+18095550111";

async fn hotline(voice: &'static str) -> Application {
    Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml(voice),
        "/take" => {
            twiml("<Say>Le espera alguien.</Say><Dial action=\"/done\"><Queue url=\"/before\">guard</Queue></Dial>")
        }
        "/before" => twiml("<Say>Le comunico ahora con la guardia.</Say>"),
        "/whisper" => twiml("<Gather numDigits=\"1\" action=\"/accept\" timeout=\"2\"><Say>Marque 1.</Say></Gather>"),
        _ => twiml(""),
    })
    .await
}

/// Ends one of the two calls at an instant, then the other much later, and says what was told of the first document.
async fn ends_at(voice: &'static str, half_seconds: u32, caller_ends: bool) -> (Network, Application) {
    let app = hotline(voice).await;
    let network = app.network();
    let api = Api::of(&network).await;
    network.set_phone(ANA, Phone::Answers(TimeDelta::milliseconds(1500)));
    let caller = call(&network).await;
    if !voice.contains("<Dial") {
        api.post("Calls.json", &[("To", ANA), ("From", OURS), ("Url", &format!("{}/take", app.url))]).await;
    }
    pass(&network, f64::from(half_seconds) / 2.0).await;
    let of_ana = |network: &Network| network.calls().into_iter().find(|call| call.to == ANA).map(|call| call.sid);
    let first: Option<CallSid> = if caller_ends { Some(caller.clone()) } else { of_ana(&network) };
    if let Some(first) = first {
        network.hang_up(&first);
    }
    pass(&network, 120.0).await;
    network.hang_up(&caller);
    if let Some(ana) = of_ana(&network) {
        network.hang_up(&ana);
    }
    pass(&network, 1.0).await;
    (network, app)
}

#[tokio::test]
async fn nobody_is_left_behind_and_nothing_is_told_twice() {
    const QUEUE: &str = "<Enqueue action=\"/left\">guard</Enqueue>";
    const DIAL: &str = "<Dial action=\"/left\" timeout=\"10\"><Number url=\"/whisper\">+18095550111</Number></Dial>";
    for voice in [QUEUE, DIAL] {
        for half_seconds in 0..16 {
            for caller_ends in [true, false] {
                let (network, app) = ends_at(voice, half_seconds, caller_ends).await;
                let place = format!("{voice} at {half_seconds}/2 s, caller: {caller_ends}");
                let live: Vec<_> = network.calls().into_iter().filter(|call| !call.status.is_final()).collect();
                assert_eq!(live, [], "{place}");
                assert_eq!(network.next_event_at(), None, "{place}");
                assert_eq!(app.asked_at("/left").len(), 1, "{place}");
                assert!(app.asked_at("/done").len() <= 1, "{place}");
                assert_eq!(network.errors(), [], "{place}");
            }
        }
    }
}
