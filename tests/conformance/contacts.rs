//! Addresses that are not used for now.

use guardia::paging::Disabled;
use guardia::store::ContactState;

use crate::bench::Bench;
use crate::sample::at;

fn state(address: &str, state: Disabled, minute: i64) -> ContactState {
    ContactState { address: address.to_owned(), state, at: at(minute) }
}

pub async fn an_address_is_not_used_until_it_is_again(bench: &Bench) {
    let (stopped, wrong) = (state("b", Disabled::OptedOut, 1), state("a", Disabled::Invalid, 2));
    for known in [&stopped, &wrong, &state("c", Disabled::Invalid, 3)] {
        bench.unit(async |tx| tx.put_contact_state(known).await).await;
    }
    assert_eq!(bench.look(async |tx| tx.contact_state("b").await).await, Some(stopped.clone()));
    assert_eq!(bench.look(async |tx| tx.contact_state("d").await).await, None);
    let asked = ["b", "a", "d"].map(str::to_owned);
    let known = bench.look(async |tx| tx.contact_states(&asked).await).await;
    assert_eq!(known, [wrong.clone(), stopped]);
    assert_eq!(bench.look(async |tx| tx.contact_states(&[]).await).await, []);
    // What is learned later replaces what was known.
    let later = state("a", Disabled::OptedOut, 9);
    bench.unit(async |tx| tx.put_contact_state(&later).await).await;
    assert_eq!(bench.look(async |tx| tx.contact_state("a").await).await, Some(later));
    assert!(bench.unit(async |tx| tx.clear_contact_state("a").await).await);
    assert!(!bench.unit(async |tx| tx.clear_contact_state("a").await).await);
    assert_eq!(bench.look(async |tx| tx.contact_state("a").await).await, None);
}
