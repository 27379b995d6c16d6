-- The memory of the watch desk. Every table but triage is append-only: of numbered things with
-- versions the latest version counts, and an entry of the log is struck by another one, never
-- edited. No ART indexes: the tables are small beside the incidents, and there is one writer.

-- What officers did, and what the sources said meanwhile of the incidents the desk follows (act
-- `source`; the first of an incident says how it stood when the desk took it up). `before` and
-- `after` are JSON of the columns of triage that the act changed.
CREATE TABLE acts (
    act_no BIGINT NOT NULL,
    incident_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,        -- of the incident, after the act
    act VARCHAR NOT NULL,
    text VARCHAR NOT NULL,           -- reason, comment, or what the source changed
    actor VARCHAR NOT NULL,          -- an officer's name; of a source, who took its report in
    done_at TIMESTAMP NOT NULL,
    before VARCHAR NOT NULL,
    after VARCHAR NOT NULL,
    undoes BIGINT,
    audit_no BIGINT NOT NULL
);

-- What stands now of each incident the desk follows; rebuildable from acts.
CREATE TABLE triage (
    incident_id VARCHAR NOT NULL,
    act_no BIGINT NOT NULL,          -- the last officer's act; 0: only followed (a note, a task)
    changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP,
    owner VARCHAR NOT NULL,
    owner_until TIMESTAMP,           -- a claim ends by itself; NULL: assigned until released
    next_action VARCHAR NOT NULL,
    next_due_at TIMESTAMP,
    acknowledged_by VARCHAR NOT NULL,
    acknowledged_at TIMESTAMP,
    severity_set UTINYINT NOT NULL,  -- an officer's judgement; 0: none
    severity_reason VARCHAR NOT NULL,
    verification_set UTINYINT NOT NULL,
    status_set UTINYINT NOT NULL,
    severity_said UTINYINT NOT NULL, -- what the sources say, kept beside it
    verification_said UTINYINT NOT NULL,
    status_said UTINYINT NOT NULL,
    tlp UTINYINT NOT NULL            -- the incident's marking now
);

-- What was recorded up to seen_through counts as seen by the officer; the latest row counts.
CREATE TABLE officers (
    name VARCHAR NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    seen_through TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE seen (
    officer VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    seen_at TIMESTAMP NOT NULL
);

CREATE TABLE watches (
    watch_no BIGINT NOT NULL,
    version INTEGER NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    opened_by VARCHAR NOT NULL,
    from_watch BIGINT,
    handover VARCHAR NOT NULL,       -- JSON, as drafted and edited; empty before
    tlp UTINYINT NOT NULL,           -- of the hand-over
    signed_by VARCHAR NOT NULL,
    signed_at TIMESTAMP,
    relieved_by VARCHAR NOT NULL,
    relieved_at TIMESTAMP,
    closed_at TIMESTAMP,
    actor VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE log_entries (
    entry_no BIGINT NOT NULL,
    watch_no BIGINT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    written_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- act, note, measure, task, watch, source
    incident_id VARCHAR NOT NULL,    -- empty: of none
    text VARCHAR NOT NULL,
    tlp UTINYINT NOT NULL,
    strikes BIGINT                   -- the entry this one strikes
);

CREATE TABLE tasks (
    task_no BIGINT NOT NULL,
    version INTEGER NOT NULL,
    incident_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- task, step, measure
    title VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    due_at TIMESTAMP,
    state VARCHAR NOT NULL,          -- open, doing, done, dropped; recommended, taken, declined
    playbook VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    owed_to VARCHAR NOT NULL,        -- who outside waits for it
    tlp UTINYINT NOT NULL,
    actor VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE contacts (
    contact_no BIGINT NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    phone VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    region VARCHAR NOT NULL,         -- slug; empty: everywhere
    hazards VARCHAR NOT NULL,        -- slugs joined with commas; empty: any
    note VARCHAR NOT NULL,
    tlp UTINYINT NOT NULL,
    retired_at TIMESTAMP,
    actor VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE saved (
    saved_no BIGINT NOT NULL,
    version INTEGER NOT NULL,
    kind VARCHAR NOT NULL,           -- view, area
    name VARCHAR NOT NULL,
    body VARCHAR NOT NULL,           -- query string, or GeoJSON polygon
    owner VARCHAR NOT NULL,
    shared BOOLEAN NOT NULL,
    tlp UTINYINT NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    retired_at TIMESTAMP
);
