"""Records set aside: corrected and run again, or dismissed with a reason; by one person only."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from asam_inputs import Take, as_csv, as_json, asam, everything

from cop.actions import dismiss_quarantined, rerun_quarantined
from cop.errors import BadInput, Conflict, CopError, NotFound
from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.store import Store

ANN, BOB = Viewer("session:ann", "red"), Viewer("session:bob", "red")


def only_item(store: Store, state: str = "open") -> dict[str, Any]:
    [item] = store.read("quarantine", ANN, state=state)
    return item


@pytest.mark.parametrize("layout", [as_csv, as_json])
def test_a_record_is_corrected_and_run_again(
    store: Store, take: Take, geography: Geography, layout: Any
) -> None:
    take(layout(asam("2026-1"), asam("2026-2", date="2026-02-30"), asam("2026-3")))
    item = only_item(store)
    assert (item["reference"], item["field"], item["state"]) == ("2026-2", "date", "open")
    assert "2026-02-30" in item["reason"]
    corrected = bytes(item["raw"]).decode().replace("2026-02-30", "2026-02-28")
    tally = rerun_quarantined(store, geography, ANN, item["item_id"], corrected)
    assert (tally["received"], tally["new"]) == (1, 1)
    assert store.read("count", everything()) == 3
    settled = only_item(store, "corrected")
    assert settled["settled_by"] == "session:ann"
    assert bytes(settled["raw"]) == bytes(item["raw"]), "what was received stays as received"
    assert store.read("quarantine_count", ANN) == 0
    again = take(layout(asam("2026-2", date="2026-02-28")))
    assert again.unchanged == 1, "the source's own correction agrees with ours"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("2026-02-30", "2026-02-31"), "2026-02-31"),
        (("2026-02-30", ""), "date"),
        (None, "not a record of"),
    ],
)
def test_what_is_still_wrong_is_said_and_the_record_stays_open(
    store: Store, take: Take, geography: Geography, change: tuple[str, str] | None, says: str
) -> None:
    take(as_json(asam("2026-1"), asam("2026-2", date="2026-02-30")))
    item = only_item(store)
    text = bytes(item["raw"]).decode()
    corrected = text.replace(*change) if change else "{nonsense"
    with pytest.raises(BadInput, match=says):
        rerun_quarantined(store, geography, ANN, item["item_id"], corrected)
    assert only_item(store)["state"] == "open"
    assert store.read("counts", None)["audit"] == 1


def test_one_record_stays_one_record(store: Store, take: Take, geography: Geography) -> None:
    take(as_csv(asam("2026-1"), asam("2026-2", date="soon")))
    item = only_item(store)
    row = bytes(item["raw"]).decode().replace("soon", "2026-01-01").strip()
    with pytest.raises(BadInput, match="must hold one record, not 2"):
        rerun_quarantined(store, geography, ANN, item["item_id"], f"{row}\n{row}")
    with pytest.raises(BadInput, match="too long"):
        rerun_quarantined(store, geography, ANN, item["item_id"], "x" * 200_001)


def test_who_comes_second_is_told(store: Store, take: Take, geography: Geography) -> None:
    take(as_json(asam("2026-1"), asam("2026-2", date="soon")))
    item = only_item(store)
    corrected = bytes(item["raw"]).decode().replace("soon", "2026-01-01")
    rerun_quarantined(store, geography, ANN, item["item_id"], corrected)
    with pytest.raises(Conflict, match="settled already"):
        rerun_quarantined(store, geography, BOB, item["item_id"], corrected)
    with pytest.raises(Conflict, match="settled this record first"):
        dismiss_quarantined(store, BOB, item["item_id"], "not needed")
    assert only_item(store, "corrected")["settled_by"] == "session:ann"


def test_of_two_at_once_one_wins(store: Store, take: Take, geography: Geography) -> None:
    take(as_json(asam("2026-1"), *(asam(f"2026-{n}", date="soon") for n in range(2, 8))))
    items = store.read("quarantine", ANN)
    together = threading.Barrier(2)
    outcomes: dict[str, list[str]] = {"ann": [], "bob": []}

    def correct(who: str, victim: str) -> None:
        for item in items:
            text = bytes(item["raw"]).decode().replace("soon", "2026-01-01")
            text = text.replace("BLUE HERON", victim)
            together.wait()
            try:
                rerun_quarantined(
                    store, geography, Viewer(f"session:{who}", "red"), item["item_id"], text
                )
                outcomes[who].append("done")
            except CopError as error:
                outcomes[who].append(type(error).__name__)

    people = [
        threading.Thread(target=correct, args=pair)
        for pair in (("ann", "TUG ANN"), ("bob", "TUG BOB"))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    pairs = list(zip(outcomes["ann"], outcomes["bob"], strict=True))
    assert len(pairs) == 6
    assert all(sorted(pair) == ["Conflict", "done"] for pair in pairs), pairs
    rows = store.read("rows", everything())
    assert len(rows) == 7
    assert (rows["version"] == 1).all(), "no correction was overwritten by the other"


def test_a_record_is_dismissed_with_a_reason(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1"), asam("2026-2", date="soon")))
    item = only_item(store)
    with pytest.raises(BadInput, match="say why"):
        dismiss_quarantined(store, ANN, item["item_id"], "  ")
    dismiss_quarantined(store, ANN, item["item_id"], "a test message")
    assert only_item(store, "dismissed")["settled_by"] == "session:ann"
    with pytest.raises(Conflict):
        dismiss_quarantined(store, BOB, item["item_id"], "me too")


def test_what_one_may_not_see_does_not_exist(
    store: Store, take: Take, geography: Geography
) -> None:
    take(as_json(asam("2026-1"), asam("2026-2", date="soon", tlp="RED")))
    officer = Viewer("session:eve", "amber")
    for item_id in (only_item(store)["item_id"], 999):
        with pytest.raises(NotFound, match="no such record kept aside"):
            rerun_quarantined(store, geography, officer, item_id, "{}")
        with pytest.raises(NotFound, match="no such record kept aside"):
            dismiss_quarantined(store, officer, item_id, "gone")
