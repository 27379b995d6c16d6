-- The newest position of each vessel that the viewer may see, inside a box and since an instant.
SELECT vessel, "at", lon, lat, sog, cog, heading, tlp, flags
FROM position_latest
WHERE tlp <= $clearance
    AND hidden_from > $clearance
    AND "at" >= $since
    AND lat BETWEEN $south AND $north
    AND (lon BETWEEN $west AND $east OR lon BETWEEN $west_again AND $east_again)
