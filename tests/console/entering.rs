//! Coming in: first password, wrong passwords, locks, ends.

use guardia::access::Role;

use crate::client::{Client, Page};
use crate::house::{House, PASSWORD};

async fn enter(client: &Client, login: &str, password: &str) -> Page {
    client.post("/console/login", &[("login", login), ("password", password)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_admin_comes_in_and_chooses_a_password() {
    let house = House::open().await;
    let first = house.account("maria.pena", Role::Admin, &[]).await;
    let client = house.stranger();
    // A link in a chat leads to the login and on to what it was about.
    let page = client.get("/console/account?a=1&b=2").await;
    assert_eq!(page.location, "/console/login?next=%2Fconsole%2Faccount%3Fa%3D1%26b%3D2");
    let form = client.get(&page.location).await;
    form.says("<html lang=\"es\">").says("Usuario").says("value=\"/console/account?a=1&#38;b=2\"");
    client.get("/console/login?lang=en").await.says("<html lang=\"en\">").says("User name");
    let next = [("login", "Maria.Pena "), ("password", first.as_str()), ("next", "/console/account?a=1&b=2")];
    let entered = client.post("/console/login", &next).await;
    assert_eq!((entered.status, entered.location.as_str()), (303, "/console/account?a=1&b=2"));
    for attribute in ["__Host-guardia=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(entered.set_cookie.contains(attribute), "{}", entered.set_cookie);
    }
    // The password that somebody else knows must go first.
    client.get("/console/account").await.says("Su contraseña la conoce otra persona").says("Ana Peña");
    let change = async |present: &str, new: &str, again: &str| {
        client.post("/console/account/password", &[("present", present), ("new", new), ("again", again)]).await
    };
    for (present, new, again, why) in [
        ("otra", PASSWORD, PASSWORD, "La contraseña actual no es correcta"),
        (&first, PASSWORD, "otra", "no son iguales"),
        (&first, "corta", "corta", "doce caracteres o más"),
        (&first, "maria.pena-2026", "maria.pena-2026", "muy fácil"),
        (&first, &first, &first, "muy fácil"),
    ] {
        let page = change(present, new, again).await;
        assert_eq!(page.status, 422);
        page.says(why);
    }
    let done = change(&first, PASSWORD, PASSWORD).await;
    assert_eq!(done.location, "/console/account?done=password");
    let page = client.get(&done.location).await;
    page.says("La contraseña nueva ya vale");
    assert!(!page.text.contains("la conoce otra persona"));
    // Out, and the cookie opens nothing any more.
    let cookie = client.cookie().unwrap();
    let out = client.post("/console/logout", &[]).await;
    assert!(out.set_cookie.contains("Max-Age=0"), "{}", out.set_cookie);
    let headers = [("cookie", cookie.as_str())];
    let page = house.stranger().ask(reqwest::Method::GET, "/console/account", &headers, None).await;
    assert_eq!(page.status, 303);
    let log = house.close().await;
    for secret in [first.as_str(), PASSWORD, cookie.as_str(), "Peña"] {
        assert!(!log.contains(secret), "the log says {secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_lock_the_account_and_tell_nobody_anything() {
    let house = House::open().await;
    let first = house.account("luis", Role::Supervisor, &[]).await;
    let client = house.stranger();
    let unknown = enter(&client, "nadie", "una contraseña cualquiera").await;
    for _ in 0..5 {
        let wrong = enter(&client, "luis", "una contraseña cualquiera").await;
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.text.replace("luis", "nadie"), unknown.text, "nobody learns which accounts there are");
    }
    // Locked: the right one does not count either, and looks like a wrong one.
    let locked = enter(&client, "luis", &first).await;
    assert_eq!((locked.status, locked.set_cookie.as_str()), (422, ""));
    assert!(house.site.run(&["user", "list"]).await.contains("locked"));
    house.site.run(&["user", "unlock", "luis"]).await;
    assert_eq!(enter(&client, "luis", &first).await.status, 303);
    // Disabled while they are in: out at once.
    assert_eq!(client.get("/console/account").await.status, 200);
    house.site.run(&["user", "disable", "luis"]).await;
    assert_eq!(client.get("/console/account").await.status, 303);
    assert_eq!(enter(&client, "luis", &first).await.status, 422);
    // All of it is on the chain, and the chain is whole.
    let said = house.site.run(&["audit", "verify"]).await;
    assert!(said.contains("whole: 5 entries"), "{said}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tries_passwords_without_end_is_stopped() {
    let house = House::open().await;
    let client = house.stranger();
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(enter(&client, "nadie", "x").await.status);
    }
    assert_eq!((statuses[0], statuses[60]), (422, 429));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_role_or_password_ends_what_was_open() {
    let house = House::open().await;
    let client = house.somebody("eva", Role::Agent, &["--person", "ana"]).await;
    client.get("/console/account").await.says("Guardia técnica").says("<dd>ana</dd>");
    let other = house.stranger();
    assert_eq!(enter(&other, "eva", PASSWORD).await.status, 303);
    // A new password ends every other session.
    let new = "otra frase que nadie adivina";
    let form = [("present", PASSWORD), ("new", new), ("again", new)];
    assert_eq!(client.post("/console/account/password", &form).await.status, 303);
    assert_eq!((client.get("/console/account").await.status, other.get("/console/account").await.status), (200, 303));
    // English is a full twin.
    client.post("/console/account/language", &[("language", "en")]).await;
    client.get("/console/account").await.says("<html lang=\"en\">").says("Engineer on duty").says("Present password");
    house.site.run(&["user", "role", "eva", "supervisor"]).await;
    assert_eq!(client.get("/console/account").await.status, 303);
    let made = house.site.run(&["user", "reset", "eva"]).await;
    let first = made.trim().lines().last().unwrap().to_owned();
    assert_eq!(enter(&other, "eva", new).await.status, 422);
    assert_eq!(enter(&other, "eva", &first).await.status, 303);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_admin_cannot_be_shut_out() {
    let house = House::open().await;
    house.account("uno", Role::Admin, &[]).await;
    for change in [&["user", "disable", "uno"][..], &["user", "role", "uno", "agent"]] {
        let refused = house.fails(change).await;
        assert!(refused.contains("make another first"), "{refused}");
    }
    house.account("dos", Role::Admin, &[]).await;
    house.site.run(&["user", "disable", "uno"]).await;
    for (arguments, why) in [
        (&["user", "add", "Uno", "--name", "x", "--role", "agent"][..], "lower-case"),
        (&["user", "add", "uno", "--name", "x", "--role", "agent"], "take another"),
        (&["user", "add", "tres", "--name", "x", "--role", "root"], "agent, supervisor, quality"),
        (&["user", "add", "tres", "--name", "x", "--role", "agent", "--person", "nadie"], "no such person"),
        (&["user", "role", "nadie", "agent"], "no account"),
    ] {
        let refused = house.fails(arguments).await;
        assert!(refused.contains(why), "{refused}");
    }
    house.close().await;
}
