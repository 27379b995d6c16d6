-- Join the reports in `made_reports` to their incidents.
INSERT INTO incident_reports
SELECT
    incident_id,
    incident_id || '-' || left(sha256(raw), 12),
    1.0,
    'same source, same reference',
    received_at,
    ?
FROM made_reports
