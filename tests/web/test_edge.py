"""The edge: sessions, origins, sizes, shapes, hosts, headers, and what an error may say."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from itsdangerous import TimestampSigner
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from cop.errors import BadInput, Conflict, NotFound, Refused, StoreHeld
from cop.services import Services
from cop.settings import Settings
from cop.web.bodies import check_body
from cop.web.guard import Guard
from cop.web.session import COOKIE, MAX_AGE_S, Sessions, current_viewer
from cop.web.shared import SharedAnswers

CALLBACK = "/_dash-update-component"
# For guards of apps without callbacks.
NO_ANSWERS = SharedAnswers(cast(Services, SimpleNamespace(store=None)))
INSIDES = re.compile(r"Traceback|File \"|SELECT |duckdb|/site-packages|/work|/tmp|\.py\b")


def says_nothing_of_the_inside(response: Any) -> bool:
    return not INSIDES.search(response.text)


# Sessions


def test_the_first_page_view_mints_a_session(client: TestClient) -> None:
    response = client.get("/watch")
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"Path=/", "HttpOnly", "SameSite=Lax", f"Max-Age={MAX_AGE_S}"} <= set(cookie.split("; "))
    assert "set-cookie" not in client.get("/watch").headers, "and keeps it"


def test_over_https_the_cookie_is_secure(world: Any) -> None:
    with TestClient(world.app, base_url="https://127.0.0.1") as client:
        assert "Secure" in client.get("/watch").headers["set-cookie"].split("; ")


def test_s1_a_callback_without_a_session_is_401_whatever_its_body(client: TestClient) -> None:
    for body in (b"{}", b"not json", b"\xff" * 1000):
        response = client.post(CALLBACK, content=body)
        assert response.status_code == 401
        assert "load the page again" in response.json()["error"]
    assert client.get("/_dash-layout").status_code == 401


@pytest.mark.parametrize("kind", ["another secret", "expired", "changed", "unsigned", "long", "no"])
def test_s9_a_cookie_that_is_not_ours_is_no_session(
    world: Any, client: TestClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = Sessions(world.services.settings)
    good = sessions.mint()
    assert sessions.read(good) is not None
    if kind == "expired":
        long_ago = int(time.time()) - MAX_AGE_S - 60
        with monkeypatch.context() as patch:
            patch.setattr(TimestampSigner, "get_timestamp", lambda self: long_ago)
            good = sessions.mint()
    cookie = {
        "another secret": TimestampSigner("x" * 64, salt="cop-session").sign("admin").decode(),
        "expired": good,
        "changed": "x" + good[1:],
        "unsigned": "admin",
        "long": good + "x" * 300,
        "no": "",
    }[kind]
    assert sessions.read(cookie) is None
    response = client.post(CALLBACK, content=b"{}", headers={"cookie": f"{COOKIE}={cookie}"})
    assert response.status_code == 401


def test_a_session_has_the_clearance_of_the_settings_and_nothing_it_says(tmp_path: Path) -> None:
    for clearance in ("clear", "amber", "red"):
        settings = Settings(store=tmp_path / "live.duckdb", clearance=clearance)
        sessions = Sessions(settings)
        viewer = sessions.read(sessions.mint())
        assert viewer is not None
        assert viewer.clearance == clearance
        assert viewer.name.startswith("session:")
    assert (tmp_path / "session.key").stat().st_mode & 0o777 == 0o600


def test_a_secret_cut_short_by_a_crash_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "session.key").write_text("")
    settings = Settings(store=tmp_path / "live.duckdb")
    sessions = Sessions(settings)
    assert sessions.read(TimestampSigner("", salt="cop-session").sign("admin").decode()) is None
    assert len((tmp_path / "session.key").read_text()) == 64
    assert Sessions(settings).read(sessions.mint()) is not None, "and kept from then on"


# Bodies and origins


MALFORMED = {
    "not JSON": b"{",
    "not an object": b"[]",
    "no output": b"{}",
    "an output of ours nowhere": b'{"output": "x.y", "inputs": [], "changedPropIds": []}',
    "an output that is no text": b'{"output": {"a": 1}, "inputs": []}',
    "NaN": b'{"output": NaN}',
    "1e999": b'{"output": "x", "inputs": [1e999]}',
    "5,000 digits": b'{"output": ' + b"9" * 5_000 + b"}",
    "nested deep": b'{"output": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "half a character": b'{"output": "\\ud800"}',
    "not UTF-8": b'{"output": "\xff"}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_s2_a_malformed_body_is_400(client: TestClient, case: str) -> None:
    client.get("/watch")
    response = client.post(CALLBACK, content=MALFORMED[case])
    assert response.status_code == 400
    assert response.json()["error"]
    assert says_nothing_of_the_inside(response)


def test_s2_a_body_that_is_too_large_is_413(client: TestClient) -> None:
    client.get("/watch")
    assert client.post(CALLBACK, content=b" " * 1_000_001).status_code == 413
    chunks = (b" " * 100_000 for _ in range(11))
    assert client.post(CALLBACK, content=chunks).status_code == 413, "no length header"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9"},
        {"origin": "http://[::1"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_s10_a_post_from_another_site_is_403(client: TestClient, headers: dict[str, str]) -> None:
    client.get("/watch")
    assert client.post(CALLBACK, content=b"{}", headers=headers).status_code == 403


def test_our_own_origin_is_let_in(client: TestClient) -> None:
    client.get("/watch")
    headers = {"origin": "http://127.0.0.1:8050", "sec-fetch-site": "same-origin"}
    assert client.post(CALLBACK, content=b"{}", headers=headers).status_code == 400


DECLARED = {
    "a.children": {
        "inputs": [{"id": "url", "property": "search"}],
        "state": [{"id": '{"type":"x"}', "property": "value"}],
    }
}


def _body(**changed: Any) -> dict[str, Any]:
    return {
        "output": "a.children",
        "outputs": {"id": "a", "property": "children"},
        "inputs": [{"id": "url", "property": "search", "value": "?q=x"}],
        "state": [[{"id": {"type": "x"}, "property": "value"}]],
        "changedPropIds": ["url.search"],
    } | changed


def test_a_body_of_the_declared_shape_passes() -> None:
    check_body(json.dumps(_body()).encode(), DECLARED)


@pytest.mark.parametrize(
    "changed",
    [
        {"output": "b.children"},
        {"inputs": []},
        {"inputs": None},
        {"inputs": [{"id": "role", "property": "data", "value": "admin"}]},
        {"inputs": [{"id": "url", "property": "data", "value": "?q=x"}]},
        {"inputs": [[{"id": "url", "property": "search"}]]},
        {"inputs": ["url.search"]},
        {"state": []},
        {"state": [["x"]]},
        {"state": [{"id": "tlp", "property": "data", "value": "RED"}]},
        {"changedPropIds": "url.search"},
        {"changedPropIds": [1]},
        {"outputs": "a.children"},
        {"outputs": []},
        {"outputs": [{"id": "a", "property": "children"}]},
        {"outputs": {"id": {}, "property": []}},
        {"outputs": {"id": "b", "property": "children"}},
    ],
)
def test_s3_a_body_of_another_shape_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        check_body(json.dumps(_body(**changed)).encode(), DECLARED)


@pytest.mark.parametrize("place", range(3))
def test_the_outputs_are_those_that_the_name_spells(place: int) -> None:
    output = "..a.children...b.hidden@5f...c.data.."
    outputs: list[Any] = [
        {"id": "a", "property": "children"},
        {"id": "b", "property": "hidden@5f"},
        {"id": "c", "property": "data"},
    ]
    callbacks = {output: {"inputs": [], "state": []}}
    sound = {"output": output, "outputs": outputs, "inputs": [], "changedPropIds": []}
    check_body(json.dumps(sound).encode(), callbacks)
    for wrong in ({"id": "x", "property": "children"}, None, [], {}):
        body = sound | {"outputs": [*outputs[:place], wrong, *outputs[place + 1 :]]}
        with pytest.raises(BadInput):
            check_body(json.dumps(body).encode(), callbacks)


@pytest.mark.parametrize("outputs", [[], {}, [None], {"id": "map", "property": "figure"}])
def test_s2_another_callbacks_outputs_are_400(client: TestClient, outputs: Any) -> None:
    client.get("/watch")
    for known in client.get("/_dash-dependencies").json():
        if known["clientside_function"]:
            continue
        body = {
            "output": known["output"],
            "outputs": outputs,
            "inputs": [part | {"value": None} for part in known["inputs"]],
            "state": [part | {"value": None} for part in known["state"]],
            "changedPropIds": [],
        }
        response = client.post(CALLBACK, json=body)
        assert response.status_code == 400, known["output"]


# Paths, hosts, headers


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/watch/more",
        "/healthy",
        "/api/nothing",
        "/docs",
        "/openapi.json",
        "/_dash-layout-more",
        "/assets/..%2f..%2fapp.py",
        "/assets/%2e%2e/app.py",
        "/assets/nothing.css",
        "/_dash-component-suites/os/os.py",
        "/_dash-component-suites/dash/..%2f..%2f__init__.py",
        "/_dash-component-suites/",
        "/_dash-component-suites/dash",
        "/basemap/nothing",
        "/basemap/tiles/5/" + "9" * 5_000 + "/1.mvt",
        "/%00",
    ],
)
def test_s12_an_unknown_path_is_404(client: TestClient, path: str) -> None:
    client.get("/watch")
    response = client.get(path, follow_redirects=False)
    assert response.status_code == 404, response.text[:200]
    assert says_nothing_of_the_inside(response)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "[::1",
        "",
        "x y",
        "testserver",
        "127.0.0.1?x",
        "127.0.0.1:8050#x",
        "127.0.0.1:x",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
    ],
)
def test_a_foreign_host_name_is_400(client: TestClient, host: str) -> None:
    response = client.get("/api/count", headers={"host": host})
    assert response.status_code == 400
    assert "count" not in response.json()


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "[::1]:8050"])
def test_our_own_names_are_let_in(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/watch", "/health", "/nothing", "/api/count?hazard=x"])
def test_every_answer_carries_the_headers_that_bind_a_browser(
    client: TestClient, path: str
) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_other_methods_are_405(client: TestClient, method: str) -> None:
    assert client.request(method, "/watch").status_code == 405
    assert client.request(method, "/api/count").status_code == 405


def test_a_socket_is_closed(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_dash-ws-callback"):
        raise AssertionError("a socket was opened")


# Answers


def test_home_leads_to_the_watch_and_keeps_the_question(client: TestClient) -> None:
    response = client.get("/?hazard=piracy", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "/watch?hazard=piracy")


def test_health_says_what_version_the_store_is_at(world: Any, client: TestClient) -> None:
    answer = client.get("/health").json()
    assert answer["status"] == "ok"
    assert answer["version"] == world.services.store.version


def test_the_count_for_machines_sees_what_the_viewer_may(world: Any, client: TestClient) -> None:
    every = client.get("/api/count").json()
    assert every["words"] == "All incidents"
    assert every["count"] == world.services.store.read("counts", None)["incidents"] - 1
    for query in ("tlp=red", "id=asam-secret", "q=unheard", "hazard=mine&q=unheard"):
        assert client.get(f"/api/count?{query}").json()["count"] == 0
    some = client.get("/api/count?hazard=physical&since=2015-01-01").json()
    assert 0 < some["count"] < every["count"]


@pytest.mark.parametrize(
    ("query", "key", "says"),
    [
        ("hazard=krakens", "hazard", "is not one of physical"),
        ("tlp=RED'--", "tlp", "is not one of clear"),
        ("bbox=1,2,3", "bbox", "four numbers"),
        ("since=-1y", "since", "must be a date"),
        ("colour=1", "colour", "is not a filter"),
        ("as_known_at=soon", "as_known_at", "must be a date"),
        ("q=" + "x" * 201, "q", "at most 200"),
    ],
)
def test_a_bad_question_is_400_with_key_and_message(
    client: TestClient, query: str, key: str, says: str
) -> None:
    response = client.get(f"/api/count?{query}")
    assert response.status_code == 400
    assert response.json()["key"] == key
    assert says in response.json()["error"]
    assert says_nothing_of_the_inside(response)
    page = client.get(f"/watch?{query}")
    assert page.status_code == 400, "a view says it in its status"
    assert "<html" in page.text, "and comes with the page, which shows what is wrong"


# Errors


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (NotFound("there is no such incident"), 404, "there is no such incident"),
        (Refused("not for you"), 403, "not for you"),
        (Conflict("somebody was first"), 409, "somebody was first"),
        (StoreHeld("the store is held"), 503, "the store is held"),
        (RuntimeError("SELECT secret FROM /srv/x.py"), 500, "the server could not answer"),
    ],
)
def test_an_error_is_a_status_and_a_sentence(
    tmp_path: Path, error: Exception, status: int, says: str
) -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        assert current_viewer().clearance == "red"
        raise error

    settings = Settings(store=tmp_path / "live.duckdb")
    guard = Guard(
        fails, settings, Sessions(settings), NO_ANSWERS, dict, lambda: "default-src 'self'"
    )
    response = TestClient(guard, base_url="http://127.0.0.1").get("/watch")
    assert response.status_code == status
    assert says in response.json()["error"]
    assert says_nothing_of_the_inside(response)


def test_behind_a_trusted_proxy_other_names_are_let_in(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "live.duckdb", trusted_proxy="10.0.0.1")
    app = PlainTextResponse("fine")
    guard = Guard(app, settings, Sessions(settings), NO_ANSWERS, dict, lambda: "default-src 'self'")
    assert TestClient(guard).get("/watch", headers={"host": "cop.example"}).text == "fine"
