-- The console: accounts of people, their sessions, and the chain of what was done. Types as in 0001_store.sql.

-- A login is never given twice: it stands in histories and in the audit.
CREATE TABLE accounts (
    id BLOB PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    person TEXT,
    language TEXT NOT NULL,
    password TEXT,
    temporary INTEGER NOT NULL,
    totp TEXT,
    totp_step INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    account BLOB NOT NULL REFERENCES accounts (id),
    began_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account);

-- Written once and never changed: each hash is over the entry before it.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject, sequence);
CREATE INDEX audit_actor ON audit (actor, sequence);
