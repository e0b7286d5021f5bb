//! The provider's official clients drive the network, unchanged but for where they find it: `install` in this folder brings
//! them. The same acts are done with each.
//!
//! The name of a client is in the path of its tests, so that a quick run can leave them out where it is not installed.

#[cfg(test)]
#[path = "../network/application.rs"]
mod application;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod worker;

/// A test for each client of what is done with it.
macro_rules! with_each_client {
    ($($acts:ident :: $act:ident),* $(,)?) => {
        #[cfg(test)]
        mod twilio_python {
            $(#[tokio::test] async fn $act() { crate::$acts::$act(crate::worker::Client::Python).await; })*
        }
        #[cfg(test)]
        mod twilio_node {
            $(#[tokio::test] async fn $act() { crate::$acts::$act(crate::worker::Client::Node).await; })*
        }
    };
}

with_each_client!(
    calls::calls_are_made_read_changed_and_listed,
    calls::what_is_refused_has_its_number,
    documents::documents_of_the_client_are_carried_out,
    documents::a_text_message_is_answered,
    messages::messages_are_sent_read_and_listed,
    rooms::queues_are_made_read_and_emptied,
    rooms::conferences_are_read_and_moderated,
    rooms::recordings_are_read_and_deleted,
    signatures::signatures_are_accepted_and_altered_ones_rejected,
);

/// What the page shows is what the tests do.
#[test]
fn the_page_shows_how_the_clients_are_led_here() {
    let page = include_str!("../../README.md");
    let python = include_str!("sandbox_client.py").split_once("\n\n").unwrap().1;
    let node = include_str!("sandbox-client.js").split_once('\n').unwrap().1.split_once("\nmodule.exports").unwrap().0;
    for shown in [python, node] {
        assert!(page.contains(shown.trim()), "README.md shows something else than:\n{shown}");
    }
}
