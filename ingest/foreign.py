"""A source as the store has it, made into rules and a broker's address. Credentials come from where it says only."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import structlog

from ingest.broker import Broker, read_broker_url
from ingest.errors import SettingsError
from ingest.source import Rule, Source
from sensors.formats import find_format
from sensors.formats.sparkplug_b import SparkplugFormat
from sensors.json_mapping import json_mapping, read_rule
from sensors.mapping_rule import RuleError
from sensors.sparkplug_host import Naming
from sensors.stateful import StatefulFormat, stateful_formats
from store.intake import Connection
from store.sources import RuleEntry, SourceEntry, read_sources

LOG = structlog.get_logger()
JSON_MAPPING = "json_mapping"
REFRESH_S = 3.0


class SourceBook:
    """The sources as they are entered, read again every few seconds; one whose rules cannot be used is not known."""

    def __init__(self) -> None:
        self._entries: list[SourceEntry] = []
        self._known: dict[str, Source] = {}
        self._refresh_at = 0.0

    def refresh(self, connection: Connection, now: float) -> None:
        """Read what the store has, if it is time by `now`, a monotonic clock in seconds."""
        if now < self._refresh_at:
            return
        self._refresh_at = now + REFRESH_S
        if (entries := read_sources(connection)) != self._entries:
            self._entries, self._known = entries, make_usable(entries)

    def find(self, name: str) -> Source | None:
        """Give the source of this name."""
        return self._known.get(name)


def make_usable(entries: Iterable[SourceEntry]) -> dict[str, Source]:
    """Give those sources whose rules can be used, by name."""
    usable: dict[str, Source] = {}
    for entry in entries:
        try:
            usable[entry.name] = make_source(entry)
        except SettingsError as error:
            LOG.warning("source_unusable", source=entry.name, error=str(error))
    return usable


def make_source(entry: SourceEntry) -> Source:
    """Find the formats of a source's rules. Raises SettingsError, with the rule that cannot be used."""
    rules = tuple(rule for written in entry.rules for rule in make_rules(entry, written))
    return Source(entry.name, rules, entry.territory, memory_name=entry.name)


def make_rules(entry: SourceEntry, written: RuleEntry) -> Iterator[Rule]:
    """Give the rule, or one for each filter of the format where none is written. Raises SettingsError."""
    territory, prefix = written.territory, written.device_prefix
    stateful = find_stateful(entry, written)
    if stateful is not None:
        for topic_filter in [written.topic_filter] if written.topic_filter else stateful.topic_filters:
            yield Rule(topic_filter, None, stateful, territory, prefix)
        return
    if written.format == JSON_MAPPING:
        try:
            format_ = json_mapping(read_rule((written.mapping or "").encode()))
        except RuleError as error:
            raise SettingsError(f"source {entry.name}: the mapping cannot be used: {error}") from error
    else:
        found = find_format(written.format)
        if found is None:
            raise SettingsError(f"source {entry.name}: there is no format {written.format!r}")
        format_ = found
    yield Rule(written.topic_filter or format_.topic_filter, format_, None, territory, prefix)


def find_stateful(entry: SourceEntry, written: RuleEntry) -> StatefulFormat | None:
    """Give the format with state of this name, None where there is none.

    Where nothing else names the territory, a Sparkplug node's group does.
    """
    found = stateful_formats().get(written.format)
    if isinstance(found, SparkplugFormat) and written.territory is None and entry.territory is None:
        return SparkplugFormat(found.name, Naming(is_group_territory=True))
    return found


def make_broker(
    entry: SourceEntry, client_id: str, window_n: int, environment: Mapping[str, str] = os.environ
) -> Broker:
    """Give the broker of a source. Raises SettingsError where its credentials cannot be read, RefusedError."""
    broker = read_broker_url(entry.url, entry.client_id or client_id, window_n)
    return replace(
        broker,
        user=entry.user_name,
        password=read_password(entry, environment),
        has_mqtt5=entry.mqtt_version == "5",
    )


def read_password(entry: SourceEntry, environment: Mapping[str, str]) -> str | None:
    """Read the password where the source says it is. Raises SettingsError."""
    if entry.password_from is None:
        return None
    kind, _, place = entry.password_from.partition(":")
    if kind == "env":
        password = environment.get(place)
        if not password:
            raise SettingsError(f"source {entry.name}: {place} is not set in the worker's environment")
        return password
    try:
        return Path(place).read_text(encoding="utf-8").splitlines()[0].strip()
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise SettingsError(f"source {entry.name}: no password can be read from {place}") from error
