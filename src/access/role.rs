//! What people of the console may do: one table, and whatever is not in it is denied.

use std::fmt;

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An engineer on duty: their own pages and cases.
    Agent,
    /// Answers for the promise: every call, case and page.
    Supervisor,
    /// Listens to calls and grades them.
    Quality,
    /// Reads what was done and by whom; changes nothing.
    Auditor,
    /// Keeps accounts and the line; hears nobody.
    Admin,
}

/// One thing that people do in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See one's own account, and change its password.
    Account,
    /// See what one was paged for, and answer it.
    Pages,
    /// See the wall.
    Wall,
    /// Read calls and their timelines.
    Calls,
    /// Write notes on calls.
    CallNotes,
    /// Hear recordings.
    Hear,
    /// Take recordings away as files.
    Download,
    /// See a masked number in full, with a reason.
    Unmask,
    /// Read cases.
    Cases,
    /// Change cases.
    CasesChange,
    /// Read the work-lists.
    Work,
    /// Settle what is on them.
    WorkChange,
    /// Read who is on duty.
    Roster,
    /// Change who is on duty.
    RosterChange,
    /// Read how the line is set: flows, calendar, banner.
    Line,
    /// Change it.
    LineChange,
    /// Read reports.
    Reports,
    /// Take them away as files.
    Export,
    /// Read score cards and grades.
    Quality,
    /// Grade calls, and write score cards.
    Grade,
    /// Read how long what is kept.
    Retention,
    /// Change that; hold, give out and erase what is known of a person.
    RetentionChange,
    /// Read who did what.
    Audit,
    /// Make, change and lock accounts.
    Users,
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To what is one's own: cases that one was paged for or holds, and their calls.
    Own,
    /// To everything.
    All,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Agent, Self::Supervisor, Self::Quality, Self::Auditor, Self::Admin];

    /// The word for commands, addresses and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Quality => "quality",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// How far the role may do this; `None` = not at all.
    #[must_use]
    pub fn reach(self, permission: Permission) -> Option<Reach> {
        let row = TABLE.iter().find(|(of, _)| *of == permission)?.1;
        let column = match self {
            Self::Agent => 0,
            Self::Supervisor => 1,
            Self::Quality => 2,
            Self::Auditor => 3,
            Self::Admin => 4,
        };
        match row.as_bytes().get(column) {
            Some(b'+') => Some(Reach::All),
            Some(b'o') => Some(Reach::Own),
            _ => None,
        }
    }

    /// Whether the role may do this at all.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.reach(permission).is_some()
    }
}

/// The table: agent, supervisor, quality, auditor, admin; `+` everything, `o` one's own, `-` nothing.
const TABLE: [(Permission, &str); 24] = [
    (Permission::Account, "+++++"),
    (Permission::Pages, "+++++"),
    (Permission::Wall, "+++-+"),
    (Permission::Calls, "o++++"),
    (Permission::CallNotes, "o++--"),
    (Permission::Hear, "o++--"),
    (Permission::Download, "-+---"),
    (Permission::Unmask, "o+---"),
    (Permission::Cases, "o++++"),
    (Permission::CasesChange, "o+---"),
    (Permission::Work, "-+-+-"),
    (Permission::WorkChange, "-+---"),
    (Permission::Roster, "++-++"),
    (Permission::RosterChange, "-+--+"),
    (Permission::Line, "-+-++"),
    (Permission::LineChange, "-+--+"),
    (Permission::Reports, "-++++"),
    (Permission::Export, "-+-+-"),
    (Permission::Quality, "-+++-"),
    (Permission::Grade, "--+--"),
    (Permission::Retention, "-+-++"),
    (Permission::RetentionChange, "----+"),
    (Permission::Audit, "---++"),
    (Permission::Users, "----+"),
];

impl Permission {
    /// Every permission.
    #[must_use]
    pub fn all() -> [Self; 24] {
        TABLE.map(|(permission, _)| permission)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_back_from_their_words() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.as_str()), Some(role));
        }
        assert_eq!(Role::from_word("root"), None);
    }

    #[test]
    fn every_permission_has_one_row_that_can_be_read() {
        for (place, (permission, row)) in TABLE.iter().enumerate() {
            assert!(row.len() == 5 && row.bytes().all(|sign| b"+o-".contains(&sign)), "{permission:?}");
            assert!(!TABLE[..place].iter().any(|(other, _)| other == permission), "{permission:?} stands twice");
        }
    }

    #[test]
    fn whoever_audits_changes_nothing_and_whoever_keeps_accounts_hears_nobody() {
        let changes = [
            Permission::CallNotes,
            Permission::CasesChange,
            Permission::WorkChange,
            Permission::RosterChange,
            Permission::LineChange,
            Permission::Grade,
            Permission::RetentionChange,
            Permission::Users,
        ];
        for permission in changes {
            assert!(!Role::Auditor.may(permission), "{permission:?}");
        }
        for permission in [Permission::Hear, Permission::Download, Permission::Unmask] {
            assert!(!Role::Admin.may(permission) && !Role::Auditor.may(permission), "{permission:?}");
        }
        assert_eq!(Role::Agent.reach(Permission::Cases), Some(Reach::Own));
        assert_eq!(Role::Supervisor.reach(Permission::Cases), Some(Reach::All));
    }
}
