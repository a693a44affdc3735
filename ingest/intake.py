"""From messages to a batch: topic to rule, payload to uplinks, uplinks to registered devices and series."""

from collections.abc import Sequence

import msgspec
import structlog

from ingest.arrival import Arrival
from ingest.batch import NOTHING_LEFT, Aftermath, Assembly, Batch, Origin, Part, Refusal
from ingest.codecs.book import CodecBook
from ingest.codecs.format import with_codecs
from ingest.memory import Memory, write_out
from ingest.registry import Device, DeviceKey, Registry
from ingest.source import Source
from sensors.formats import Format
from sensors.measurement import Column, Uplink
from sensors.rejection import DecodeError, Reason, shown
from sensors.stateful import Decoded, Liveness, Received, StatefulFormat
from sensors.topic import read_uplink_topic
from store.intake import Connection
from store.memory import PresenceRow

LOG = structlog.get_logger()
MAX_ROUTES = 100_000
# What a mistake in a decoder raises. One message must not end the worker, so it is refused and kept.
DECODER_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class Route(msgspec.Struct, frozen=True):
    """What to do with messages on one topic: without a format they are refused for `reason`."""

    origin: Origin
    topic: str = ""
    format: Format | None = None
    reason: Reason = Reason.UNKNOWN_TOPIC
    stateful: StatefulFormat | None = None
    device_prefix: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A decoded message: its uplinks, or why there are none; `said` is all that a format with state made of it."""

    arrival: Arrival
    origin: Origin
    uplinks: tuple[Uplink, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    said: Decoded | None = None


class Intake:
    """Reads messages of one source; remembers routes, registry and people's codecs of payloads.

    In `memory` it holds what formats with state need.
    """

    def __init__(self, source: Source, registry: Registry, memory: Memory | None = None) -> None:
        self.source = source
        self.registry = registry
        self.codecs = CodecBook()
        self.memory = Memory() if memory is None else memory
        self._routes: dict[bytes, Route] = {}

    def prepare(self, connection: Connection, now: float) -> None:
        """Read what decoding needs of the store: call it before `decode`. `now` is a monotonic clock in seconds."""
        self.codecs.refresh(connection, now)

    def close(self) -> None:
        """End what decoding has started."""
        self.codecs.close()

    def decode(self, arrivals: Sequence[Arrival]) -> list[Draft]:
        """Decode messages; whatever they hold, each gives one draft."""
        drafts: list[Draft] = []
        routes = self._routes
        for arrival in arrivals:
            route = routes.get(arrival.topic) or self._find_route(arrival.topic)
            if route.stateful is not None:
                drafts.append(decode_in_order(arrival, route, route.stateful, self.memory))
            else:
                drafts.append(decode_message(arrival, route))
        return drafts

    def assemble(self, connection: Connection, drafts: Sequence[Draft], now: float) -> Batch:
        """Make the batch of these messages; `now` is a monotonic clock in seconds. Makes series that are missing."""
        registry = self.registry
        registry.refresh(connection, now)
        if missed := registry.load_devices(connection, self._device_keys(drafts), now):
            registry.meet(connection, self._find_profiles(drafts, missed))
        registry.load_series(connection, self._missing_series(drafts))
        assembly = Assembly(len(drafts), drafts[0].arrival.received_at_us, self.source.name)
        assembly.aftermath = find_aftermath(self.source, drafts)
        for draft in drafts:
            if draft.reason is not None:
                assembly.refusals.append(self._refuse(draft, draft.reason, draft.detail))
            for uplink in draft.uplinks:
                self._add(assembly, draft, uplink)
        return assembly.finish()

    def _add(self, assembly: Assembly, draft: Draft, uplink: Uplink) -> None:
        bound = draft.origin.bound
        territory = uplink.territory or bound or ""
        device = self.registry.devices.get((territory, uplink.device))
        if bound not in (None, territory):
            assembly.refusals.append(self._refuse(draft, Reason.TERRITORY_MISMATCH, territory, uplink))
        elif device is None:
            is_known = territory in self.registry.territories
            reason = Reason.UNKNOWN_DEVICE if is_known else Reason.UNKNOWN_TERRITORY
            detail = uplink.device if is_known else territory
            assembly.refusals.append(self._refuse(draft, reason, detail, uplink))
        else:
            assembly.add(make_part(draft, uplink, device, territory), find_series(device, uplink))

    def _refuse(self, draft: Draft, reason: Reason, detail: str, uplink: Uplink | None = None) -> Refusal:
        territory, external_id = self._address(draft, uplink)
        device = self.registry.devices.get((territory, external_id))
        return Refusal(
            arrival=draft.arrival,
            origin=draft.origin,
            reason=reason,
            detail=shown(detail),
            n_values=uplink.n_accepted + uplink.n_rejected if uplink else 1,
            territory=territory,
            territory_id=self.registry.territories.get(territory),
            device=external_id or None,
            device_id=device.row.device_id if device else None,
            uplink=uplink,
        )

    def _address(self, draft: Draft, uplink: Uplink | None) -> tuple[str, str]:
        origin = draft.origin
        if uplink is not None:
            return uplink.territory or origin.bound or "", uplink.device
        return origin.territory or origin.bound or "", origin.device or ""

    def _device_keys(self, drafts: Sequence[Draft]) -> set[tuple[str, str]]:
        keys = {self._address(draft, uplink) for draft in drafts for uplink in draft.uplinks}
        keys |= {self._address(draft, None) for draft in drafts if not draft.uplinks and draft.origin.device}
        return keys

    def _find_profiles(self, drafts: Sequence[Draft], missed: set[DeviceKey]) -> dict[DeviceKey, str | None]:
        """Give the profile of each stranger that sent what can be read and that its source may speak for."""
        return {
            key: uplink.profile
            for draft in drafts
            for uplink in draft.uplinks
            if (key := self._address(draft, uplink)) in missed and draft.origin.bound in (None, key[0])
        }

    def _missing_series(self, drafts: Sequence[Draft]) -> list[tuple[Device, Uplink, Column]]:
        devices = self.registry.devices
        return [
            (device, uplink, column)
            for draft in drafts
            for uplink in draft.uplinks
            if (device := devices.get(self._address(draft, uplink))) is not None
            for column in uplink.columns
            if (column.channel, column.quantity) not in device.series_of(uplink)
        ]

    def _find_route(self, topic: bytes) -> Route:
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        route = make_route(self.source, topic)
        if route.format is not None:
            format_ = with_codecs(route.format, self.codecs, route.origin.bound)
            route = msgspec.structs.replace(route, format=format_)
        self._routes[topic] = route
        return route


def make_route(source: Source, topic: bytes) -> Route:
    """Find out what to do with messages on this topic."""
    try:
        text = topic.decode()
    except UnicodeDecodeError:
        return Route(Origin(source.name, printable(topic), bound=source.territory), reason=Reason.INVALID_UTF8)
    rule = source.find_rule(text)
    if rule is None:
        return Route(Origin(source.name, printable(topic), bound=source.territory))
    used = rule.format or rule.stateful
    bound = rule.territory or source.territory
    if used is None or "\x00" in text:
        return Route(Origin(source.name, printable(topic), bound=bound))
    territory, device = read_address(text)
    origin = Origin(source.name, printable(topic), used.name, used.version, territory, device, bound)
    return Route(origin, text, rule.format, stateful=rule.stateful, device_prefix=rule.device_prefix)


def read_address(topic: str) -> tuple[str | None, str | None]:
    """Give territory and device where the topic itself names them, for messages that cannot be read."""
    try:
        return read_uplink_topic(topic)
    except DecodeError:
        return None, None


def printable(topic: bytes) -> str:
    """Write a topic so that it can be stored and read: bytes that are no UTF-8, and NUL, as \\xNN."""
    return topic.decode(errors="backslashreplace").replace("\x00", r"\x00")


def decode_message(arrival: Arrival, route: Route) -> Draft:
    """Decode one message; never fails."""
    origin = route.origin
    if route.format is None:
        return Draft(arrival, origin, (), route.reason, origin.topic)
    try:
        uplinks = route.format.decode(route.topic, arrival.payload, arrival.received_at_us)
    except DecodeError as error:
        return Draft(arrival, origin, (), error.reason, error.detail)
    except DECODER_FAULTS as error:
        LOG.exception("decoder_failed", format=origin.format, topic=origin.topic)
        return Draft(arrival, origin, (), Reason.CODEC_FAILED, f"{type(error).__name__}: {error}")
    if uplinks and uplinks[0].decoder is not None:
        origin = msgspec.structs.replace(origin, version=f"{origin.version}+{uplinks[0].decoder}")
    if arrival.is_retained:  # a value that the broker kept says what was; only its own time tells when
        uplinks = tuple(uplink for uplink in uplinks if uplink.clock == "device")
    if route.device_prefix:
        uplinks = tuple(prefixed(uplink, route.device_prefix) for uplink in uplinks)
    return Draft(arrival, origin, uplinks)


def decode_in_order(arrival: Arrival, route: Route, format_: StatefulFormat, memory: Memory) -> Draft:
    """Decode one message with what came before it; never fails. Messages must come in the order of their arrival."""
    origin, prefix = route.origin, route.device_prefix
    received = Received(route.topic, arrival.payload, arrival.received_at_us, arrival.is_retained)
    try:
        said = memory.decode(format_, received)
    except DecodeError as error:
        return Draft(arrival, origin, (), error.reason, error.detail)
    except DECODER_FAULTS as error:
        LOG.exception("decoder_failed", format=origin.format, topic=origin.topic)
        return Draft(arrival, origin, (), Reason.CODEC_FAILED, f"{type(error).__name__}: {error}")
    uplinks = tuple(prefixed(uplink, prefix) for uplink in said.uplinks) if prefix else said.uplinks
    if prefix and said.liveness:
        said = msgspec.structs.replace(said, liveness=tuple(prefixed_fact(fact, prefix) for fact in said.liveness))
    if prefix and said.counted:
        counted = msgspec.structs.replace(said.counted, device=prefix + said.counted.device)
        said = msgspec.structs.replace(said, counted=counted)
    return Draft(arrival, origin, uplinks, said=said)


def prefixed(uplink: Uplink, prefix: str) -> Uplink:
    """Put the rule's prefix before device and gateway."""
    gateway = None if uplink.gateway is None else prefix + uplink.gateway
    return msgspec.structs.replace(uplink, device=prefix + uplink.device, gateway=gateway)


def prefixed_fact(fact: Liveness, prefix: str) -> Liveness:
    """Put the rule's prefix before device and gateway."""
    through = None if fact.through is None else prefix + fact.through
    return msgspec.structs.replace(fact, device=prefix + fact.device, through=through)


def find_aftermath(source: Source, drafts: Sequence[Draft]) -> Aftermath:
    """Give what is to be written and published beside measurements; of each record the last state."""
    told = [(draft.origin, draft.said) for draft in drafts if draft.said is not None]
    if not told:
        return NOTHING_LEFT
    changes = {(origin.format or "", key): record for origin, said in told for key, record in said.changes.items()}
    facts = (
        PresenceRow(fact.territory or origin.bound or "", fact.device, fact.presence, fact.at_us, fact.through)
        for origin, said in told
        for fact in said.liveness
        if fact.territory is None or origin.bound in (None, fact.territory)
    )
    requests = [request for _, said in told for request in said.requests]
    counts = [
        (said.counted.territory or origin.bound or "", said.counted)
        for origin, said in told
        if said.counted is not None and origin.bound in (None, said.counted.territory or origin.bound)
    ]
    return Aftermath(source.memory_name or source.name, write_out(changes), list(facts), requests, counts)


def make_part(draft: Draft, uplink: Uplink, device: Device, territory: str) -> Part:
    """Tie an uplink to its device."""
    row, columns = device.row, uplink.columns
    return Part(
        arrival=draft.arrival,
        origin=draft.origin,
        uplink=uplink,
        territory=territory,
        territory_id=row.territory_id,
        device_id=row.device_id,
        is_revisable=row.is_revisable,
        n_accepted=len(columns[0].values) if len(columns) == 1 else uplink.n_accepted,
        n_refused=uplink.n_rejected if uplink.rejected else 0,
    )


def find_series(device: Device, uplink: Uplink) -> list[int]:
    """Give the series of each column."""
    series = device.series_of(uplink)
    return [series[column.channel, column.quantity] for column in uplink.columns]
