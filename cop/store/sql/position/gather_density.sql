-- One row for each combination that was counted, in order of day and place.
INSERT INTO density_gathered (day, x, y, region, areas, tlp, n)
SELECT day, x, y, region, areas, tlp, sum(n)
FROM position_density
GROUP BY ALL
ORDER BY day, x, y
