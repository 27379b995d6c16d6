-- The positions of the batch that the store does not have, each once: the first of the input.
-- The small side is joined to the facts, so that they are scanned once, pruned by its bounds.
CREATE OR REPLACE TEMP TABLE new_positions AS
WITH numbered AS (
    SELECT b.row, n.vessel, b."at", b.lon, b.lat, b.sog, b.cog, b.heading, b.tlp, b.flags,
        b.x, b.y, b.region, b.areas
    FROM position_batch AS b
    JOIN position_numbers AS n ON n.index = b.vessel
), single AS (
    SELECT *
    FROM numbered
    QUALIFY row_number() OVER (PARTITION BY vessel, "at", lon, lat ORDER BY row) = 1
), known AS (
    SELECT s.row
    FROM positions AS p
    JOIN single AS s
        ON p.vessel = s.vessel AND p."at" = s."at" AND p.lon = s.lon AND p.lat = s.lat
)
SELECT * FROM single ANTI JOIN known USING (row)
