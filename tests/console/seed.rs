//! What the console has to show in tests: a case with its call and recording, and callers who left with nothing.

use guardia::call::{Call, Happening, Recording};
use guardia::flow::Outcome;
use guardia::store::{Store, StoreError, Tx, Url};

use crate::house::House;
use crate::sample::{self, at, phone};

/// A call that opened a case and left a recording, and two that were missed, one of them from the same number.
pub async fn fill(house: &House) -> [String; 3] {
    let url = format!("sqlite:{}", house.site.settings().with_file_name("guardia.db").display());
    let store = Store::visit(&url.parse::<Url>().unwrap()).await.unwrap();
    let ids = store
        .write(async |tx: &mut Tx| -> Result<[String; 3], StoreError> {
            let mut case = sample::open(tx, 1).await?;
            case.institution = Some("0001".to_owned());
            case.institution_name = Some("Hacienda".to_owned());
            tx.save_incident(&mut case).await?;
            let reported = Call {
                ended_at: Some(at(95)),
                outcome: Some(Outcome::Reported),
                incident: Some(case.id),
                ..tx.call(case.call).await?.unwrap()
            };
            tx.save_call(&reported).await?;
            let node = |name: &str| Happening::Reached { node: name.to_owned() };
            let happened =
                [Happening::Answered, node("saludo"), Happening::Keyed { keys: "1".to_owned() }, node("pin")];
            tx.append_call_entries(reported.id, at(1), &happened).await?;
            tx.append_call_entries(reported.id, at(20), &[Happening::Keyed { keys: "******".to_owned() }]).await?;
            let tape = Recording {
                seconds: 30,
                status: "completed".to_owned(),
                incident: Some(case.id),
                at: at(60),
                ..sample::recording(1, 1)
            };
            tx.insert_recording(&tape).await?;
            let missed = |n: u32, from: u32, second: i64| Call {
                from: Some(phone(from)),
                answered_at: at(second),
                ended_at: Some(at(second + 9)),
                outcome: Some(Outcome::Missed),
                ..sample::call(n)
            };
            let (one, two) = (missed(2, 1, 100), missed(3, 777, 200));
            for call in [&one, &two] {
                tx.insert_call(call).await?;
            }
            Ok([reported.id, one.id, two.id].map(|id| id.to_string()))
        })
        .await
        .unwrap();
    store.close().await;
    ids
}
