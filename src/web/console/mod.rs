//! The console: what supervisors open every morning and on the wall at night.
//!
//! `routes!` is the one table of it: a path that is not there is no page, and each says what whoever comes must be allowed
//! ([`crate::access::Permission`]). Pages are templates that are checked when the program is built; every word stands in
//! `words/`, in both languages. Everything works without scripts; those add live pictures, the player and shortcuts.

mod account;
mod answer;
mod assets;
mod audit;
mod calls;
mod cases;
mod guard;
mod home;
mod login;
mod page;
mod reports;
mod roster;
mod time;
mod users;
mod wall;
mod words;
mod work;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

pub use guard::{Door as ConsoleDoor, Needs};
pub use wall::{Wallboard, WayOut};

use super::Door;
use crate::access::Permission;
use guard::guard;

/// Below it stands the console.
pub const CONSOLE: &str = "/console";

/// A route of the console, for whoever proves that it lets in whom it should.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleRoute {
    /// `get` or `post`.
    pub method: &'static str,
    /// Below [`CONSOLE`].
    pub path: &'static str,
    /// What it asks of whoever comes.
    pub needs: Needs,
}

/// Makes the router of one table: method, path, what it needs, and who answers.
macro_rules! routes {
    ($($method:ident $path:literal $needs:expr => $handler:path;)+) => {
        /// Every route of the console.
        pub const ROUTES: &[ConsoleRoute] =
            &[$(ConsoleRoute { method: stringify!($method), path: $path, needs: $needs }),+];

        /// The routes below [`CONSOLE`].
        pub fn router(door: &Door) -> Router<Door> {
            Router::new()
                $(.route($path, $method($handler).route_layer(from_fn_with_state((door.clone(), $needs), guard))))+
                .fallback(answer::no_page)
                .method_not_allowed_fallback(answer::no_page)
        }
    };
}

routes! {
    get "/assets/{name}" Needs::Nothing => assets::asset;
    get "/login" Needs::Nothing => login::form;
    post "/login" Needs::Nothing => login::enter;
    post "/logout" Needs::May(Permission::Account) => login::leave;
    get "/" Needs::May(Permission::Account) => home::home;
    get "/wall" Needs::May(Permission::Wall) => wall::show;
    get "/wall/events" Needs::May(Permission::Wall) => wall::events;
    get "/account" Needs::May(Permission::Account) => account::show;
    post "/account/password" Needs::May(Permission::Account) => account::password;
    post "/account/language" Needs::May(Permission::Account) => account::language;
    get "/calls" Needs::May(Permission::Calls) => calls::list;
    post "/calls/number" Needs::May(Permission::Calls) => calls::by_number;
    post "/calls/views" Needs::May(Permission::Calls) => calls::keep;
    post "/calls/views/{id}" Needs::May(Permission::Calls) => calls::forget;
    get "/calls/{id}" Needs::May(Permission::Calls) => calls::show;
    get "/calls/{id}/file-path" Needs::May(Permission::Calls) => calls::picture;
    get "/calls/{id}/sound/{recording}" Needs::May(Permission::Hear) => calls::hear;
    get "/calls/{id}/file/{recording}" Needs::May(Permission::Download) => calls::download;
    post "/calls/{id}/notes" Needs::May(Permission::CallNotes) => calls::note;
    post "/calls/{id}/decision" Needs::May(Permission::WorkChange) => calls::decide;
    post "/calls/{id}/number" Needs::May(Permission::Unmask) => calls::number;
    get "/pending" Needs::May(Permission::Work) => work::show;
    post "/pending/hand-offs" Needs::May(Permission::WorkChange) => work::retry;
    get "/roster" Needs::May(Permission::Roster) => roster::show;
    post "/roster" Needs::May(Permission::RosterChange) => roster::agree;
    post "/roster/withdraw" Needs::May(Permission::RosterChange) => roster::withdraw;
    get "/roster/file" Needs::May(Permission::RosterChange) => roster::file;
    get "/reports" Needs::May(Permission::Reports) => reports::show;
    get "/reports/file/{kind}" Needs::May(Permission::Export) => reports::file;
    get "/users" Needs::May(Permission::Users) => users::list;
    post "/users" Needs::May(Permission::Users) => users::add;
    post "/users/{login}" Needs::May(Permission::Users) => users::change;
    get "/audit" Needs::May(Permission::Audit) => audit::list;
    get "/cases" Needs::May(Permission::Cases) => cases::list;
    get "/cases/{number}" Needs::May(Permission::Cases) => cases::show;
    post "/cases/{number}/number" Needs::May(Permission::Unmask) => cases::show_number;
    post "/cases/{number}/{act}" Needs::May(Permission::CasesChange) => cases::act;
}
