-- Removes what is no longer the newest position of its vessel and marking.
DELETE FROM position_latest AS l
USING newest_positions AS n
WHERE l.vessel = n.vessel AND l.tlp = n.tlp
