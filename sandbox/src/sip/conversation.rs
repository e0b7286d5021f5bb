//! Both sides talk, until one of them is over.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Shared;
use super::media::Session;
use super::sdp::{self, Description};
use super::signalling::{Leg, News};
use super::switchboard::Line;

/// A call that was picked up.
pub(super) struct Conversation {
    pub gateway: Arc<Shared>,
    pub leg: Arc<dyn Leg>,
    pub news: mpsc::Receiver<News>,
    pub session: Session,
    pub line: Line,
}

impl Conversation {
    /// Until the network is done with the call, the telephone is gone, or it has not been heard for too long.
    pub(super) async fn run(mut self) {
        let mut version = 1_u64;
        loop {
            tokio::select! {
                turn = self.line.turn() => if turn.is_final() {
                    return self.leg.hang_up();
                },
                told = self.news.recv() => match told {
                    Some(News::Changes(offer, answer)) => {
                        version = version.saturating_add(1);
                        // Whoever asked may be gone.
                        let _ = answer.send(self.changes(&offer, version));
                    }
                    Some(News::Rings(_) | News::Answered(_)) => {}
                    Some(News::Refused(_) | News::Over) | None => return self.gateway.network.hang_up(&self.line.call),
                },
                () = self.session.silence() => {
                    self.gateway.network.hang_up(&self.line.call);
                    return self.leg.hang_up();
                }
            }
        }
    }

    /// On hold, back, or elsewhere; what it is answered.
    fn changes(&self, offer: &[u8], version: u64) -> Option<Vec<u8>> {
        if offer.is_empty() {
            // It asks for ours.
            return Some(sdp::offer(self.session.local()));
        }
        let description = Description::read(offer).ok()?;
        let answer = description.answer(self.session.local(), version);
        self.session.describe(description);
        Some(answer)
    }
}
