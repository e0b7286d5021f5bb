//! `Gather`: what ends it, what is posted, and when there is no request at all.

use crate::application::{Application, call, heard, pass, twiml};

const PROMPT: &str = "Por favor marque su número ahora ya.";

/// A gather with `attributes`, then one sentence of six seconds, then the end.
async fn application(attributes: &'static str) -> Application {
    Application::start(move |asked| match asked.path.as_str() {
        "/voice" => {
            twiml(&format!("<Gather action=\"/got\" {attributes}><Say>{PROMPT}</Say></Gather><Say>Nada.</Say>"))
        }
        "/got" => twiml("<Say>Gracias.</Say>"),
        _ => twiml(""),
    })
    .await
}

struct Case {
    name: &'static str,
    attributes: &'static str,
    /// Keys and the seconds that pass before each.
    keys: &'static [(f64, &'static str)],
    /// `None` = no request.
    digits: Option<&'static str>,
}

#[tokio::test]
async fn what_ends_a_gather_and_what_is_posted() {
    // The prompt takes 36 characters / 15 = 2.4 s; the time-out is 5 s unless the case says otherwise.
    let cases = [
        Case { name: "silence falls through", attributes: "", keys: &[], digits: None },
        Case { name: "a key and the time-out", attributes: "", keys: &[(4.0, "1")], digits: Some("1") },
        Case { name: "a key in the prompt barges in", attributes: "", keys: &[(1.0, "1")], digits: Some("1") },
        Case {
            name: "numDigits ends at once",
            attributes: "numDigits=\"2\"",
            keys: &[(3.0, "12")],
            digits: Some("12"),
        },
        Case { name: "the end key is not included", attributes: "", keys: &[(3.0, "104#")], digits: Some("104") },
        Case { name: "the end key first makes no request", attributes: "", keys: &[(3.0, "#")], digits: None },
        Case { name: "an own end key", attributes: "finishOnKey=\"*\"", keys: &[(3.0, "1#2*")], digits: Some("1#2") },
        Case {
            name: "an empty end key disables it",
            attributes: "finishOnKey=\"\"",
            keys: &[(3.0, "1#")],
            digits: Some("1#"),
        },
        Case {
            name: "the time-out restarts per key",
            attributes: "",
            keys: &[(7.0, "1"), (4.5, "2")],
            digits: Some("12"),
        },
        Case { name: "a key too late is lost to it", attributes: "", keys: &[(7.5, "1")], digits: None },
        Case {
            name: "an empty result on request",
            attributes: "actionOnEmptyResult=\"true\"",
            keys: &[],
            digits: Some(""),
        },
        Case {
            name: "the end key first with an empty result on request",
            attributes: "actionOnEmptyResult=\"true\"",
            keys: &[(3.0, "#")],
            digits: Some(""),
        },
    ];
    for case in cases {
        let app = application(case.attributes).await;
        let network = app.network();
        let sid = call(&network).await;
        for (after, keys) in case.keys {
            pass(&network, *after).await;
            network.press(&sid, keys);
        }
        pass(&network, 20.0).await;
        let got = app.asked_at("/got");
        assert_eq!(got.len(), usize::from(case.digits.is_some()), "{}", case.name);
        if let (Some(asked), Some(digits)) = (got.first(), case.digits) {
            assert_eq!(asked.param("Digits"), digits, "{}", case.name);
            assert_eq!(asked.param("CallStatus"), "in-progress", "{}", case.name);
        }
        let last = if case.digits.is_some() { "Gracias." } else { "Nada." };
        assert_eq!(heard(&network).last().map(String::as_str), Some(last), "{}", case.name);
        assert_eq!(network.errors(), [], "{}", case.name);
    }
}

#[tokio::test]
async fn a_key_cuts_the_prompt_where_it_is() {
    let app = application("").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    network.press(&sid, "1");
    assert_eq!(heard(&network), ["Por favor marqu…"]);
}

#[tokio::test]
async fn words_cut_the_prompt_unless_they_may_not() {
    for (barge_in, said, posted) in [("true", "Por favor marqu…", 3.0), ("false", PROMPT, 3.0), ("false", PROMPT, 2.4)]
    {
        let attributes = format!("input=\"speech dtmf\" speechTimeout=\"1\" bargeIn=\"{barge_in}\"");
        let app = application(attributes.leak()).await;
        let network = app.network();
        let sid = call(&network).await;
        pass(&network, 1.0).await;
        // The silence after it ends before the prompt does, or after.
        let lasts = if posted > 2.9 { 1000 } else { 100 };
        assert!(network.speak(&sid, "un incidente", chrono::TimeDelta::milliseconds(lasts)));
        pass(&network, posted - 1.09).await;
        assert_eq!(app.asked_at("/got").len(), 0, "{barge_in} {posted}");
        pass(&network, 0.1).await;
        assert_eq!(app.asked_at("/got")[0].param("SpeechResult"), "un incidente");
        assert_eq!(heard(&network), [said], "{barge_in} {posted}");
    }
    let app = application("bargeIn=\"false\" numDigits=\"1\"").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    network.press(&sid, "1");
    assert_eq!(heard(&network), ["Por favor marqu…"], "it is about words: a key always cuts");
}

#[tokio::test]
async fn keys_typed_ahead_answer_the_gathers_to_come() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => {
            twiml("<Say>Bienvenido.</Say><Gather action=\"/two\" numDigits=\"1\"><Say>Menú uno.</Say></Gather>")
        }
        "/two" => twiml("<Gather action=\"/three\" numDigits=\"4\"><Say>Menú dos.</Say></Gather>"),
        "/three" => twiml("<Gather action=\"/four\"><Say>Menú tres.</Say></Gather>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let sid = call(&network).await;
    network.press(&sid, "1104299");
    pass(&network, 0.5).await;
    assert_eq!(heard(&network), Vec::<String>::new(), "a Say outside a Gather is not cut");
    pass(&network, 1.0).await;
    assert_eq!(app.asked_at("/two")[0].param("Digits"), "1");
    assert_eq!(app.asked_at("/three")[0].param("Digits"), "1042");
    assert_eq!(app.asked_at("/four").len(), 0, "the third waits for its time-out");
    pass(&network, 5.0).await;
    assert_eq!(app.asked_at("/four")[0].param("Digits"), "99");
    assert_eq!(heard(&network), ["Bienvenido."], "every prompt was barged before it began");
}

#[tokio::test]
async fn speech_is_posted_after_it_ends() {
    let app = application("input=\"dtmf speech\"").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 3.0).await;
    assert!(network.call(&sid).unwrap().listens);
    assert!(network.speak(&sid, "un incidente", chrono::TimeDelta::seconds(2)));
    pass(&network, 2.9).await;
    assert_eq!(app.asked_at("/got").len(), 0, "the engine waits for a pause");
    pass(&network, 0.2).await;
    assert_eq!(app.asked_at("/got")[0].param("SpeechResult"), "un incidente");
}

#[tokio::test]
async fn without_an_action_the_document_is_asked_again() {
    let app = Application::start(|asked| match asked.param("Digits") {
        "" => twiml("<Gather numDigits=\"1\"/>"),
        _ => twiml("<Say>Otra vez.</Say>"),
    })
    .await;
    let network = app.network();
    let sid = call(&network).await;
    network.press(&sid, "7");
    pass(&network, 5.0).await;
    assert_eq!(app.asked_at("/voice").len(), 2);
    assert_eq!(heard(&network), ["Otra vez."]);
}

#[tokio::test]
async fn hanging_up_in_a_gather_fetches_nothing_more() {
    let app = application("").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 3.0).await;
    network.press(&sid, "12");
    network.hang_up(&sid);
    pass(&network, 60.0).await;
    assert_eq!(app.paths(), ["/voice", "/status"]);
    assert_eq!(app.asked_at("/status")[0].param("CallStatus"), "completed");
    assert_eq!(network.next_event_at(), None);
}
