-- The newest position of each vessel that the viewer may see, inside a box and since an instant.
WITH seen AS (
    SELECT *
    FROM position_latest
    WHERE tlp <= $clearance
    QUALIFY row_number() OVER (PARTITION BY vessel ORDER BY "at" DESC, lon DESC, lat DESC) = 1
)
SELECT vessel, "at", lon, lat, sog, cog, heading, tlp, flags
FROM seen
WHERE "at" >= $since
    AND lat BETWEEN $south AND $north
    AND (lon BETWEEN $west AND $east OR lon BETWEEN $west_again AND $east_again)
ORDER BY "at", vessel
