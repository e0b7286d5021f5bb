//! Every route against everybody: who may not, does not.

use guardia::access::Role;
use guardia::web::console::{CONSOLE, Needs, ROUTES};
use reqwest::Method;

use crate::client::{Client, Page};
use crate::house::House;

/// A path with something in the place of its names.
fn path(route: &str) -> String {
    let filled = route.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    let path = filled.collect::<Vec<_>>().join("/");
    format!("{CONSOLE}{}", if path == "/" { "" } else { &path })
}

async fn ask(client: &Client, method: &str, path: &str) -> Page {
    if method == "get" { client.get(path).await } else { client.post(path, &[]).await }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_lets_in_whom_it_should_not() {
    let house = House::open().await;
    let stranger = house.stranger();
    let mut people = Vec::new();
    for role in Role::ALL {
        people.push((role, house.person(role).await));
    }
    let mut denied = 0;
    for route in ROUTES {
        let path = path(route.path);
        let Needs::May(permission) = route.needs else { continue };
        // Whoever is not known comes in first, and back from there.
        let page = ask(&stranger, route.method, &path).await;
        assert!(page.status == 303 && page.location.starts_with("/console/login"), "{path}: {page:?}");
        for (role, client) in people.iter().filter(|(role, _)| !role.may(permission)) {
            let page = ask(client, route.method, &path).await;
            assert_eq!(page.status, 403, "{role} {} {path}", route.method);
            assert!(page.set_cookie.is_empty());
            denied += 1;
        }
        // Those who may are not told that they may not. What changes something needs more than an empty form.
        for (role, client) in people.iter().filter(|(role, _)| role.may(permission)) {
            if route.method == "get" {
                let page = ask(client, route.method, &path).await;
                assert_ne!(page.status, 403, "{role} {path}");
                assert!(page.status < 500, "{role} {path}: {}", page.text);
            }
        }
    }
    assert!(denied > 0 || ROUTES.iter().all(|route| !matches!(route.needs, Needs::May(p) if !Role::Agent.may(p))));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_change_is_taken_from_another_site() {
    let house = House::open().await;
    let client = house.person(Role::Admin).await;
    let host = client.address.to_string();
    let origin = format!("http://{host}");
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site"), ("origin", &origin)],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://example.com")],
        &[("origin", "null")],
        &[],
    ];
    for route in ROUTES.iter().filter(|route| route.method != "get") {
        let path = path(route.path);
        for headers in elsewhere {
            let page = client.ask(Method::POST, &path, headers, Some(&[("language", "en")])).await;
            assert_eq!(page.status, 403, "{path} {headers:?}");
        }
    }
    // A browser without Fetch Metadata says where its page is from.
    for origin in [origin.as_str(), "https://guardia.example"] {
        let headers = [("origin", origin)];
        let page = client.ask(Method::POST, "/console/account/language", &headers, Some(&[("language", "en")])).await;
        assert_eq!(page.status, 303, "{origin}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_let_nothing_else_in() {
    let house = House::open().await;
    for page in
        [house.stranger().get("/console/login").await, house.person(Role::Admin).await.get("/console/account").await]
    {
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        // Nothing inline.
        for sign in ["<script>", "<style", " style=", " onclick=", "javascript:"] {
            assert!(!page.text.contains(sign), "{sign}: {}", page.text);
        }
    }
    house.close().await;
}
