//! Calls by sipp.

use std::process::Stdio;

use guardia_sandbox::CallStatus;

use crate::application::twiml;
use crate::rig::{Rig, free_port};

/// Runs sipp against the gateway; its standard output. It must end well.
async fn sipp(rig: &Rig, arguments: &[&str]) -> String {
    let output = tokio::process::Command::new("sipp")
        .arg(rig.gateway.address().to_string())
        .args(["-s", "line", "-i", "127.0.0.1", "-nostdin", "-timeout", "30s", "-timeout_error"])
        .args(["-p", &free_port().to_string(), "-mp", &free_port().to_string()])
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| {
            panic!("sipp cannot be run ({error}): install it (apt-get install sip-tester), as tests/run does")
        });
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}: {said}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_is_answered_and_hangs_up() {
    let rig = Rig::start(|_| twiml("<Say>Bienvenido a la línea de incidentes.</Say><Pause length=\"30\"/>")).await;
    sipp(&rig, &["-sn", "uac", "-m", "1", "-d", "500"]).await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
    assert_eq!((rig.call().from.as_str(), rig.call().to.as_str()), ("+18095550199", crate::application::OURS));
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
}
