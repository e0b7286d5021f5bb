//! The recordings of a case are on its ticket: in the built-in store as files whose content is the provider's.

use chrono::TimeDelta;
use guardia::incident::Event;
use guardia::store::{StoreError, Tx};
use guardia::ticket::{Digest, TicketAttachment, TicketComment};
use guardia_sandbox::{Faults, Receipts};
use sha2::{Digest as _, Sha256};

use crate::case::Place;

impl Place {
    /// What is on the only case's ticket in the built-in store.
    async fn ticket(&self) -> (Vec<TicketAttachment>, Vec<TicketComment>) {
        let number = self.case().await.number;
        let store = &self.stage.hotline().unwrap().store;
        let found: Result<_, StoreError> = store
            .read(async |tx: &mut Tx| {
                let ticket = tx.ticket_by_external_id(number.as_str()).await?.unwrap().id;
                Ok((tx.ticket_attachments(ticket).await?, tx.ticket_comments(ticket, 0, 100).await?))
            })
            .await;
        found.unwrap()
    }

    /// The sound that the provider has: what each file of it is known by, and its bytes.
    fn sound(&self) -> Vec<(Digest, u64)> {
        let sound = self.stage.network.recordings().into_iter().map(|recording| recording.wav());
        sound.map(|wav| (Digest::new(&Sha256::digest(&wav).into()), u64::try_from(wav.len()).unwrap())).collect()
    }
}

fn contents(files: &[TicketAttachment]) -> Vec<(Digest, u64)> {
    files.iter().map(|file| (file.sha256.clone(), file.size)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_store_has_the_same_sound_once() {
    let mut place = Place::built_in("").await;
    place.stage.network.set_faults(Faults { callbacks: Receipts::Twice, ..Faults::default() });
    place.call().await;
    place.pass(TimeDelta::seconds(10)).await;
    let (files, _) = place.ticket().await;
    assert_eq!((contents(&files), files.len()), (place.sound(), 1));
    assert!(files[0].name.starts_with(&format!("{}-RE", place.case().await.number)), "{}", files[0].name);
    // What happens later to the case does not bring it again.
    place.does(Event::Acknowledge, None).await;
    assert_eq!(place.ticket().await.0, files);
    let dead = place.dead().await;
    assert!(dead.is_empty(), "{dead:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_waited_for() {
    let mut place = Place::built_in("").await;
    place.stage.network.set_faults(Faults { api_away: true, ..Faults::default() });
    place.call().await;
    place.pass(TimeDelta::seconds(10)).await;
    assert_eq!(place.ticket().await.0, []);
    place.stage.network.set_faults(Faults::default());
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!(contents(&place.ticket().await.0), place.sound());
    // A page is no use after a while, a recording is.
    let dead = place.dead().await;
    assert!(dead.iter().all(|dead| dead.job.kind == "send_message"), "{dead:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_is_ready_late_is_handed_over_late() {
    let late = Faults { callbacks: Receipts::Late(TimeDelta::minutes(10)), ..Faults::default() };
    let mut place = Place::open().await;
    place.stage.network.set_faults(late.clone());
    place.call().await;
    place.pass(TimeDelta::minutes(15)).await;
    assert_eq!(place.desk.tickets()[0].files.len(), 1);
    let mut place = Place::built_in("").await;
    place.stage.network.set_faults(late);
    place.call().await;
    place.pass(TimeDelta::minutes(15)).await;
    assert_eq!(contents(&place.ticket().await.0), place.sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_stays_with_the_provider_is_heard_by_a_link_in_the_built_in_store_too() {
    let mut place = Place::built_in("[ticketing]\naudio = false\n").await;
    place.call().await;
    place.pass(TimeDelta::seconds(10)).await;
    place.does(Event::Acknowledge, None).await;
    let (files, comments) = place.ticket().await;
    assert_eq!(files, []);
    let marked = |comment: &&TicketComment| comment.mark.as_ref().is_some_and(|mark| mark.contains("/RE"));
    let said: Vec<&str> = comments.iter().filter(marked).map(|comment| comment.text.as_str()).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("Grabación"), "{said:#?}");
    assert!(said[0].contains("/r/"), "where it is heard: {said:#?}");
}
