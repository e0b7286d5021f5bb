//! Documents: what is heard, what is refused, and where a call goes when a document cannot be had.

use crate::application::{Answer, Application, CALLER, OURS, call, heard, pass, status, twiml};
use guardia_sandbox::{CallStatus, Network, code};

fn answer(content_type: &'static str, body: &str) -> Answer {
    Answer { status: 200, content_type, body: body.to_owned() }
}

const SORRY: &str = "We are sorry, an application error has occurred.";

#[tokio::test]
async fn what_the_schema_does_not_know_is_an_error_that_the_caller_hears() {
    let cases: &[(&str, &str, u32)] = &[
        ("a verb in the wrong case", "<Response><say>Hola</say></Response>", code::SCHEMA),
        ("an unknown verb", "<Response><Shout>Hola</Shout></Response>", code::SCHEMA),
        (
            "a verb that is not carried",
            "<Response><Connect><Stream url=\"wss://a.example\"/></Connect></Response>",
            code::SCHEMA,
        ),
        ("an attribute in the wrong case", "<Response><Gather finishonkey=\"#\"/></Response>", code::SCHEMA),
        ("an attribute of another verb", "<Response><Say numDigits=\"1\">Hola</Say></Response>", code::SCHEMA),
        ("a value out of range", "<Response><Gather numDigits=\"0\"/></Response>", code::SCHEMA),
        ("a number that is none", "<Response><Pause length=\"1.5\"/></Response>", code::SCHEMA),
        ("a verb where it cannot be", "<Response><Gather><Hangup/></Gather></Response>", code::SCHEMA),
        ("text between verbs", "<Response>Hola</Response>", code::SCHEMA),
        ("an empty redirect", "<Response><Redirect/></Response>", code::SCHEMA),
        ("an unknown element in speech", "<Response><Say><b>Hola</b></Say></Response>", code::SCHEMA),
        ("a root in the wrong case", "<response/>", code::DOCUMENT_PARSE),
        ("an element that is not closed", "<Response><Say>Hola</Response>", code::DOCUMENT_PARSE),
        ("an unknown entity", "<Response><Say>&nbsp;</Say></Response>", code::DOCUMENT_PARSE),
        ("nothing", "", code::DOCUMENT_PARSE),
        ("two roots", "<Response/><Response/>", code::DOCUMENT_PARSE),
    ];
    for (name, body, code) in cases {
        let body = (*body).to_owned();
        let app = Application::start(move |asked| match asked.path.as_str() {
            "/voice" => answer("text/xml", &body),
            _ => twiml(""),
        })
        .await;
        let network = app.network();
        call(&network).await;
        pass(&network, 10.0).await;
        assert_eq!(network.errors().iter().map(|problem| problem.code).collect::<Vec<_>>(), [*code], "{name}");
        assert_eq!(heard(&network)[0], SORRY, "{name}");
        assert_eq!(app.asked_at("/status")[0].param("CallStatus"), "completed", "{name}");
    }
}

#[tokio::test]
async fn the_content_type_decides_what_an_answer_is() {
    let long = format!("<Response><!-- {} --></Response>", "x".repeat(65_536));
    let cases: Vec<(&str, Answer, Option<u32>, &str)> = vec![
        ("xml", answer("application/xml; charset=utf-8", "<Response><Say>Hola.</Say></Response>"), None, "Hola."),
        ("html", answer("text/html", "<Response><Say>Hola.</Say></Response>"), None, "Hola."),
        ("text is read aloud", answer("text/plain", "Hola \n a todos."), None, "Hola a todos."),
        ("sound is played", answer("audio/mpeg", "…"), None, "[voice]"),
        ("json", answer("application/json", "{}"), Some(code::CONTENT_TYPE), SORRY),
        ("too long", answer("text/xml", &long), Some(code::BODY_TOO_LARGE), SORRY),
        ("an error status", status(500), Some(code::HTTP_RETRIEVAL), SORRY),
    ];
    for (name, reply, error, first) in cases {
        let reply = std::sync::Arc::new(reply);
        let app = Application::start(move |asked| match asked.path.as_str() {
            "/voice" => Answer { status: reply.status, content_type: reply.content_type, body: reply.body.clone() },
            _ => twiml(""),
        })
        .await;
        let network = app.network();
        call(&network).await;
        pass(&network, 10.0).await;
        assert_eq!(network.errors().first().map(|problem| problem.code), error, "{name}");
        assert_eq!(heard(&network)[0], first, "{name}");
        assert_eq!(network.calls()[0].status, CallStatus::Completed, "{name}");
    }
}

#[tokio::test]
async fn speech_takes_its_time() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Say voice=\"Polly.Mia\" language=\"es-MX\" loop=\"2\">Quince letras.</Say><Pause/><Pause length=\"3\"/>\
             <Say><prosody rate=\"slow\">Su caso<break time=\"1s\"/></prosody> es <sub alias=\"uno\">1</sub> &amp; m&#225;s.</Say>\
             <Play>/hold.mp3?x=1</Play>",
        ),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let sid = call(&network).await;
    let began = network.now();
    pass(&network, 60.0).await;
    assert_eq!(
        heard(&network),
        ["Quince letras.", "Quince letras.", "Su caso", "es uno & más.", "[hold.mp3]"],
        "errors: {:?}",
        network.errors()
    );
    // 14 characters twice, 1 s, 3 s, 7 characters, 1 s, 13 characters, 3 s.
    let expected = 2 * (14_000 / 15) + 1000 + 3000 + 7000 / 15 + 1000 + 13_000 / 15 + 3000;
    let ended = network.call(&sid).unwrap().ended.unwrap();
    assert_eq!((ended - began).num_milliseconds(), expected);
    let told = app.asked_at("/status");
    assert_eq!(told[0].param("CallDuration"), "12", "rounded up");
}

#[tokio::test]
async fn a_call_is_picked_up_by_the_first_verb_that_speaks_or_listens() {
    let cases = [
        ("<Pause length=\"4\"/><Say>Hola.</Say>", 4.0, Some(4)),
        ("<Say>Hola.</Say>", 0.0, Some(0)),
        ("<Gather/>", 0.0, Some(0)),
        ("<Hangup/>", 0.0, Some(0)),
        ("<Reject/>", 0.0, None),
    ];
    for (verbs, after, answered) in cases {
        let app = Application::start(move |asked| if asked.path == "/voice" { twiml(verbs) } else { twiml("") }).await;
        let network = app.network();
        let sid = call(&network).await;
        assert_eq!(app.asked()[0].param("CallStatus"), "ringing");
        pass(&network, after).await;
        let call = network.call(&sid).unwrap();
        assert_eq!(call.answered.map(|at| (at - call.created).num_seconds()), answered, "{verbs}");
    }
}

#[tokio::test]
async fn a_rejected_call_was_never_answered() {
    for (verbs, status) in [("<Reject/>", "no-answer"), ("<Reject reason=\"busy\"/>", "busy")] {
        let app = Application::start(move |asked| if asked.path == "/voice" { twiml(verbs) } else { twiml("") }).await;
        let network = app.network();
        call(&network).await;
        pass(&network, 1.0).await;
        let told = &app.asked_at("/status")[0];
        assert_eq!((told.param("CallStatus"), told.param("CallDuration")), (status, "0"));
    }
}

#[tokio::test]
async fn addresses_are_relative_to_the_document_they_stand_in() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Redirect>flow/one</Redirect>"),
        "/flow/one" => twiml("<Redirect method=\"GET\">two?x=1</Redirect>"),
        "/flow/two" => twiml("<Gather numDigits=\"1\" action=\"../three\"/>"),
        _ => twiml("<Hangup/>"),
    })
    .await;
    let network = app.network();
    let sid = call(&network).await;
    network.press(&sid, "1");
    pass(&network, 1.0).await;
    assert_eq!(app.paths(), ["/voice", "/flow/one", "/flow/two", "/three", "/status"]);
    let all = app.asked();
    let methods: Vec<&str> = all.iter().map(|asked| asked.method.as_str()).collect();
    assert_eq!(methods, ["POST", "POST", "GET", "POST", "POST"]);
}

#[tokio::test]
async fn the_fallback_is_told_why_and_carries_on() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => status(503),
        "/fallback" => twiml("<Say>Le atendemos igual.</Say>"),
        _ => twiml(""),
    })
    .await;
    let mut config = app.config();
    config.lines[0].voice_fallback_url = Some(format!("{}/fallback", app.url));
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 5.0).await;
    let told = &app.asked_at("/fallback")[0];
    assert_eq!(told.param("ErrorCode"), "11200");
    assert_eq!(told.param("ErrorUrl"), format!("{}/voice", app.url));
    assert_eq!(told.param("CallStatus"), "ringing");
    assert_eq!(heard(&network), ["Le atendemos igual."]);
}

#[tokio::test]
async fn when_the_fallback_fails_too_the_caller_hears_an_apology() {
    let app = Application::start(|asked| if asked.path == "/status" { twiml("") } else { status(500) }).await;
    let mut config = app.config();
    config.lines[0].voice_fallback_url = Some(format!("{}/fallback", app.url));
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 10.0).await;
    assert_eq!(app.paths(), ["/voice", "/fallback", "/status"]);
    assert_eq!(heard(&network)[0], SORRY);
    assert_eq!(network.errors().len(), 2);
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/status" => twiml(""),
        _ => twiml("<Redirect>/voice</Redirect>"),
    })
    .await;
    let mut config = app.config();
    config.limits.documents_per_instant = 5;
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 10.0).await;
    assert_eq!(app.asked_at("/voice").len(), 5);
    assert_eq!(network.errors()[0].code, code::TOO_MANY_REDIRECTS);
    assert_eq!(network.calls()[0].status, CallStatus::Completed);
}

#[tokio::test]
async fn hanging_up_while_the_application_thinks_makes_its_answer_unheard() {
    let app = Application::start(|_| twiml("<Say>Hola.</Say>")).await;
    let network = app.network();
    let sid = network.dial(CALLER, OURS);
    network.hang_up(&sid);
    pass(&network, 10.0).await;
    assert_eq!(app.paths().iter().filter(|path| *path == "/voice").count(), 1);
    assert_eq!(heard(&network), Vec::<String>::new());
    assert_eq!(network.call(&sid).unwrap().status, CallStatus::NoAnswer);
}

#[tokio::test]
async fn a_number_nobody_has_fails() {
    let app = Application::start(|_| twiml("")).await;
    let network = app.network();
    let sid = network.dial(CALLER, "+18095559999");
    pass(&network, 1.0).await;
    assert_eq!(network.call(&sid).unwrap().status, CallStatus::Failed);
    assert_eq!(app.asked().len(), 0);
}

#[tokio::test]
async fn the_longest_call_is_ended() {
    let app = Application::start(|asked| {
        if asked.path == "/voice" { twiml("<Say loop=\"0\">Espere, por favor, no cuelgue.</Say>") } else { twiml("") }
    })
    .await;
    let mut config = app.config();
    config.limits.call = chrono::TimeDelta::seconds(20);
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 60.0).await;
    assert_eq!(app.asked_at("/status")[0].param("CallDuration"), "20");
    assert_eq!(heard(&network).len(), 10, "nine rounds of 2.066 s and a piece of the tenth");
    assert!(heard(&network)[9].ends_with('…'));
}

#[tokio::test]
async fn status_callbacks_are_numbered() {
    let app =
        Application::start(|asked| if asked.path == "/voice" { twiml("<Say>Hola.</Say>") } else { status(500) }).await;
    let mut config = app.config();
    config.lines[0].status_callback_events = ["ringing", "answered", "completed"].map(str::to_owned).to_vec();
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 5.0).await;
    let mut told: Vec<(String, String)> = app
        .asked_at("/status")
        .iter()
        .map(|asked| (asked.param("SequenceNumber").to_owned(), asked.param("CallStatus").to_owned()))
        .collect();
    told.sort();
    let expected = [("0", "ringing"), ("1", "in-progress"), ("2", "completed")];
    assert_eq!(told, expected.map(|(number, status)| (number.to_owned(), status.to_owned())));
    let last = app.asked_at("/status").into_iter().find(|asked| asked.param("SequenceNumber") == "2").unwrap();
    assert_eq!(last.param("Timestamp"), "Thu, 01 Jan 2026 00:00:00 +0000");
    assert_eq!(last.param("CallbackSource"), "call-progress-events");
    assert_eq!(network.errors().len(), 3, "an answer of 500 is in the log and changes nothing");
}

#[tokio::test]
async fn a_say_is_as_long_as_its_engine_takes() {
    for (voice, longest) in [("", 4096), ("Polly.Mia-Neural", 3000), ("Google.es-US-Standard-A", 5000)] {
        for (length, expected) in [(longest, vec![]), (longest + 1, vec![code::SAY_TOO_LONG])] {
            let say = format!("<Say voice=\"{voice}\">{}</Say>", "a".repeat(length));
            let app = Application::start(move |_| twiml(&say)).await;
            let network = app.network();
            call(&network).await;
            let codes: Vec<_> = network.errors().iter().map(|problem| problem.code).collect();
            assert_eq!(codes, expected, "{voice} {length}");
        }
    }
}
