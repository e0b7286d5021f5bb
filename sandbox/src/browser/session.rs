//! A page that is open: two telephones, until it is closed.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::sync::broadcast::error::RecvError;

use super::Desk;
use super::wire::{self, Act, Order, Told, Which};
use crate::call::Status;
use crate::set::TelephoneSet;
use crate::sound::frames;
use crate::time::sleep;
use crate::transcript::Entry;

/// The most words that a page may say, in bytes.
const LONGEST_TEXT: usize = 8000;
/// The longest text message, in characters, as at the provider.
const LONGEST_SMS: usize = 1600;
/// Keys that are pressed at once.
const MOST_KEYS: usize = 32;
/// How long a page may take to read what it is sent.
const PATIENCE: Duration = Duration::from_secs(10);

struct Session {
    socket: WebSocket,
    caller: TelephoneSet,
    staff: TelephoneSet,
}

/// The page is gone.
struct Gone;

pub(super) async fn run(desk: &Desk, socket: WebSocket) {
    let set = |number: &str| TelephoneSet::new(desk.network.clone(), number, &desk.page.line);
    let mut session = Session { socket, caller: set(&desk.page.caller), staff: set(&desk.page.staff) };
    let mut notices = desk.network.watch();
    let mut entries = desk.entries.subscribe();
    let speaks = desk.network.config().speech.is_some();
    let mut still = session.welcome(&desk.page.line, speaks).await;
    while still.is_ok() {
        let Session { socket, caller, staff } = &mut session;
        still = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(message)) => session.follow(message).await,
                _ => Err(Gone),
            },
            notice = notices.recv() => match notice {
                Ok(_) | Err(RecvError::Lagged(_)) => session.look().await,
                Err(RecvError::Closed) => Err(Gone),
            },
            entry = entries.recv() => match entry {
                Ok(entry) => session.pass_on(&entry).await,
                Err(RecvError::Lagged(_)) => Ok(()),
                Err(RecvError::Closed) => Err(Gone),
            },
            frame = caller.hear() => session.send(Message::Binary(wire::frame(Which::Caller, &frame).into())).await,
            frame = staff.hear() => session.send(Message::Binary(wire::frame(Which::Staff, &frame).into())).await,
        };
    }
    // Whoever closes the page hangs up.
    session.caller.hang_up();
    session.staff.hang_up();
}

impl Session {
    fn set(&mut self, which: Which) -> &mut TelephoneSet {
        match which {
            Which::Caller => &mut self.caller,
            Which::Staff => &mut self.staff,
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        // A page that does not read any more is gone.
        tokio::select! {
            sent = self.socket.send(message) => sent.map_err(|_| Gone),
            () = sleep(PATIENCE) => Err(Gone),
        }
    }

    async fn tell(&mut self, told: &Told<'_>) -> Result<(), Gone> {
        let text = serde_json::to_string(told).map_err(|_| Gone)?;
        self.send(Message::Text(text.into())).await
    }

    async fn welcome(&mut self, line: &str, speaks: bool) -> Result<(), Gone> {
        self.tell(&Told::Welcome { line, speaks }).await?;
        for which in [Which::Caller, Which::Staff] {
            self.set(which).look();
            self.tell_state(which).await?;
        }
        Ok(())
    }

    async fn tell_state(&mut self, which: Which) -> Result<(), Gone> {
        let set = self.set(which);
        let number = set.number().to_owned();
        let told = Told::State {
            set: which,
            state: wire::state(set.state()),
            number: &number,
            other: set.other(),
            last: set.last().map(Status::as_str),
        };
        self.tell(&told).await
    }

    /// Something became of a call.
    async fn look(&mut self) -> Result<(), Gone> {
        for which in [Which::Caller, Which::Staff] {
            if self.set(which).look() {
                self.tell_state(which).await?;
            }
        }
        Ok(())
    }

    /// A line of the transcript belongs to whoever has its number.
    async fn pass_on(&mut self, entry: &Entry) -> Result<(), Gone> {
        for which in [Which::Caller, Which::Staff] {
            if self.set(which).number() == entry.number {
                self.tell(&Told::Entry { set: which, what: wire::what(entry.what), text: &entry.text }).await?;
            }
        }
        Ok(())
    }

    async fn follow(&mut self, message: Message) -> Result<(), Gone> {
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(order) => self.act(order).await,
                Err(error) => {
                    tracing::debug!(%error, "a page sent what is no order");
                    Ok(())
                }
            },
            Message::Binary(bytes) => {
                if let Some((which, live, samples)) = wire::sound(&bytes) {
                    self.speak(which, live, &samples);
                }
                Ok(())
            }
            Message::Close(_) => Err(Gone),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    fn speak(&mut self, which: Which, live: bool, samples: &[i16]) {
        let set = self.set(which);
        if live {
            frames(samples).for_each(|frame| set.speak(frame));
        } else {
            set.say(samples);
        }
    }

    async fn act(&mut self, order: Order) -> Result<(), Gone> {
        let set = self.set(order.set);
        let done = match order.act {
            Act::Renumber { number } => set.renumber(&number),
            Act::Dial => set.dial(),
            Act::Answer => set.answer(),
            Act::Decline => set.decline(),
            Act::HangUp => set.hang_up(),
            Act::Press { keys } => keys.len() <= MOST_KEYS && set.press(&keys),
            Act::Say { words } => words.len() <= LONGEST_TEXT && set.say_words(&words),
            Act::Sms { text } => {
                let may = !text.is_empty() && text.chars().count() <= LONGEST_SMS;
                if may {
                    set.send_sms(&text);
                }
                may
            }
        };
        if !done {
            self.tell(&Told::Refused { set: order.set }).await?;
        }
        self.tell_state(order.set).await
    }
}
