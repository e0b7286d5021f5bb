//! The phone in the browser, in a browser.

use std::path::Path;

use serde_json::{Value, json};

use crate::application::Application;
use crate::browser::{Browser, ENTER};
use crate::hotline::{STAFF, arguments, hotline, murmur};
use crate::program::Program;

struct Rig {
    app: Application,
    browser: Browser,
    program: Program,
    folder: tempfile::TempDir,
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Samples of a file that are to be heard.
fn loud(file: &[u8]) -> u64 {
    let samples = file[44..].as_chunks::<2>().0.iter();
    samples.filter(|sample| i16::from_le_bytes(**sample).unsigned_abs() > 65).count() as u64
}

impl Rig {
    /// A hotline, a network that speaks, and its page.
    async fn start(more: &[&str]) -> Self {
        let app = hotline().await;
        let folder = tempfile::tempdir().unwrap();
        let voice = write(folder.path(), "voice.wav", &murmur(2));
        let microphone = write(folder.path(), "microphone.wav", &murmur(30));
        let speech = format!("cat '{voice}'");
        let arguments = arguments(&app, &["--speech", &speech, "--phone-staff", STAFF]);
        let all: Vec<&str> = ["serve"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let mut program = Program::start(&all);
        let line = program.prints("Phone: ").await;
        let address = line.trim_start_matches("Phone: ").to_owned();
        let browser = Browser::open(&address, &microphone, more).await;
        browser.says("#connection", "").await;
        browser.says("#line", "+18095550100").await;
        Self { app, browser, program, folder }
    }
}

#[tokio::test]
async fn a_call_is_heard_worked_by_keyboard_and_joined_to_the_staff() {
    let rig = Rig::start(&["--lang=es"]).await;
    let Rig { app, browser, folder, .. } = &rig;
    browser.click("[data-language=es]").await;
    // By keyboard alone: the caller calls, hears the greeting as text and as sound, presses a key.
    browser.tabs_to("#caller [data-act=dial]").await;
    browser.types(ENTER).await;
    browser.says("#caller .state", "En llamada con +18095550100").await;
    browser.plays("caller", 4000).await;
    browser.says("#caller .heard", "Oye: Para el técnico, marque 1.").await;
    browser.types("1").await;
    browser.says("#caller .heard", "Marca: 1").await;
    // The staff's telephone rings and gets the message.
    browser.says("#staff .state", "Suena: llama").await;
    browser.says("#staff .messages", "Recibido: CRITICO caso 26-00-01-23.").await;
    browser.tabs_to("#staff [data-act=answer]").await;
    browser.types(ENTER).await;
    browser.says("#staff .state", "En llamada con").await;
    browser.click("#caller [data-key='5']").await;
    browser.says("#staff .heard", "Oye: [tecla 5]").await;
    // The caller speaks by the microphone, the staff from a file; each hears the other.
    browser.click("#caller [data-sound=microphone]").await;
    browser.plays("staff", 8000).await;
    browser.click("#caller [data-sound=microphone]").await;
    let file = write(folder.path(), "staff.wav", &murmur(6));
    browser.find("#staff [name=file]").await.send_keys(&file).await.unwrap();
    // Hardly any of it is lost on the way.
    browser.plays("caller", loud(&murmur(6)) * 9 / 10).await;
    // The staff accepts by text message.
    browser.tabs_to("#staff [name=text]").await;
    browser.types("4821A").await;
    browser.types(ENTER).await;
    browser.says("#staff .messages", "Enviado: 4821A").await;
    browser.click("#staff [data-act=hang_up]").await;
    browser.says("#caller .heard", "Oye: Gracias por llamar.").await;
    browser.says("#caller .state", "Colgado. La última llamada: completada").await;
    let replies = app.asked_at("/sms");
    assert_eq!((replies[0].param("From"), replies[0].param("Body")), (STAFF, "4821A"));
    // In the other language, everything that was said as well.
    browser.click("[data-language=en]").await;
    browser.says("#caller .state", "On hook. The last call: completed").await;
    browser.says("#caller .heard", "Presses: 1").await;
    browser.says("#staff .heard", "Hears: [key 5]").await;
    assert_eq!(browser.run("return document.documentElement.lang").await, json!("en"));
    assert_eq!(rig.browser.close().await, Vec::<String>::new(), "the console complains");
    drop(rig.program);
}

#[tokio::test]
async fn a_call_is_declined_and_a_wrong_number_refused() {
    let rig = Rig::start(&[]).await;
    let browser = &rig.browser;
    browser.click("[data-language=en]").await;
    browser.types("5").await;
    browser.says("#caller .trouble", "The telephone is on no call.").await;
    browser.fills("#caller [name=number]", "12").await;
    browser.says("#caller .trouble", "Not possible now").await;
    browser.fills("#caller [name=number]", "+1 (809) 555-0177").await;
    browser.click("#caller [data-act=dial]").await;
    browser.says("#caller .state", "On a call with").await;
    assert_eq!(rig.app.asked_at("/voice")[0].param("From"), "+18095550177");
    browser.click("#caller [data-key='1']").await;
    browser.says("#staff .state", "Ringing").await;
    browser.click("#staff [data-act=decline]").await;
    browser.says("#staff .state", "On hook. The last call: busy").await;
    browser.says("#caller .heard", "Hears: Gracias por llamar.").await;
    assert_eq!(rig.app.asked_at("/dialed")[0].param("DialCallStatus"), "busy");
    assert_eq!(rig.browser.close().await, Vec::<String>::new(), "the console complains");
}

#[tokio::test]
async fn it_fits_a_small_screen_and_says_every_word_in_both_languages() {
    let rig = Rig::start(&[]).await;
    let browser = &rig.browser;
    browser.page.set_window_size(360, 740).await.unwrap();
    for language in ["es", "en"] {
        browser.click(&format!("[data-language={language}]")).await;
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(wide).await, json!(0), "{language}");
        let empty = "return [...document.querySelectorAll('[data-word], [data-label]')].filter((element) => \
                     !(element.dataset.word ? element.textContent : element.getAttribute('aria-label')))\
                     .map((element) => element.outerHTML)";
        assert_eq!(browser.run(empty).await, json!([]), "{language}");
    }
    let words = "const { words } = await import('/phone/words.js'); \
                 const names = (of) => Object.keys(of).join(); \
                 return [names(words.es) === names(words.en), names(words.es.statuses) === names(words.en.statuses)]";
    let script = format!("const done = arguments[0]; (async () => {{ {words} }})().then(done)");
    let same = browser.page.execute_async(&script, vec![]);
    assert_eq!(same.await.unwrap(), json!([true, true]));
    assert_eq!(rig.browser.close().await, Vec::<String>::new(), "the console complains");
}

/// What the network writes in words of its own, and how it reads on the Spanish page; on the English one as it is.
const PHRASES: [(&str, &str, &str); 13] = [
    ("hears", "[beep]", "Oye: [tono]"),
    ("hears", "[key #]", "Oye: [tecla #]"),
    ("hears", "[keys 1*2]", "Oye: [teclas 1*2]"),
    ("hears_part", "[keys 1", "Oye (interrumpido): [teclas 1"),
    ("hears", "[recording] Hola [beep].", "Oye: [grabación] Hola [beep]."),
    ("note", "(voicemail) a message of 12 s", "Nota: (buzón de voz) un mensaje de 12 s"),
    (
        "note",
        "+18095550100 is not a number with a voice address",
        "Nota: +18095550100 no es un número que atienda llamadas",
    ),
    ("note", "nobody reads text messages to +18095550100", "Nota: nadie lee los mensajes de texto al +18095550100"),
    ("note", "text message undelivered: error 30003", "Nota: mensaje de texto no entregado: error 30003"),
    ("note", "text message failed: error 30003", "Nota: mensaje de texto fallido: error 30003"),
    ("note", "no room for another call: 5 are kept", "Nota: no hay lugar para otra llamada: se guardan 5"),
    (
        "note",
        "no room for another text message: 5 are kept",
        "Nota: no hay lugar para otro mensaje de texto: se guardan 5",
    ),
    // Names of files, and what people say, are nobody's to translate.
    ("hears", "[greeting.wav]", "Oye: [greeting.wav]"),
];

#[tokio::test]
async fn what_the_network_says_in_its_own_words_reads_in_the_language_of_the_page() {
    let rig = Rig::start(&[]).await;
    let said: Vec<_> = PHRASES.iter().map(|(what, text, _)| json!([what, text])).collect();
    let script = "const [said, done] = arguments; import('/phone/words.js').then(({ words }) => \
                  done(['es', 'en'].map((language) => said.map(([what, text]) => words[language][what](text)))))";
    let read = rig.browser.page.execute_async(script, vec![json!(said)]).await.unwrap();
    let english = |(what, text, _): &(&str, &str, &str)| {
        let how = match *what {
            "hears" => "Hears",
            "hears_part" => "Hears (cut)",
            _ => "Note",
        };
        format!("{how}: {text}")
    };
    assert_eq!(read[0], json!(PHRASES.map(|(_, _, spanish)| spanish)));
    assert_eq!(read[1], json!(PHRASES.iter().map(english).collect::<Vec<_>>()));
    assert_eq!(rig.browser.close().await, Vec::<String>::new(), "the console complains");
}

#[tokio::test]
async fn without_its_token_it_says_what_is_missing() {
    let mut rig = Rig::start(&[]).await;
    let address = rig.browser.page.current_url().await.unwrap();
    let browser = &rig.browser;
    browser.page.goto("about:blank").await.unwrap();
    browser.page.goto(address.as_str().split('#').next().unwrap()).await.unwrap();
    browser.click("[data-language=es]").await;
    browser.says("#notice", "A la dirección le falta la clave").await;
    browser.page.goto("about:blank").await.unwrap();
    browser.page.goto(address.as_str()).await.unwrap();
    browser.says("#line", "+1809").await;
    rig.program.child.start_kill().unwrap();
    browser.click("[data-language=es]").await;
    browser.says("#notice", "La red telefónica no responde").await;
}

/// What brings axe-core, which finds what keeps people from using a page.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/axe/node_modules/axe-core/axe.min.js");

/// What axe-core finds wrong with the page as it is.
async fn flaws(browser: &Browser) -> Value {
    let flaws = "result.violations.map((flaw) => [flaw.help, flaw.nodes.map((node) => node.html)])";
    let script = format!("const done = arguments[0]; axe.run().then((result) => done({flaws}))");
    browser.page.execute_async(&script, vec![]).await.unwrap()
}

#[tokio::test]
async fn axe_finds_nothing_that_keeps_people_out_light_or_dark() {
    let axe = std::fs::read_to_string(AXE).expect("axe-core is not there: run sandbox/tests/phones/install");
    for scheme in [&[][..], &["--force-dark-mode"]] {
        let rig = Rig::start(scheme).await;
        let browser = &rig.browser;
        let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
        assert_eq!(browser.run(dark).await, json!(!scheme.is_empty()));
        browser.run(&axe).await;
        browser.click("[data-language=es]").await;
        assert_eq!(flaws(browser).await, json!([]), "{scheme:?}: on hook");
        browser.click("#caller [data-act=dial]").await;
        browser.says("#caller .heard", "Oye").await;
        browser.types("1").await;
        browser.says("#staff .state", "Suena").await;
        browser.says("#staff .messages", "Recibido").await;
        assert_eq!(flaws(browser).await, json!([]), "{scheme:?}: ringing");
        browser.click("#staff [data-act=answer]").await;
        browser.says("#staff .state", "En llamada").await;
        browser.click("#caller [data-sound=microphone]").await;
        browser.shows("#caller [data-sound=microphone][aria-pressed=true]").await;
        browser.click("[data-language=en]").await;
        assert_eq!(flaws(browser).await, json!([]), "{scheme:?}: talking");
        assert_eq!(rig.browser.close().await, Vec::<String>::new(), "the console complains");
    }
}

#[tokio::test]
async fn what_is_said_from_a_file_is_recorded_as_long_as_it_is() {
    let rig = Rig::start(&[]).await;
    let browser = &rig.browser;
    browser.click("[data-language=en]").await;
    let no_sound = write(rig.folder.path(), "text.wav", b"this is no sound");
    let file = write(rig.folder.path(), "six.wav", &murmur(6));
    browser.find("#caller [name=file]").await.send_keys(&file).await.unwrap();
    browser.says("#caller .trouble", "The telephone is on no call.").await;
    browser.click("#caller [data-act=dial]").await;
    browser.says("#caller .heard", "Hears: Para").await;
    browser.find("#caller [name=file]").await.send_keys(&no_sound).await.unwrap();
    browser.says("#caller .trouble", "The file is no sound").await;
    browser.types("2").await;
    browser.says("#caller .heard", "Hears: Hable.").await;
    browser.find("#caller [name=file]").await.send_keys(&file).await.unwrap();
    browser.says("#caller .heard", "Hears: Grabado").await;
    let recorded = rig.app.asked_at("/recorded")[0].param("RecordingDuration").to_owned();
    assert!(["6", "7"].contains(&recorded.as_str()), "{recorded} s");
}
