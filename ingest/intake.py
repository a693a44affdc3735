"""From messages to a batch: topic to rule, payload to uplinks, uplinks to registered devices and series."""

from collections.abc import Sequence

import msgspec

from ingest.arrival import Arrival
from ingest.batch import NOTHING_LEFT, Aftermath, Assembly, Batch, Empty, Part, Refusal
from ingest.clock import CorrectedUplink, is_refused_for_time, make_right
from ingest.codecs.book import CodecBook
from ingest.codecs.format import with_codecs
from ingest.draft import Draft, decode_in_order, decode_message
from ingest.memory import Memory, write_out
from ingest.observations import find_numbers, read_clients, settle_all, tie
from ingest.registry import Device, DeviceKey, Registry
from ingest.route import Route, make_route
from ingest.source import Source
from ingest.zones import Zones
from sensors.clock import ClockRule
from sensors.formats import in_zone
from sensors.measurement import Column, Uplink
from sensors.rejection import Reason, shown
from store.intake import Connection
from store.memory import PresenceRow
from store.series import NamedSeries, read_named_series

MAX_ROUTES = 100_000

Spoken = tuple[Draft, Uplink, DeviceKey]  # an uplink, its message, and of which device it speaks


class Intake:
    """Reads messages of one source; remembers routes, registry and people's codecs of payloads.

    In `memory` it holds what formats with state need.
    """

    def __init__(self, source: Source, registry: Registry, memory: Memory | None = None) -> None:
        self.source = source
        self.registry = registry
        self.codecs = CodecBook()
        self.memory = Memory() if memory is None else memory
        self.zones = Zones()
        self._routes: dict[bytes, Route] = {}
        self._named: dict[int, NamedSeries] = {}  # series that observations of the present batch name

    def prepare(self, connection: Connection, now: float) -> None:
        """Read what decoding needs of the store: call it before `decode`. `now` is a monotonic clock in seconds."""
        self.codecs.refresh(connection, now)
        if self.zones.refresh(connection, now):
            self._routes.clear()

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
        drafts = self._tie(connection, drafts)
        drafts, observations = settle_all(drafts, read_clients(connection, drafts))
        spoken = [(draft, uplink, address(draft, uplink)) for draft in drafts for uplink in draft.uplinks]
        keys = device_keys(drafts, spoken)
        if missed := registry.load_devices(connection, keys, now):
            registry.meet(connection, find_profiles(spoken, missed))
        if not registry.with_rules.isdisjoint(keys):
            spoken = [self._correct(*each) for each in spoken]
        registry.load_series(connection, self._missing_series(spoken))
        assembly = Assembly(len(drafts), drafts[0].arrival.received_at_us, self.source.name)
        assembly.aftermath = find_aftermath(self.source, drafts)
        assembly.observations = list(observations.values())
        for draft, uplink, key in spoken:
            self._add(assembly, draft, uplink, key)
        for index, draft in enumerate(drafts):
            if draft.reason is not None:
                assembly.refusals.append(self._refuse(draft, draft.reason, draft.detail))
            elif not draft.uplinks and draft.arrival.response_topic is not None:
                assembly.empties.append(Empty(draft.arrival, draft.origin, int(index in observations)))
        return assembly.finish()

    def _tie(self, connection: Connection, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """Look up the series that observations name."""
        numbers = find_numbers(drafts)
        if not numbers:
            return drafts
        self._named = read_named_series(connection, numbers)
        return [tie(draft, self._named) for draft in drafts]

    def _add(self, assembly: Assembly, draft: Draft, uplink: Uplink, key: DeviceKey) -> None:
        bound, territory = draft.origin.bound, key[0]
        device = self.registry.devices.get(key)
        if bound is not None and bound != territory:
            assembly.refusals.append(self._refuse(draft, Reason.TERRITORY_MISMATCH, territory, uplink))
        elif device is None:
            is_known = territory in self.registry.territories
            reason = Reason.UNKNOWN_DEVICE if is_known else Reason.UNKNOWN_TERRITORY
            detail = uplink.device if is_known else territory
            assembly.refusals.append(self._refuse(draft, reason, detail, uplink))
        else:
            if isinstance(uplink, CorrectedUplink):
                assembly.note_corrections(uplink.originals)
            series = device.series_of(uplink)
            ids = [series[column.channel, column.quantity] for column in uplink.columns]
            assembly.add(make_part(draft, uplink, device, territory), ids)

    def _correct(self, draft: Draft, uplink: Uplink, key: DeviceKey) -> Spoken:
        """Make the times right of a device whose clock is wrong in a known way."""
        device = self.registry.devices.get(key)
        rules = device.row.clock_rules if device is not None else ()
        return draft, self._correct_uplink(draft, uplink, rules) if rules else uplink, key

    def _correct_uplink(self, draft: Draft, uplink: Uplink, rules: Sequence[ClockRule]) -> Uplink:
        """Make an uplink's times right, those too that were refused because the device's own time lies far ahead."""
        arrival = draft.arrival
        index = next(index for index, each in enumerate(draft.uplinks) if each is uplink)
        if is_refused_for_time(uplink) and draft.said is None:
            for rule in rules:
                as_if = msgspec.structs.replace(arrival, received_at_us=arrival.received_at_us - rule.shift_us)
                again = tie(self.decode([as_if])[0], self._named)
                if len(again.uplinks) == len(draft.uplinks) and not is_refused_for_time(again.uplinks[index]):
                    uplink = again.uplinks[index]
                    break
        return make_right(uplink, rules, arrival.received_at_us)

    def _refuse(self, draft: Draft, reason: Reason, detail: str, uplink: Uplink | None = None) -> Refusal:
        territory, external_id = address(draft, uplink)
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

    def _missing_series(self, spoken: Sequence[Spoken]) -> list[tuple[Device, Uplink, Column]]:
        devices = self.registry.devices
        return [
            (device, uplink, column)
            for _, uplink, key in spoken
            if (device := devices.get(key)) is not None
            for column in uplink.columns
            if (column.channel, column.quantity) not in device.series_of(uplink)
        ]

    def _find_route(self, topic: bytes) -> Route:
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        route = make_route(self.source, topic)
        if route.format is not None:
            zone = self.zones.find(route.origin.bound or route.origin.territory)
            format_ = in_zone(route.format, zone)
            format_ = with_codecs(format_, self.codecs, route.origin.bound, route.device_prefix)
            route = msgspec.structs.replace(route, format=format_)
        self._routes[topic] = route
        return route


def address(draft: Draft, uplink: Uplink | None) -> DeviceKey:
    """Say of which territory and device an uplink speaks, or a message that has none."""
    origin = draft.origin
    if uplink is not None:
        return uplink.territory or origin.bound or "", uplink.device
    return origin.territory or origin.bound or "", origin.device or ""


def device_keys(drafts: Sequence[Draft], spoken: Sequence[Spoken]) -> set[DeviceKey]:
    """Give all devices that messages speak of."""
    keys = {key for _, _, key in spoken}
    return keys | {address(draft, None) for draft in drafts if not draft.uplinks and draft.origin.device}


def find_profiles(spoken: Sequence[Spoken], missed: set[DeviceKey]) -> dict[DeviceKey, str | None]:
    """Give the profile of each stranger that sent what can be read and that its source may speak for."""
    return {
        key: uplink.profile for draft, uplink, key in spoken if key in missed and draft.origin.bound in (None, key[0])
    }


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
