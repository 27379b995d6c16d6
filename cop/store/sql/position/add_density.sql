-- Counts the new positions into the density, as addends.
INSERT INTO position_density (day, x, y, region, areas, tlp, n)
SELECT
    "at"::DATE AS day,
    x,
    y,
    region,
    areas,
    tlp,
    count(*)
FROM new_positions
GROUP BY ALL
ORDER BY day, x, y
