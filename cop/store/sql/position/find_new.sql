-- The positions of the batch (each there once) that the store does not have.
-- The small side is joined to the facts, so that they are scanned once, pruned by its bounds.
CREATE OR REPLACE TEMP TABLE new_positions AS
WITH numbered AS (
    SELECT b.row, n.vessel, b."at", b.lon, b.lat, b.sog, b.cog, b.heading, b.tlp, b.flags,
        b.x, b.y, b.region, b.areas
    FROM position_batch AS b
    JOIN position_numbers AS n ON n.index = b.vessel
), known AS (
    SELECT s.row
    FROM positions AS p
    JOIN numbered AS s
        ON p.vessel = s.vessel AND p."at" = s."at" AND p.lon = s.lon AND p.lat = s.lat
)
SELECT * FROM numbered ANTI JOIN known USING (row)
