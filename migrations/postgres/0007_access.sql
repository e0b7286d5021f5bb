-- Access of programs: tokens of the API, requests that may be sent again, addresses that hear of changes. Every table and
-- column has its twin of the same name in ../sqlite.

-- A name is never given twice: it stands in histories, and keys of requests hang on it.
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    hash text NOT NULL UNIQUE,
    scopes text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
);

-- What a request was and what it was answered, written in the unit of what it did; for a day.
CREATE TABLE idempotency_keys (
    token text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status bigint NOT NULL,
    location text,
    etag text,
    body text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (token, key)
);
CREATE INDEX idempotency_keys_at ON idempotency_keys (at);

CREATE TABLE hooks (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    url text NOT NULL,
    secret text NOT NULL,
    events text NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL
);
