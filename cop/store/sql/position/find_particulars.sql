-- Key and particulars of the vessels asked (`asked_vessels`), as the viewer may read them.
SELECT
    v.vessel,
    v.key,
    coalesce(max_by(p.value, (p."at", p.value)) FILTER (p.field = 0), '') AS name,
    coalesce(max_by(p.value, (p."at", p.value)) FILTER (p.field = 1), '') AS type,
    coalesce(max_by(p.value, (p."at", p.value)) FILTER (p.field = 2), '') AS call_sign,
    coalesce(max_by(p.value, (p."at", p.value)) FILTER (p.field = 3), '') AS imo,
    coalesce(max(p.tlp), 0) AS tlp
FROM asked_vessels AS a
JOIN vessels AS v USING (vessel)
LEFT JOIN vessel_particulars AS p ON p.vessel = v.vessel AND p.tlp <= $clearance
GROUP BY v.vessel, v.key
