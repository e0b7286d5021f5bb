//! Accounts are made and changed: by an admin in the console, by a command at the machine, by whoever they belong to.

use super::{Gatekeeper, act};
use crate::access::{Account, PasswordError, Passwords, Role, Session};
use crate::id::AccountId;
use crate::language::Language;
use crate::ops::{Hotline, OpsError};
use crate::store::Tx;

/// An account to be.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What they write to come in.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The person of the roster that they are.
    pub person: Option<String>,
    /// The language they read.
    pub language: Language,
}

/// What can be done to an account by somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It may do what this role may. Its sessions end.
    Role(Role),
    /// It is this person of the roster, or nobody.
    Person(Option<String>),
    /// It opens nothing any more. Its sessions end.
    Disable,
    /// It does again.
    Enable,
    /// It is locked no longer.
    Unlock,
    /// It gets a new password by chance, and no second factor. Its sessions end.
    Reset,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One has or had its login.
    #[error("there is or was an account with this login: take another")]
    Taken,
    /// There is none.
    #[error("there is no account with this login")]
    Unknown,
    /// The roster has no such person.
    #[error("the roster has no such person: `guardia roster who` names them")]
    NoPerson,
    /// Nobody would be left who can keep accounts.
    #[error("this is the last account of an admin who can come in: make another first")]
    LastAdmin,
    /// The password given as the present one is not.
    #[error("the present password is not right")]
    Wrong,
    /// The new password cannot be one.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// Makes an account with a password by chance, which is given once and must be changed at first use.
///
/// # Errors
/// The store's.
pub async fn add_account(
    hotline: &Hotline,
    gatekeeper: &Gatekeeper,
    by: &str,
    new: NewAccount,
) -> Result<Result<String, Refusal>, OpsError> {
    let password = Passwords::make(&hotline.ids);
    let digest = match gatekeeper.digest(&hotline.ids, password.clone()).await {
        Ok(digest) => digest,
        Err(error) => return Ok(Err(error.into())),
    };
    let now = hotline.now();
    let account = Account {
        id: AccountId(hotline.ids.ordered(now)),
        login: new.login,
        name: new.name.trim().to_owned(),
        role: new.role,
        person: new.person,
        language: new.language,
        password: Some(digest),
        temporary: true,
        totp: None,
        totp_step: 0,
        failures: 0,
        locked_until: None,
        created_at: now,
        disabled_at: None,
    };
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Result<String, Refusal>, OpsError> {
            if !is_known(hotline, tx, account.person.as_deref()).await? {
                return Ok(Err(Refusal::NoPerson));
            }
            if !tx.insert_account(&account).await? {
                return Ok(Err(Refusal::Taken));
            }
            let detail = format!("role={}", account.role);
            tx.append_act(&act(hotline, by, "account.made", &account.login, &detail)).await?;
            Ok(Ok(password))
        })
        .await
}

/// Changes an account; gives the new password where there is one.
///
/// # Errors
/// The store's.
pub async fn change_account(
    hotline: &Hotline,
    gatekeeper: &Gatekeeper,
    by: &str,
    login: &str,
    change: &AccountChange,
) -> Result<Result<Option<String>, Refusal>, OpsError> {
    let made = if *change == AccountChange::Reset {
        let password = Passwords::make(&hotline.ids);
        match gatekeeper.digest(&hotline.ids, password.clone()).await {
            Ok(digest) => Some((password, digest)),
            Err(error) => return Ok(Err(error.into())),
        }
    } else {
        None
    };
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Result<Option<String>, Refusal>, OpsError> {
            let now = hotline.now();
            let Some(before) = tx.lock_account(login).await? else { return Ok(Err(Refusal::Unknown)) };
            let mut account = before.clone();
            let (word, detail) = match change {
                AccountChange::Role(role) => {
                    account.role = *role;
                    ("account.role", format!("{} -> {role}", before.role))
                }
                AccountChange::Person(person) => {
                    if !is_known(hotline, tx, person.as_deref()).await? {
                        return Ok(Err(Refusal::NoPerson));
                    }
                    account.person.clone_from(person);
                    ("account.person", person.clone().unwrap_or_default())
                }
                AccountChange::Disable => {
                    account.disabled_at = account.disabled_at.or(Some(now));
                    ("account.disabled", String::new())
                }
                AccountChange::Enable => {
                    account.disabled_at = None;
                    ("account.enabled", String::new())
                }
                AccountChange::Unlock => {
                    (account.failures, account.locked_until) = (0, None);
                    ("account.unlocked", String::new())
                }
                AccountChange::Reset => {
                    account.password = made.as_ref().map(|(_, digest)| digest.clone());
                    (account.temporary, account.failures, account.locked_until) = (true, 0, None);
                    (account.totp, account.totp_step) = (None, 0);
                    ("account.reset", String::new())
                }
            };
            if account == before {
                return Ok(Ok(None));
            }
            let keeps = |account: &Account| account.role == Role::Admin && account.disabled_at.is_none();
            let others = tx.accounts().await?;
            if keeps(&before) && !keeps(&account) && !others.iter().any(|other| other.id != account.id && keeps(other))
            {
                return Ok(Err(Refusal::LastAdmin));
            }
            tx.update_account(&account).await?;
            if matches!(change, AccountChange::Role(_) | AccountChange::Disable | AccountChange::Reset) {
                tx.end_sessions(account.id, None).await?;
            }
            tx.append_act(&act(hotline, by, word, login, &detail)).await?;
            Ok(Ok(made.as_ref().map(|(password, _)| password.clone())))
        })
        .await
}

/// Somebody chooses their own password. Every other session of theirs ends.
///
/// # Errors
/// The store's.
pub async fn choose_password(
    hotline: &Hotline,
    gatekeeper: &Gatekeeper,
    (session, account): (&Session, &Account),
    present: &str,
    new: &str,
) -> Result<Result<(), Refusal>, OpsError> {
    if !gatekeeper.is_right(account.password.clone(), present.to_owned()).await {
        return Ok(Err(Refusal::Wrong));
    }
    if let Err(error) = Passwords::judge(&account.login, new) {
        return Ok(Err(error.into()));
    }
    if new == present {
        return Ok(Err(PasswordError::Easy.into()));
    }
    let digest = match gatekeeper.digest(&hotline.ids, new.to_owned()).await {
        Ok(digest) => digest,
        Err(error) => return Ok(Err(error.into())),
    };
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Result<(), Refusal>, OpsError> {
            let known = tx.lock_account(&account.login).await?;
            // Somebody may have reset it meanwhile.
            let Some(mut known) = known.filter(|known| known.password == account.password) else {
                return Ok(Err(Refusal::Wrong));
            };
            (known.password, known.temporary) = (Some(digest), false);
            tx.update_account(&known).await?;
            tx.end_sessions(known.id, Some(&session.hash)).await?;
            tx.append_act(&act(hotline, &known.login, "account.password", &known.login, "")).await?;
            Ok(Ok(()))
        })
        .await
}

/// Somebody chooses the language they read.
///
/// # Errors
/// The store's.
pub async fn set_language(hotline: &Hotline, login: &str, language: Language) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut account = tx.lock_account(login).await?.ok_or(OpsError::NotFound("account"))?;
            account.language = language;
            Ok(tx.update_account(&account).await?)
        })
        .await
}

async fn is_known(hotline: &Hotline, tx: &mut Tx, person: Option<&str>) -> Result<bool, OpsError> {
    let Some(person) = person else { return Ok(true) };
    let roster = hotline.roster(tx).await?;
    Ok(Hotline::person(roster.as_deref(), person).is_some())
}
