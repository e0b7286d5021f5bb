//! `guardia-sandbox phone`: a telephone in the terminal.

mod loudspeaker;
mod orders;

use std::process::ExitCode;

use clap::Args;
use guardia_sandbox::sound::decode;
use guardia_sandbox::{Network, SetState, TelephoneSet};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::{Application, CliError, listen};
use loudspeaker::Loudspeaker;
use orders::{Act, HELP, Order};

/// Lines that may wait to be read: whoever pipes in more waits.
const AHEAD: usize = 16;

#[derive(Debug, Args)]
pub(super) struct Phone {
    /// The application's number, in E.164: it is called at once.
    #[arg(long, value_name = "NUMBER")]
    number: String,
    #[command(flatten)]
    application: Application,
    /// The caller's own number.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550142")]
    from: String,
    /// The number of a second telephone, of somebody on the staff: it rings here as well, and is worked by lines that begin
    /// with 'staff'.
    #[arg(long, value_name = "NUMBER")]
    staff: Option<String>,
    /// What makes sound of what the caller hears: a command that reads bare samples (16 bits, low byte first, 8000 a
    /// second, one channel) from its input, or none. Without it aplay or paplay, if one is installed.
    #[arg(long, value_name = "COMMAND")]
    sound: Option<String>,
}

/// The telephones and those who work them.
struct Desk {
    caller: TelephoneSet,
    staff: Option<TelephoneSet>,
    loudspeaker: Loudspeaker,
}

impl Phone {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let network = Network::start(self.application.config(&self.number).await?.starting_now());
        let address = listen(&network, self.application.listen).await?;
        println!("REST API: http://{address}");
        network.name_person(&self.from, "you");
        if let Some(staff) = &self.staff {
            network.name_person(staff, "staff");
        }
        let loudspeaker = Loudspeaker::open(self.sound.as_deref())?;
        println!("{}\n{HELP}\n", loudspeaker.description());
        network.on_log(|entry| println!("{entry}"));
        let clock = network.clone();
        let set = |number: &str| TelephoneSet::new(network.clone(), number, &self.number);
        let mut desk = Desk { caller: set(&self.from), staff: self.staff.as_deref().map(set), loudspeaker };
        tokio::select! {
            () = clock.run_in_real_time() => {}
            () = desk.work(&clock) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        desk.hang_up();
        for problem in network.errors() {
            println!("{problem}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What is typed, line by line, until there is no more.
fn typed() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(AHEAD);
    // Not a task: whoever reads from a terminal cannot be stopped, and the program must be able to end.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

impl Desk {
    /// Until the person leaves; or, when nothing more can be typed, until both telephones are on the hook.
    async fn work(&mut self, network: &Network) {
        let mut notices = network.watch();
        let mut lines = typed();
        let mut more = true;
        self.caller.dial();
        while more || self.is_busy() {
            let Self { caller, staff, loudspeaker } = self;
            let staff_hears = async {
                match staff {
                    Some(staff) => staff.hear().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                line = lines.recv(), if more => match line.as_deref().map(Order::read) {
                    Some(Ok(Order::Quit)) => return,
                    Some(Ok(order)) => self.follow(order).await,
                    Some(Err(why)) => println!("{why}"),
                    None => more = false,
                },
                frame = caller.hear() => loudspeaker.play(&frame),
                _ = staff_hears => {}
                notice = notices.recv() => match notice {
                    Ok(_) | Err(RecvError::Lagged(_)) => self.look(),
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    fn is_busy(&self) -> bool {
        let mut sets = std::iter::once(&self.caller).chain(&self.staff);
        sets.any(|set| set.state() != SetState::OnHook)
    }

    fn look(&mut self) {
        self.caller.look();
        if let Some(staff) = &mut self.staff {
            staff.look();
        }
    }

    fn hang_up(&mut self) {
        self.caller.hang_up();
        if let Some(staff) = &mut self.staff {
            staff.hang_up();
        }
    }

    async fn follow(&mut self, order: Order) {
        let (set, act) = match order {
            Order::Quit => return,
            Order::Help => return println!("{HELP}"),
            Order::Caller(act) => (&mut self.caller, act),
            Order::Staff(act) => match &mut self.staff {
                Some(staff) => (staff, act),
                None => return println!("there is no second telephone: start with --staff NUMBER"),
            },
        };
        let done = match act {
            Act::Dial => set.dial(),
            Act::Answer => set.answer(),
            Act::Decline => set.decline(),
            Act::HangUp => set.hang_up(),
            Act::Press(keys) => set.press(&keys),
            Act::Words(words) => set.say_words(&words),
            Act::Sms(text) => {
                set.send_sms(&text);
                true
            }
            Act::Say(file) => match tokio::fs::read(&file).await.map_err(|error| error.to_string()) {
                Ok(bytes) => match decode(&bytes, "") {
                    Ok(sound) => set.say(&sound),
                    Err(error) => return println!("{file}: {error}"),
                },
                Err(error) => return println!("{file}: {error}"),
            },
        };
        if !done {
            println!("not possible: the telephone is {}", doing(set.state()));
        }
    }
}

fn doing(state: SetState) -> &'static str {
    match state {
        SetState::OnHook => "on the hook",
        SetState::Calling => "calling",
        SetState::Ringing => "ringing",
        SetState::Talking => "on a call",
    }
}
