-- Removes the particulars that newer ones replace.
DELETE FROM vessel_particulars AS s
USING changed_particulars AS c
WHERE s.vessel = c.vessel AND s.tlp = c.tlp AND s.field = c.field
