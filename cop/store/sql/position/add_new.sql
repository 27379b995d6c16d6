-- Appends the new positions in the order of the facts; AIS's own "not available" becomes NULL.
INSERT INTO positions (vessel, "at", lon, lat, sog, cog, heading, tlp, flags, run_id)
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
FROM new_positions
ORDER BY vessel, "at"
