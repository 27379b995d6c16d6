"""What watch officers do: acts on incidents, the watch and its log, tasks, what they keep.

Each function is one audited transaction signed by the officer; screens call these, nothing else.
What may be done, and what each act needs, is `cop.model.triage`.
"""

from cop.desk.acts import act, undo
from cop.desk.handover import Handover, draft_handover, parse_handover
from cop.desk.saving import add_contact, change_contact, retire_saved, save_area, save_view
from cop.desk.seeing import mark_seen, see_all, sign_on
from cop.desk.tasks import Step, add_checklist, add_measure, add_task, change_task
from cop.desk.watches import (
    add_note,
    edit_handover,
    open_watch,
    relieve,
    sign_handover,
    strike,
)

__all__ = [
    "Handover",
    "Step",
    "act",
    "add_checklist",
    "add_contact",
    "add_measure",
    "add_note",
    "add_task",
    "change_contact",
    "change_task",
    "draft_handover",
    "edit_handover",
    "mark_seen",
    "open_watch",
    "parse_handover",
    "relieve",
    "retire_saved",
    "save_area",
    "save_view",
    "see_all",
    "sign_handover",
    "sign_on",
    "strike",
    "undo",
]
