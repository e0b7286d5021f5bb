//! An admin keeps accounts; an auditor reads who did what.

use guardia::access::Role;

use crate::house::{House, PASSWORD};

/// What stands between two texts.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).unwrap_or_else(|| panic!("no '{from}' in {text}")).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_makes_changes_and_disables_accounts() {
    let house = House::open().await;
    let admin = house.person(Role::Admin).await;
    let new =
        |login| [("login", login), ("name", "Eva <Gil>"), ("role", "agent"), ("person", "ana"), ("language", "es")];
    let made = admin.post("/console/users", &new("eva")).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.says("Se muestra solo esta vez").says("Eva &#60;Gil&#62;").says("Primera contraseña");
    let first = between(&made.text, "id=\"made\">", "<").to_owned();
    assert!(!admin.get("/console/users").await.text.contains(&first), "shown once");
    for (form, why) in [
        (new("eva"), "Elija otro"),
        (new("EVA GIL"), "letras minúsculas"),
        ([("login", "b"), ("name", " "), ("role", "agent"), ("person", ""), ("language", "")], "Escriba el nombre"),
        ([("login", "b"), ("name", "B"), ("role", "root"), ("person", ""), ("language", "")], "Elija un rol"),
        ([("login", "b"), ("name", "B"), ("role", "agent"), ("person", "x"), ("language", "")], "no tiene esa persona"),
    ] {
        let refused = admin.post("/console/users", &form).await;
        assert_eq!(refused.status, 422);
        refused.says(why);
    }
    let eva = house.stranger();
    assert_eq!(eva.post("/console/login", &[("login", "eva"), ("password", &first)]).await.status, 303);
    let form = [("present", first.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(eva.post("/console/account/password", &form).await.status, 303);
    // Another role: she must come in anew, and may do what it says.
    admin.post("/console/users/eva", &[("change", "role"), ("role", "auditor")]).await.says("Hecho.").says("Auditoría");
    assert_eq!(eva.get("/console/audit").await.status, 303);
    assert_eq!(eva.post("/console/login", &[("login", "eva"), ("password", PASSWORD)]).await.status, 303);
    assert_eq!(eva.get("/console/audit").await.status, 200);
    assert_eq!(eva.get("/console/users").await.status, 403);
    admin.post("/console/users/eva", &[("change", "person"), ("person", "")]).await.says("Hecho.");
    admin.post("/console/users/eva", &[("change", "disable")]).await.says("Desactivada");
    assert_eq!(eva.get("/console/audit").await.status, 303);
    admin.post("/console/users/admin", &[("change", "disable")]).await.says("la última cuenta de administración");
    for (login, change) in [("nadie", "disable"), ("eva", "explode")] {
        assert_eq!(admin.post(&format!("/console/users/{login}"), &[("change", change)]).await.status, 404);
    }
    let log = house.close().await;
    assert!(!log.contains(&first) && !log.contains("Gil"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_finds_who_did_what() {
    let house = House::open().await;
    let (auditor, admin) = (house.person(Role::Auditor).await, house.person(Role::Admin).await);
    for number in 0..30 {
        let change = if number % 2 == 0 { "disable" } else { "enable" };
        admin.post("/console/users/auditor", &[("change", change)]).await;
    }
    // Disabled and enabled again, the auditor comes in anew.
    let login = [("login", "auditor"), ("password", PASSWORD)];
    assert_eq!(auditor.post("/console/login", &login).await.status, 303);
    let first = auditor.get("/console/audit").await;
    first.says("Activó la cuenta").says("account:auditor").says("<td>admin</td>");
    assert_eq!(first.text.matches("<tr>").count(), 38, "37 entries and the head: one page");
    let some = auditor.get("/console/audit?actor=admin&act=account&subject=account%3Aauditor").await;
    assert_eq!(some.text.matches("<tr>").count(), 31);
    some.says("value=\"admin\"").says("<option value=\"account\" selected>");
    auditor.get("/console/audit?actor=nadie").await.says("Nada con estos filtros");
    for _ in 0..10 {
        admin.post("/console/users/auditor", &[("change", "unlock")]).await;
        admin.post("/console/users/auditor", &[("change", "person"), ("person", "ana")]).await;
        admin.post("/console/users/auditor", &[("change", "person"), ("person", "")]).await;
    }
    let first = auditor.get("/console/audit").await;
    let older = between(&first.text, "<a href=\"/console/audit?before=", "\"").to_owned();
    let second = auditor.get(&format!("/console/audit?before={older}")).await;
    second.says("Lo más reciente");
    assert_eq!(first.text.matches("<tr>").count() + second.text.matches("<tr>").count(), 57 + 2);
    assert!(house.site.run(&["audit", "verify"]).await.contains("whole: 57 entries"));
    house.close().await;
}
