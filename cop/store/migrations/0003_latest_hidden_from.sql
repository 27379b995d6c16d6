-- Of a vessel with newest positions in several markings a viewer sees one: with this, which one is
-- a comparison (tlp <= clearance < hidden_from), not a ranking of all vessels (20 times slower).
ALTER TABLE position_latest ADD COLUMN hidden_from UTINYINT DEFAULT 255;

UPDATE position_latest AS l
SET hidden_from = h.hidden_from
FROM (
    SELECT a.vessel, a.tlp, min(n.tlp) AS hidden_from
    FROM position_latest AS a
    JOIN position_latest AS n ON n.vessel = a.vessel
    WHERE (n."at", n.lon, n.lat, n.tlp) > (a."at", a.lon, a.lat, a.tlp)
    GROUP BY a.vessel, a.tlp
) AS h
WHERE l.vessel = h.vessel AND l.tlp = h.tlp;
