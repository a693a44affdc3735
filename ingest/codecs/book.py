"""Which codec reads whose payloads: what the store says, held in memory and asked for again every few seconds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import structlog

from ingest.codecs.runner import CodecRunner
from ingest.source import is_match
from sensors.decoded import COMMON, Fields
from sensors.field_table import FieldTableError, read_field_table
from sensors.lorawan import Heard
from store.codecs import Binding, CodecRow, CodecState, read_fingerprint, read_state
from store.intake import Connection

LOG = structlog.get_logger()
REFRESH_S = 3.0


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec at work. `failure` says why its mapping cannot be used, which fails every message."""

    name: str
    version: int
    source: str
    fields: Fields = field(default_factory=lambda: COMMON)
    variables: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def label(self) -> str:
        """Name it as rejections and batches do."""
        return f"{self.name}/{self.version}"


class CodecBook:
    """Finds the codec of an uplink and lends the process that runs it; empty until read."""

    def __init__(self, runner: CodecRunner | None = None) -> None:
        self.runner = runner or CodecRunner()
        self._fingerprint: str | None = None
        self._refresh_at = 0.0
        self._codecs: dict[str, Codec] = {}
        self._devices: dict[tuple[str | None, str], Codec] = {}
        self._profiles: dict[tuple[str | None, str], Codec] = {}
        self._topics: list[tuple[str | None, str, Codec]] = []
        self._variables: dict[tuple[str, str | None, str], dict[str, str]] = {}

    @property
    def is_empty(self) -> bool:
        """Say whether nothing at all is bound."""
        return not (self._devices or self._profiles or self._topics)

    def refresh(self, connection: Connection, now: float) -> None:
        """Read what the store has, every few seconds of `now`, a monotonic clock; what did not change is not read."""
        if now < self._refresh_at:
            return
        if read_fingerprint(connection) != self._fingerprint:
            self.take(read_state(connection))
        self._refresh_at = now + REFRESH_S

    def take(self, state: CodecState) -> None:
        """Use this from now on."""
        self._codecs = {row.name: read_codec(row) for row in state.codecs}
        self._devices, self._profiles, self._topics = {}, {}, []
        for binding in state.bindings:
            self._bind(binding)
        self._variables = {}
        for one in state.variables:
            self._variables.setdefault((one.kind, one.territory, one.target), {})[one.name] = one.value
        self._fingerprint = state.fingerprint
        LOG.info("codecs_read", n_codecs=len(self._codecs), n_bindings=len(state.bindings))

    def find(self, heard: Heard, topic: str, territory: str | None) -> Codec | None:
        """Give the codec bound to the device, else to its profile, else to the topic; the territory's own first."""
        device = self._devices.get((territory, heard.device))
        if device is not None:
            return device
        profile = plain_profile(heard.model)
        if profile:
            for owner in (territory, None):
                if (codec := self._profiles.get((owner, profile))) is not None:
                    return codec
        for owner in (territory, None):
            for bound, topic_filter, codec in self._topics:
                if bound == owner and is_match(topic_filter, topic):
                    return codec
        return None

    def find_variables(self, codec: Codec, heard: Heard, territory: str | None) -> Mapping[str, str]:
        """Give what the codec is told of a device: its own variables before its profile's before the codec's."""
        if not self._variables:
            return codec.variables
        profile = plain_profile(heard.model)
        keys = (("profile", None, profile), ("profile", territory, profile), ("device", territory, heard.device))
        found = dict(codec.variables)
        for key in keys:
            found |= self._variables.get(key, {})
        return found

    def close(self) -> None:
        """End the codecs' process, if there is one."""
        self.runner.close()

    def _bind(self, binding: Binding) -> None:
        codec = self._codecs.get(binding.name)
        if codec is None:
            codec = Codec(binding.name, 0, "", failure=f"there is no codec {binding.name}")
        if binding.kind == "device":
            self._devices[binding.territory, binding.target] = codec
        elif binding.kind == "profile":
            self._profiles[binding.territory, binding.target] = codec
        else:
            self._topics.append((binding.territory, binding.target, codec))


def read_codec(row: CodecRow) -> Codec:
    """Make a codec of what is stored; quantities may have changed since its mapping was checked."""
    try:
        table = read_field_table(msgspec.json.encode(row.mapping))
        return Codec(row.name, row.version, row.source, table.targets(), table.variables)
    except FieldTableError as error:
        LOG.warning("codec_unusable", codec=row.name, error=str(error))
        return Codec(row.name, row.version, row.source, failure=str(error))


def plain_profile(name: str) -> str:
    """Write a device profile so that `Bosch TPS110` and `bosch/tps110` are the same."""
    return re.sub("[^a-z0-9]", "", name[:200].lower())
