//! The phone in the terminal, worked by what is typed.

use std::path::Path;

use guardia_sandbox::sound::decode;

use crate::application::CALLER;
use crate::hotline::{STAFF, arguments, hotline, murmur};
use crate::program::{Program, within};

fn phone(arguments: &[String]) -> Program {
    let all: Vec<&str> = ["phone"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    Program::start(&all)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Samples in a file that are not silent.
fn loud(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.as_chunks::<2>().0.iter().filter(|pair| i16::from_le_bytes(**pair).unsigned_abs() > 200).count()
}

#[tokio::test]
async fn it_calls_hears_presses_speaks_and_is_heard() {
    let app = hotline().await;
    let folder = tempfile::tempdir().unwrap();
    let voice = write(folder.path(), "voice.wav", &murmur(1));
    let says = write(folder.path(), "says it.wav", &murmur(3));
    let heard = folder.path().join("heard");
    let sound = format!("tee '{}'", heard.display());
    let speech = format!("cat '{voice}'");
    let mut phone = phone(&arguments(&app, &["--from", CALLER, "--speech", &speech, "--sound", &sound]));
    phone.prints("you              dials     +18095550100").await;
    phone.prints("hears     Para el técnico, marque 1.").await;
    assert!(loud(&heard) > 2000, "{}", loud(&heard));
    phone.types("12x").await;
    phone.prints("'12x' is not understood").await;
    phone.types("answer").await;
    phone.prints("not possible: the telephone is on a call").await;
    phone.types("say missing.wav").await;
    phone.prints("missing.wav: ").await;
    phone.types("2").await;
    phone.prints("hears     Hable.").await;
    phone.types(&format!("say {says}")).await;
    phone.types_no_more();
    let recorded = phone.prints("hears     Grabado").await;
    let seconds = app.asked_at("/recorded")[0].param("RecordingDuration").parse::<u32>().unwrap();
    assert!((3..=4).contains(&seconds) && recorded.ends_with(&format!("Grabado {seconds} s.")), "{recorded}");
    phone.prints("call over completed").await;
    let status = within("its end", phone.child.wait()).await.unwrap();
    assert!(status.success(), "with nothing more to type it ends with the call");
    assert!(decode(&std::fs::read(says).unwrap(), "").is_ok());
}

#[tokio::test]
async fn the_second_telephone_rings_is_answered_writes_and_both_hang_up() {
    let app = hotline().await;
    let mut phone = phone(&arguments(&app, &["--staff", STAFF, "--sound", "none"]));
    phone.prints("you              hears     Para el técnico").await;
    phone.types("1").await;
    phone.prints("staff            rings     +18095550142").await;
    phone.prints("staff            gets sms  CRITICO caso").await;
    phone.types("staff sms 4821A").await;
    phone.prints("staff            sends sms 4821A").await;
    phone.types("staff answer").await;
    phone.prints("staff            answers").await;
    phone.types("words ¿Me escucha?").await;
    phone.prints("staff            hears     ¿Me escucha?").await;
    phone.types("staff hang up").await;
    phone.prints("you              hears     Gracias por llamar.").await;
    phone.prints("you              call over completed").await;
    let replies = app.asked_at("/sms");
    assert_eq!((replies[0].param("From"), replies[0].param("Body")), (STAFF, "4821A"));
    phone.types("dial").await;
    phone.prints("you              dials").await;
    phone.prints("you              hears     Para el técnico").await;
    phone.types("hang up").await;
    phone.prints("you              hangs up").await;
    phone.types("quit").await;
    assert!(within("its end", phone.child.wait()).await.unwrap().success());
}

#[tokio::test]
async fn a_sound_program_that_ends_or_is_not_there_is_told() {
    let app = hotline().await;
    let mut silent = phone(&arguments(&app, &["--sound", "true"]));
    silent.prints("no sound: 'true' has ended").await;
    silent.prints("hears").await;
    let arguments = arguments(&app, &["--sound", "no-such-program"]);
    let all: Vec<&str> = ["phone"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let (well, errors) = crate::program::ends(&all).await;
    assert!(!well && errors.contains("--sound no-such-program"), "{errors}");
}
