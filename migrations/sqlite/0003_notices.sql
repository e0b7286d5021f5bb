-- What people are told that is no page. Types as in 0001_store.sql.

-- Words about the clocks of cases: each mark once for each cycle and person. What is beyond a person's burst is gathered, and
-- told together.
CREATE TABLE notices (
    incident BLOB NOT NULL REFERENCES incidents (id),
    cycle INTEGER NOT NULL,
    percent INTEGER NOT NULL,
    person TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    told_at INTEGER,
    PRIMARY KEY (incident, cycle, percent, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_person ON notices (person, created_at);
CREATE INDEX notices_waiting ON notices (person) WHERE told_at IS NULL;

-- Times on duty that people were told of, until they are over.
CREATE TABLE tours (
    schedule TEXT NOT NULL,
    person TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER,
    begun INTEGER NOT NULL,
    PRIMARY KEY (schedule, person, begins_at)
) STRICT, WITHOUT ROWID;
