-- A bulk import writes each of its incidents once: while such an incident stands, its row in
-- `incidents` is its version too, told by the instant it was recorded, which no two changes share.
-- It is written to `kept_versions` when the next version comes. Nothing recorded before is moved.
ALTER TABLE incident_versions RENAME TO kept_versions;

-- The changes whose incidents, while they stand, are kept in `incidents` alone.
CREATE TABLE kept_once (
    recorded_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    audit_no BIGINT NOT NULL
);

-- Every version ever recorded, wherever it is kept.
CREATE VIEW incident_versions AS
SELECT * FROM kept_versions
UNION ALL
SELECT
    i.incident_id, i.version, i.title, i.summary, i.hazard, i.domain, i.severity, i.act,
    i.verification, i.status, i.tlp, i.reliability, i.credibility, i.occurred_at, i.last_at,
    i.time_precision, i.lon, i.lat, i.cell, i.position_precision, i.uncertainty_nm,
    i.position_written, i.place, i.region, i.areas, i.navarea, i.port, i.port_distance_nm,
    i.coast_distance_nm, i.zone, i.vessel_name, i.vessel_type, i.vessel_flag, i.vessel_imo,
    i.vessel_mmsi, i.vessel_call_sign, i.vessel_status, i.source, i.reference, i.source_name,
    i.source_url, i.source_type, i.source_severity, i.source_navarea, i.source_subregion,
    i.hazard_rule, i.act_rule, i.severity_rule, i.flags, i.facts, i.search_text, i.recorded_at,
    NULL::TIMESTAMP AS superseded_at, o.actor, o.action, o.audit_no
FROM incidents AS i INNER JOIN kept_once AS o USING (recorded_at);
