-- The call log: one row for each call with all that the list is filtered by, so that every question is one index. Types as in
-- 0001_store.sql. Triggers keep it: nobody who writes a call or a case can forget it.

-- `place` is where a call stands in the log: its milliseconds since 1970 times 2^20, and what tells those of one millisecond
-- apart. So "newest first" is one number, for the rows, for their words and for the link to the next page.
CREATE TABLE call_log (
    call BLOB PRIMARY KEY REFERENCES calls (id),
    place INTEGER NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    ended_at INTEGER,
    direction TEXT NOT NULL,
    caller TEXT,
    outcome TEXT,
    node TEXT,
    institution TEXT,
    institution_name TEXT,
    service TEXT,
    severity TEXT,
    language TEXT NOT NULL,
    incident BLOB,
    person TEXT,
    disposition TEXT
) STRICT;

-- What is learned of a call: what was said in it, as words, and what people note on it.
CREATE TABLE call_texts (
    call BLOB NOT NULL REFERENCES calls (id),
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    author TEXT,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (call, sequence)
) STRICT, WITHOUT ROWID;

-- The words of all texts of a call, without accents and capitals, by the call's place.
CREATE VIRTUAL TABLE _call_words USING fts5 (words, detail = none, tokenize = 'ascii');

-- What people decided about a call; the last one holds.
CREATE TABLE dispositions (
    call BLOB NOT NULL REFERENCES calls (id),
    sequence INTEGER NOT NULL,
    disposition TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT,
    PRIMARY KEY (call, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_views (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account, name)
) STRICT;

INSERT INTO call_log
    SELECT calls.id, calls.answered_at / 1000 * 1048576
               + row_number() OVER (PARTITION BY calls.answered_at / 1000 ORDER BY calls.answered_at, calls.id) - 1,
        calls.answered_at, calls.ended_at, calls.direction, calls.caller, calls.outcome,
        CASE WHEN calls.ended_at IS NOT NULL THEN calls.session ->> '$.node' END,
        COALESCE(incidents.institution, calls.session ->> '$.institution.code'),
        COALESCE(incidents.institution_name, calls.session ->> '$.institution.name'),
        incidents.service, incidents.severity, COALESCE(incidents.language, calls.session ->> '$.language', 'es'),
        incidents.id, dialogues.person, NULL
    FROM calls LEFT JOIN dialogues ON dialogues.call = calls.id
        LEFT JOIN incidents ON incidents.id = COALESCE(
            calls.incident, dialogues.incident, (SELECT opened.id FROM incidents AS opened WHERE opened.call = calls.id));

-- The third column lets most of the other rows be passed over without a look at them.
CREATE INDEX call_log_institution ON call_log (institution, place, outcome) WHERE institution IS NOT NULL;
CREATE INDEX call_log_service ON call_log (service, place, outcome) WHERE service IS NOT NULL;
CREATE INDEX call_log_outcome ON call_log (outcome, place);
CREATE INDEX call_log_node ON call_log (node, place) WHERE node IS NOT NULL;
CREATE INDEX call_log_caller ON call_log (caller, place) WHERE caller IS NOT NULL;
CREATE INDEX call_log_severity ON call_log (severity, place) WHERE severity IS NOT NULL;
CREATE INDEX call_log_person ON call_log (person, place) WHERE person IS NOT NULL;
CREATE INDEX call_log_language ON call_log (language, place);
CREATE INDEX call_log_incident ON call_log (incident) WHERE incident IS NOT NULL;
CREATE INDEX call_log_waiting ON call_log (place)
    WHERE outcome = 'missed' AND incident IS NULL AND disposition IS NULL;

CREATE TRIGGER call_log_begins AFTER INSERT ON calls BEGIN
    INSERT INTO call_log
        SELECT NEW.id,
            COALESCE((SELECT MAX(place) + 1 FROM call_log WHERE place >= NEW.answered_at / 1000 * 1048576
                          AND place < (NEW.answered_at / 1000 + 1) * 1048576),
                     NEW.answered_at / 1000 * 1048576),
            NEW.answered_at, NEW.ended_at, NEW.direction, NEW.caller, NEW.outcome,
            CASE WHEN NEW.ended_at IS NOT NULL THEN NEW.session ->> '$.node' END,
            COALESCE(incidents.institution, NEW.session ->> '$.institution.code'),
            COALESCE(incidents.institution_name, NEW.session ->> '$.institution.name'),
            incidents.service, incidents.severity, COALESCE(incidents.language, NEW.session ->> '$.language', 'es'),
            NEW.incident, NULL, NULL
        FROM (SELECT 1) LEFT JOIN incidents ON incidents.id = NEW.incident;
END;

CREATE TRIGGER call_log_goes_on AFTER UPDATE OF ended_at, outcome, incident ON calls
WHEN NEW.ended_at IS NOT OLD.ended_at OR NEW.outcome IS NOT OLD.outcome OR NEW.incident IS NOT OLD.incident
BEGIN
    UPDATE call_log SET ended_at = NEW.ended_at, outcome = NEW.outcome,
        node = CASE WHEN NEW.ended_at IS NOT NULL THEN NEW.session ->> '$.node' END,
        incident = COALESCE(NEW.incident, incident),
        institution = COALESCE(institution, NEW.session ->> '$.institution.code'),
        institution_name = COALESCE(institution_name, NEW.session ->> '$.institution.name'),
        language = COALESCE(NEW.session ->> '$.language', language)
    WHERE call = NEW.id;
    UPDATE call_log SET institution = COALESCE(incidents.institution, call_log.institution),
        institution_name = COALESCE(incidents.institution_name, call_log.institution_name),
        service = incidents.service, severity = incidents.severity, language = incidents.language
    FROM incidents WHERE call_log.call = NEW.id AND incidents.id = NEW.incident;
END;

CREATE TRIGGER call_log_opens_case AFTER INSERT ON incidents BEGIN
    UPDATE call_log SET incident = COALESCE(incident, NEW.id), institution = COALESCE(NEW.institution, institution),
        institution_name = COALESCE(NEW.institution_name, institution_name),
        service = NEW.service, severity = NEW.severity, language = NEW.language
    WHERE call = NEW.call;
END;

CREATE TRIGGER call_log_learns AFTER UPDATE OF institution, institution_name, service, severity, language ON incidents
WHEN NEW.institution IS NOT OLD.institution OR NEW.institution_name IS NOT OLD.institution_name
    OR NEW.service IS NOT OLD.service OR NEW.severity IS NOT OLD.severity OR NEW.language IS NOT OLD.language
BEGIN
    UPDATE call_log SET institution = COALESCE(NEW.institution, institution),
        institution_name = COALESCE(NEW.institution_name, institution_name),
        service = NEW.service, severity = NEW.severity, language = NEW.language
    WHERE incident = NEW.id;
END;

CREATE TRIGGER call_log_calls_person AFTER INSERT ON dialogues BEGIN
    UPDATE call_log SET person = NEW.person, incident = COALESCE(call_log.incident, NEW.incident),
        institution = incidents.institution, institution_name = incidents.institution_name,
        service = incidents.service, severity = incidents.severity
    FROM incidents WHERE call_log.call = NEW.call AND incidents.id = NEW.incident;
END;
