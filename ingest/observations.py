"""Ties observations of SensorThings, which name a series by its number, to the device and quantity of that series."""

from collections.abc import Mapping, Sequence

import msgspec

from ingest.draft import Draft
from sensors.measurement import Uplink
from sensors.observation import OBSERVATIONS
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import Reason
from store.sensorthings.model import OWN
from store.series import NamedSeries


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
    is_own = int(uplink.device) >= OWN  # made by a client: its observations are written over HTTP
    reason = Reason.UNKNOWN_DEVICE if series is None and not is_own else Reason.NOT_ALLOWED
    detail = f"Datastreams({uplink.device})" + (": HTTP" if is_own else "")
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
