//! A real softphone: baresip.

use std::path::Path;
use std::process::Stdio;

use guardia_sandbox::sip::{Settings, Staff};
use guardia_sandbox::{CallStatus, Direction};
use tokio::process::{Child, Command};

use crate::application::{Asked, CALLER, OURS, twiml};
use crate::phone::tone;
use crate::rig::{Rig, alone, free_port};

const ANA: &str = "+18095550111";

fn staffed(settings: &mut Settings) {
    settings.staff = vec![Staff::read("+18095550111=secret").unwrap()];
}

/// A second of a tone, so often, as a sound file.
fn speech(folder: &Path, seconds: u32) {
    let samples: Vec<u8> = (0..seconds * 50).flat_map(|_| tone().0).flat_map(i16::to_le_bytes).collect();
    let size = u32::try_from(samples.len()).unwrap();
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(size + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(&samples);
    std::fs::write(folder.join("speech.wav"), file).unwrap();
}

/// Starts it with an account; `does` is what is typed at its keyboard.
fn baresip(rig: &Rig, folder: &Path, transport: &str, account: &str, does: &[&str]) -> Child {
    speech(folder, 30);
    let modules = [
        "/usr/lib/baresip/modules",
        "/usr/lib/x86_64-linux-gnu/baresip/modules",
        "/usr/lib/aarch64-linux-gnu/baresip/modules",
    ];
    let modules = modules.iter().find(|path| Path::new(path).exists()).unwrap_or(&modules[0]);
    let config = format!(
        "sip_listen 127.0.0.1:{}\naudio_player aubridge,nowhere\naudio_source aufile,{}/speech.wav\nsnd_path {}\n\
         audio_txmode thread\nmodule_path {modules}\nmodule account.so\nmodule contact.so\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\nmodule sndfile.so\n\
         module_app menu.so\nrtp_ports 20000-20900\n",
        free_port(),
        folder.display(),
        folder.display(),
    );
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("contacts"), "").unwrap();
    let gateway = rig.gateway.address();
    let account = format!("<sip:{ANA}@{gateway};transport={transport}>;{account}\n");
    std::fs::write(folder.join("accounts"), account).unwrap();
    let mut command = Command::new("baresip");
    command.arg("-f").arg(folder).args(["-n", "127.0.0.1", "-t", "20"]);
    for order in does {
        command.args(["-e", order]);
    }
    command
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(folder.join("said")).unwrap())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("baresip cannot be run ({error}): install it (apt-get install baresip-core), as tests/run does")
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_softphone_calls_is_heard_and_hears() {
    let _alone = alone().await;
    let rig = Rig::start(|asked: &Asked| match asked.path.as_str() {
        "/voice" => twiml("<Record maxLength=\"3\" timeout=\"0\" playBeep=\"true\" action=\"/done\"/>"),
        _ => twiml("<Hangup/>"),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let line = format!("/dial sip:line@{}", rig.gateway.address());
    let _softphone = baresip(&rig, folder.path(), "udp", "regint=0", &[&line]);
    let said = || std::fs::read_to_string(folder.path().join("said")).unwrap_or_default();
    rig.until("it called", |rig| {
        assert!(!said().contains("failed"), "{}", said());
        !rig.network.calls().is_empty()
    })
    .await;
    rig.until("it was let go", |rig| rig.ended(CallStatus::Completed)).await;
    rig.until("it is recorded", |rig| rig.network.recordings().len() == 1).await;
    assert_eq!(rig.call().from, ANA);
    let wav = rig.network.recordings()[0].wav();
    let loud = wav[44..].chunks_exact(2).filter(|sample| loud_enough(sample));
    assert!(loud.count() > 8000, "the tone is on the recording");
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    // It writes down what it hears.
    let dump = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let dump = dump.into_iter().find(|path| path.to_string_lossy().ends_with("dec.wav")).expect("what it heard");
    let heard = std::fs::read(dump).unwrap();
    let beep = heard[44..].chunks_exact(2).filter(|sample| loud_enough(sample));
    assert!(beep.count() > 100, "the beep was heard");
}

fn loud_enough(sample: &[u8]) -> bool {
    i16::from_le_bytes([sample[0], sample[1]]).unsigned_abs() > 2000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_softphone_registers_rings_and_is_joined_by_udp_and_tcp() {
    let _alone = alone().await;
    for transport in ["udp", "tcp"] {
        let rig = Rig::with(
            |asked: &Asked| match asked.path.as_str() {
                "/voice" => {
                    twiml("<Dial action=\"/done\" timeout=\"20\" timeLimit=\"2\"><Number>+18095550111</Number></Dial>")
                }
                _ => twiml(""),
            },
            staffed,
        )
        .await;
        let folder = tempfile::tempdir().unwrap();
        let account = format!("auth_user={ANA};auth_pass=secret;regint=60;answermode=auto");
        let _softphone = baresip(&rig, folder.path(), transport, &account, &[]);
        rig.until("it is registered", |rig| rig.gateway.telephones(ANA) == 1).await;
        rig.network.dial(CALLER, OURS);
        rig.until("the two are joined", |rig| {
            rig.network.calls().iter().any(|call| call.direction == Direction::OutboundDial && call.joined_to.is_some())
        })
        .await;
        rig.until("the time is up", |rig| !rig.app.asked_at("/done").is_empty()).await;
        assert_eq!(rig.app.asked_at("/done")[0].param("DialCallStatus"), "completed", "{transport}");
        rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    }
}
