//! A server that is started for a test and ended with it: by its id and that of its group, also when the test is killed.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::provider::http::{Http, Limits};

/// The longest that a server takes to answer, on a machine that builds something beside it.
const LONGEST: TimeDelta = TimeDelta::seconds(90);

/// Waits for process $1 to end, then ends the group of process $2.
const WATCHDOG: &str = r#"while kill -0 "$1" 2>/dev/null; do sleep 0.3; done; kill -KILL -- "-$2" 2>/dev/null"#;

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    port: u16,
    leader: Child,
    watchdog: Child,
}

impl Server {
    /// Starts `command`, which listens on `port`, as the leader of a group; what it says goes to the file `log`.
    pub fn start(command: &mut Command, port: u16, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let command = command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let leader = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "sh", &std::process::id().to_string(), &leader.id().to_string()])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { port, leader, watchdog }
    }

    /// Waits until `url` is answered with a status below 500; panics with the log when the server ends or takes too long.
    pub async fn answers(&mut self, url: &str, log: &Path) {
        let clock = Clock::machine();
        let limits = Limits { total: Duration::from_secs(30), body: 1024 * 1024, ..Limits::default() };
        let http = Http::new(limits).unwrap();
        let deadline = clock.now() + LONGEST;
        loop {
            if http.get(url, None).await.is_ok_and(|(status, _)| status < 500) {
                return;
            }
            let ended = self.leader.try_wait().unwrap();
            if ended.is_some() || clock.now() > deadline {
                let log = std::fs::read_to_string(log).unwrap_or_default();
                panic!("the server does not answer (ended: {ended:?}):\n{log}");
            }
            drop(clock.sleep_until(clock.now() + TimeDelta::milliseconds(50)).await);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
        let group = format!("-{}", self.leader.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.leader.wait();
        // The others of the group may take a moment to go.
        for _ in 0..10_000 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_err() {
                break;
            }
            std::thread::yield_now();
        }
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Runs `command` to its end and gives what it says.
pub fn finish(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{said}\n{complained}");
    said
}
