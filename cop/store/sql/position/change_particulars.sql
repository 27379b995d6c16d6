-- Of the particulars of the batch those newer than what stood; `was_known`: any stood before.
CREATE OR REPLACE TEMP TABLE changed_particulars AS
WITH newest AS (
    SELECT b.row, n.vessel, b.tlp, b.field, b.value, b."at"
    FROM particulars_batch AS b
    JOIN position_numbers AS n ON n.index = b.vessel
    QUALIFY row_number() OVER (
        PARTITION BY n.vessel, b.tlp, b.field ORDER BY b."at" DESC, b.value DESC, b.row
    ) = 1
), known AS (
    SELECT DISTINCT vessel, tlp FROM vessel_particulars
)
SELECT
    b.row,
    b.vessel,
    b.tlp,
    b.field,
    b.value,
    b."at",
    s.value IS DISTINCT FROM b.value AS differs,
    k.vessel IS NOT NULL AS was_known
FROM newest AS b
LEFT JOIN vessel_particulars AS s
    ON s.vessel = b.vessel AND s.tlp = b.tlp AND s.field = b.field
LEFT JOIN known AS k ON k.vessel = b.vessel AND k.tlp = b.tlp
WHERE s.vessel IS NULL OR (b."at", b.value) > (s."at", s.value)
