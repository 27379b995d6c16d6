"""An officer's name: given once, signed, never taken from the page."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from cop.errors import BadInput
from cop.model.viewer import fold_officer
from cop.web.session import OFFICER_COOKIE, Sessions


def name_of(world: Any, client: TestClient) -> str:
    """The name that the server reads from the client's cookies."""
    return str(Sessions(world.services.settings).read_officer(client.cookies.get(OFFICER_COOKIE)))


def test_a_name_is_given_once_and_can_be_changed(world: Any, client: TestClient) -> None:
    client.get("/watch")
    answer = client.post("/officer", json={"name": "  Lt.  A. Okoro "})
    assert answer.json() == {"officer": "Lt. A. Okoro"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert name_of(world, client) == "Lt. A. Okoro"
    sessions = Sessions(world.services.settings)
    viewer = sessions.read(client.cookies["cop_session"], client.cookies[OFFICER_COOKIE])
    assert viewer is not None
    assert viewer.officer == "Lt. A. Okoro"
    assert client.post("/officer", json={"name": "Žižka"}).status_code == 200
    assert name_of(world, client) == "Žižka"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 5_000,
        b'{"name": 7}',
        b'{"name": ""}',
        b'{"name": "x"}',
        b'{"name": "' + b"x" * 41 + b'"}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "a\\u202eb"}',
        b'{"name": "a\\u200bb"}',
        b'{"name": "\\ud800ab"}',
        b'{"name": "...."}',
    ],
)
def test_what_is_no_name_is_400_with_the_reason(client: TestClient, body: bytes) -> None:
    client.get("/watch")
    answer = client.post("/officer", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("name: ")
    assert "set-cookie" not in answer.headers


def test_only_our_own_page_may_name_an_officer(client: TestClient) -> None:
    assert client.post("/officer", json={"name": "Okoro"}).status_code == 401, "no session"
    client.get("/watch")
    foreign = {"origin": "http://evil.example"}
    assert client.post("/officer", json={"name": "Okoro"}, headers=foreign).status_code == 403
    assert client.post("/officer", content=b" " * 10_001).status_code == 413
    assert client.get("/officer").status_code == 405


def test_a_cookie_that_is_not_ours_names_nobody(world: Any) -> None:
    sessions = Sessions(world.services.settings)
    good = sessions.sign_officer("Okoro")
    assert sessions.read_officer(good) == "Okoro"
    forged = base64.urlsafe_b64encode(json.dumps("Admiral").encode()).decode().rstrip("=")
    swapped = ".".join([forged, *good.split(".")[1:]])
    for cookie in (None, "", "Okoro", swapped, good + "x", good * 20, sessions.mint()):
        assert sessions.read_officer(cookie) == ""
    viewer = sessions.read(sessions.mint(), swapped)
    assert viewer is not None
    assert viewer.officer == ""


def test_names_are_folded_so_that_one_look_is_one_officer() -> None:
    assert fold_officer("Ｏｋｏｒｏ \t  II") == "Okoro II"
    assert fold_officer("Jose\u0301") == fold_officer("José")
    with pytest.raises(BadInput, match="2 to 40"):
        fold_officer("A")
