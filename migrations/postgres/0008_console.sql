-- The console: accounts of people, their sessions, and the chain of what was done. Every table and column has its twin of the
-- same name in ../sqlite.

-- A login is never given twice: it stands in histories and in the audit.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL,
    person text,
    language text NOT NULL,
    password text,
    temporary boolean NOT NULL,
    totp text,
    totp_step bigint NOT NULL,
    failures bigint NOT NULL,
    locked_until timestamptz,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE sessions (
    hash text PRIMARY KEY,
    account uuid NOT NULL REFERENCES accounts (id),
    began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);

-- Written once and never changed: each hash is over the entry before it.
CREATE TABLE audit (
    sequence bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    hash text NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, sequence);
CREATE INDEX audit_actor ON audit (actor, sequence);
