-- The positions of one vessel in a time window that the viewer may see, in order.
SELECT "at", lon, lat, sog, cog, heading, tlp, flags
FROM positions
WHERE vessel = $vessel AND tlp <= $clearance AND "at" >= $since AND "at" < $until
ORDER BY "at", lon, lat, tlp
