"""One answer for all screens that ask the same of the same state; never one that is another's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.types import Message, Send

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.callbacks import sharing
from cop.web.shared import SharedAnswers

ANN = Viewer("session:1", "amber", "Ann")


@dataclass
class Asked:
    """A store's numbers, and a callback that counts how often it was run."""

    version: int = 1
    desk_version: int = 1
    now: datetime = datetime(2026, 11, 23, 12, 58, 10)
    shared: bool = True
    status: int = 200
    runs: int = 0
    answers: SharedAnswers = field(init=False)

    def __post_init__(self) -> None:
        self.answers = self.keep(1_000_000)

    def keep(self, most_bytes: int) -> SharedAnswers:
        return SharedAnswers(cast(Services, SimpleNamespace(store=self)), most_bytes)

    def clock(self) -> datetime:
        return self.now

    async def run(self, send: Send) -> None:
        self.runs += 1
        number = self.runs
        await asyncio.sleep(0.01)
        noted = sharing.get()
        if self.shared and noted is not None:
            noted.append(True)
        headers = [(b"x-run", str(number).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"half, ", "more_body": True})
        await send({"type": "http.response.body", "body": f"run {number}".encode()})

    async def ask(self, body: bytes = b"{}", viewer: Viewer = ANN, encodings: str = "gzip") -> str:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"set", b"by the guard"))
                assert len(message["headers"]) == 2, "what one request adds, the next does not get"
            sent.append(message)

        await self.answers.answer(body, viewer, encodings, self.run, send)
        assert sent[0]["status"] == self.status
        return b"".join(part.get("body", b"") for part in sent[1:]).decode()


def test_the_same_question_is_answered_once_and_in_the_same_bytes() -> None:
    async def screens() -> None:
        asked = Asked()
        assert [await asked.ask() for _ in range(3)] == ["half, run 1"] * 3

    asyncio.run(screens())


def test_many_at_once_wait_for_one_answer() -> None:
    async def screens() -> None:
        asked = Asked()
        assert set(await asyncio.gather(*(asked.ask() for _ in range(50)))) == {"half, run 1"}
        assert asked.runs == 1

    asyncio.run(screens())


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"desk_version": 2},
        {"now": datetime(2026, 11, 23, 12, 59)},
    ],
)
def test_another_state_is_asked_anew(change: dict[str, Any]) -> None:
    async def screens() -> None:
        asked = Asked()
        await asked.ask()
        for name, value in change.items():
            setattr(asked, name, value)
        assert await asked.ask() == "half, run 2"

    asyncio.run(screens())


@pytest.mark.parametrize(
    "other",
    [
        {"viewer": replace(ANN, clearance="red")},
        {"viewer": replace(ANN, clearance="clear")},
        {"viewer": replace(ANN, officer="Bob")},
        {"body": b"{ }"},
        {"encodings": "identity"},
    ],
)
def test_nobody_gets_the_answer_of_another_clearance_name_question_or_encoding(
    other: dict[str, Any],
) -> None:
    async def screens() -> None:
        asked = Asked()
        await asked.ask()
        assert await asked.ask(**other) == "half, run 2"

    asyncio.run(screens())


@pytest.mark.parametrize("kind", [{"shared": False}, {"status": 500}])
def test_what_may_not_be_shared_or_failed_is_run_for_each(kind: dict[str, Any]) -> None:
    async def screens() -> None:
        asked = Asked(**kind)
        answers = await asyncio.gather(*(asked.ask() for _ in range(4)))
        assert len(set(answers)) == asked.runs == 4

    asyncio.run(screens())


def test_a_failure_reaches_the_one_who_asked_and_the_next_asks_again() -> None:
    async def screens() -> None:
        asked = Asked()

        async def fails(send: Send) -> None:
            await asyncio.sleep(0.01)
            raise RuntimeError("no answer")

        async def send(message: Message) -> None:
            raise AssertionError("nothing was answered")

        first = asyncio.create_task(asked.answers.answer(b"{}", ANN, "gzip", fails, send))
        await asyncio.sleep(0)
        assert await asked.ask() == "half, run 1", "who waited for it is answered all the same"
        with pytest.raises(RuntimeError):
            await first

    asyncio.run(screens())


def test_the_least_asked_are_dropped_when_there_is_too_much() -> None:
    async def screens() -> None:
        asked = Asked()
        asked.answers = asked.keep(30)  # two answers of eleven bytes
        for body in (b"1", b"2", b"1", b"3", b"1"):
            await asked.ask(body)
            asked.now += timedelta(seconds=1)
        assert asked.runs == 3
        assert await asked.ask(b"2") == "half, run 4"

    asyncio.run(screens())
