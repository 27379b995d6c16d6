-- Close the current versions at the places in `placed`.
UPDATE kept_versions
SET superseded_at = ?
FROM placed
WHERE kept_versions.rowid = placed.place
    AND kept_versions.superseded_at IS NULL
