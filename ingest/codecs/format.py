"""A network server's format whose raw payloads are read by people's codecs where one is bound."""

from collections.abc import Mapping
from typing import Protocol, cast

import msgspec

from ingest.codecs.book import Codec, CodecBook
from sensors.formats import Format
from sensors.lorawan import Heard, LorawanFormat, to_uplink
from sensors.measurement import Uplink
from sensors.plausible import is_believable
from sensors.rejection import DecodeError, shown
from store.intake import instant


class ServerFormat(Format, LorawanFormat, Protocol):
    """A format whose uplinks can be had before their payload is read."""


class CodecFormat:
    """Decodes as the format does, save for the payloads that a codec is bound to.

    `territory` is the source's, `device_prefix` what its rule puts before the network's ids.
    """

    def __init__(self, format_: ServerFormat, book: CodecBook, territory: str | None, device_prefix: str = "") -> None:
        self._format = format_
        self._book = book
        self._territory = territory
        self._device_prefix = device_prefix
        self.name, self.version, self.topic_filter = format_.name, format_.version, format_.topic_filter

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give what the message says. Raises DecodeError only; where the codec fails, that is a refused part."""
        if self._book.is_empty:
            return self._format.decode(topic, payload, received_at_us)
        heard = self._format.hear(topic, payload)
        if heard is None or not heard.payload or heard.is_encrypted:
            return self._format.decode(topic, payload, received_at_us)
        registered = msgspec.structs.replace(heard, device=self._device_prefix + heard.device)
        codec = self._book.find(registered, topic, self._territory)
        if codec is None:
            return self._format.decode(topic, payload, received_at_us)
        variables = self._book.find_variables(codec, registered, self._territory)
        uplink = to_uplink(run_codec(self._book, codec, heard, variables, received_at_us), received_at_us, codec.fields)
        return () if uplink is None else (msgspec.structs.replace(uplink, decoder=codec.label),)


def with_codecs(format_: Format, book: CodecBook, territory: str | None, device_prefix: str = "") -> Format:
    """Let codecs read what is left raw, where the format is a network server's."""
    if not hasattr(format_, "hear"):
        return format_
    return CodecFormat(cast(ServerFormat, format_), book, territory, device_prefix)


def run_codec(book: CodecBook, codec: Codec, heard: Heard, variables: Mapping[str, str], received_at_us: int) -> Heard:
    """Give the uplink with what the codec made of its payload, or why it made nothing."""
    if codec.failure:
        return msgspec.structs.replace(heard, failure=shown(f"{codec.label}: {codec.failure}"))
    at_us = (
        heard.at_us if isinstance(heard.at_us, int) and is_believable(heard.at_us, received_at_us) else received_at_us
    )
    try:
        found = book.runner.decode(codec.source, heard.payload, heard.f_port, variables, instant(at_us))
    except DecodeError as error:
        return msgspec.structs.replace(heard, failure=shown(f"{codec.label}: {error.detail}"))
    return msgspec.structs.replace(heard, codec_object=found)
