//! The telephone set, without anybody who shows it.

use guardia_sandbox::{Network, SetState, TelephoneSet};

use crate::application::{CALLER, OURS};
use crate::hotline::{STAFF, hotline};
use crate::program::within;

/// A network that runs, with two callers who press 1.
async fn two_callers() -> Network {
    let app = hotline().await;
    let network = Network::start(app.config().starting_now());
    let runs = network.clone();
    tokio::spawn(async move { runs.run_in_real_time().await });
    for caller in [CALLER, "+18095550143"] {
        let call = network.dial(caller, OURS);
        network.press(&call, "1");
    }
    network
}

/// Waits until so many telephones of the staff ring or talk.
async fn until(network: &Network, what: &str, mut so: impl FnMut() -> bool) {
    let mut notices = network.watch();
    within(what, async {
        while !so() {
            notices.recv().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_called_on_two_sets_takes_it_on_one_and_the_next_call_rings_after_it() {
    let network = two_callers().await;
    let set = || TelephoneSet::new(network.clone(), STAFF, OURS);
    let (mut desk, mut pocket) = (set(), set());
    let legs = || network.calls().iter().filter(|call| call.to == STAFF && call.rang).count();
    until(&network, "both calls", || legs() == 2).await;
    assert!(desk.look() && pocket.look() && !desk.look(), "a look tells what is new, once");
    assert_eq!((desk.state(), pocket.state()), (SetState::Ringing, SetState::Ringing));
    assert_eq!(desk.other().as_deref(), Some(CALLER), "the longest first");
    assert!(!desk.press("1") && !desk.say_words("hola") && !desk.say(&[0; 160]) && !desk.hang_up() && !desk.dial());
    assert!(desk.answer() && !desk.answer());
    assert_eq!(desk.state(), SetState::Talking);
    assert!(pocket.look());
    assert_eq!(pocket.other().as_deref(), Some("+18095550143"), "the other call is still there to be taken");
    assert!(!desk.renumber("+18095550199"), "not in a call");
    assert!(desk.hang_up());
    assert_eq!((desk.state(), desk.other().as_deref()), (SetState::Ringing, Some("+18095550143")));
    assert!(pocket.decline() && desk.look());
    assert_eq!((desk.state(), pocket.state()), (SetState::OnHook, SetState::OnHook));
    assert!(!desk.renumber("12") && desk.renumber("+18095550199"));
}
