//! `--speech`: what it is given, and what it says when that does not do.

use crate::application::OURS;
use crate::program::{Program, ends};

const SERVE: [&str; 5] = ["serve", "--number", OURS, "--webhook", "http://127.0.0.1:9/voice"];

#[tokio::test]
async fn an_engine_that_cannot_speak_is_found_out_at_the_start() {
    for (more, complaint) in [
        (&["--speech", "espeek"][..], "--speech espeek: espeek cannot be started"),
        (&["--speech", "false"], "false failed"),
        (&["--speech", "echo no sound"], "a command that writes bare samples needs --speech-rate"),
        (&["--speech", "http://127.0.0.1:9"], "add --speech-model and --speech-voice"),
        (&["--speech", "http://127.0.0.1:9", "--speech-model", "m", "--speech-voice", "v"], "does not answer"),
    ] {
        let arguments = [&SERVE[..], more].concat();
        let (well, errors) = ends(&arguments).await;
        assert!(!well && errors.contains(complaint), "{more:?}: {errors}");
    }
}

#[tokio::test]
async fn without_its_program_it_says_how_to_get_it() {
    let output =
        crate::program::command(&[&SERVE[..], &["--speech", "espeak"]].concat()).env("PATH", "/nowhere").output();
    let errors = String::from_utf8(output.await.unwrap().stderr).unwrap();
    assert!(errors.contains("apt-get install espeak-ng"), "{errors}");
}

#[tokio::test]
async fn espeak_speaks_from_the_start() {
    let mut program = Program::start(&[&SERVE[..], &["--speech", "espeak"]].concat());
    program.prints("Phone: http://127.0.0.1:").await;
}
