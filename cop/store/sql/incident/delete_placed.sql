-- Take the incidents at the places in `placed` out of the picture of now.
DELETE FROM incidents
USING placed
WHERE incidents.rowid = placed.place
