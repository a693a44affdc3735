"""Ties observations of SensorThings, which name a datastream by its number, to the device and quantity of that series,
or where a client made it to whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from ingest.draft import Draft
from sensors.client_observation import ClientObservation
from sensors.measurement import Uplink
from sensors.observation import OBSERVATIONS, read_for_client
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import Reason
from store.intake import Connection
from store.sensorthings.observing import Datastream, read_datastreams, read_features
from store.series import NamedSeries


@dataclass(frozen=True, slots=True)
class Clients:
    """Observations of a batch for datastreams that clients made, by the number of the message, and what they name."""

    by_message: Mapping[int, ClientObservation] = field(default_factory=dict)
    datastreams: Mapping[int, Datastream] = field(default_factory=dict)
    territory_id_by_feature: Mapping[int, int] = field(default_factory=dict)


NO_CLIENTS = Clients()


def is_for_client(draft: Draft) -> bool:
    """Say whether a message is an observation for a datastream that a client made, and could be read."""
    return draft.origin.format == OBSERVATIONS.name and not draft.uplinks and draft.reason is None


def read_clients(connection: Connection, drafts: Sequence[Draft]) -> Clients:
    """Read what messages say of datastreams that clients made, and whose these are."""
    found: dict[int, ClientObservation] = {}
    for index, draft in enumerate(drafts):
        if is_for_client(draft):
            arrival = draft.arrival
            one = read_for_client(draft.origin.topic, arrival.payload, arrival.received_at_us)
            if one is not None and not (arrival.is_retained and one.is_of_arrival):
                found[index] = one
    if not found:
        return NO_CLIENTS
    features = {one.feature for one in found.values() if isinstance(one.feature, int)}
    return Clients(
        found,
        read_datastreams(connection, {one.datastream_id for one in found.values()}),
        read_features(connection, features) if features else {},
    )


def settle_all(drafts: Sequence[Draft], clients: Clients) -> tuple[Sequence[Draft], dict[int, ClientObservation]]:
    """Give all drafts, those for datastreams of clients settled, and the observations of those that are not refused."""
    if not clients.by_message:
        return drafts, {}
    settled = [
        settle(draft, clients.by_message[index], clients) if index in clients.by_message else draft
        for index, draft in enumerate(drafts)
    ]
    return settled, {index: one for index, one in clients.by_message.items() if settled[index].reason is None}


def settle(draft: Draft, one: ClientObservation, clients: Clients) -> Draft:
    """Give a draft with the territory of its datastream, or refused: not there, another's, or about nothing."""
    datastream = clients.datastreams.get(one.datastream_id)
    if datastream is None:
        return msgspec.structs.replace(draft, reason=Reason.UNKNOWN_DEVICE, detail=f"Datastreams({one.datastream_id})")
    bound = draft.origin.bound
    if bound is not None and bound != datastream.territory:
        return msgspec.structs.replace(draft, reason=Reason.TERRITORY_MISMATCH, detail=datastream.territory)
    is_foreign = (
        isinstance(one.feature, int) and clients.territory_id_by_feature.get(one.feature) != datastream.territory_id
    )
    if is_foreign or (one.feature is None and not datastream.is_somewhere):
        return msgspec.structs.replace(draft, reason=Reason.WRONG_SHAPE, detail="FeatureOfInterest")
    origin = msgspec.structs.replace(draft.origin, territory=datastream.territory)
    return msgspec.structs.replace(draft, origin=origin)


def find_numbers(drafts: Sequence[Draft]) -> set[int]:
    """Give the numbers of the series that observations name."""
    return {
        int(draft.uplinks[0].device) for draft in drafts if draft.origin.format == OBSERVATIONS.name and draft.uplinks
    }


def tie(draft: Draft, series_by_number: Mapping[int, NamedSeries]) -> Draft:
    """Give an observation as what its device said, or refused where its series takes none; other drafts as they are."""
    if draft.origin.format != OBSERVATIONS.name or not draft.uplinks:
        return draft
    (uplink,) = draft.uplinks
    series = series_by_number.get(int(uplink.device))
    if series is not None and series.device is not None:
        return msgspec.structs.replace(draft, uplinks=(speak(uplink, series, series.device, draft),))
    reason = Reason.UNKNOWN_DEVICE if series is None else Reason.NOT_ALLOWED
    detail = f"Datastreams({uplink.device})"
    return msgspec.structs.replace(draft, uplinks=(), reason=reason, detail=detail)


def speak(uplink: Uplink, series: NamedSeries, device: str, draft: Draft) -> Uplink:
    """Give the uplink of a device whose value is checked as any value of its quantity."""
    (column,) = uplink.columns
    raw = RawColumn(series.channel, series.quantity, None, column.times_us, column.values)
    columns, rejected = check_columns([raw], draft.arrival.received_at_us)
    return msgspec.structs.replace(
        uplink,
        device=device,
        columns=columns,
        rejected=rejected,
        territory=series.territory,
        simulated=series.is_simulated,
    )
