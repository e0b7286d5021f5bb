//! What goes well.

use std::collections::BTreeSet;

use guardia::id::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Desk;

const TICKETS: &str = "/api/v1/tickets";

fn enquiry(external_id: &str) -> Value {
    json!({
        "external_id": external_id,
        "kind": "enquiry",
        "requester": { "name": "Marta Núñez", "email": "marta@example.gob.do", "phone": "+18095550142" },
        "institution": "MAP",
        "subject": "¿Cómo se firma un acta? 🏛",
        "body": "Primera línea.\nSegunda.",
    })
}

/// The words of a history, in order.
fn kinds(history: &Value) -> Vec<&str> {
    let entries = history["history"].as_array().unwrap();
    entries.iter().map(|entry| entry["change"]["kind"].as_str().unwrap()).collect()
}

pub async fn a_ticket_lives_its_life(desk: &Desk) {
    let portal = &desk.portal;
    let made = portal.post(TICKETS, &enquiry("PORTAL-1")).await;
    assert_eq!(made.status, 201, "{made:?}");
    let ticket = made.json();
    let path = made.header("location").to_owned();
    assert_eq!(path, format!("{TICKETS}/{}", ticket["id"].as_str().unwrap()));
    assert_eq!(made.header("etag"), "\"1\"");
    for (field, value) in [
        ("state", json!("new")),
        ("severity", json!("general")),
        ("channel", json!("api")),
        ("of_incident", json!(false)),
        ("version", json!(1)),
        ("subject", json!("¿Cómo se firma un acta? 🏛")),
        ("service", Value::Null),
    ] {
        assert_eq!(ticket[field], value, "{field}: {ticket}");
    }
    let promise = &ticket["first_response"];
    assert_eq!(promise["target"], json!({ "within": "48h", "mode": "business_days" }));
    assert_eq!((&promise["verdict"], &promise["cycle"]), (&json!("running"), &json!(1)));
    // By its id, written either way, and by what the program calls it.
    let dashed = uuid::Uuid::parse_str(ticket["id"].as_str().unwrap()).unwrap().hyphenated().to_string();
    for name in [ticket["id"].as_str().unwrap(), &dashed, "PORTAL-1"] {
        assert_eq!(desk.reader.read(&format!("{TICKETS}/{name}")).await, ticket, "{name}");
    }
    let known = portal.send("GET", &path, &[("If-None-Match", "\"1\"")], b"").await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    // It is worse than it seemed: the same start, another promise.
    let patch = json!({ "severity": "major", "service": "firma", "requester": { "phone": null } });
    let changed = portal.change("PATCH", &path, "\"1\"", &patch).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{changed:?}");
    let changed = changed.json();
    assert_eq!(changed["first_response"]["target"]["within"], "8h");
    assert_eq!(changed["first_response"]["started_at"], promise["started_at"]);
    assert!(changed["first_response"]["due_at"].as_str() < promise["due_at"].as_str(), "{changed}");
    assert_eq!(changed["requester"], json!({ "name": "Marta Núñez", "email": "marta@example.gob.do", "phone": null }));
    // The same again is no change.
    let same = portal.change("PATCH", &path, "\"2\"", &patch).await;
    assert_eq!((same.status, same.json()["version"].clone()), (200, json!(2)));
    // A note among those who work on it is no answer; what a person says to whoever asked is.
    let comments = format!("{path}/comments");
    let note = portal.post(&comments, &json!({ "text": "Lo ve Ana." })).await;
    assert_eq!((note.status, note.header("etag")), (201, "\"3\""));
    assert_eq!(note.json()["public"], false);
    assert_eq!(portal.read(&path).await["first_response"]["responded_at"], Value::Null);
    let told = json!({ "text": "Con el botón azul.", "public": true, "by_person": true });
    let answer = portal.post(&comments, &told).await;
    assert_eq!(answer.status, 201);
    let now = portal.read(&path).await;
    assert_eq!((&now["state"], &now["first_response"]["verdict"]), (&json!("open"), &json!("met")));
    assert!(now["first_response"]["responded_at"].is_string());
    let read = desk.reader.read(&comments).await;
    let texts: Vec<_> = read["comments"].as_array().unwrap().iter().map(|comment| &comment["text"]).collect();
    assert_eq!(texts, ["Lo ve Ana.", "Con el botón azul."]);
    assert_eq!(read["comments"][0]["author"], json!({ "kind": "program", "name": "portal" }));
    // Along the table, and back: a new cycle with a new clock.
    let mut etag = portal.get(&path).await.header("etag").to_owned();
    for state in ["waiting", "resolved", "closed", "open"] {
        let body = json!({ "state": state, "note": "según acta" });
        let moved = portal.change("POST", &format!("{path}/state"), &etag, &body).await;
        assert_eq!((moved.status, &moved.json()["state"]), (200, &json!(state)), "{moved:?}");
        moved.header("etag").clone_into(&mut etag);
    }
    let again = portal.read(&path).await;
    assert_eq!(again["first_response"]["cycle"], 2);
    assert_eq!(
        (&again["first_response"]["responded_at"], &again["first_response"]["verdict"]),
        (&Value::Null, &json!("running"))
    );
    let history = desk.reader.read(&format!("{path}/history")).await;
    assert_eq!(
        kinds(&history),
        [
            "opened",
            "edited",
            "timed",
            "commented",
            "commented",
            "responded",
            "moved",
            "moved",
            "moved",
            "moved",
            "moved",
            "timed",
        ]
    );
    let edits = &history["history"][1]["change"]["edits"];
    assert_eq!(edits[0], json!({ "field": "severity", "before": "general", "after": "major" }));
    assert_eq!(edits[2], json!({ "field": "requester.phone" }), "what is personal is not told twice");
    assert!(history["history"].as_array().unwrap().iter().all(|entry| entry["author"]["name"] == "portal"));
    let page = desk.reader.get(&format!("{path}/history?limit=5&after=5")).await;
    let numbers: Vec<_> =
        page.json()["history"].as_array().unwrap().iter().map(|entry| entry["number"].clone()).collect();
    assert_eq!(numbers, [6, 7, 8, 9, 10]);
    assert_eq!(page.header("link"), format!("<{path}/history?limit=5&after=10>; rel=\"next\""));
}

pub async fn tickets_are_walked_page_by_page(desk: &Desk) {
    let portal = &desk.portal;
    let mut made = Vec::new();
    for n in 0..23 {
        let mut ticket = enquiry(&format!("P/{n} ñ"));
        ticket["kind"] = json!(if n % 3 == 0 { "change" } else { "enquiry" });
        ticket["institution"] = json!(if n % 2 == 0 { "MAP" } else { "DGII & hijos" });
        made.push(portal.post(TICKETS, &ticket).await.json()["id"].as_str().unwrap().to_owned());
    }
    // One more comes in while somebody walks.
    let walk = async |query: &str, meanwhile: bool| -> Vec<String> {
        let (mut path, mut seen) = (format!("{TICKETS}?{query}"), Vec::new());
        loop {
            let page = desk.reader.get(&path).await;
            assert_eq!(page.status, 200, "{path}: {page:?}");
            let body = page.json();
            let ids =
                body["tickets"].as_array().unwrap().iter().map(|ticket| ticket["id"].as_str().unwrap().to_owned());
            seen.extend(ids);
            if meanwhile {
                portal.post(TICKETS, &enquiry(&format!("late {}", seen.len()))).await;
            }
            let Some((next, _)) = page.header("link").strip_prefix('<').and_then(|link| link.split_once('>')) else {
                assert_eq!(body["next"], Value::Null);
                return seen;
            };
            assert!(next.contains(&format!("after={}", body["next"].as_str().unwrap())), "{next}");
            path = next.to_owned();
        }
    };
    let case = desk.reader.read(&format!("{TICKETS}/{}", desk.case)).await["id"].as_str().unwrap().to_owned();
    let oldest: Vec<String> = [case.clone()].into_iter().chain(made.iter().cloned()).collect();
    assert_eq!(walk("order=oldest&limit=7", false).await, oldest);
    let newest: Vec<String> = oldest.iter().rev().cloned().collect();
    assert_eq!(walk("limit=5", true).await, newest, "what came in meanwhile moves nothing");
    let every_second = |rest: usize| -> BTreeSet<String> {
        made.iter().enumerate().filter(|(n, _)| n % 2 == rest).map(|(_, id)| id.clone()).collect()
    };
    let found = walk("institution=DGII%20%26%20hijos&limit=4", false).await;
    assert_eq!(found.len(), 11);
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), every_second(1));
    assert_eq!(walk("external_id=P%2F7+%C3%B1", false).await, [made[7].clone()]);
    assert_eq!(walk("kind=change&institution=MAP&limit=3&order=oldest", false).await.len(), 4);
    assert_eq!(walk("severity=critical", false).await, [case]);
    assert_eq!(walk("state=closed", false).await, Vec::<String>::new());
    // Whoever follows the changes sees the last one last, and asks from there.
    let path = format!("{TICKETS}/{}", made[3]);
    let before = portal.read(&path).await;
    portal.change("PATCH", &path, "\"1\"", &json!({ "subject": "Otra cosa" })).await;
    let changed = walk("order=updated&limit=9", false).await;
    assert_eq!(changed.last(), Some(&made[3]));
    let after = portal.read(&path).await;
    assert!(before["updated_at"].as_str() < after["updated_at"].as_str());
    let since = after["updated_at"].as_str().unwrap();
    assert_eq!(walk(&format!("order=updated&updated_since={since}"), false).await, [made[3].clone()]);
}

pub async fn two_who_change_one_ticket_do_not_undo_each_other(desk: &Desk) {
    let portal = &desk.portal;
    let path = portal.post(TICKETS, &enquiry("PORTAL-2")).await.header("location").to_owned();
    // Ten write at once what they read once: one is first, nine are told, and nothing is half done.
    let tries = (0..10).map(|n| {
        let (portal, path) = (portal.clone(), path.clone());
        tokio::spawn(async move {
            let body = json!({ "subject": format!("Versión {n}") });
            portal.change("PATCH", &path, "\"1\"", &body).await
        })
    });
    let mut answers = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        answers.push(tried.await.unwrap());
    }
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((lost.status, lost.header("etag")), (412, "\"2\""), "{lost:?}");
        assert_eq!(lost.json()["version"], 2);
    }
    let now = portal.read(&path).await;
    assert_eq!(now, won[0].json());
    let history = portal.read(&format!("{path}/history")).await;
    assert_eq!(kinds(&history), ["opened", "edited"]);
    // Two of one name: one is made.
    let twins = (0..6).map(|_| {
        let portal = portal.clone();
        tokio::spawn(async move { portal.post(TICKETS, &enquiry("PORTAL-3")).await.status })
    });
    let mut statuses = Vec::new();
    for twin in twins.collect::<Vec<_>>() {
        statuses.push(twin.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
}

pub async fn a_request_that_comes_twice_is_done_once(desk: &Desk) {
    let portal = &desk.portal;
    let key = |key| [("Idempotency-Key", key)];
    let ticket = json!({ "kind": "enquiry", "subject": "Una vez" });
    let first = portal.json("POST", TICKETS, &key("k-1"), &ticket).await;
    let again = portal.json("POST", TICKETS, &key("k-1"), &ticket).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    let other = portal.json("POST", TICKETS, &key("k-1"), &json!({ "kind": "enquiry", "subject": "Otra" })).await;
    assert_eq!(other.status, 422, "{other:?}");
    assert_eq!(portal.read(TICKETS).await["tickets"].as_array().unwrap().len(), 2, "that, and the case's");
    let path = first.header("location");
    let comment = json!({ "text": "Una vez" });
    for _ in 0..2 {
        assert_eq!(portal.json("POST", &format!("{path}/comments"), &key("k-2"), &comment).await.status, 201);
    }
    let move_it = [("Idempotency-Key", "k-3"), ("If-Match", "\"2\"")];
    for _ in 0..2 {
        let moved = portal.json("POST", &format!("{path}/state"), &move_it, &json!({ "state": "open" })).await;
        assert_eq!((moved.status, moved.header("etag")), (200, "\"3\""), "{moved:?}");
    }
    let files = format!("{path}/attachments?name=a.txt");
    let heads = [("Idempotency-Key", "k-4"), ("Content-Type", "text/plain")];
    for _ in 0..2 {
        assert_eq!(portal.send("POST", &files, &heads, b"una vez").await.status, 201);
    }
    assert_eq!(portal.send("POST", &files, &heads, b"otra").await.status, 422);
    let history = portal.read(&format!("{path}/history")).await;
    assert_eq!(kinds(&history), ["opened", "commented", "moved", "attached"]);
}

pub async fn a_file_comes_back_as_it_was_sent(desk: &Desk) {
    let portal = &desk.portal;
    let ticket = portal.post(TICKETS, &enquiry("PORTAL-4")).await.header("location").to_owned();
    let files = format!("{ticket}/attachments");
    // To the byte of the limit, with every byte in it.
    let content: Vec<u8> =
        (0..1024 * 1024_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let sha256 = hex(&Sha256::digest(&content));
    let sent = format!("{files}?name=grabaci%C3%B3n%20%22uno%22.wav");
    let made = portal.stream("POST", &sent, &[("Content-Type", "audio/wav")], &content).await;
    assert_eq!(made.status, 201, "{made:?}");
    let file = made.json();
    let path = made.header("location").to_owned();
    assert_eq!(path, format!("{files}/{}", file["number"]));
    assert_eq!((&file["sha256"], &file["size"]), (&json!(sha256), &json!(content.len())));
    assert_eq!((&file["name"], &file["media_type"]), (&json!("grabación \"uno\".wav"), &json!("audio/wav")));
    let got = desk.reader.get(&path).await;
    assert_eq!(got.status, 200);
    assert!(got.body == content && hex(&Sha256::digest(&got.body)) == sha256);
    for (name, value) in [
        ("content-type", "audio/wav"),
        ("content-length", "1048576"),
        ("etag", format!("\"{sha256}\"").as_str()),
        (
            "content-disposition",
            "attachment; filename=\"grabaci_n _uno_.wav\"; filename*=UTF-8''grabaci%C3%B3n%20%22uno%22.wav",
        ),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-cache"),
    ] {
        assert_eq!(got.header(name), value, "{name}");
    }
    let part = desk.reader.send("GET", &path, &[("Range", "bytes=1000-1999")], b"").await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 1000-1999/1048576"));
    assert!(part.body == content[1000..2000]);
    let end = desk.reader.send("GET", &path, &[("Range", "bytes=-10")], b"").await;
    assert!(end.status == 206 && end.body == content[content.len() - 10..]);
    let known = desk.reader.send("GET", &path, &[("If-None-Match", &format!("\"{sha256}\""))], b"").await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let head = desk.reader.send("HEAD", &path, &[], b"").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "1048576", 0));
    // The same file again is that file; the same content under another name is another.
    let again = portal.send("POST", &sent, &[("Content-Type", "audio/wav")], &content).await;
    assert_eq!((again.status, again.json()), (200, file.clone()));
    let twin =
        portal.send("POST", &format!("{files}?name=copia.wav"), &[("Content-Type", "audio/wav")], &content).await;
    assert_eq!((twin.status, &twin.json()["sha256"]), (201, &json!(sha256)));
    let empty = portal.send("POST", &format!("{files}?name=vac%C3%ADo.txt"), &[], b"").await;
    assert_eq!((empty.status, &empty.json()["media_type"]), (201, &json!("application/octet-stream")));
    let nothing = desk.reader.get(empty.header("location")).await;
    assert_eq!((nothing.status, nothing.body.len()), (200, 0));
    let listed = desk.reader.read(&files).await;
    let names: Vec<_> =
        listed["attachments"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["grabación \"uno\".wav", "copia.wav", "vacío.txt"]);
    // A hundred are as many as there may be.
    for n in 3..100 {
        let made = portal.send("POST", &format!("{files}?name={n}.txt"), &[("Content-Type", "text/plain")], b"x").await;
        assert_eq!(made.status, 201, "{n}");
    }
    let full = portal.send("POST", &format!("{files}?name=100.txt"), &[("Content-Type", "text/plain")], b"x").await;
    assert_eq!((full.status, &full.json()["code"]), (409, &json!("conflict")));
}

pub async fn the_ticket_of_a_case_follows_its_case(desk: &Desk) {
    let portal = &desk.portal;
    let path = format!("{TICKETS}/{}", desk.case);
    let before = portal.read(&path).await;
    assert_eq!((&before["external_id"], &before["of_incident"]), (&json!(desk.case), &json!(true)));
    for edit in [
        json!({ "severity": "general" }),
        json!({ "kind": "change" }),
        json!({ "external_id": null }),
        json!({ "subject": "Otra cosa", "requester": { "name": "Ana" } }),
    ] {
        let refused = portal.change("PATCH", &path, "\"1\"", &edit).await;
        assert_eq!(refused.status, 409, "{edit}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("change the incident"), "{refused:?}");
    }
    let refused = portal.change("POST", &format!("{path}/state"), "\"1\"", &json!({ "state": "closed" })).await;
    assert_eq!(refused.status, 409);
    assert_eq!(portal.read(&path).await, before);
    // What the case does not know is everybody's.
    let named = portal.change("PATCH", &path, "\"1\"", &json!({ "requester": { "name": "Ana" } })).await;
    assert_eq!((named.status, &named.json()["requester"]["name"]), (200, &json!("Ana")));
    let told = json!({ "text": "Llamamos.", "public": true, "by_person": true });
    assert_eq!(portal.post(&format!("{path}/comments"), &told).await.status, 201);
    let file = portal.send("POST", &format!("{path}/attachments?name=a.txt"), &[], b"a").await;
    assert_eq!(file.status, 201);
    let after = portal.read(&path).await;
    assert_eq!(
        (&after["state"], &after["first_response"]),
        (&before["state"], &before["first_response"]),
        "the case has the clock"
    );
}
