//! The wall: what is on it, that it changes by itself, and who may no longer look.

use guardia::access::Role;
use guardia::store::{Store, StoreError, Tx, Url};

use crate::client::Client;
use crate::house::House;
use crate::line::{Act, Caller, Connection, Keys};
use crate::program::within;
use crate::sample;

/// Somebody's open wall.
struct Wall {
    answer: reqwest::Response,
    text: String,
}

impl Wall {
    async fn open(client: &Client) -> Self {
        let answer = client.stream("/console/wall/events").await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        Self { answer, text: String::new() }
    }

    /// The next event: what it is, and what it says. `None` = the stream ended.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let kind = event.lines().find_map(|line| line.strip_prefix("event: ")).unwrap();
                let data = event.lines().filter_map(|line| line.strip_prefix("data: "));
                return Some((kind.to_owned(), data.collect::<Vec<_>>().join("\n")));
            }
            let chunk = within("the wall", self.answer.chunk()).await.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The first board that says this.
    async fn says(&mut self, what: &str) -> String {
        let search = async {
            while let Some((kind, board)) = self.next().await {
                if kind == "board" && board.contains(what) {
                    return board;
                }
            }
            panic!("the wall ended and never said '{what}'")
        };
        within(&format!("the wall to say '{what}'"), search).await
    }
}

/// The text of a page without its tags.
fn words(html: &str) -> String {
    let text = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    text.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_answer_for_the_promise_begin_at_the_wall() {
    let house = House::open().await;
    for (role, first) in [
        (Role::Supervisor, "/console/wall"),
        (Role::Quality, "/console/wall"),
        (Role::Admin, "/console/wall"),
        (Role::Agent, "/console/cases"),
        (Role::Auditor, "/console/audit"),
    ] {
        let client = house.person(role).await;
        assert_eq!(client.get("/console").await.location, first, "{role}");
        let status = client.get("/console/wall").await.status;
        assert_eq!(status, if role == Role::Auditor { 403 } else { 200 }, "{role}");
        // A link to the stream, opened by hand, leads to the wall.
        if role == Role::Supervisor {
            assert_eq!(client.get("/console/wall/events").await.location, "/console/wall");
        }
    }
    assert_eq!(house.stranger().stream("/console/wall/events").await.status(), 401);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_night_is_said_in_words() {
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    let page = client.get("/console/wall").await;
    page.says("class=\"wide wall\"").says("Ningún caso abierto").says("Ningún aviso espera respuesta");
    page.says("Nadie está llamando").says("De guardia").says("Base de datos").says("Guarda");
    // Without scripts it is a picture with its time, and a way to the next one.
    page.says("Imagen de las").says("<noscript>").says("<a href=\"/console/wall\">Actualizar</a>");
    assert!(
        ["Ana Rodríguez", "Luis Peña", "Carmen Núñez"].iter().any(|name| page.text.contains(name)),
        "{}",
        page.text
    );
    client.post("/console/account/language", &[("language", "en")]).await;
    client.get("/console/wall").await.says("No open case").says("On duty").says("Writes");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_and_its_case_appear_on_every_wall_by_themselves() {
    let house = House::open().await;
    let (client, other) = (house.person(Role::Supervisor).await, house.person(Role::Admin).await);
    other.post("/console/account/language", &[("language", "en")]).await;
    let (mut wall, mut english) = (Wall::open(&client).await, Wall::open(&other).await);
    wall.says("Ningún caso abierto").await;
    english.says("No open case").await;

    let (caller, mut connection) = (Caller::new(1), Connection::open(house.site.listen).await);
    let document = connection.ring(&caller).await;
    let board = wall.says("id=\"call-").await;
    assert!(words(&board).contains("Llamadas en curso 1"), "{}", words(&board));
    assert!(words(&board).contains("Elige en un menú"), "{}", words(&board));
    assert!(words(&english.says("id=\"call-").await).contains("Choosing from a menu"));

    connection.act(&caller, "http://127.0.0.1:1", Act::Keys(Keys::Fixed("1")), &document.body).await;
    let board = wall.says("id=\"case-").await;
    for says in ["A tiempo", "Nada está por vencer", "Nadie lo ha tomado", "Institución por identificar", "<progress"]
    {
        assert!(board.contains(says), "{says}: {board}");
    }
    // Somebody is paged, and it is said who follows when.
    let board = words(&wall.says("id=\"page-").await);
    assert!(board.contains("Avisos sin respuesta 1") && board.contains("Sigue "), "{board}");
    let english = words(&english.says("id=\"page-").await);
    assert!(english.contains("Nobody has taken it") && english.contains("Next is "), "{english}");
    // No number of a caller or of staff.
    let (all, national) = (caller.from.trim_start_matches('+'), caller.from.trim_start_matches("+1"));
    for number in [all, national, "80955501"] {
        assert!(!board.contains(number) && !english.contains(number), "{number}: {board}");
    }
    client.get("/console/wall").await.says("A tiempo");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_promise_is_the_first_thing_one_reads() {
    let house = House::set(async |url: &str| {
        let store = Store::open(&url.parse::<Url>().unwrap()).await.unwrap();
        let open = async |tx: &mut Tx| -> Result<(), StoreError> { sample::open(tx, 1).await.map(drop) };
        store.write(open).await.unwrap();
        store.close().await;
    })
    .await;
    let page = house.person(Role::Quality).await.get("/console/wall").await;
    let said = words(&page.text);
    for says in ["1 caso vencido sin respuesta", "1 Vencido", "Casos sin vigilancia 1 por revisar"] {
        assert!(said.contains(says), "{says}: {said}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_out_sees_no_more() {
    let house = House::open().await;
    let (stays, leaves) = (house.person(Role::Admin).await, house.person(Role::Supervisor).await);
    let (mut kept, mut wall) = (Wall::open(&stays).await, Wall::open(&leaves).await);
    kept.says("Ningún caso abierto").await;
    wall.says("Ningún caso abierto").await;
    assert_eq!(leaves.post("/console/logout", &[]).await.status, 303);
    ends(&mut wall).await;
    // Shut out by a command of another process: nothing tells the server, and the wall ends all the same.
    let shut_out = house.person(Role::Quality).await;
    let mut wall = Wall::open(&shut_out).await;
    wall.says("Ningún caso abierto").await;
    house.site.run(&["user", "disable", "quality"]).await;
    ends(&mut wall).await;
    assert_eq!(shut_out.stream("/console/wall/events").await.status(), 401);
    // The others look on.
    let (caller, mut connection) = (Caller::new(1), Connection::open(house.site.listen).await);
    connection.ring(&caller).await;
    kept.says("id=\"call-").await;
    house.close().await;
}

/// The stream says that the session is over, and ends.
async fn ends(wall: &mut Wall) {
    let last = async {
        let mut last = String::new();
        while let Some((kind, _)) = wall.next().await {
            last = kind;
        }
        last
    };
    assert_eq!(within("the end", last).await, "over");
}
