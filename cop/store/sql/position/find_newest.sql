-- Of the new positions the newest of each vessel and marking, where it is newer than what stood.
CREATE OR REPLACE TEMP TABLE newest_positions AS
WITH last AS (
    SELECT vessel, tlp, max("at") AS "at"
    FROM new_positions
    WHERE flags & 4 = 0
    GROUP BY vessel, tlp
), candidates AS (
    SELECT p.*
    FROM new_positions AS p
    JOIN last USING (vessel, tlp, "at")
    QUALIFY row_number() OVER (PARTITION BY p.vessel, p.tlp ORDER BY p.lon DESC, p.lat DESC) = 1
)
SELECT c.*
FROM candidates AS c
LEFT JOIN position_latest AS l ON l.vessel = c.vessel AND l.tlp = c.tlp
WHERE l.vessel IS NULL OR (c."at", c.lon, c.lat) > (l."at", l.lon, l.lat)
