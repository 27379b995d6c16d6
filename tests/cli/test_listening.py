"""An address that cannot be had is said in a sentence, before anything is promised."""

import socket

import pytest

from cop.errors import BadInput
from cop.settings import Settings
from cop.web.server import listen


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadInput, match=f"{port} cannot be served on .* COP_PORT"):
            listen(Settings(port=port))


def test_a_free_port_is_listened_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with listen(Settings(port=port)) as at:
        assert at.getsockname()[1] == port
