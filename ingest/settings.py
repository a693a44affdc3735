"""The settings of an ingest worker, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.errors import SettingsError

DEFAULT_WINDOW_N = 20_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker needs to know.

    `window_n` bounds the messages taken and not finished. `territory` is the slug of the only territory the source may
    speak for, None for the platform's own broker. `metrics_port` 0 serves no counters. `sources` names the brokers to
    read, "own" among them or not; all where it is empty.
    """

    database_url: str
    mqtt_url: str
    window_n: int = DEFAULT_WINDOW_N
    territory: str | None = None
    metrics_port: int = 0
    sources: tuple[str, ...] = ()

    def reads(self, source: str) -> bool:
        """Say whether this source is to be read."""
        return not self.sources or source in self.sources

    @property
    def reads_own(self) -> bool:
        """Say whether the platform's own broker is to be read."""
        return self.reads("own")


def read_settings(environment: Mapping[str, str] = os.environ, sources: tuple[str, ...] = ()) -> Settings:
    """Read VIGIE_DATABASE_URL, VIGIE_MQTT_URL, VIGIE_INGEST_WINDOW_N, _TERRITORY and _METRICS_PORT.

    Raises
    ------
    SettingsError
        One is missing or is no number in range; the sentence names it.
    """
    return Settings(
        database_url=read_text(environment, "VIGIE_DATABASE_URL"),
        mqtt_url=read_text(environment, "VIGIE_MQTT_URL") if not sources or "own" in sources else "",
        window_n=read_number(environment, "VIGIE_INGEST_WINDOW_N", DEFAULT_WINDOW_N, (1, 1_000_000)),
        territory=environment.get("VIGIE_INGEST_TERRITORY") or None,
        metrics_port=read_number(environment, "VIGIE_INGEST_METRICS_PORT", 0, (0, 65_535)),
        sources=sources,
    )


def read_text(environment: Mapping[str, str], name: str) -> str:
    """Give a setting that must be there."""
    value = environment.get(name)
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def read_number(environment: Mapping[str, str], name: str, default: int, bounds: tuple[int, int]) -> int:
    """Give a whole number within bounds, ends included."""
    text = environment.get(name)
    if not text:
        return default
    if not text.isdecimal() or not bounds[0] <= int(text) <= bounds[1]:
        raise SettingsError(f"{name} must be a whole number from {bounds[0]} to {bounds[1]}, not {text!r}")
    return int(text)
