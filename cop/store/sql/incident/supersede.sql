-- Close the current versions of the incidents in `staged`.
UPDATE kept_versions
SET superseded_at = ?
FROM staged
WHERE kept_versions.incident_id = staged.incident_id
    AND kept_versions.superseded_at IS NULL
