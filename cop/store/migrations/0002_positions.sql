-- Positions of vessels, from AIS. Facts lie in order of vessel and time (a track is a few row
-- groups); what lies elsewhere on a map is answered by position_latest and position_density, both
-- changed with the facts. The marking is a dimension of every one, so that counts are exact for
-- each viewer. No ART indexes; uniqueness of (vessel, at, lon, lat) is held by the one writer.

-- A vessel is a number in the facts; its key is nine MMSI digits, or `id:N` of an anonymous source.
CREATE TABLE vessels (
    vessel INTEGER NOT NULL,
    key VARCHAR NOT NULL,
    mmsi INTEGER
);

-- What vessels say of themselves: the newest value of each field, apart for each marking.
CREATE TABLE vessel_particulars (
    vessel INTEGER NOT NULL,
    tlp UTINYINT NOT NULL,
    field UTINYINT NOT NULL,         -- 0 name, 1 type, 2 call sign, 3 IMO number
    value VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL
);

CREATE TABLE positions (
    vessel INTEGER NOT NULL,
    "at" TIMESTAMP NOT NULL,
    lon INTEGER NOT NULL,            -- 1e-7 degrees
    lat INTEGER NOT NULL,
    sog USMALLINT,                   -- 0.1 kn
    cog USMALLINT,                   -- 0.1 degrees
    heading USMALLINT,
    tlp UTINYINT NOT NULL,
    flags UTINYINT NOT NULL,         -- bits of cop.model.vessel_position
    run_id INTEGER NOT NULL
);

-- The newest position of each vessel for each marking; positions dated in the future never are.
CREATE TABLE position_latest AS SELECT * FROM positions;

-- Positions counted by cell (Web-Mercator tile at zoom 10), day, region, vessel areas and marking.
-- Rows are addends: one combination may stand in several, gathered when the facts are ordered.
CREATE TABLE position_density (
    day DATE NOT NULL,
    x SMALLINT NOT NULL,
    y SMALLINT NOT NULL,
    region UTINYINT NOT NULL,
    areas UBIGINT NOT NULL,          -- bit n set: inside vessel area with code n
    tlp UTINYINT NOT NULL,
    n INTEGER NOT NULL
);
