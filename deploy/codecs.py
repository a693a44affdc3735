"""What `vigie codec` does: a codec tried without a store, and one added with its mapping and its devices."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy.errors import SettingError
from ingest.codecs.book import plain_profile
from ingest.codecs.runner import MAX_SOURCE_BYTES, CodecRunner
from sensors.field_table import FieldTable, FieldTableError, read_field_table
from sensors.lorawan import Heard, to_uplink
from sensors.measurement import Uplink
from sensors.rejection import DecodeError
from store.codecs import Binding, Connection, Variable, add_codec, bind_codec

NO_CODEC = (
    "SyntaxError",
    "ReferenceError: 'decodeUplink'",
    "ReferenceError: decodeUplink",
    "TypeError: not a function",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a codec made of one payload: its object, and the uplink that would be stored (None: nothing)."""

    found: Mapping[str, Any]  # Any: the codec's own fields
    uplink: Uplink | None


def read_source(path: Path) -> str:
    """Read a codec. Raises SettingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"the codec {path} cannot be read: {error}") from error
    if len(text.encode()) > MAX_SOURCE_BYTES:
        raise SettingError(f"the codec {path} is larger than {MAX_SOURCE_BYTES:,} B")
    return text


def read_mapping(path: Path | None) -> FieldTable:
    """Read a mapping; without one only common names count. Raises SettingError."""
    if path is None:
        return FieldTable()
    try:
        return read_field_table(path.read_bytes())
    except (OSError, FieldTableError) as error:
        raise SettingError(f"{path}: {error}") from error


def read_payload(text: str) -> bytes:
    """Read bytes written in hexadecimal, with or without spaces and colons. Raises SettingError."""
    try:
        return bytes.fromhex(text.replace(":", " ").removeprefix("0x"))
    except ValueError as error:
        raise SettingError(f"the payload must be hexadecimal, such as 0367d7: {error}") from error


def try_codec(source: str, table: FieldTable, payload: bytes, f_port: int) -> Trial:
    """Run a codec on one payload, as the ingest would. Raises SettingError where it fails."""
    now_us = time.time_ns() // 1000
    with CodecRunner() as runner:
        try:
            found = runner.decode(source, payload, f_port, table.variables, datetime.fromtimestamp(now_us / 1e6, UTC))
        except DecodeError as error:
            raise SettingError(f"the message would be rejected, codec_failed: {error.detail}") from error
    heard = Heard("device", now_us, f_port=f_port, payload=payload, codec_object=found)
    return Trial(found, to_uplink(heard, now_us, table.targets()))


def describe(trial: Trial) -> Iterator[str]:
    """Say in lines what the codec gave and what would be stored."""
    yield f"codec gives  {msgspec.json.encode(trial.found).decode()}"
    if trial.uplink is None:
        yield "nothing would be stored"
        return
    for column in trial.uplink.columns:
        name = f"{column.channel}/{column.quantity}" if column.channel else column.quantity
        yield from (f"stored       {name} = {value:g} {column.unit}" for value in column.values)
    for part in trial.uplink.rejected:
        name = f"{part.channel}/{part.quantity}" if part.channel else part.quantity
        yield f"rejected     {name}: {part.reason.value} ({part.detail})"


def require_codec(source: str) -> None:
    """Refuse what is no codec at all; what it does with real bytes only its devices show. Raises SettingError."""
    with CodecRunner() as runner:
        try:
            runner.decode(source, b"", 1, {}, datetime.now(UTC))
        except DecodeError as error:
            if error.detail.startswith(NO_CODEC):
                raise SettingError(f"this is no codec with a function decodeUplink: {error.detail}") from error


def enter(
    connection: Connection, name: str, source: str, table: FieldTable, bindings: list[Binding]
) -> tuple[int, bool]:
    """Add the codec and what it reads, all or nothing; give its version and whether that is new."""
    mapping: dict[str, Any] = msgspec.to_builtins(table)
    with connection.transaction():
        version, is_new = add_codec(connection, name, source, mapping)
        for binding in bindings:
            bind_codec(connection, binding)
    return version, is_new


def make_variables(
    written: list[str], profiles: list[str], devices: list[str], territory: str | None
) -> list[Variable]:
    """Make variables of NAME=TEXT as written on the command line. Raises SettingError."""
    if devices and territory is None:
        raise SettingError("--device needs --territory")
    if not profiles and not devices:
        raise SettingError("say whose variables they are: --profile or --device")
    variables = []
    for text in written:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise SettingError(f"a variable is written NAME=TEXT, not {text!r}")
        variables += [Variable("profile", plain_profile(profile), territory, name, value) for profile in profiles]
        variables += [Variable("device", device.lower(), territory, name, value) for device in devices]
    return variables


def make_bindings(
    name: str, profiles: list[str], topics: list[str], devices: list[str], territory: str | None
) -> list[Binding]:
    """Make bindings of what was written on the command line. Raises SettingError."""
    bindings = [Binding(name, "profile", plain_profile(profile), territory) for profile in profiles]
    if not all(binding.target for binding in bindings):
        raise SettingError("a device profile has at least one letter or digit")
    bindings += [Binding(name, "topic", topic, territory) for topic in topics]
    if devices and territory is None:
        raise SettingError("--device needs --territory")
    return bindings + [Binding(name, "device", device.lower(), territory) for device in devices]
