//! The network rings a number: its telephones ring, together.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Shared;
use super::conversation::Conversation;
use super::media::Session;
use super::registrar::Binding;
use super::sdp::{self, Description};
use super::signalling::{Leg, News, Outgoing};
use super::switchboard::Line;
use crate::call::Status;
use crate::ids::CallSid;
use crate::time::machine_now;

/// News that may wait, of all telephones.
const NEWS: usize = 64;

/// A telephone that rings.
struct Ringing {
    leg: Arc<dyn Leg>,
    session: Option<Session>,
    socket: Option<tokio::net::UdpSocket>,
    source: std::net::IpAddr,
    over: bool,
}

/// Rings every telephone of the number. The first to pick up has the call; one that is busy or declines declines for all,
/// once none is left that rings.
pub(super) async fn ring(gateway: Arc<Shared>, call: CallSid, from: String, to: String) {
    let telephones = gateway.registrar().telephones(&to, machine_now());
    if telephones.is_empty() {
        return;
    }
    let mut line = Line::take(&gateway, call);
    let (merged, mut news) = mpsc::channel(NEWS);
    let mut ringing: Vec<Ringing> = Vec::new();
    for telephone in telephones {
        if let Some((telephone, mut told)) = gateway.call(telephone, &from) {
            let (merged, place) = (merged.clone(), ringing.len());
            ringing.push(telephone);
            tokio::spawn(async move {
                while let Some(told) = told.recv().await {
                    if merged.send((place, Some(told))).await.is_err() {
                        return;
                    }
                }
                let _ = merged.send((place, None)).await;
            });
        }
    }
    let mut busy = false;
    loop {
        tokio::select! {
            turn = line.turn() => if turn != Status::Queued && turn != Status::Ringing {
                // Taken back, or picked up elsewhere.
                for telephone in &ringing {
                    telephone.leg.hang_up();
                }
                return;
            },
            told = news.recv() => {
                let Some((place, told)) = told else { return };
                let Some(telephone) = ringing.get_mut(place) else { continue };
                match told {
                    Some(News::Rings(body)) => telephone.hears_early(&gateway, &body),
                    Some(News::Answered(body)) => if telephone.picks_up(&gateway, &body) {
                        let Some(session) = telephone.session.take() else { continue };
                        let leg = Arc::clone(&telephone.leg);
                        for (other, telephone) in ringing.iter().enumerate() {
                            if other != place {
                                telephone.leg.hang_up();
                            }
                        }
                        let talks = Talks { gateway, leg, session, line, news, place };
                        return talks.talk().await;
                    },
                    Some(News::Refused(code)) => {
                        telephone.over = true;
                        busy |= matches!(code, 486 | 600 | 603);
                    }
                    Some(News::Changes(_, answer)) => drop(answer.send(None)),
                    Some(News::Over) | None => telephone.over = true,
                }
                if ringing.iter().all(|telephone| telephone.over) {
                    // Of those who are not there the network finds out by itself: nobody picks up.
                    if busy {
                        gateway.network.decline(&line.call);
                    }
                    return;
                }
            }
        }
    }
}

impl Ringing {
    /// It plays already: nobody listens yet, but the way of the sound is open when somebody does.
    fn hears_early(&mut self, gateway: &Arc<Shared>, body: &[u8]) {
        if let Ok(description) = Description::read(body) {
            self.describe(gateway, description);
        }
    }

    /// It was picked up; whether its sound can be used.
    fn picks_up(&mut self, gateway: &Arc<Shared>, body: &[u8]) -> bool {
        match Description::read(body) {
            Ok(description) => self.describe(gateway, description),
            // The answer may have come with the ringing.
            Err(_) if self.session.is_some() && body.is_empty() => {}
            Err(_) => {
                self.leg.hang_up();
                self.over = true;
                return false;
            }
        }
        self.session.is_some()
    }

    fn describe(&mut self, gateway: &Arc<Shared>, description: Description) {
        match (&self.session, self.socket.take()) {
            (Some(session), _) => session.describe(description),
            (None, Some(socket)) => self.session = Session::start(gateway, socket, description, self.source),
            (None, None) => {}
        }
    }
}

/// One telephone has the call.
struct Talks {
    gateway: Arc<Shared>,
    leg: Arc<dyn Leg>,
    session: Session,
    line: Line,
    news: mpsc::Receiver<(usize, Option<News>)>,
    place: usize,
}

impl Talks {
    async fn talk(mut self) {
        self.gateway.network.answer(&self.line.call);
        let Some(handset) = self.gateway.network.plug(&self.line.call) else {
            // Taken back at the same moment.
            return self.leg.hang_up();
        };
        self.session.plug(handset);
        let (told, news) = mpsc::channel(NEWS);
        let place = self.place;
        tokio::spawn(async move {
            while let Some((from, news)) = self.news.recv().await {
                let Some(news) = (if from == place { news } else { continue }) else { return };
                if told.send(news).await.is_err() {
                    return;
                }
            }
        });
        let Self { gateway, leg, session, line, .. } = self;
        Conversation { gateway, leg, news, session, line }.run().await;
    }
}

impl Shared {
    fn call(&self, telephone: Binding, from: &str) -> Option<(Ringing, mpsc::Receiver<News>)> {
        let socket = self.ports.bind()?;
        let offer = sdp::offer(socket.local_addr().ok()?);
        let source = telephone.flow.source.ip();
        let Binding { contact, flow, .. } = telephone;
        let (leg, news) = self.signalling.invite(Outgoing { contact, flow, from: from.to_owned(), offer })?;
        Some((Ringing { leg, session: None, socket: Some(socket), source, over: false }, news))
    }
}
