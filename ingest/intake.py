"""From messages to a batch: topic to rule, payload to uplinks, uplinks to registered devices and series."""

from collections.abc import Sequence

import msgspec
import structlog

from ingest.arrival import Arrival
from ingest.batch import Assembly, Batch, Origin, Part, Refusal
from ingest.codecs.book import CodecBook
from ingest.codecs.format import with_codecs
from ingest.registry import Device, DeviceKey, Registry
from ingest.source import Source
from sensors.formats import Format
from sensors.measurement import Column, Uplink
from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import read_uplink_topic
from store.intake import Connection

LOG = structlog.get_logger()
MAX_ROUTES = 100_000
# What a mistake in a decoder raises. One message must not end the worker, so it is refused and kept.
DECODER_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class Route(msgspec.Struct, frozen=True):
    """What to do with messages on one topic: `format` is None where they are refused for `reason`."""

    origin: Origin
    topic: str = ""
    format: Format | None = None
    reason: Reason = Reason.UNKNOWN_TOPIC


class Draft(msgspec.Struct, frozen=True):
    """A decoded message: its uplinks, or why there are none."""

    arrival: Arrival
    origin: Origin
    uplinks: tuple[Uplink, ...] = ()
    reason: Reason | None = None
    detail: str = ""


class Intake:
    """Reads messages of one source; remembers routes, registry, and people's codecs of payloads."""

    def __init__(self, source: Source, registry: Registry) -> None:
        self.source = source
        self.registry = registry
        self.codecs = CodecBook()
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
            drafts.append(decode_message(arrival, route))
        return drafts

    def assemble(self, connection: Connection, drafts: Sequence[Draft], now: float) -> Batch:
        """Make the batch of these messages; `now` is a monotonic clock in seconds. Makes series that are missing."""
        registry = self.registry
        registry.refresh(connection, now)
        if missed := registry.load_devices(connection, self._device_keys(drafts), now):
            registry.meet(connection, self._find_profiles(drafts, missed))
        registry.load_series(connection, self._missing_series(drafts))
        assembly = Assembly(len(drafts), drafts[0].arrival.received_at_us)
        for draft in drafts:
            if draft.reason is not None:
                assembly.refusals.append(self._refuse(draft, draft.reason, draft.detail))
            for uplink in draft.uplinks:
                self._add(assembly, draft, uplink)
        return assembly.finish()

    def _add(self, assembly: Assembly, draft: Draft, uplink: Uplink) -> None:
        territory = uplink.territory or self.source.territory or ""
        device = self.registry.devices.get((territory, uplink.device))
        if self.source.territory not in (None, territory):
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
        default = self.source.territory or ""
        if uplink is not None:
            return uplink.territory or default, uplink.device
        return draft.origin.territory or default, draft.origin.device or ""

    def _device_keys(self, drafts: Sequence[Draft]) -> set[tuple[str, str]]:
        keys = {self._address(draft, uplink) for draft in drafts for uplink in draft.uplinks}
        keys |= {self._address(draft, None) for draft in drafts if not draft.uplinks and draft.origin.device}
        return keys

    def _find_profiles(self, drafts: Sequence[Draft], missed: set[DeviceKey]) -> dict[DeviceKey, str | None]:
        """Give the profile of each stranger that sent what can be read and that this source may speak for."""
        bound = self.source.territory
        keyed = ((self._address(draft, uplink), uplink.profile) for draft in drafts for uplink in draft.uplinks)
        return {key: profile for key, profile in keyed if key in missed and bound in (None, key[0])}

    def _missing_series(self, drafts: Sequence[Draft]) -> list[tuple[Device, Column]]:
        default = self.source.territory or ""
        devices = self.registry.devices
        return [
            (device, column)
            for draft in drafts
            for uplink in draft.uplinks
            if (device := devices.get((uplink.territory or default, uplink.device))) is not None
            for column in uplink.columns
            if (column.channel, column.quantity) not in device.series
        ]

    def _find_route(self, topic: bytes) -> Route:
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        route = make_route(self.source, topic)
        if route.format is not None:
            format_ = with_codecs(route.format, self.codecs, self.source.territory)
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
    territory, device = read_address(text)
    bound = source.territory
    origin = Origin(source.name, printable(topic), rule.format.name, rule.format.version, territory, device, bound)
    return Route(origin, text, rule.format)


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
    return Draft(arrival, origin, uplinks)


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
    return [device.series[column.channel, column.quantity] for column in uplink.columns]
