"""Settings of one running program: the only reader of the environment.

Every name begins with `COP_` and has a default that works on a fresh machine; `.env.example`
lists them. Nothing is read at import.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
TLP_SLUGS = ("clear", "green", "amber", "amber-strict", "red")

LEAST_MEMORY_MB = 200
_UNITS = {"MB": 1, "GB": 1_000, "TB": 1_000_000}
_SIZE = re.compile(r"(?i:(\d{1,9}(?:\.\d{1,3})?) ?([MGT]B))")


class Settings(BaseSettings):
    """What a person may set from outside. Raises pydantic.ValidationError naming the setting."""

    model_config = SettingsConfigDict(env_prefix="COP_", frozen=True)

    store: Path = Field(default=Path("var/live.duckdb"), description="the embedded store's file")
    host: str = Field(
        default="127.0.0.1", description="address to serve on; loopback only without a proxy"
    )
    port: int = Field(default=8050, ge=1, le=65535)
    clearance: str = Field(
        default="red", description="strictest TLP a viewer of this machine may see"
    )
    trusted_proxy: str = Field(
        default="", description="address of a proxy that guards another host"
    )
    secret: str = Field(
        default="", description="signs sessions; made once beside the store if empty"
    )
    memory: str = Field(default="1GB", description="memory the store may use")
    threads: int = Field(default=2, ge=1, le=64)
    heartbeat_s: float = Field(
        default=5.0, ge=0.2, le=60, description="seconds between signs of life to open screens"
    )
    inbox: str = Field(
        default="", description="watched folder for files of feeds; beside the store if empty"
    )
    feeds_off: str = Field(
        default="", description="feeds that take nothing in, by id, commas between"
    )

    @field_validator("clearance")
    @classmethod
    def _known_clearance(cls, value: str) -> str:
        slug = value.strip().lower().removeprefix("tlp:").replace("+", "-")
        if slug not in TLP_SLUGS:
            raise ValueError(f"must be one of {', '.join(TLP_SLUGS)}")
        return slug

    @field_validator("memory")
    @classmethod
    def _enough_memory(cls, value: str) -> str:
        written = _SIZE.fullmatch(value.strip())
        if not written or float(written[1]) * _UNITS[written[2].upper()] < LEAST_MEMORY_MB:
            raise ValueError(f"must be a size of {LEAST_MEMORY_MB}MB or more, such as 2GB")
        return value.strip()

    @property
    def store_file(self) -> Path:
        """The store's file; a relative path is meant from the project's root."""
        return self.store if self.store.is_absolute() else ROOT / self.store

    @property
    def inbox_folder(self) -> Path:
        """The watched folder; a relative path is meant from the project's root."""
        if not self.inbox.strip():
            return self.store_file.with_name("inbox")
        folder = Path(self.inbox.strip())
        return folder if folder.is_absolute() else ROOT / folder

    @property
    def feeds_off_names(self) -> tuple[str, ...]:
        """The ids of `feeds_off`, whether or not there are such feeds."""
        names = (name.strip().lower() for name in self.feeds_off.split(","))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def data(self) -> Path:
        return ROOT / "data"

    @property
    def assets(self) -> Path:
        return ROOT / "assets"

    @property
    def is_loopback(self) -> bool:
        return self.host in ("127.0.0.1", "localhost", "::1")


def explain(error: ValidationError) -> str:
    """What is wrong with which setting, a line each."""
    return "\n".join(
        f"COP_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors()
    )
