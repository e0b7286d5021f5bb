-- The pager: messages over several channels, calls that Guardia makes, the escalation policy an incident was opened under.
-- Types as in 0001_store.sql.

ALTER TABLE calls ADD COLUMN direction TEXT NOT NULL DEFAULT 'inbound';

-- What is said to a person who was called: one for each outbound call.
CREATE TABLE dialogues (
    call BLOB PRIMARY KEY REFERENCES calls (id),
    message BLOB NOT NULL,
    incident BLOB NOT NULL REFERENCES incidents (id),
    person TEXT NOT NULL,
    place TEXT NOT NULL
) STRICT;
CREATE INDEX dialogues_message ON dialogues (message);

-- Who is told of an incident in one of its cycles: the escalation as it was when it was chosen, as JSON, and the step of the
-- ladder with which it begins.
CREATE TABLE ladders (
    incident BLOB NOT NULL REFERENCES incidents (id),
    cycle INTEGER NOT NULL,
    begins INTEGER NOT NULL,
    escalation TEXT NOT NULL,
    PRIMARY KEY (incident, cycle)
) STRICT, WITHOUT ROWID;

-- A message carries at most one page, and a page may go out in several messages.
ALTER TABLE messages ADD COLUMN channel TEXT NOT NULL DEFAULT 'sms';
ALTER TABLE messages ADD COLUMN page BLOB;
UPDATE messages SET page = (SELECT pages.id FROM pages WHERE pages.message = messages.id);
CREATE INDEX messages_page ON messages (page) WHERE page IS NOT NULL;

CREATE TABLE pages_of_many_messages (
    id BLOB PRIMARY KEY,
    incident BLOB NOT NULL REFERENCES incidents (id),
    cycle INTEGER NOT NULL,
    person TEXT NOT NULL,
    round INTEGER NOT NULL,
    code_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    answered_at INTEGER,
    closed_at INTEGER
) STRICT;
INSERT INTO pages_of_many_messages
    SELECT id, incident, cycle, person, round, code_hash, created_at, answered_at, closed_at FROM pages;
DROP TABLE pages;
ALTER TABLE pages_of_many_messages RENAME TO pages;
CREATE INDEX pages_incident ON pages (incident);
CREATE INDEX pages_person ON pages (person, created_at);

-- Nodes: the processes that run jobs on this database. Each counts its own row up; whoever stands still is gone, and what it
-- held is free at once.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    beat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A reply is looked up by the hash of its code, which is keyed with the person.
CREATE INDEX pages_code ON pages (code_hash, created_at);

-- A storm of cases: pages of one person that are told together, with one code for all of them. One bundle at a time gathers
-- for a person.
CREATE TABLE bundles (
    id BLOB PRIMARY KEY,
    person TEXT NOT NULL,
    code_hash TEXT,
    opened_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE UNIQUE INDEX bundles_gathering ON bundles (person) WHERE sent_at IS NULL;
CREATE INDEX bundles_person ON bundles (person, sent_at);
CREATE TABLE bundle_messages (
    message BLOB PRIMARY KEY,
    bundle BLOB NOT NULL REFERENCES bundles (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_messages_bundle ON bundle_messages (bundle);
ALTER TABLE pages ADD COLUMN bundle BLOB;
CREATE INDEX pages_bundle ON pages (bundle) WHERE bundle IS NOT NULL;

-- While one stands, cases of the service page nobody.
CREATE TABLE maintenance (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX maintenance_standing ON maintenance (service, ends_at) WHERE ended_at IS NULL;

-- Addresses that are not used for now: their owner said so, or nothing reaches them. By keyed hash, never in clear.
CREATE TABLE contact_states (
    address TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Readiness: what is known of each contact. A changed address has another keyed hash, and nothing is known of it.
CREATE TABLE contacts (
    person TEXT NOT NULL,
    contact TEXT NOT NULL,
    address_hash TEXT NOT NULL,
    verified_at INTEGER,
    verified_by TEXT,
    code_hash TEXT,
    code_expires_at INTEGER,
    code_wrong INTEGER NOT NULL,
    PRIMARY KEY (person, contact)
) STRICT, WITHOUT ROWID;

-- Tests of the pager by itself: an incident each, told to one person only.
CREATE TABLE canaries (
    incident BLOB PRIMARY KEY REFERENCES incidents (id),
    person TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    answered INTEGER NOT NULL
) STRICT;
CREATE INDEX canaries_newest ON canaries (started_at);
