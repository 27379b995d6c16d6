-- Keep the versions that stand in `incidents` alone and that those in `staged` follow.
INSERT INTO kept_versions BY NAME
SELECT i.*, ? AS superseded_at, o.actor, o.action, o.audit_no
FROM incidents AS i
INNER JOIN kept_once AS o USING (recorded_at)
SEMI JOIN staged ON i.incident_id = staged.incident_id
