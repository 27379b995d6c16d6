"""Quick entry: a typed line or a filled form becomes a report of the watch desk.

`read_line` drafts and `fill_form` fills the form, `find_similar` and `find_background` show what is
known already while the officer types, `record_report` checks every field and takes the report in
by the one way for data.
"""

from cop.quick_entry.filling import FIELDS, Filled, Flaw, fill_form, form_of, shown_at
from cop.quick_entry.form import BadForm, check_form
from cop.quick_entry.recording import looking_round, read_line, record_report
from cop.quick_entry.similar import Background, Prior, Similar, find_background, find_similar

__all__ = [
    "FIELDS",
    "Background",
    "BadForm",
    "Filled",
    "Flaw",
    "Prior",
    "Similar",
    "check_form",
    "fill_form",
    "find_background",
    "find_similar",
    "form_of",
    "looking_round",
    "read_line",
    "record_report",
    "shown_at",
]
