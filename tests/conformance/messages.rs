//! Pages and text messages.

use guardia::id::{MessageId, PageId};
use guardia::incident::Incident;
use guardia::oncall::Channel;
use guardia::paging::{Delivery, Message, Recipient};
use guardia::store::{ParkedReceipt, StoreError, Tx};

use crate::bench::Bench;
use crate::sample::{at, incident, message, open, page, phone, uuid};

async fn opened(bench: &Bench) -> Incident {
    bench.unit(async |tx| open(tx, 1).await).await
}

pub async fn pages_live_and_close(bench: &Bench) {
    let id = opened(bench).await.id;
    bench.unit(async |tx| open(tx, 2).await).await;
    let (mut first, second, third, other) =
        (page(1, 1, "ana"), page(2, 1, "luis"), page(3, 1, "ana"), page(4, 2, "ana"));
    for page in [&third, &first, &second, &other] {
        bench.unit(async |tx| tx.insert_page(page).await).await;
    }
    assert_eq!(bench.look(async |tx| tx.page(first.id).await).await.as_ref(), Some(&first));
    let pages_of = async |person: &str, since| bench.look(async |tx| tx.pages_of(person, since).await).await;
    let latest_first = |mut pages: Vec<guardia::paging::Page>| {
        pages.sort_by_key(|page| std::cmp::Reverse((page.created_at, page.id)));
        pages
    };
    let anas = latest_first(vec![first.clone(), third.clone(), other.clone()]);
    assert_eq!(pages_of("ana", first.created_at).await, anas);
    assert_eq!(pages_of("ana", anas[0].created_at).await, anas[..1]);
    assert_eq!(pages_of("ana", at(1_000_000)).await, []);
    first.answered_at = Some(at(50));
    first.closed_at = Some(at(51));
    bench.unit(async |tx| tx.save_page(&first).await).await;
    let closed = bench.unit(async |tx| tx.close_pages(id, at(60)).await).await;
    let close = |mut page: guardia::paging::Page| {
        page.closed_at = Some(at(60));
        page
    };
    let (second, third) = (close(second), close(third));
    assert_eq!(closed, [second.clone(), third.clone()]);
    assert_eq!(bench.unit(async |tx| tx.close_pages(id, at(61)).await).await, []);
    assert_eq!(bench.look(async |tx| tx.pages(id).await).await, [first, second, third]);
    assert!(pages_of("ana", at(0)).await.contains(&other), "a page of another case is not closed with these");
    let by_code =
        async |hash: &str, since| bench.look(async |tx| tx.page_by_code(hash, since).await).await.map(|page| page.id);
    assert_eq!(by_code(&other.code_hash, other.created_at).await, Some(other.id), "the newest of four");
    assert_eq!(by_code(&other.code_hash, at(1_000_000)).await, None, "long ago");
    assert_eq!(by_code("another", at(0)).await, None);
    for (hash, since, known) in [
        (other.code_hash.as_str(), other.created_at, true),
        (&other.code_hash, at(1_000_000), false),
        ("another", at(0), false),
    ] {
        assert_eq!(bench.look(async |tx| tx.is_code_known("ana", hash, since).await).await, known, "{hash} {since}");
    }
    let missing = bench.write(async |tx| tx.save_page(&page(9, 1, "ana")).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "pages", .. })));
}

pub async fn a_message_comes_back_as_it_was_kept(bench: &Bench) {
    let id = opened(bench).await.id;
    let full = Message {
        state: Delivery::Failed,
        provider_message: Some("SM1".to_owned()),
        error_code: Some(30003),
        sent_at: Some(at(4)),
        page: Some(PageId(uuid(2001))),
        channel: Channel::Voice,
        ..message(1, Some(1))
    };
    let to = Recipient::Contact { person: "ana".to_owned(), contact: "correo".to_owned() };
    let bare = Message { channel: Channel::Email, to, ..message(2, None) };
    let later = Message { page: full.page, channel: Channel::Webhook, ..message(3, Some(1)) };
    for kept in [&later, &full, &bare] {
        bench.unit(async |tx| tx.insert_message(kept).await).await;
        assert_eq!(bench.look(async |tx| tx.message(kept.id).await).await.as_ref(), Some(kept));
        assert_eq!(bench.unit(async |tx| tx.lock_message(kept.id).await).await.as_ref(), Some(kept));
    }
    assert_eq!(bench.unit(async |tx| tx.message_by_provider("SM1").await).await, Some(full.clone()));
    assert_eq!(bench.look(async |tx| tx.message_by_provider("SM2").await).await, None);
    assert_eq!(bench.look(async |tx| tx.messages(id).await).await, [full.clone(), later.clone()]);
    let page = full.page.unwrap();
    assert_eq!(bench.look(async |tx| tx.messages_of_page(page).await).await, [full, later]);
    assert_eq!(bench.look(async |tx| tx.messages_of_page(PageId(uuid(9))).await).await, []);
    assert_eq!(bench.look(async |tx| tx.message(MessageId(uuid(9))).await).await, None);
}

pub async fn a_message_becomes_what_it_became(bench: &Bench) {
    opened(bench).await;
    let mut kept = message(1, Some(1));
    bench.unit(async |tx| tx.insert_message(&kept).await).await;
    bench.unit(async |tx| tx.insert_message(&message(2, Some(1))).await).await;
    for state in Delivery::ALL {
        kept.state = state;
        kept.body = format!("now {}", state.as_str());
        kept.provider_message = Some("SM1".to_owned());
        kept.error_code = (state == Delivery::Failed).then_some(u32::MAX);
        kept.sent_at = Some(at(9));
        bench.unit(async |tx| tx.save_message(&kept).await).await;
        assert_eq!(bench.look(async |tx| tx.message(kept.id).await).await.as_ref(), Some(&kept));
    }
    assert_eq!(bench.look(async |tx| tx.message(message(2, None).id).await).await, Some(message(2, Some(1))));
    let missing = bench.write(async |tx| tx.save_message(&message(3, None)).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "messages", .. })));
}

pub async fn messages_to_a_number_are_counted(bench: &Bench) {
    for n in 1..=4 {
        let mut kept = message(n, None);
        kept.to = Recipient::Number(phone(n / 4));
        bench.unit(async |tx| tx.insert_message(&kept).await).await;
    }
    for (to, since, number) in [(0, 0, 3), (0, 2, 2), (0, 4, 0), (1, 4, 1), (1, 5, 0), (2, 0, 0)] {
        assert_eq!(bench.look(async |tx| tx.messages_to(&phone(to), at(since)).await).await, number, "{to} {since}");
    }
}

pub async fn messages_of_a_template_are_counted(bench: &Bench) {
    for (n, template) in [(1, "ack_bad"), (2, "page"), (3, "ack_bad")] {
        let mut kept = message(n, None);
        kept.to = Recipient::Number(phone(1));
        kept.template = template.to_owned();
        bench.unit(async |tx| tx.insert_message(&kept).await).await;
    }
    for (template, to, since, number) in
        [("ack_bad", 1, 0, 2), ("ack_bad", 1, 3, 1), ("ack_bad", 1, 4, 0), ("page", 1, 0, 1), ("ack_bad", 2, 0, 0)]
    {
        let counted = bench.look(async |tx| tx.messages_like(template, &phone(to), at(since)).await).await;
        assert_eq!(counted, number, "{template} {to} {since}");
    }
}

pub async fn an_inbound_message_is_kept_once(bench: &Bench) {
    bench
        .unit(async |tx| {
            let from = phone(1);
            assert!(tx.insert_inbound("twilio", "SM1", Some(&from), Some(&phone(9)), "7 123456", at(0)).await?);
            assert!(!tx.insert_inbound("twilio", "SM1", Some(&from), Some(&phone(9)), "7 123456", at(1)).await?);
            assert!(tx.insert_inbound("other", "SM1", None, None, "", at(1)).await?);
            Ok(())
        })
        .await;
}

pub async fn wrong_replies_are_counted(bench: &Bench) {
    for seconds in [1, 2, 2] {
        bench.unit(async |tx| tx.insert_wrong_reply(&phone(1), at(seconds)).await).await;
    }
    for (from, since, number) in [(1, 0, 3), (1, 2, 2), (1, 3, 0), (2, 0, 0)] {
        assert_eq!(bench.look(async |tx| tx.wrong_replies(&phone(from), at(since)).await).await, number);
    }
    bench.unit(async |tx| tx.insert_wrong_reply(&phone(2), at(1)).await).await;
    assert_eq!(bench.unit(async |tx| tx.clear_wrong_replies(&phone(1)).await).await, 3);
    assert_eq!(bench.unit(async |tx| tx.clear_wrong_replies(&phone(1)).await).await, 0);
    for (from, number) in [(1, 0), (2, 1)] {
        assert_eq!(bench.look(async |tx| tx.wrong_replies(&phone(from), at(0)).await).await, number);
    }
}

pub async fn early_receipts_wait_for_their_message(bench: &Bench) {
    let receipt = |state, error_code, seconds| ParkedReceipt { state, error_code, at: at(seconds) };
    let (sent, failed) = (receipt(Delivery::Sent, None, 1), receipt(Delivery::Failed, Some(30005), 2));
    for parked in [&failed, &sent] {
        bench.unit(async |tx| tx.park_receipt("SM1", parked.state, parked.error_code, parked.at).await).await;
    }
    assert_eq!(bench.unit(async |tx| tx.take_parked_receipts("SM2").await).await, []);
    assert_eq!(bench.unit(async |tx| tx.take_parked_receipts("SM1").await).await, [sent, failed]);
    assert_eq!(bench.unit(async |tx| tx.take_parked_receipts("SM1").await).await, []);
}

/// The provider's receipt and our own send result race each other; whoever is second must see the first.
pub async fn a_receipt_and_its_send_result_never_miss_each_other(bench: &Bench) {
    for n in 1..=40 {
        let kept = message(n, None);
        bench.unit(async |tx| tx.insert_message(&kept).await).await;
        let provider = format!("SM{n}");
        let (result, receipt) = ((*bench).clone(), (*bench).clone());
        let (result_id, receipt_id) = (provider.clone(), provider);
        let result = tokio::spawn(async move {
            result
                .write(async |tx: &mut Tx| {
                    let taken = tx.take_parked_receipts(&result_id).await?;
                    let mut message = tx.lock_message(kept.id).await?.unwrap();
                    message.provider_message = Some(result_id);
                    tx.save_message(&message).await?;
                    Ok::<_, StoreError>(taken)
                })
                .await
                .unwrap()
        });
        let receipt = tokio::spawn(async move {
            receipt
                .write(async |tx: &mut Tx| {
                    let found = tx.message_by_provider(&receipt_id).await?.is_some();
                    if !found {
                        tx.park_receipt(&receipt_id, Delivery::Delivered, None, at(0)).await?;
                    }
                    Ok::<_, StoreError>(found)
                })
                .await
                .unwrap()
        });
        let (taken, found) = (result.await.unwrap().len(), receipt.await.unwrap());
        assert_eq!(taken == 1, !found, "round {n}: taken {taken}, found {found}");
    }
    assert_eq!(bench.look(async |tx| tx.messages(incident(1).id).await).await, []);
}
