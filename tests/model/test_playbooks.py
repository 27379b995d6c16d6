"""Each hazard type has a playbook that can be followed, and what is misspelt is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cop.model.playbooks import (
    PHASES,
    PLAYBOOKS,
    BadPlaybook,
    get_playbook,
    load_playbooks,
    playbooks_for,
    read_playbook,
)
from cop.model.vocabulary import hazards

SOUND = """
id = "trial"
title = "A trial"
hazards = ["collision"]
roles = ["master"]
preserve = ["the log"]
contacts_needed = ["RCC"]

[[step]]
phase = "immediate"
who = "master"
what = "Stop."
why = "To see."
by_minutes = 5

[[report]]
to = "RCC"
by = "at once"

[[source]]
name = "A publication"
year = 2020
"""


@pytest.mark.parametrize("hazard", hazards().slugs)
def test_every_hazard_type_has_a_playbook(hazard: str) -> None:
    found = playbooks_for(hazard)
    assert found
    assert all(playbooks_for(hazard, severity) for severity in range(1, 6))


def test_there_are_more_than_a_dozen_and_each_can_be_followed() -> None:
    playbooks = load_playbooks()
    assert len(playbooks) >= 20
    for playbook in playbooks:
        assert {step.phase for step in playbook.steps} >= {"immediate", "first-hour", "first-day"}
        assert len(playbook.steps) >= 6, playbook.id
        assert playbook.sources, playbook.id
        used = {step.who for step in playbook.steps}
        assert "watch officer" in used, playbook.id
        for step in playbook.steps:
            assert step.phase == "after" or step.by_minutes, (playbook.id, step.what)
        for phase in PHASES:
            times = [step.by_minutes or 0 for step in playbook.steps_of(phase)]
            assert max(times, default=0) <= (PHASES[phase][1] or 10**9)


def test_the_special_playbook_comes_before_the_general() -> None:
    sizes = [len(playbook.hazards) for playbook in playbooks_for("sinking")]
    assert sizes == sorted(sizes)
    assert get_playbook("ransomware") in playbooks_for("data-breach")
    assert get_playbook("of-old") is None


def test_each_file_says_that_it_is_no_legal_advice() -> None:
    for file in PLAYBOOKS.glob("*.toml"):
        assert "Guidance, not legal advice" in file.read_text("utf-8").splitlines()[0]


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "trial.toml"
    file.write_text(SOUND, "utf-8")
    playbook = read_playbook(file)
    assert playbook.severities == (1, 2, 3, 4, 5)
    assert playbook.steps[0].by_minutes == 5


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('title = "A trial"', 'title = "A trial"\ncolour = "red"', "keys nobody reads: colour"),
        ('why = "To see."', 'why = "To see."\nhow = "slowly"', "keys nobody reads: how"),
        ('"collision"', '"krakens"', "no hazard type"),
        ('phase = "immediate"', 'phase = "soon"', "no phase"),
        ('who = "master"', 'who = "cook"', "none of its roles"),
        ("by_minutes = 5", "by_minutes = 500", "do not lie in the phase"),
        ("year = 2020", 'year = "2020"', "has a year"),
        ('what = "Stop."', 'what = " "', "what is no text"),
        ('id = "trial"', 'id = "other"', "its file"),
        ('preserve = ["the log"]', "preserve = []", "no list of texts"),
        ('roles = ["master"]', 'roles = ["master"]\nseverities = [7]', "of 1 to 5"),
        ('by = "at once"', "by = 1", "by is no text"),
        ('to = "RCC"', "", "'to'"),
        ('title = "A trial"', "title = ", "trial.toml"),
    ],
)
def test_what_is_misspelt_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert SOUND.count(old) == 1
    file = tmp_path / "trial.toml"
    file.write_text(SOUND.replace(old, new), "utf-8")
    with pytest.raises(BadPlaybook, match=fault):
        read_playbook(file)
