-- Gives a number to every key of the batch (`position_keys`: index, key, mmsi) that has none.
INSERT INTO vessels (vessel, key, mmsi)
SELECT
    (SELECT coalesce(max(vessel), 0) FROM vessels) + row_number() OVER (ORDER BY k.index),
    k.key,
    k.mmsi
FROM position_keys AS k
ANTI JOIN vessels AS v USING (key)
