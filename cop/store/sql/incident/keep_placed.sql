-- Keep the versions that stand in `incidents` alone, at the places in `placed`.
INSERT INTO kept_versions BY NAME
SELECT i.*, ? AS superseded_at, o.actor, o.action, o.audit_no
FROM incidents AS i
INNER JOIN kept_once AS o USING (recorded_at)
SEMI JOIN placed ON i.rowid = placed.place
