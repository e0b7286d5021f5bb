//! The provider's public signature vectors, and what is really sent.

use crate::application::{Application, TOKEN, call, pass, twiml};
use guardia_sandbox::{Detour, Faults, Network, sign};

fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_public_vectors() {
    let base = params(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]);
    let none = params(&[]);
    let path = "/myapp.php?foo=1&bar=2";
    let body = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let duplicates = params(&[
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ]);
    let array = params(&[("MessagingBinding.Address", "+1415xxxxxxx"), ("MessagingBinding.Address", "+1325xxxxxxx")]);
    let cases = [
        (format!("https://mycompany.com{path}"), &base, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (format!("https://mycompany.com:443{path}"), &base, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (format!("http://mycompany.com:80{path}"), &base, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (format!("http://mycompany.com:1234{path}"), &base, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (format!("https://mycompany.com{path}&bodySHA256={body}"), &none, "a9nBmqA0ju/hNViExpshrM61xv4="),
        (format!("https://mycompany.com:443{path}&bodySHA256={empty}"), &none, "Ldidvp12m26NI7eqEvxnEpkd9Hc="),
        (format!("https://mycompany.com/myapp.php?bodySHA256={body}"), &none, "y77kIzt2vzLz71DgmJGsen2scGs="),
        (format!("https://mycompany.com{path}"), &duplicates, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (format!("https://mycompany.com{path}"), &array, "83O6e2vORAoJHUNzJjDWN1jz+BA="),
        (format!("https://user:pass@mycompany.com{path}"), &base, "CukzLTc1tT5dXEDIHm/tKBanW10="),
        (format!("https://user@mycompany.com{path}"), &base, "2YRLlVAflCqxaNicjMpJcSTgzSs="),
        (format!("https://user:pass@mycompany.com:443{path}"), &base, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="),
        (format!("https://mycompany.com{path}&Body=It%27s+amazing"), &base, "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
    ];
    for (url, params, expected) in cases {
        assert_eq!(sign(TOKEN, &url, params), expected, "{url}");
    }
}

#[tokio::test]
async fn the_public_address_is_signed_and_the_local_one_is_called() {
    let app = Application::start(|_| twiml("<Redirect method=\"GET\">/next?a=1#rc=2</Redirect>")).await;
    let mut config = app.config();
    config.detour = Some(Detour { public_url: "https://guardia.example".to_owned(), connect_url: app.url.clone() });
    config.lines[0].voice_url = Some("https://guardia.example/voice?it's#rc=1".to_owned());
    config.lines[0].status_callback = None;
    config.limits.documents_per_instant = 2;
    let network = Network::start(config);
    call(&network).await;
    let first = &app.asked()[0];
    assert_eq!((first.path.as_str(), first.query.as_str()), ("/voice", "it%27s"));
    assert_eq!(first.headers["host"], "guardia.example");
    let signed = sign(TOKEN, "https://guardia.example/voice?it%27s", &first.params);
    assert_eq!(first.headers["x-twilio-signature"], signed.as_str());
    assert!(first.headers["content-type"].to_str().unwrap().starts_with("application/x-www-form-urlencoded"));

    let second = &app.asked()[1];
    assert_eq!((second.method.as_str(), second.path.as_str()), ("GET", "/next"));
    assert!(second.query.starts_with("a=1&AccountSid=AC"), "a GET carries its parameters in the query");
    let url = format!("https://guardia.example/next?{}", second.query);
    assert_eq!(second.headers["x-twilio-signature"], sign(TOKEN, &url, &[]).as_str());
}

#[tokio::test]
async fn a_wrong_signature_on_request() {
    let app = Application::start(|_| twiml("")).await;
    let network = app.network();
    network.set_faults(Faults { wrong_signature: true, ..Faults::default() });
    call(&network).await;
    pass(&network, 1.0).await;
    let first = &app.asked()[0];
    let signed = sign(TOKEN, &format!("{}/voice", app.url), &first.params);
    assert_ne!(first.headers["x-twilio-signature"], signed.as_str());
}
