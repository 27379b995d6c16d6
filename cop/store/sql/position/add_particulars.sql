-- Puts the newer particulars in place.
INSERT INTO vessel_particulars (vessel, tlp, field, value, "at")
SELECT vessel, tlp, field, value, "at" FROM changed_particulars
