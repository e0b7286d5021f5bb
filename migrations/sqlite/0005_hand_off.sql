-- The hand-off of cases to a ticket store of another maker. Types as in 0001_store.sql.

-- How far the hand-off of a case has come: the ticket, once it was read back, and what the store was seen to hold. `asked_at`
-- is since when something waits to be told.
CREATE TABLE hand_offs (
    incident BLOB PRIMARY KEY REFERENCES incidents (id),
    remote TEXT,
    commented INTEGER NOT NULL,
    state TEXT,
    field_values TEXT,
    asked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_offs_waiting ON hand_offs (asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX hand_offs_remote ON hand_offs (remote) WHERE remote IS NOT NULL;

-- Recordings that the store was handed.
CREATE TABLE handed_recordings (
    incident BLOB NOT NULL REFERENCES hand_offs (incident),
    recording TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (incident, recording)
) STRICT, WITHOUT ROWID;

-- What the store told us of a ticket, each piece once: a comment, a state, a field.
CREATE TABLE heard_news (
    incident BLOB NOT NULL REFERENCES hand_offs (incident),
    news TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (incident, news)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_dead_subject ON jobs (subject) WHERE state = 'dead';

-- Runners take the jobs of their own lane, which the priority says.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (due_at, priority) WHERE state IN ('pending', 'leased');
