"""Collection rounds avoided: what the fixed plan would have sent, less what was driven.

The counterfactual is the plan that the territory entered; a driven round is one that was declared, or told by
telematics, or that the containers show: at least half of those of the sector and stream that were filled to 30 %
before a planned round fell by 20 points while its vehicle would have come by. A round on another day than planned is
a round driven.

Bounds: planned rounds of which nothing is known count as driven in the value and below, as avoided above.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, tell
from analytics.plan import WITHIN, slots_of
from store.baseline import (
    DoneRound,
    SeenFill,
    Slot,
    read_fills,
    read_plans,
    read_rounds,
    read_time_zone,
)
from store.inputs import Connection, Window

FILLED_PERCENT = 30.0  # a container that was emptier cannot show that it was emptied
FALL_POINTS = 20.0
LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class RoundInputs:
    """Planned slots, rounds driven, and what containers say of the slots that nobody told about (by their index)."""

    slots: Sequence[Slot]
    done: Sequence[DoneRound]
    untold: Sequence[int]
    fills: Sequence[SeenFill]


def read_planned_and_done(connection: Connection, window: Window) -> RoundInputs:
    """Read plans and rounds of the window, and the containers of the slots without a round."""
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    days = window.begins_at.astimezone(zone).date(), window.ends_at.astimezone(zone).date()
    slots = [slot for plan in read_plans(connection, window) for slot in slots_of(plan, days, zone)]
    done = one_per_round(read_rounds(connection, window))
    untold = [index for index, slot in enumerate(slots) if not any(is_of(entry, slot, zone) for entry in done)]
    fills = read_fills(connection, window, [slots[index] for index in untold]) if untold else []
    return RoundInputs(slots, done, untold, fills)


def one_per_round(done: Sequence[DoneRound]) -> list[DoneRound]:
    """Leave out what a second source says of the same round (same sector, stream and hours)."""
    kept: list[DoneRound] = []
    for entry in done:
        twice = (
            other
            for other in kept
            if (other.sector, other.waste_stream) == (entry.sector, entry.waste_stream)
            and other.source != entry.source
            and abs(other.started_at - entry.started_at) < WITHIN
        )
        if next(twice, None) is None:
            kept.append(entry)
    return kept


def is_of(entry: DoneRound, slot: Slot, zone: ZoneInfo) -> bool:
    """Say whether a round is the one planned: same sector, stream and civil day."""
    same_day = entry.started_at.astimezone(zone).date() == slot.begins_at.astimezone(zone).date()
    return same_day and (entry.sector, entry.waste_stream) == (slot.sector, slot.waste_stream)


def tell_rounds(inputs: RoundInputs) -> list[Figure]:
    """Tell how many rounds were avoided [rounds] and their share of the plan [1], for the territory."""
    if not inputs.slots:
        return []
    fates = {index: was_driven([f for f in inputs.fills if f.index == at]) for at, index in enumerate(inputs.untold)}
    inferred = sum(fate is True for fate in fates.values())
    unknown = sum(fate is None for fate in fates.values())
    planned, driven = len(inputs.slots), len(inputs.done) + inferred
    low, high = planned - driven - unknown, planned - driven
    proof = {
        "n_planned": planned,
        "n_done": len(inputs.done),
        "n_inferred": inferred,
        "n_not_known": unknown,
        "by_sector": by_sector(inputs, fates),
    }
    told = hash_inputs([*inputs.slots, *inputs.done, *inputs.fills])
    known = Known(float(planned - unknown), float(planned), told, proof)
    shares = (low / planned, low / planned, high / planned)
    return [
        tell("rounds_avoided", None, "{round}", (low, low, high), known, planned),
        tell("rounds_avoided_ratio", None, "1", shares, known),
    ]


def was_driven(fills: Sequence[SeenFill]) -> bool | None:
    """Say whether containers show that a round came by; None where none of them could."""
    falls = [f.before - f.lowest for f in fills if f.before is not None and f.lowest is not None and is_filled(f)]
    if not falls:
        return None
    return sum(fall >= FALL_POINTS for fall in falls) / len(falls) >= LEAST_SHARE


def is_filled(fill: SeenFill) -> bool:
    """Say whether a container was full enough to show an emptying."""
    return fill.before is not None and fill.before >= FILLED_PERCENT


def by_sector(inputs: RoundInputs, fates: Mapping[int, bool | None]) -> list[dict[str, Any]]:
    """Count plan and rounds of each sector and stream."""
    keys = sorted({(slot.sector, slot.waste_stream) for slot in inputs.slots})
    return [
        {
            "sector": sector,
            "waste_stream": stream,
            "n_planned": sum((s.sector, s.waste_stream) == (sector, stream) for s in inputs.slots),
            "n_driven": sum((d.sector, d.waste_stream) == (sector, stream) for d in inputs.done)
            + sum(
                fate is True and (inputs.slots[i].sector, inputs.slots[i].waste_stream) == (sector, stream)
                for i, fate in fates.items()
            ),
        }
        for sector, stream in keys
    ]


DOMAINS = (
    Domain(
        name="rounds",
        kpis=("rounds_avoided", "rounds_avoided_ratio"),
        rhythm="month",
        asset_types=("waste_container",),
        method="fixed plan less rounds declared or seen in fill levels",
        method_version="1",
        read=read_planned_and_done,
        tell=tell_rounds,
    ),
)
