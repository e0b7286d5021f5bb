//! Somebody calls one of the network's lines.

use std::sync::Arc;

use super::Shared;
use super::conversation::Conversation;
use super::media::Session;
use super::sdp::Description;
use super::settings::is_number;
use super::signalling::{Invitation, News};
use super::switchboard::Line;
use crate::call::Status;
use crate::network::Network;

/// The first line of the network, whatever its number.
const ANY: &str = "line";

/// Takes the call through: it rings, is answered by the application, talks, and is over.
pub(super) async fn take(gateway: Arc<Shared>, invitation: Invitation) {
    let Invitation { leg, mut news, from, to, source, offer } = invitation;
    let Some(number) = line(&gateway.network, &to) else { return leg.refuse(404) };
    let Ok(description) = Description::read(&offer) else { return leg.refuse(488) };
    let Some(socket) = gateway.ports.bind() else { return leg.refuse(503) };
    let Ok(local) = socket.local_addr() else { return leg.refuse(503) };
    let from = if is_number(&from) { from } else { gateway.settings.stand_in.clone() };
    let answer = description.answer(local, 1);
    let Some(session) = Session::start(&gateway, socket, description, source.ip()) else { return leg.refuse(500) };
    let call = gateway.network.dial(&from, &number);
    if gateway.network.call(&call).is_none() {
        // The network keeps as many calls as it may.
        return leg.refuse(503);
    }
    let mut line = Line::take(&gateway, call);
    let mut plugged = false;
    loop {
        tokio::select! {
            turn = line.turn() => match turn {
                Status::Queued => {}
                Status::Ringing => {
                    let early = if gateway.settings.early_media { gateway.network.plug(&line.call) } else { None };
                    plugged = early.is_some();
                    leg.ring(early.map(|handset| {
                        session.plug(handset);
                        answer.clone()
                    }));
                }
                Status::InProgress => break,
                Status::Busy => return leg.refuse(486),
                // Completed: it was picked up and over before we looked.
                Status::NoAnswer | Status::Completed => return leg.refuse(480),
                Status::Canceled => return leg.refuse(487),
                Status::Failed => return leg.refuse(404),
            },
            told = news.recv() => match told {
                Some(News::Changes(_, answer)) => drop(answer.send(None)),
                Some(News::Rings(_) | News::Answered(_)) => {}
                Some(News::Refused(_) | News::Over) | None => return gateway.network.hang_up(&line.call),
            }
        }
    }
    if !plugged && let Some(handset) = gateway.network.plug(&line.call) {
        session.plug(handset);
    }
    leg.accept(answer);
    Conversation { gateway, leg, news, session, line }.run().await;
}

/// Whether there is such a line, and sound in common.
pub(super) fn welcome(network: &Network, user: &str, offer: &[u8]) -> Result<(), u16> {
    line(network, user).ok_or(404_u16)?;
    Description::read(offer).map_err(|_| 488_u16)?;
    Ok(())
}

/// The number that the user of an address stands for.
fn line(network: &Network, user: &str) -> Option<String> {
    let config = network.config();
    let found = if user == ANY { config.lines.first() } else { config.line(user) };
    found.map(|line| line.number.clone())
}
