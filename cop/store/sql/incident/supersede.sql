-- Close the current versions of the incidents in `staged`.
UPDATE incident_versions
SET superseded_at = ?
FROM staged
WHERE incident_versions.incident_id = staged.incident_id
    AND incident_versions.superseded_at IS NULL
