"""The watch view's one answer, without a browser."""

from __future__ import annotations

import json

import orjson
import plotly.utils
import pytest
from dash import no_update
from reading import all_with, revive, text_of, walk

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids
from cop.ui.views import watch


def ask(services: Services, viewer: Viewer, query: str, **shown: object) -> dict[str, object]:
    found = watch.answer(services, viewer, f"?{query}" if query else "", {}, 0, dict(shown))
    return {name: revive(value) for name, value in found.items()}


def test_every_panel_answers_the_same_question(services: Services, viewer: Viewer) -> None:
    found = ask(services, viewer, "hazard=armed-robbery")
    where = services.ask("hazard=armed-robbery", viewer)
    assert set(found) == set(watch.OUTPUTS)
    assert found["count"] == str(services.count(where))
    assert found["count_state"] == "ready"
    assert text_of(found["caption"]) == "Armed robbery"
    options = {o.to_plotly_json()["props"]["data-value"]: o for o in found["facet-region"]}
    counted = sum(int(text_of(option.children[-1])) for option in options.values())
    assert (
        counted == services.picture(where, watch.viewport_sent({}, watch.look_of("", ()))).located
    )


def test_what_does_not_change_is_not_sent_again(services: Services, viewer: Viewer) -> None:
    first = ask(services, viewer, "severity=2,3")
    again = ask(services, viewer, "severity=3,2&sel=asam-2031-1", **first["shown"])
    assert set(again) == {"map", "count_state"}
    other = ask(services, viewer, "severity=3", **first["shown"])
    assert set(other) == set(watch.OUTPUTS)
    light = ask(services, viewer, "severity=2,3&theme=day", **first["shown"])
    assert set(light) == set(watch.OUTPUTS)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("severity=9", "severity"),
        ("hazard=", "hazard"),
        ("foo=1", "foo"),
        ("theme=pink", "theme"),
        ("layers=nothing", "layers"),
        ("center=400,0", "center"),
        ("z=99", "z"),
        ("as_known_at=soon", "as_known_at"),
    ],
)
def test_a_refused_question_shows_no_incident(
    services: Services, viewer: Viewer, query: str, key: str
) -> None:
    found = ask(services, viewer, query)
    assert set(found) == set(watch.OUTPUTS)
    assert found["count"] == ""
    assert found["count_state"] == "refused"
    assert key in text_of(found["notice"])
    assert found["notice_hidden"] is False
    buttons = [
        json.loads(b.to_plotly_json()["props"]["data-go"])
        for b in all_with(found["notice"], "data-go")
    ]
    assert buttons == [{key: ""}]
    marks = [trace for trace in found["map"]["data"] if "customdata" in trace]
    assert marks == []
    assert {text_of(tile.children[0]) for tile in found["tiles"]} == {"–"}


def test_an_empty_answer_names_the_condition_to_drop(services: Services, viewer: Viewer) -> None:
    found = ask(services, viewer, "q=heron&severity=5")
    assert found["count"] == "0"
    said = text_of(found["notice"])
    assert "Drop Severity: Critical1 incident" in said
    assert "Drop Search" not in said  # nothing is gained by it
    assert found["notice_hidden"] is False


def test_where_no_single_condition_is_the_cause_two_are_offered(
    services: Services, viewer: Viewer
) -> None:
    found = ask(services, viewer, "q=heron&severity=5&act=unfounded")
    assert found["count"] == "0"
    said = text_of(found["notice"])
    assert "No single condition is the cause: dropping two of them brings some." in said
    buttons = [
        json.loads(getattr(button, "data-go")) for button in all_with(found["notice"], "data-go")
    ]
    assert {"severity": "", "act": ""} in buttons


def test_a_viewer_never_counts_what_is_above_the_clearance(services: Services) -> None:
    low = Viewer("low", "clear")
    found = ask(services, low, "")
    assert found["count"] == str(services.count(services.ask("", low)))
    assert "TLP:CLEAR" in text_of(found["marking"])


def test_the_past_says_so_and_has_a_way_out(services: Services, viewer: Viewer) -> None:
    found = ask(services, viewer, "as_known_at=2020-01-01")
    assert found["count"] == "0"
    assert text_of(found["world"]).startswith("AS KNOWN AT 010000Z JAN 20")
    (out,) = all_with(found["world"], "data-go")
    assert json.loads(getattr(out, "data-go")) == {"as_known_at": ""}


def test_an_answer_is_small_and_plain_json(services: Services, viewer: Viewer) -> None:
    found = ask(services, viewer, "")
    sent = json.dumps(found, cls=plotly.utils.PlotlyJSONEncoder)
    assert len(sent) < 250_000
    assert orjson.loads(sent)["count"] == found["count"]


def test_the_list_comes_in_blocks(services: Services, viewer: Viewer) -> None:
    block, said = watch.rows(services, viewer, {"startRow": 0, "endRow": 3}, "", "")
    assert len(block["rowData"]) == 3
    assert block["rowCount"] == services.count(services.ask("", viewer))
    assert str(block["rowCount"]) in text_of(said)
    newest = [row["at"] for row in block["rowData"]]
    assert newest == sorted(newest, reverse=True)
    by_title = {
        "startRow": 0,
        "endRow": 3,
        "sortModel": [{"colId": "title", "sort": "asc"}],
    }
    titles = [r["title"] for r in watch.rows(services, viewer, by_title, "", "")[0]["rowData"]]
    assert titles == sorted(titles)


def test_the_list_of_a_refused_question_is_empty(services: Services, viewer: Viewer) -> None:
    block, _ = watch.rows(services, viewer, {"startRow": 0, "endRow": 3}, "?severity=9", "")
    assert block == {"rowData": [], "rowCount": 0}


def test_the_list_without_positions(services: Services, viewer: Viewer) -> None:
    block, said = watch.rows(services, viewer, {"startRow": 0, "endRow": 100}, "", "unlocated")
    assert block["rowCount"] == len(block["rowData"]) > 0
    assert {row["region"] for row in block["rowData"]} == {"No position"}
    assert "without a position" in text_of(said)


def test_detail_tells_its_place_in_the_list(services: Services, viewer: Viewer) -> None:
    first = watch.rows(services, viewer, {"startRow": 0, "endRow": 2}, "", "")[0]["rowData"][1]
    drawer, hidden, place = watch.open_detail(services, viewer, first["id"], 0, "", {})
    assert hidden is False
    assert (place["id"], place["row"]) == (first["id"], 1)
    again = watch.open_detail(services, viewer, first["id"], 1, "", {}, place)
    assert again == [no_update, no_update, place], "what did not change is not drawn anew"
    assert "2 of" in text_of(drawer)


@pytest.mark.parametrize("selected", ["nothing-such", "asam-2031-1' OR 1=1", "x" * 200, "\ud800"])
def test_an_unknown_incident_is_a_sentence(
    services: Services, viewer: Viewer, selected: str
) -> None:
    drawer, hidden, place = watch.open_detail(services, viewer, selected, 0, "", {})
    assert hidden is False
    assert place is None
    assert "no such incident" in text_of(drawer)


def test_every_control_of_the_layout_has_one_place(services: Services) -> None:
    found = [part.id for part in walk(watch.layout(services)) if getattr(part, "id", None)]
    assert len(found) == len(set(found))
    for output in watch.OUTPUTS.values():
        if output.component_id not in (ids.MARKING, ids.WORLD, ids.FRESHNESS, ids.MESSAGE):
            assert output.component_id in found
    assert set(watch.FIELDS) <= set(found)
