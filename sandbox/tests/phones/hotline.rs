//! A small hotline: a menu, a person on duty who is called, a text message, a recording.

use guardia_sandbox::sound::wav;

use crate::application::{Answer, Application, Asked, OURS, twiml};

pub const STAFF: &str = "+18095550111";

fn answer(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/voice" => twiml(
            "<Gather action=\"/menu\" numDigits=\"1\" timeout=\"30\"><Say language=\"es-MX\">Para el técnico, marque 1. \
             Para dejar un mensaje, marque 2.</Say></Gather>",
        ),
        "/menu" if asked.param("Digits") == "1" => twiml(&format!(
            "<Sms to=\"{STAFF}\">CRITICO caso 26-00-01-23. Responda 4821A para aceptar.</Sms>\
             <Say>Le comunico.</Say><Dial timeout=\"60\" action=\"/dialed\"><Number>{STAFF}</Number></Dial>"
        )),
        "/menu" => twiml("<Say>Hable.</Say><Record action=\"/recorded\" timeout=\"2\" playBeep=\"false\"/>"),
        "/recorded" => twiml(&format!("<Say>Grabado {} s.</Say>", asked.param("RecordingDuration"))),
        "/dialed" => twiml("<Say>Gracias por llamar.</Say>"),
        _ => twiml(""),
    }
}

pub async fn hotline() -> Application {
    Application::start(answer).await
}

/// How the program is told of it.
pub fn arguments(app: &Application, more: &[&str]) -> Vec<String> {
    let own =
        ["--number", OURS, "--webhook", &format!("{}/voice", app.url), "--sms-webhook", &format!("{}/sms", app.url)];
    own.iter().chain(more).map(|argument| (*argument).to_owned()).collect()
}

/// A sound file of a voice that says nothing: a tone that comes and goes, as syllables do.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sound of a test")]
pub fn murmur(seconds: usize) -> Vec<u8> {
    let sample = |place: usize| {
        let at = place as f64 / 8000.0;
        let tone = |hertz: f64| (std::f64::consts::TAU * hertz * at).sin();
        let syllable = (std::f64::consts::TAU * 3.0 * at).sin().max(0.0);
        (7000.0 * syllable * (tone(140.0) + 0.6 * tone(280.0) + 0.4 * tone(560.0) + 0.3 * tone(1120.0))) as i16
    };
    wav::mono(&(0..seconds * 8000).map(sample).collect::<Vec<_>>())
}
