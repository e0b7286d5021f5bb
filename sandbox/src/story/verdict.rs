//! "Nothing else was sent": what the network saw and no step expected.

use super::people::People;
use crate::call::Direction;
use crate::network::Network;
use crate::sms::Status;

/// Every text message, call and error that no step accounts for, and every call still live.
pub(super) fn what_else_was_sent(network: &Network, people: &People) -> Vec<String> {
    let mut found = Vec::new();
    for message in network.messages() {
        // One that did not arrive was seen by nobody: the story made the phone fail.
        let lost = matches!(message.status, Status::Undelivered | Status::Failed);
        if message.direction != "inbound" && !lost && !people.read.contains(&message.sid) {
            found.push(format!(
                "a text message to {} that nobody expected ({}): \"{}\"",
                message.to,
                message.status.as_str(),
                message.body
            ));
        }
    }
    for call in network.calls() {
        // A phone that never rang told nobody of the call: the story made it busy, or switched it off.
        let unheard = call.status.is_final() && !call.rang;
        if call.direction != Direction::Inbound && !unheard && !people.expected_calls.contains(&call.sid) {
            found.push(format!("a call to {} that nobody expected ({})", call.to, call.status.as_str()));
        }
        if !call.status.is_final() {
            found.push(format!("the call of {} is still {}", call.person(), call.status.as_str()));
        }
    }
    found.extend(network.errors().iter().map(ToString::to_string));
    found
}
