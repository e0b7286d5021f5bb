//! The program itself, as whoever uses it starts it.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::application::{Application, OURS, TOKEN};
use crate::phone::within;

/// `guardia-sandbox serve --sip`, until it is dropped.
pub struct Program {
    child: Child,
    pub gateway: SocketAddr,
}

impl Program {
    /// Starts it for an application, with two accounts.
    pub async fn start(app: &Application) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"))
            .args(["serve", "--number", OURS, "--webhook", &format!("{}/voice", app.url), "--sip", "127.0.0.1:0"])
            .env("GUARDIA_SANDBOX_TOKEN", TOKEN)
            .env("GUARDIA_SANDBOX_SIP_STAFF", "+18095550111=hunter2,+18095550112=correct horse")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let gateway = loop {
            let line = within("the address", lines.next_line()).await.unwrap().expect("it ended");
            if let Some(address) = line.strip_prefix("SIP: sip:line@") {
                break address.parse().unwrap();
            }
        };
        // Whoever does not read stops whoever writes.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        Self { child, gateway }
    }

    /// The most memory it ever had, in MB, and what it has now.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1000
        };
        (field("VmHWM:"), field("VmRSS:"))
    }
}
