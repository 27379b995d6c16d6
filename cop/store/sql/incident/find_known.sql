-- What a source has said of the references in `asked`: their incidents and the facts compared.
SELECT
    i.incident_id,
    i.reference,
    i.version,
    i.facts
FROM incidents AS i
SEMI JOIN asked USING (reference)
WHERE i.source = ?
