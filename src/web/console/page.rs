//! What every page has around it: title, way through the house, who is looking.

use super::CONSOLE;
use super::guard::Visitor;
use super::words::{Shell, role_name};
use crate::access::{Permission, Reach};
use crate::language::Language;
use crate::web::Door;

/// The frame of a page for somebody who came in.
pub struct Page {
    /// The language.
    pub l: Language,
    /// The frame's words.
    pub w: &'static Shell,
    /// What the page is called.
    pub title: String,
    /// What whoever looks is called.
    pub name: String,
    /// What they may do, in words.
    pub role: &'static str,
    /// The way through the house.
    pub nav: Vec<Way>,
    /// What was done, said once.
    pub done: Option<String>,
}

/// One way through the house.
pub struct Way {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: &'static str,
    /// Whether it is where one is.
    pub is_here: bool,
}

/// The frame of a page for somebody who is not known.
pub struct Stranger {
    /// The language.
    pub l: Language,
    /// The frame's words.
    pub w: &'static Shell,
    /// What the page is called.
    pub title: String,
}

impl Page {
    /// The frame for `visitor`.
    pub fn new(_: &Door, visitor: &Visitor, title: impl Into<String>) -> Self {
        let l = visitor.language();
        let w = Shell::of(l);
        let nav = ways(w)
            .into_iter()
            .filter(|(permission, ..)| is_shown(visitor, *permission))
            .map(|(_, path, label)| Way { href: format!("{CONSOLE}{path}"), label, is_here: false })
            .collect();
        Self {
            l,
            w,
            title: title.into(),
            name: visitor.account.name.clone(),
            role: role_name(l, visitor.account.role),
            nav,
            done: None,
        }
    }

    /// The same, on the way that leads to `path`.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        for way in &mut self.nav {
            way.is_here = way.href.strip_prefix(CONSOLE) == Some(path);
        }
        self
    }

    /// The same, saying what was done.
    #[must_use]
    pub fn saying(mut self, done: Option<impl Into<String>>) -> Self {
        self.done = done.map(Into::into);
        self
    }
}

impl Stranger {
    /// The frame in `l`.
    pub fn new(l: Language, title: impl Into<String>) -> Self {
        Self { l, w: Shell::of(l), title: title.into() }
    }
}

/// Whoever sees only calls of their own cases finds them there: the log is no way for them.
fn is_shown(visitor: &Visitor, permission: Permission) -> bool {
    match permission {
        Permission::Calls => visitor.reach(permission) == Some(Reach::All),
        other => visitor.may(other),
    }
}

/// The ways, in the order they are shown; each needs a permission.
fn ways(w: &'static Shell) -> Vec<(Permission, &'static str, &'static str)> {
    vec![
        (Permission::Wall, "/wall", w.wall),
        (Permission::Cases, "/cases", w.cases),
        (Permission::Calls, "/calls", w.calls),
        (Permission::Work, "/pending", w.work),
        (Permission::Roster, "/roster", w.roster),
        (Permission::Reports, "/reports", w.reports),
        (Permission::Users, "/users", w.users),
        (Permission::Audit, "/audit", w.audit),
        (Permission::Account, "/account", w.account),
    ]
}
