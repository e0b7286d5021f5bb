//! What the network signs, an official client's validator takes, and nothing else.

use crate::application::{Application, TOKEN, call, pass, twiml};
use crate::worker::{Client, Worker};
use guardia_sandbox::Network;

pub async fn signatures_are_accepted_and_altered_ones_rejected(client: Client) {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather numDigits=\"2\" action=\"/keys?turn=3&amp;of=it%27s\"/>"),
        "/keys" => twiml("<Redirect method=\"GET\">/read?a=1</Redirect>"),
        _ => twiml("<Say>Adiós.</Say>"),
    })
    .await;
    let mut config = app.config();
    config.lines[0].voice_url = Some(format!("{}/voice?línea=1#rc=2", app.url));
    let network = Network::start(config);
    let mut worker = Worker::start(client, &network).await;
    let sid = call(&network).await;
    network.press(&sid, "4#7");
    network.place_sms("+18095550142", "+18095550100", "¿Qué pasó? & más = 100 % ✓");
    pass(&network, 10.0).await;
    let paths = app.paths();
    assert!(["/voice", "/keys", "/read", "/status", "/sms"].iter().all(|path| paths.iter().any(|asked| asked == path)));
    for asked in app.asked() {
        let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
        let url = format!("{}{}{query}", app.url, asked.path);
        let signature = asked.headers["x-twilio-signature"].to_str().unwrap();
        let params = if asked.method == "POST" { asked.params.clone() } else { Vec::new() };
        assert!(worker.validates(&url, &params, signature, TOKEN).await, "{} {url}", asked.method);
        let other = format!("{}/other{query}", app.url);
        let mut more = params.clone();
        more.push(("Extra".to_owned(), "9".to_owned()));
        let mut flipped = signature.to_owned();
        flipped.replace_range(0..1, if signature.starts_with('A') { "B" } else { "A" });
        for (url, params, signature, secret) in [
            (other.as_str(), &params, signature, TOKEN),
            (&url, &more, signature, TOKEN),
            (&url, &params, flipped.as_str(), TOKEN),
            (&url, &params, signature, "another token"),
        ] {
            assert!(!worker.validates(url, params, signature, secret).await, "{url} {params:?} {signature} {secret}");
        }
    }
}
