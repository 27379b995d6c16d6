"""The predicate: what it says in words and SQL, and that its marking can't be left out."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from datetime import datetime

import pytest

from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query import where as where_module
from cop.query.filters import Filters
from cop.query.url import from_query
from cop.query.where import Where, any_of, compile_where

NOW = datetime(2026, 11, 23, 12, 34, 56)
GREEN = Viewer("officer", "green")


def ask(query: str, clearance: str = "green") -> Where:
    return compile_where(from_query(query), Viewer("officer", clearance), now=NOW)


WORDS = [
    ("", "All incidents"),
    (
        "hazard=piracy,armed-robbery&severity=3,4,5&region=gulf-of-guinea&since=2024-01-01",
        "Piracy or armed robbery, moderate or worse, Gulf of Guinea and West Africa, "
        "since 1 Jan 2024",
    ),
    ("hazard=cyber", "Any cyber"),
    ("hazard=unclassified", "Unclassified"),
    ("severity=1,3", "Severity minor or moderate"),
    ("severity=5", "Severity critical"),
    ("act=unfounded&verification=debunked", "Unfounded, debunked"),
    ("status=withdrawn", "Status withdrawn"),
    ("tlp=amber-strict,red", "TLP:AMBER+STRICT or TLP:RED"),
    ("navarea=XI&source=imb", "NAVAREA XI, from IMB (Crime at Sea)"),
    ("port=NLRTM&radius_nm=2.5", "Within 2.5 nm of Rotterdam (NLRTM)"),
    ("bbox=160.6,-55.95,-170,-25.89", "Inside 55.95°S to 25.89°S, 160.6°E to 170°W"),
    ("within=0 0;9 0;9 9", "Inside a drawn area of 3 corners"),
    ("id=asam-2030-1", "Incident asam-2030-1"),
    ("id=a,b,c", "3 chosen incidents"),
    ("q=grey gull", "With “grey gull”"),
    ("since=-30d", "Since 241234Z OCT 26 (30d ago)"),
    (
        "since=2024-01-01T06:30Z&until=2024-02-01",
        "Since 010630Z JAN 24, until 1 Feb 2024",
    ),
    (
        "region=arctic,baltic,oceania,black-sea,caribbean",
        "Baltic Sea, Arctic Ocean, Black Sea, Sea of Azov and Sea of Marmara or 2 more",
    ),
]


@pytest.mark.parametrize(("query", "words"), WORDS)
def test_a_question_in_words(query: str, words: str) -> None:
    assert ask(query).words == words


def test_a_where_is_made_by_compile_where_only() -> None:
    made = ask("hazard=piracy")
    parts = (made.filters, made.viewer, made.now, None, (), "All incidents")
    with pytest.raises(TypeError, match="compile_where only"):
        Where(*parts, object())
    with pytest.raises(TypeError):
        Where(*parts)  # type: ignore[call-arg]
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(made, clauses=())
    assert not hasattr(made, "seal")
    assert where_module._SEAL not in vars(made).values()


def test_a_where_cannot_be_changed() -> None:
    made = ask("hazard=piracy")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.clauses = ()  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.viewer = Viewer("officer", "red")  # type: ignore[misc]
    assert copy.copy(made).clauses == made.clauses
    assert pickle.loads(pickle.dumps(made)).clauses == made.clauses


@pytest.mark.parametrize("clearance", MARKINGS.slugs)
@pytest.mark.parametrize("query", ["", "hazard=piracy&q=x&since=-3d&tlp=red&bbox=1,2,3,4"])
def test_every_predicate_carries_the_marking(clearance: str, query: str) -> None:
    where = ask(query, clearance)
    keys = {clause.key for clause in where.clauses}
    for without in ("", *keys, "marking", "no-such-key"):
        sql, values = where.predicate(without)
        assert sql.startswith("tlp <= ?")
        assert values[0] == MARKINGS.code(clearance)
        assert sql.count("?") == len(values)
        if without not in ("", "marking"):
            assert len(values) <= len(where.predicate()[1])


def test_one_condition_can_be_left_out() -> None:
    where = ask("severity=4&act=committed")
    assert where.predicate("severity")[0] == "tlp <= ? AND (act = 1) AND status <> 5"
    assert where.predicate("act")[0] == "tlp <= ? AND (severity = 4) AND status <> 5"


def test_without_a_word_on_status_withdrawn_records_stand_aside() -> None:
    assert ask("").predicate() == ("tlp <= ? AND status <> 5", [1])
    assert ask("status=withdrawn").predicate() == ("tlp <= ? AND (status = 5)", [1])


def test_only_values_are_bound_never_words_of_a_question() -> None:
    where = ask("q=x' OR 1=1 --&id=a'b&source=imb")
    sql, values = where.predicate()
    assert "'" not in sql
    assert {"x'", "or", "1=1", "--", "a'b"} <= set(values)


def test_codes_become_ranges() -> None:
    assert any_of("severity", [3, 5, 4, 1]) == "(severity = 1 OR severity BETWEEN 3 AND 5)"


def test_only_invisible_characters_find_nothing() -> None:
    assert "FALSE" in ask("q=%E2%80%8B").predicate()[0]


def test_relative_times_are_anchored_to_the_minute() -> None:
    where = ask("since=-1d&until=-6h")
    assert where.since == datetime(2026, 11, 22, 12, 34)
    assert where.until == datetime(2026, 11, 23, 6, 34)
    assert ask("").since is None


def test_equal_keys_mean_equal_answers() -> None:
    assert ask("severity=4,5").key == ask("severity=5,4").key
    assert ask("severity=4").key != ask("severity=5").key
    assert ask("severity=4", "red").key != ask("severity=4", "green").key
    later = compile_where(Filters(), GREEN, now=datetime(2026, 11, 24))
    assert later.key != ask("").key, "a picture counts the last 24 hours"
    then = compile_where(Filters(), GREEN, now=NOW, as_known_at=datetime(2026, 1, 1))
    assert then.key != ask("").key
