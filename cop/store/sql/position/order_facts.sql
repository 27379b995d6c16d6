-- Lays the facts in order of vessel and time.
INSERT INTO positions_ordered SELECT * FROM positions ORDER BY vessel, "at", lon, lat
