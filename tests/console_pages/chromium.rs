//! Somebody of each role comes in by hand and looks at every page that they can reach.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;
use guardia::access::Role;
use guardia::incident::State;
use guardia::web::console::{CONSOLE, ROUTES};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::desk::Desk;
use crate::house::{House, PASSWORD};
use crate::seed;

/// The most a page may weigh, in bytes of HTML.
const HEAVIEST: usize = 100_000;
/// Of pages that differ by what they are about, so many are looked at.
const ALIKE: usize = 2;

/// The rules of axe-core that are held: WCAG 2.2, A and AA, and what its makers hold for good practice.
const AXE: &str = "const done = arguments[0]; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', \
                   'wcag22aa', 'best-practice'] }).then((found) => done(found.violations.map((rule) => rule.id + ': ' + \
                   rule.nodes.map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | '))), \
                   (error) => done([String(error)]))";

/// What has the address of a page: the parts of a path that name things are the route's.
fn route_of(path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let rest = path.strip_prefix(CONSOLE)?;
    let rest = if rest.is_empty() { "/" } else { rest };
    let fits = |route: &str| {
        let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), rest.split('/').collect());
        route.len() == path.len() && route.iter().zip(&path).all(|(part, given)| part == given || part.starts_with('{'))
    };
    // A route that names nothing goes before one that does, as in the router.
    let mut routes: Vec<&'static str> =
        ROUTES.iter().filter(|route| route.method == "get" && fits(route.path)).map(|route| route.path).collect();
    routes.sort_by_key(|route| route.matches('{').count());
    routes.first().copied()
}

/// Where pictures go, when somebody wants them: `CONSOLE_PICTURES` names the folder.
fn pictures() -> Option<PathBuf> {
    std::env::var_os("CONSOLE_PICTURES").map(PathBuf::from)
}

struct Look<'a> {
    browser: &'a Browser,
    base: String,
    axe: &'a str,
    problems: Vec<String>,
}

impl Look<'_> {
    async fn goes(&self, path: &str) {
        self.browser.page.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    async fn enter(&self, login: &str) {
        self.goes("/console/login").await;
        let fill = format!(
            "document.querySelector('#login').value = {}; document.querySelector('#password').value = {}",
            json!(login),
            json!(PASSWORD)
        );
        self.browser.run(&fill).await;
        self.browser.click("form.stack button").await;
        self.browser.shows("header.top").await;
    }

    /// Looks at one page; gives the links on it.
    async fn look(&mut self, who: &str, path: &str) -> Vec<String> {
        self.goes(path).await;
        let here = format!("{who} {path}");
        let html = self.browser.run("return document.documentElement.outerHTML").await;
        let weight = html.as_str().map_or(0, str::len);
        if weight > HEAVIEST {
            self.problems.push(format!("{here}: weighs {weight} bytes"));
        }
        self.browser.run(&format!("if (!window.axe) {{ {} }}", self.axe)).await;
        let found = self.browser.page.execute_async(AXE, vec![]).await.unwrap();
        for problem in found.as_array().unwrap() {
            self.problems.push(format!("{here}: {}", problem.as_str().unwrap_or_default()));
        }
        self.browser.page.set_window_size(360, 740).await.unwrap();
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        if self.browser.run(wide).await != json!(0) {
            self.problems.push(format!("{here}: wider than a telephone"));
        }
        self.browser.page.set_window_size(1280, 900).await.unwrap();
        let links = self
            .browser
            .run(
                "return [...document.querySelectorAll('main a[href], header a[href]')]\
                                      .map((link) => link.getAttribute('href'))",
            )
            .await;
        let links = links.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned);
        links.collect()
    }

    async fn picture(&self, folder: &Path, name: &str) {
        let taken = self.browser.page.screenshot().await.unwrap();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), taken).unwrap();
    }
}

/// Everything that is reached from the first page by links.
async fn crawl(
    house: &House,
    browser: &Browser,
    axe: &str,
    role: Role,
    language: &str,
    seen: &mut BTreeSet<&'static str>,
) -> Vec<String> {
    let login = role.as_str();
    let base = format!("http://{}", house.site.listen);
    let mut look = Look { browser, base, axe, problems: Vec::new() };
    let who = format!("{login} {language}");
    look.enter(login).await;
    let (mut todo, mut known) = (VecDeque::from([CONSOLE.to_owned()]), BTreeSet::from([CONSOLE.to_owned()]));
    let mut alike: BTreeMap<&'static str, usize> = BTreeMap::new();
    while let Some(path) = todo.pop_front() {
        let Some(route) = route_of(&path) else {
            look.problems.push(format!("{who}: a link leads nowhere: {path}"));
            continue;
        };
        // Files and streams are no pages.
        if route.contains("/file") || route.ends_with("/events") || route.contains("/sound/") {
            continue;
        }
        let count = alike.entry(route).or_default();
        *count += 1;
        if *count > ALIKE {
            continue;
        }
        seen.insert(route);
        let links = look.look(&who, &path).await;
        let lang = browser.run("return document.documentElement.lang").await;
        if lang != json!(language) {
            look.problems.push(format!("{who} {path}: is in {lang}"));
        }
        if let Some(folder) = pictures().filter(|_| *alike.get(route).unwrap_or(&0) == 1) {
            let name = route.replace(['{', '}'], "").trim_matches('/').replace('/', "-");
            let name = if name.is_empty() { "inicio" } else { &name };
            look.picture(&folder, &format!("{login}-{name}-{language}")).await;
        }
        for link in links {
            let link = link.split('#').next().unwrap_or_default().to_owned();
            let link = link
                .strip_prefix('?')
                .map_or(link.clone(), |query| format!("{}?{query}", path.split('?').next().unwrap_or_default()));
            if link.starts_with(CONSOLE) && known.insert(link.clone()) {
                todo.push_back(link);
            }
        }
    }
    look.problems
}

/// A sound of nothing: the browser wants a microphone.
fn silence(folder: &Path) -> String {
    let path = folder.join("silence.wav");
    let header = BASE64.decode("UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=").unwrap();
    std::fs::write(&path, header).unwrap();
    path.display().to_string()
}

/// Something to look at: a case that waits for Ana, and one that is over.
async fn furnish(house: &House) {
    let desk = Desk::at(house).await;
    let (waits, over) = (desk.case(21, TimeDelta::minutes(30)).await, desk.case(22, TimeDelta::hours(2)).await);
    desk.paged(&waits, "ana").await;
    desk.paged(&over, "ana").await;
    desk.noted(&over, 160).await;
    desk.change(&over, |case| case.state = State::Closed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everybody() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("axe-core is not there: sandbox/tests/phones/install brings it");
    let house = House::open().await;
    seed::fill(&house).await;
    furnish(&house).await;
    let folder = tempfile::tempdir().unwrap();
    let (mut seen, mut problems) = (BTreeSet::new(), Vec::new());
    for role in Role::ALL {
        let person = house.somebody(role.as_str(), role, &["--person", "ana"]).await;
        for language in ["es", "en"] {
            person.post("/console/account/language", &[("language", language)]).await;
            let address = format!("http://{}/console/login", house.site.listen);
            let browser = Browser::open(&address, &silence(folder.path()), &[]).await;
            problems.extend(crawl(&house, &browser, &axe, role, language, &mut seen).await);
            let complaints = browser.close().await;
            problems.extend(complaints.into_iter().map(|said| format!("{role} {language}: the console says {said}")));
        }
    }
    let pages = ROUTES.iter().filter(|route| route.method == "get").map(|route| route.path);
    let no_page = |path: &str| {
        path.starts_with("/assets/")
            || path == "/login"
            || path.contains("/file")
            || path.ends_with("/events")
            || path.contains("/sound/")
    };
    let unseen: Vec<&str> = pages.filter(|path| !no_page(path) && !seen.contains(path)).collect();
    assert!(unseen.is_empty(), "no link leads there: {unseen:?}");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    house.close().await;
}
