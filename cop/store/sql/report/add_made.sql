-- The reports in `made_reports`, each named by its incident and the hash of its bytes.
INSERT INTO reports
SELECT
    incident_id || '-' || left(sha256(raw), 12),
    source,
    reference,
    raw,
    sha256(raw),
    tlp,
    reliability,
    credibility,
    issued_at,
    received_at,
    run_id
FROM made_reports
