-- Of the new positions the newest of each vessel and marking, where it is newer than what stood.
CREATE OR REPLACE TEMP TABLE newest_positions AS
WITH candidates AS (
    SELECT *
    FROM new_positions
    WHERE flags & 4 = 0
    QUALIFY row_number() OVER (PARTITION BY vessel, tlp ORDER BY "at" DESC, lon DESC, lat DESC) = 1
)
SELECT c.*
FROM candidates AS c
LEFT JOIN position_latest AS l ON l.vessel = c.vessel AND l.tlp = c.tlp
WHERE l.vessel IS NULL OR (c."at", c.lon, c.lat) > (l."at", l.lon, l.lat)
