-- What a source has said of the references in `asked`: their incidents, facts and markings.
SELECT
    i.incident_id,
    i.reference,
    i.version,
    i.facts,
    i.tlp
FROM incidents AS i
SEMI JOIN asked USING (reference)
WHERE i.source = ?
