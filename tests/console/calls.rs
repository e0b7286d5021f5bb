//! What happened to this caller?

use guardia::access::Role;

use crate::house::House;
use crate::seed::fill;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_finds_a_call_and_reads_its_score() {
    let house = House::open().await;
    let [reported, first, second] = fill(&house).await;
    let supervisor = house.person(Role::Supervisor).await;
    let rows = |text: &str| text.matches("<tr class=\"target\">").count();
    let all = supervisor.get("/console/calls").await;
    all.says("Caso abierto").says("Perdida").says("Hacienda").says("…0001").says("…0777");
    assert_eq!(rows(&all.text), 3);
    assert!(!all.text.contains("8095550777"), "numbers are masked");
    for (query, found) in [
        ("outcome=missed", 2),
        ("institution=0001", 1),
        ("case=yes&from=2026-03-08&to=2026-03-08", 1),
        ("from=2026-03-09", 0),
        ("recording=no", 2),
        ("text=", 3),
    ] {
        let page = supervisor.get(&format!("/console/calls?{query}")).await;
        assert_eq!((page.status, rows(&page.text)), (200, found), "{query}");
    }
    let wrong = supervisor.get("/console/calls?outcome=lost").await;
    assert_eq!(wrong.status, 422);
    wrong.says("No se puede filtrar así:");
    // By number: the address holds a call, never the number.
    let looked = supervisor.post("/console/calls/number", &[("number", "809-555-0001")]).await;
    assert_eq!((looked.status, looked.location.as_str()), (303, format!("/console/calls?caller_of={first}").as_str()));
    assert_eq!(rows(&supervisor.get(&looked.location).await.text), 2);
    supervisor.post("/console/calls/number", &[("number", "8095559999")]).await.says("Ninguna llamada de ese número");
    supervisor.post("/console/calls/number", &[("number", "12")]).await.says("escriba los diez dígitos");
    // A view is kept, and is a link.
    let kept = [("name", "Perdidas <hoy>"), ("query", "outcome=missed")];
    assert_eq!(supervisor.post("/console/calls/views", &kept).await.location, "/console/calls?outcome=missed");
    supervisor.get("/console/calls").await.says("<a href=\"/console/calls?outcome=missed\">Perdidas &#60;hoy&#62;</a>");
    // The score: lanes, milliseconds, keys of a PIN as stars, the way through the menu.
    let page = supervisor.get(&format!("/console/calls/{reported}")).await;
    for words in
        ["Marcó ******", "+19.000 s", "02:59:59.123", "Llegó al paso saludo", "<li>pin</li>", "lane-caller", "30 s"]
    {
        page.says(words);
    }
    page.says(&format!("/console/calls/{reported}/sound/RE"));
    // The flow of these calls is none that is kept: the picture says so, and nothing breaks.
    let missing = supervisor.get(&format!("/console/calls/{reported}/file-path")).await;
    assert_eq!(missing.status, 503, "{}", missing.text);
    for nothing in ["nada", "00000000000040008000000000000000"] {
        assert_eq!(supervisor.get(&format!("/console/calls/{nothing}")).await.status, 404, "{nothing}");
    }
    // Words of a note are found, whatever their accents.
    let noted = supervisor.post(&format!("/console/calls/{second}/notes"), &[("text", "Pidió información")]).await;
    assert_eq!(noted.status, 303, "{}", noted.text);
    supervisor.get(&noted.location).await.says("La nota quedó guardada").says("Pidió información");
    assert_eq!(rows(&supervisor.get("/console/calls?text=informacion+PIDIO").await.text), 1);
    assert_eq!(supervisor.post(&format!("/console/calls/{second}/notes"), &[("text", " ")]).await.status, 422);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_shown_for_a_reason_and_sound_to_few() {
    let house = House::open().await;
    let [reported, _, second] = fill(&house).await;
    let supervisor = house.person(Role::Supervisor).await;
    let path = format!("/console/calls/{second}/number");
    let refused = supervisor.post(&path, &[("text", " ")]).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.says("Escriba el motivo").text.contains("8095550777"));
    supervisor.post(&path, &[("text", "devolver la llamada")]).await.says("8095550777");
    assert!(!supervisor.get(&format!("/console/calls/{second}")).await.text.contains("8095550777"), "shown once");
    // The provider is away here; who may not hear learns nothing, who may is told that there is no sound now.
    let sound = format!("/console/calls/{reported}/sound/RE{:032x}", 1);
    assert!([502, 503].contains(&supervisor.get(&sound).await.status));
    let auditor = house.person(Role::Auditor).await;
    assert_eq!(auditor.get(&sound).await.status, 403);
    auditor.get(&format!("/console/calls/{reported}")).await.says("Su rol no permite escucharla");
    assert_eq!(auditor.post(&path, &[("text", "x")]).await.status, 403);
    // An engineer sees the calls of their own cases, and of nobody else's learns not even that they are there.
    let agent = house.somebody("eva", Role::Agent, &["--person", "ana"]).await;
    assert_eq!(agent.get("/console/calls").await.location, "/console/cases");
    assert_eq!(agent.get(&format!("/console/calls/{reported}")).await.status, 404);
    let record = auditor.get("/console/audit?act=number").await;
    record.says("devolver la llamada").says(&format!("call:{second}"));
    assert!(!record.text.contains("8095550777"));
    assert!(!house.close().await.contains("5550777"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missed_call_waits_until_somebody_decides() {
    let house = House::open().await;
    let [_, first, second] = fill(&house).await;
    let supervisor = house.person(Role::Supervisor).await;
    let page = supervisor.get("/console/pending").await;
    page.says("2 sin atender")
        .says("…0777")
        .says("Todo está entregado")
        .says("Medios sin comprobar")
        .says("Ana Rodríguez");
    let decision = |word| [("disposition", word), ("text", "ya resolvieron"), ("back", "work")];
    let path = format!("/console/calls/{second}/decision");
    assert_eq!(supervisor.post(&path, &decision("explode")).await.status, 422);
    assert_eq!(supervisor.post(&path, &decision("called_back")).await.location, "/console/pending?done=decided");
    supervisor.get("/console/pending?done=decided").await.says("1 sin atender").says("La decisión quedó guardada");
    supervisor.get(&format!("/console/calls/{second}")).await.says("Se devolvió la llamada ya resolvieron");
    supervisor.post(&format!("/console/calls/{first}/decision"), &decision("spam")).await;
    supervisor.get("/console/pending").await.says("Nadie espera una llamada de vuelta");
    assert_eq!(supervisor.post("/console/pending/hand-offs", &[]).await.location, "/console/pending?done=retried");
    let auditor = house.person(Role::Auditor).await;
    let page = auditor.get("/console/pending").await;
    assert!(page.status == 200 && !page.text.contains("<form method=\"post\" action=\"/console/pending"));
    auditor.get("/console/audit?act=call").await.says("Decidió sobre una llamada").says("called_back");
    assert!(house.site.run(&["audit", "verify"]).await.contains("whole"));
    house.close().await;
}
