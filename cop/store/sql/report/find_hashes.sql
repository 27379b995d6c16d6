-- The hashes of all reports a source has given for the references in `asked`.
SELECT
    r.reference,
    r.raw_sha256
FROM reports AS r
SEMI JOIN asked USING (reference)
WHERE r.source = ?
