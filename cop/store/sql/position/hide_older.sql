-- Of the vessels just heard, each newest position's least marking that has a newer one: a viewer
-- who may read that sees the newer one instead. What was hidden stays so: newest only gets newer.
UPDATE position_latest AS l
SET hidden_from = h.hidden_from
FROM (
    SELECT a.vessel, a.tlp, min(n.tlp) AS hidden_from
    FROM position_latest AS a
    JOIN position_latest AS n ON n.vessel = a.vessel
    WHERE a.vessel IN (SELECT vessel FROM newest_positions)
        AND (n."at", n.lon, n.lat, n.tlp) > (a."at", a.lon, a.lat, a.tlp)
    GROUP BY a.vessel, a.tlp
) AS h
WHERE l.vessel = h.vessel AND l.tlp = h.tlp
