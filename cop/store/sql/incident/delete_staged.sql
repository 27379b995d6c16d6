-- Take the incidents in `staged` out of the picture of now; their new rows follow.
DELETE FROM incidents
USING staged
WHERE incidents.incident_id = staged.incident_id
