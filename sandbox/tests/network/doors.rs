//! How the application's door is found and opened: cookies, a name and a password, names that lead nowhere, ports.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use guardia_sandbox::{Detour, Faults, Network, code, sign};

use crate::application::{Application, CALLER, OURS, TOKEN, call, pass, twiml};

type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// An application that writes down one header of each request, and answers with others and a document.
async fn door(
    header: &'static str,
    answer: impl Fn(&str, Option<&str>) -> (u16, Vec<(&'static str, &'static str)>, &'static str)
    + Clone
    + Send
    + Sync
    + 'static,
) -> (String, Seen) {
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
        let value = headers.get(header).map(|value| value.to_str().unwrap().to_owned());
        let (status, more, body) = answer(uri.path(), value.as_deref());
        log.lock().unwrap().push((uri.path().to_owned(), value));
        async move {
            let mut response =
                (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "text/xml")], body).into_response();
            for (name, value) in more {
                response.headers_mut().append(name, value.parse().unwrap());
            }
            response
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, seen)
}

async fn network_at(voice: String, sms: String) -> Network {
    let app = Application::start(|_| twiml("")).await;
    let mut config = app.config();
    config.lines[0].voice_url = Some(voice);
    config.lines[0].sms_url = Some(sms);
    config.lines[0].status_callback = None;
    Network::start(config)
}

#[tokio::test]
async fn cookies_are_carried_back_for_as_long_as_the_call_lasts() {
    let (url, seen) = door("cookie", |path, _| match path {
        "/voice" => (
            200,
            vec![("set-cookie", "turn=1; Path=/; HttpOnly"), ("set-cookie", "who=ana")],
            "<Response><Redirect>/next</Redirect></Response>",
        ),
        "/next" => (200, vec![("set-cookie", "turn=2")], "<Response><Pause/><Redirect>/last</Redirect></Response>"),
        "/sms" => (200, vec![("set-cookie", "word=1")], "<Response/>"),
        _ => (200, vec![], "<Response><Hangup/></Response>"),
    })
    .await;
    let network = network_at(format!("{url}/voice"), format!("{url}/sms")).await;
    for _ in 0..2 {
        call(&network).await;
        pass(&network, 3.0).await;
    }
    for from in [CALLER, CALLER, "+18095550199"] {
        network.place_sms(from, OURS, "Hola");
        pass(&network, 1.0).await;
    }
    let seen: Vec<_> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|(path, value)| format!("{path} {}", value.as_deref().unwrap_or("-")))
        .collect();
    let one = ["/voice -", "/next turn=1; who=ana", "/last turn=2; who=ana"];
    assert_eq!(
        seen,
        [&one[..], &one[..], &["/sms -", "/sms word=1", "/sms -"]].concat(),
        "each call, each pair has its own"
    );
}

#[tokio::test]
async fn a_name_and_a_password_are_given_when_they_are_asked_for() {
    let (url, seen) = door("authorization", |_, given| match given {
        Some("Basic YW5hOmEgY2xhdmU=") => (200, vec![], "<Response/>"),
        _ => (401, vec![("www-authenticate", "Basic realm=\"door\"")], ""),
    })
    .await;
    let with = |userinfo: &str| url.replace("http://", &format!("http://{userinfo}@"));
    let network = network_at(format!("{}/voice", with("ana:a%20clave")), format!("{}/sms", with("ana:wrong"))).await;
    call(&network).await;
    pass(&network, 1.0).await;
    assert_eq!(network.errors(), []);
    let given: Vec<_> = seen.lock().unwrap().drain(..).map(|(_, value)| value.is_some()).collect();
    assert_eq!(given, [false, true], "not before it was asked for");
    let sent = &network.deliveries()[0];
    assert!(sent.url.contains("ana:a%20clave@"), "it is signed with them: {}", sent.url);
    assert_eq!(sent.signature, sign(TOKEN, &sent.url, &sent.params));
    network.place_sms(CALLER, OURS, "Hola");
    pass(&network, 1.0).await;
    assert_eq!(network.errors()[0].code, code::HTTP_RETRIEVAL);
}

#[tokio::test]
async fn a_name_that_leads_nowhere_has_its_own_number() {
    // Longer than a name can be, so that nobody outside of this machine is asked for it.
    let network = network_at(format!("http://{}.invalid/voice", "n".repeat(64)), String::new()).await;
    call(&network).await;
    pass(&network, 1.0).await;
    assert_eq!(network.errors()[0].code, code::BAD_HOST);
}

#[tokio::test]
async fn a_signature_may_be_made_with_or_without_the_port() {
    let app = Application::start(|_| twiml("")).await;
    for (public, signed) in [
        ("https://guardia.example", "https://guardia.example:443/voice"),
        ("https://guardia.example:8443", "https://guardia.example/voice"),
    ] {
        let mut config = app.config();
        config.detour = Some(Detour { public_url: public.to_owned(), connect_url: app.url.clone() });
        config.lines[0].voice_url = Some(format!("{public}/voice"));
        let network = Network::start(config);
        network.set_faults(Faults { other_port: true, ..Faults::default() });
        call(&network).await;
        let asked = app.asked_at("/voice").pop().unwrap();
        assert_eq!(asked.headers["x-twilio-signature"], sign(TOKEN, signed, &asked.params).as_str(), "{public}");
    }
}

#[tokio::test]
async fn a_token_that_everybody_knows_opens_nothing_to_other_machines() {
    let population = format!("{}/examples/population.yaml", env!("CARGO_MANIFEST_DIR"));
    let webhook = "http://127.0.0.1:1/voice";
    let run = async |listen: &str, token: &str| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"))
            .args(["load", "--callers", "1", "--rate", "1", "--calls", "0", "--population", &population])
            .args(["--webhook", webhook, "--listen", listen])
            .env("GUARDIA_SANDBOX_TOKEN", token)
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for listen in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let (code, said) = run(listen, "sandbox").await;
        assert_eq!(code, Some(2), "{listen}: {said}");
        for word in [&format!("--listen {listen} lets other machines in"), "GUARDIA_SANDBOX_TOKEN", "127.0.0.1"] {
            assert!(said.contains(word), "{listen}: {said}");
        }
    }
    let (code, said) = run("127.0.0.1:0", "sandbox").await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    // A token of one's own is let through; this address is no machine's.
    let (code, said) = run("192.0.2.1:0", "a token of our own").await;
    assert!(code == Some(2) && said.contains("cannot listen on 192.0.2.1:0"), "{said}");
}
