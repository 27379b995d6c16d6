-- The first tables: reports, incidents now and over time, links, audit, feed runs, quarantine,
-- and the reference lists. All times are naive UTC. No ART indexes: they thrash on scattered
-- upserts (measured 30 times slower); uniqueness is held by the one writer.

CREATE TABLE meta (
    key VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

-- What one source said once: immutable, with the bytes it said it in.
CREATE TABLE reports (
    report_id VARCHAR NOT NULL,
    source UTINYINT NOT NULL,
    reference VARCHAR NOT NULL,
    raw BLOB NOT NULL,
    raw_sha256 VARCHAR NOT NULL,
    tlp UTINYINT NOT NULL,
    reliability VARCHAR NOT NULL,
    credibility VARCHAR NOT NULL,
    issued_at TIMESTAMP,
    received_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);

-- Our picture now: one row an incident. A projection of incident_versions, changed with it.
CREATE TABLE incidents (
    incident_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    hazard UTINYINT NOT NULL,
    domain UTINYINT NOT NULL,
    severity UTINYINT NOT NULL,
    act UTINYINT NOT NULL,
    verification UTINYINT NOT NULL,
    status UTINYINT NOT NULL,
    tlp UTINYINT NOT NULL,
    reliability VARCHAR NOT NULL,
    credibility VARCHAR NOT NULL,
    occurred_at TIMESTAMP NOT NULL,  -- first moment it may have happened
    last_at TIMESTAMP NOT NULL,      -- last moment, inclusive: occurred_at for an instant
    time_precision UTINYINT NOT NULL,
    lon DOUBLE,
    lat DOUBLE,
    cell BIGINT,                     -- Web-Mercator cell at zoom 16, x and y interleaved
    position_precision UTINYINT NOT NULL,
    uncertainty_nm DOUBLE NOT NULL,
    position_written VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    region UTINYINT NOT NULL,        -- 0: no position
    areas UBIGINT NOT NULL,          -- bit n set: inside vessel area with code n
    navarea UTINYINT NOT NULL,       -- 0: none
    port VARCHAR NOT NULL,           -- LOCODE of the nearest port
    port_distance_nm DOUBLE,
    coast_distance_nm DOUBLE,
    zone UTINYINT NOT NULL,
    vessel_name VARCHAR NOT NULL,
    vessel_type VARCHAR NOT NULL,
    vessel_flag VARCHAR NOT NULL,
    vessel_imo VARCHAR NOT NULL,
    vessel_mmsi VARCHAR NOT NULL,
    vessel_call_sign VARCHAR NOT NULL,
    vessel_status VARCHAR NOT NULL,
    source UTINYINT NOT NULL,
    reference VARCHAR NOT NULL,
    source_name VARCHAR NOT NULL,
    source_url VARCHAR NOT NULL,
    source_type VARCHAR NOT NULL,
    source_severity VARCHAR NOT NULL,
    source_navarea VARCHAR NOT NULL,
    source_subregion VARCHAR NOT NULL,
    hazard_rule VARCHAR NOT NULL,
    act_rule VARCHAR NOT NULL,
    severity_rule VARCHAR NOT NULL,
    flags VARCHAR NOT NULL,          -- names of accepted defects, joined with commas
    facts VARCHAR NOT NULL,          -- JSON: what is compared to tell updated from unchanged
    search_text VARCHAR NOT NULL,    -- folded title, summary, vessel, IMO and reference
    recorded_at TIMESTAMP NOT NULL
);

-- The truth over time: every version ever recorded. superseded_at is set when the next one comes.
CREATE TABLE incident_versions AS SELECT * FROM incidents;
ALTER TABLE incident_versions ADD COLUMN superseded_at TIMESTAMP;
ALTER TABLE incident_versions ADD COLUMN actor VARCHAR;
ALTER TABLE incident_versions ADD COLUMN action VARCHAR;
ALTER TABLE incident_versions ADD COLUMN audit_no BIGINT;

CREATE TABLE incident_reports (
    incident_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    reason VARCHAR NOT NULL,
    linked_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL
);

-- One row a change, each holding the hash of the one before it.
CREATE TABLE audit (
    audit_no BIGINT NOT NULL,
    done_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    previous_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

CREATE TABLE feed_runs (
    run_id BIGINT NOT NULL,
    feed VARCHAR NOT NULL,
    input_name VARCHAR NOT NULL,
    input_sha256 VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,          -- ok, failed
    reason VARCHAR NOT NULL,
    received INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    new INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    actor VARCHAR NOT NULL
);

-- Records kept aside with their reason and raw bytes, to correct and run again.
CREATE TABLE quarantine (
    item_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    feed VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- quarantined, rejected
    field VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    raw BLOB NOT NULL,
    raw_sha256 VARCHAR NOT NULL,
    header BLOB NOT NULL,            -- the input's header row, without which a CSV row says nothing
    tlp UTINYINT NOT NULL,
    kept_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,          -- open, corrected, dismissed
    settled_at TIMESTAMP,
    settled_by VARCHAR NOT NULL
);

CREATE TABLE ports (
    locode VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    longitude DOUBLE NOT NULL,
    latitude DOUBLE NOT NULL
);

CREATE TABLE regions (
    code UTINYINT NOT NULL,
    slug VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    geometry VARCHAR NOT NULL        -- GeoJSON
);

CREATE TABLE vessel_areas (
    code UTINYINT NOT NULL,
    slug VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    geometry VARCHAR NOT NULL        -- GeoJSON
);
