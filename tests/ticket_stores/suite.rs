//! What the hand-off relies on, asked of each real store; then what only one of them does.

use std::sync::Arc;

use guardia::incident::State;
use guardia::provider::Secret;
use guardia::provider::ticketing::{Redmine, RequestTracker, Settings, TicketStore, Verdict};
use guardia::ticket::{Attachment, Case, Comment, Field, RemoteComment, Values, differences};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::{redmine, request_tracker};

/// A store that runs, and how it is spoken to.
struct Subject {
    ours: Settings,
    another: Settings,
    connector: fn(Settings) -> Box<dyn TicketStore>,
    /// The place of a field, which is not there.
    nowhere: &'static str,
}

impl Subject {
    fn store(&self) -> Box<dyn TicketStore> {
        (self.connector)(self.ours.clone())
    }

    /// As another person, with more rights.
    fn another(&self) -> Box<dyn TicketStore> {
        (self.connector)(self.another.clone())
    }

    fn changed(&self, change: impl FnOnce(&mut Settings)) -> Box<dyn TicketStore> {
        let mut settings = self.ours.clone();
        change(&mut settings);
        (self.connector)(settings)
    }
}

/// Runs every check, each with a case of its own, and names all that fail.
async fn all(subject: Subject) {
    let subject = Arc::new(subject);
    let mut failed = Vec::new();
    macro_rules! check {
        ($($check:ident)*) => {$({
            let subject = Arc::clone(&subject);
            let mut checks = JoinSet::new();
            checks.spawn(async move { $check(&subject).await });
            if checks.join_next().await.unwrap().is_err() {
                failed.push(stringify!($check));
            }
        })*};
    }
    check! {
        a_new_store_is_checked a_case_is_held_whole only_ours_is_found a_recording_comes_back_as_it_is
        comments_are_told_apart states_go_forth_and_back doubles_become_one a_dropped_value_is_noticed
        what_changed_is_told what_is_not_there_is_refused wrong_settings_are_named
    }
    assert!(failed.is_empty(), "failed: {failed:?}");
}

fn case(external_id: &str) -> Case {
    let value = |field: Field, text: &str| (field, text.to_owned());
    Case {
        external_id: external_id.into(),
        subject: format!("[{external_id}] Caída del servicio de cédulas en Ñagua: ¿cuándo vuelve?"),
        body: "Reportó por teléfono:\n«No hay señal \"desde ayer\"».".into(),
        requester: Some("mesa@institucion.example".into()),
        values: Values::from([
            value(Field::ExternalId, external_id),
            value(Field::Call, "CA0123456789abcdef0123456789abcdef"),
            value(Field::CallerNumber, "+1809555••••"),
            value(Field::Institution, "JCE-01"),
            value(Field::Severity, "critical"),
            value(Field::FirstResponseDue, "2026-11-27T22:05:06Z"),
            value(Field::Eta, "2026-11-28T02:00:00Z"),
        ]),
        state: State::Received,
    }
}

/// The first seconds of a call, as a WAV file: every byte occurs, and no stretch looks like another.
fn recording(name: &str, bytes: u32) -> Attachment {
    let sample = |at: u32| at.wrapping_mul(2_654_435_761).rotate_left(at % 31).to_le_bytes()[2];
    let mut content = b"RIFF\x24\x80\x00\x00WAVEfmt \x10\x00\x00\x00".to_vec();
    content.extend((0..bytes).map(sample));
    Attachment { name: name.into(), media: "audio/wav".into(), bytes: content }
}

/// Makes a ticket for a new case.
async fn made(store: &dyn TicketStore, external_id: &str) -> (Case, String) {
    let case = case(external_id);
    let id = store.create(&case).await.unwrap();
    (case, id)
}

async fn a_new_store_is_checked(subject: &Subject) {
    let wrong: Vec<_> = subject.store().check().await.into_iter().filter(|found| found.result.is_err()).collect();
    assert_eq!(wrong, []);
}

async fn a_case_is_held_whole(subject: &Subject) {
    let store = subject.store();
    let (mut case, id) = made(&*store, "26000019").await;
    let remote = store.read(&id).await.unwrap().unwrap();
    assert_eq!(differences(&case, &remote, &store.mapped()), []);
    assert_eq!((remote.id.as_str(), &remote.subject), (id.as_str(), &case.subject));
    assert_eq!(remote.values.get(&Field::FirstResponseAt), None);
    assert_eq!(Some(remote.state), store.state_word(State::Received));

    case.subject = "[26000019] Resuelto a medias".into();
    case.values.insert(Field::Severity, "major".into());
    case.values.insert(Field::FirstResponseAt, "2026-11-27T21:00:00Z".into());
    case.values.remove(&Field::Eta);
    store.update(&id, &case).await.unwrap();
    // The second time, what is gone is not there to be taken away.
    store.update(&id, &case).await.unwrap();
    let remote = store.read(&id).await.unwrap().unwrap();
    let mapped = store.mapped();
    let expected: Values = case.values.into_iter().filter(|(field, _)| mapped.contains(field)).collect();
    assert_eq!((remote.subject, remote.values), (case.subject, expected));
}

async fn only_ours_is_found(subject: &Subject) {
    let store = subject.store();
    let (_, id) = made(&*store, "26000027").await;
    let (_, other) = made(&*store, "26000035").await;
    assert_ne!(id, other);
    let found = store.find("26000027").await.unwrap();
    assert_eq!(found.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), [id]);
    for nobody in ["26000043", "2600002", "260000271", "' OR id > 0 OR Subject = '", "\\"] {
        // What cannot be a case number may be refused.
        let found = store.find(nobody).await;
        assert!(found.is_ok_and(|found| found.is_empty()) || nobody.contains(['\'', '\\']), "{nobody}");
    }
    // Whatever its state.
    store.set_state(&other, State::Closed).await.unwrap();
    assert_eq!(store.find("26000035").await.unwrap().len(), 1);
}

async fn a_recording_comes_back_as_it_is(subject: &Subject) {
    let store = subject.store();
    let (_, id) = made(&*store, "26000051").await;
    let sent = [recording("26000051-RE1.wav", 64 * 1024), recording("26000051-RE2.wav", 1_000_000)];
    for file in &sent {
        store.attach(&id, file).await.unwrap();
    }
    let listed = store.attachments(&id).await.unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    for (sent, listed) in sent.iter().zip(&listed) {
        assert_eq!((&listed.name, listed.size), (&sent.name, Some(sent.bytes.len() as u64)));
        let back = store.fetch(&id, listed).await.unwrap();
        assert!(Sha256::digest(&back) == Sha256::digest(&sent.bytes), "{} came back otherwise", sent.name);
    }
}

async fn comments_are_told_apart(subject: &Subject) {
    let (store, another) = (subject.store(), subject.another());
    let (_, id) = made(&*store, "26000060").await;
    let comment = |mark: &str, text: &str, public| Comment { mark: mark.into(), text: text.into(), public };
    let private = comment("26000060/1", "Asumido por María Núñez: «voy para allá»", false);
    let public = comment("26000060/2", "Le llamamos a las 4. ¿Sigue caído?", true);
    let theirs = comment("nota", "Revisado en sitio", false);
    store.comment(&id, &private).await.unwrap();
    store.comment(&id, &public).await.unwrap();
    another.comment(&id, &theirs).await.unwrap();
    // One that has no text of ours beside it.
    store.attach(&id, &recording("26000060-RE1.wav", 100)).await.unwrap();
    let all = store.comments(&id).await.unwrap();
    let said = |comment: &Comment| -> &RemoteComment {
        let mut found = all.iter().filter(|remote| comment.is_in(&remote.text));
        let first = found.next().unwrap_or_else(|| panic!("{comment:?} is not there"));
        assert!(found.next().is_none() && first.at.is_some(), "{comment:?}");
        first
    };
    for (comment, ours) in [(&private, true), (&public, true), (&theirs, false)] {
        let remote = said(comment);
        assert_eq!((remote.public, remote.ours), (comment.public, ours), "{comment:?}");
        assert!(remote.text.contains(comment.text.as_str()), "{}", remote.text);
    }
    let place = |comment: &Comment| all.iter().position(|remote| comment.is_in(&remote.text));
    assert!(place(&private) < place(&public) && place(&public) < place(&theirs));
}

async fn states_go_forth_and_back(subject: &Subject) {
    let (store, another) = (subject.store(), subject.another());
    let (_, id) = made(&*store, "26000078").await;
    let states = [State::Acknowledged, State::Resolved, State::Resolved, State::Acknowledged, State::Closed];
    for state in states {
        store.set_state(&id, state).await.unwrap();
        let remote = store.read(&id).await.unwrap().unwrap();
        assert_eq!(Some(remote.state), store.state_word(state), "{state:?}");
    }
    // Somebody reopens it, and we read that.
    another.set_state(&id, State::Acknowledged).await.unwrap();
    let remote = store.read(&id).await.unwrap().unwrap();
    assert_eq!(Some(remote.state), store.state_word(State::Acknowledged));

    let other = subject.changed(|settings| {
        settings.states.insert(State::Resolved, "Nirvana".into());
        settings.states.insert(State::Closed, String::new());
    });
    let trouble = other.set_state(&id, State::Resolved).await.unwrap_err();
    assert_eq!(trouble.verdict, Verdict::Refused, "{trouble}");
    // A state that is not told changes nothing.
    other.set_state(&id, State::Closed).await.unwrap();
    assert_eq!(other.state_word(State::Closed), None);
    let remote = store.read(&id).await.unwrap().unwrap();
    assert_eq!(Some(remote.state), store.state_word(State::Acknowledged));
}

async fn doubles_become_one(subject: &Subject) {
    let (store, another) = (subject.store(), subject.another());
    let (case, first) = made(&*store, "26000086").await;
    // A store gives no promise: the same number twice.
    let second = another.create(&case).await.unwrap();
    let ids =
        async || -> Vec<String> { store.find("26000086").await.unwrap().into_iter().map(|ticket| ticket.id).collect() };
    assert_eq!(ids().await, [first.clone(), second.clone()]);
    store.merge(&second, &first).await.unwrap();
    assert_eq!(ids().await, std::slice::from_ref(&first));
    let merged = store.read(&second).await.unwrap().unwrap();
    assert_eq!(merged.id, first);
    assert_eq!(differences(&case, &merged, &store.mapped()), []);
    // An answer was lost, and it is asked once more.
    store.merge(&second, &first).await.unwrap();
    assert_eq!(ids().await, [first]);
}

async fn a_dropped_value_is_noticed(subject: &Subject) {
    let store = subject.changed(|settings| drop(settings.fields.insert(Field::Channel, subject.nowhere.into())));
    let mut case = case("26000094");
    case.values.insert(Field::Channel, "phone".into());
    let id = store.create(&case).await.unwrap();
    let remote = store.read(&id).await.unwrap().unwrap();
    assert_eq!(differences(&case, &remote, &store.mapped()), [Field::Channel]);
}

async fn what_changed_is_told(subject: &Subject) {
    let (store, another) = (subject.store(), subject.another());
    let (_, id) = made(&*store, "26000108").await;
    another.set_state(&id, State::Resolved).await.unwrap();
    let before = store.read(&id).await.unwrap().unwrap().updated_at.unwrap();
    let changed = store.changed(before).await.unwrap();
    let ours = changed.iter().find(|change| change.id == id).unwrap();
    assert_eq!((ours.external_id.as_deref(), ours.at), (Some("26000108"), before));
    assert!(changed.is_sorted_by_key(|change| change.at));
    // Everything since a day before is more than that, and nothing was changed in a year to come.
    assert!(store.changed(before - chrono::TimeDelta::days(1)).await.unwrap().len() > 1);
    assert_eq!(store.changed(before + chrono::TimeDelta::days(365)).await.unwrap(), []);
    assert_eq!(store.changed(before + chrono::TimeDelta::minutes(1)).await.unwrap(), []);
}

async fn what_is_not_there_is_refused(subject: &Subject) {
    let store = subject.store();
    assert_eq!(store.read("999999").await.unwrap(), None);
    assert_eq!(store.attachments("999999").await.unwrap_or_default(), []);
    let comment = Comment { mark: "26000116/1".into(), text: "Nadie".into(), public: false };
    for result in [
        store.comment("999999", &comment).await,
        store.attach("999999", &recording("x.wav", 10)).await,
        store.set_state("999999", State::Resolved).await,
        store.update("999999", &case("26000116")).await,
    ] {
        assert_eq!(result.unwrap_err().verdict, Verdict::Refused);
    }
    for strange in ["../queue/1", "1/comment", ""] {
        assert_eq!(store.read(strange).await.unwrap_err().verdict, Verdict::Refused, "{strange}");
    }
}

/// A check names what is wrong, under the right name, and says no secret.
async fn wrong_settings_are_named(subject: &Subject) {
    let wrong = async |store: Box<dyn TicketStore>| -> Vec<String> {
        let found = store.check().await;
        assert!(!format!("{found:?}").contains("ab1111"), "{found:?}");
        found.into_iter().filter(|finding| finding.result.is_err()).map(|finding| finding.what).collect()
    };
    let secret = "1-27-ab1111ab1111ab1111ab1111ab1111ab1111ab";
    let stranger = subject.changed(|settings| settings.secret = Secret::new(secret));
    for trouble in [stranger.find("26000019").await.unwrap_err(), stranger.create(&case("26000124")).await.unwrap_err()]
    {
        assert_eq!(trouble.verdict, Verdict::Refused);
        assert!(trouble.what.contains("401") && !trouble.what.contains(secret), "{trouble}");
    }
    assert_eq!(wrong(stranger).await, ["credentials"]);
    let elsewhere = subject.changed(|settings| settings.queue = "nadie".into());
    assert!(wrong(elsewhere).await.contains(&"queue".to_owned()));
    let placeless = subject.changed(|settings| drop(settings.fields.insert(Field::Service, subject.nowhere.into())));
    assert_eq!(wrong(placeless).await, ["field service"]);
    let wordless = subject.changed(|settings| drop(settings.states.insert(State::Cancelled, "Nirvana".into())));
    assert_eq!(wrong(wordless).await, ["states"]);
}

#[tokio::test]
async fn request_tracker_is_what_its_connector_believes() {
    let mut server = request_tracker::RequestTracker::start().await;
    let connector: fn(Settings) -> Box<dyn TicketStore> = |settings| Box::new(RequestTracker::new(settings).unwrap());
    let (ours, another) = (server.settings(), server.another());
    all(Subject { ours, another, connector, nowhere: "Nadie" }).await;

    let store = RequestTracker::new(server.settings()).unwrap();
    let mut case = case("26000132");
    // A value that is not on the list, and a file that is too large: both are answered 201.
    case.values.insert(Field::Severity, "enorme".into());
    let id = store.create(&case).await.unwrap();
    let remote = store.read(&id).await.unwrap().unwrap();
    assert_eq!(differences(&case, &remote, &store.mapped()), [Field::Severity]);
    let large = recording("26000132-RE1.wav", u32::try_from(request_tracker::LARGEST).unwrap());
    store.attach(&id, &large).await.unwrap();
    assert!(store.attachments(&id).await.unwrap().iter().all(|file| file.name != large.name));

    // The field that tickets are found by gets another name.
    server.rename_field("Severity", "Gravedad");
    let clock = guardia::clock::Clock::machine();
    let deadline = clock.now() + chrono::TimeDelta::seconds(30);
    loop {
        let found = store.check().await;
        let wrong: Vec<_> =
            found.iter().filter(|found| found.result.is_err()).map(|found| found.what.as_str()).collect();
        if wrong == ["field severity"] {
            break;
        }
        assert!(clock.now() < deadline, "{found:?}");
    }

    server.stop();
    // One that has no connection from before.
    let store = RequestTracker::new(server.settings()).unwrap();
    assert_eq!(store.find("26000132").await.unwrap_err().verdict, Verdict::Away);
    server.start_again().await;
    assert_eq!(store.find("26000132").await.unwrap().len(), 1);
}

#[tokio::test]
async fn redmine_is_what_its_connector_believes() {
    let mut server = redmine::Redmine::start().await;
    let connector: fn(Settings) -> Box<dyn TicketStore> = |settings| Box::new(Redmine::new(settings).unwrap());
    let (ours, another) = (server.settings(), server.another());
    all(Subject { ours, another, connector, nowhere: "9999" }).await;

    let store = Redmine::new(server.settings()).unwrap();
    let (mut case, id) = made(&store, "26000132").await;
    // Here a value that is not on the list is refused, and so is a file that is too large.
    case.values.insert(Field::Severity, "enorme".into());
    assert_eq!(store.update(&id, &case).await.unwrap_err().verdict, Verdict::Refused);
    let large = recording("26000132-RE1.wav", u32::try_from(redmine::LARGEST).unwrap());
    assert_eq!(store.attach(&id, &large).await.unwrap_err().verdict, Verdict::Refused);
    assert_eq!(store.attachments(&id).await.unwrap(), []);

    // A status by its number is read as that number.
    let mut settings = server.settings();
    settings.states.insert(State::Resolved, "3".into());
    let by_number = Redmine::new(settings).unwrap();
    by_number.set_state(&id, State::Resolved).await.unwrap();
    assert_eq!(by_number.read(&id).await.unwrap().unwrap().state, "3");
    assert_eq!(store.read(&id).await.unwrap().unwrap().state, "Resolved");

    // Without the right to it a private note would be a public one.
    server.by_hand("Role.find_by_name('Line').remove_permission!(:set_notes_private)");
    let careful = Redmine::new(server.settings()).unwrap();
    let secret = Comment { mark: "26000132/1".into(), text: "No lo lea nadie".into(), public: false };
    assert_eq!(careful.comment(&id, &secret).await.unwrap_err().verdict, Verdict::Refused);
    assert_eq!(careful.comments(&id).await.unwrap(), []);
    // A workflow that does not let us: answered 204, and seen all the same.
    server.by_hand("WorkflowTransition.where(role_id: Role.find_by_name('Line').id).delete_all");
    assert_eq!(store.set_state(&id, State::Closed).await.unwrap_err().verdict, Verdict::Refused);
    // A field that is no filter gives every issue, and one that is gone is named.
    server.by_hand("IssueCustomField.find(1).update!(is_filter: false); IssueCustomField.find(5).destroy!");
    assert_eq!(store.find("26000132").await.unwrap_err().verdict, Verdict::Refused);
    let found = store.check().await;
    let wrong: Vec<_> = found.iter().filter(|found| found.result.is_err()).map(|found| found.what.as_str()).collect();
    assert_eq!(wrong, ["rights", "search", "field severity"]);

    server.stop();
    // One that has no connection from before.
    let store = Redmine::new(server.settings()).unwrap();
    assert_eq!(store.read(&id).await.unwrap_err().verdict, Verdict::Away);
    server.start_again().await;
    assert!(store.read(&id).await.unwrap().is_some());
}
