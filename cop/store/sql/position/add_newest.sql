-- Puts the newest positions in place.
INSERT INTO position_latest (vessel, "at", lon, lat, sog, cog, heading, tlp, flags, run_id)
SELECT
    vessel,
    "at",
    lon,
    lat,
    nullif(sog, 1023),
    nullif(cog, 3600),
    nullif(heading, 511),
    tlp,
    flags,
    ?
FROM newest_positions
