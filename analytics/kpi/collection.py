"""Lifts avoided by collecting on demand, every skipped one listed, and the overflow that is held against them.

The counterfactual is the fixed plan that the territory entered. What became of each of its lifts, and how overflow is
held against the saving: `analytics.collection.lifts`. The proof lists every skipped lift with the level at that time
(all of them with each container, the first 200 with the territory), and runs the period again at other thresholds
(`analytics.collection.what_if`).

Bounds are worst cases: lifts of which nothing is known made in the value and below, avoided above; a skipped lift after
which the level was not known is held against the saving below.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from analytics.collection.inputs import CollectionInputs, fates_of, make_accounts, read_collection, rerun_at, tracks_of
from analytics.collection.lifts import Account
from analytics.collection.track import Track
from analytics.collection.what_if import Rerun
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from store.baseline import Slot
from store.collection import ContainerLevels, WatchedContainer

THRESHOLDS = (50.0, 60.0, 70.0, 80.0, 90.0, 100.0)
MOST_LISTED = 200
UNITS = {"lifts_avoided": "{lift}", "lifts_avoided_ratio": "1", "overflow_after_skip": "min"}
NOTHING = (None, None, None)


def tell_collection(inputs: CollectionInputs) -> list[Figure]:
    """Tell lifts avoided [lifts, and as a share] and overflow after skipped ones [min], by container and of all."""
    if not inputs.watched:
        return []
    tracks = tracks_of(inputs)
    accounts = make_accounts(inputs, tracks)
    figures = container_figures(inputs, accounts)
    told = hash_all(inputs)
    if not any(inputs.begins_at <= slot.begins_at for slot in inputs.slots):
        known = Known(0.0, 0.0, told, {"n_containers": len(inputs.watched)})
        without = [tell(kpi, None, unit, NOTHING, known) for kpi, unit in UNITS.items()]
        return figures + [refuse(figure, "not known: no collection plan holds in this period") for figure in without]
    return figures + town_figures(inputs, tracks, list(accounts.values()), told)


def container_figures(inputs: CollectionInputs, accounts: Mapping[int, Account]) -> list[Figure]:
    """Tell lifts and overflow of each container."""
    levels = by_asset(inputs.levels)
    told_of = {one.asset_id: list[object]() for one in inputs.watched}
    for lift in inputs.lifts:
        told_of.setdefault(lift.asset_id, []).append(lift)
    for hour in inputs.displaced:
        told_of.setdefault(hour.asset_id, []).append(hour)
    rounds: dict[tuple[str, str], list[tuple[Slot, int]]] = {}
    for slot, fate in zip(inputs.slots, fates_of(len(inputs.slots), inputs.untold, inputs.fills), strict=True):
        rounds.setdefault((slot.sector, slot.waste_stream), []).append((slot, fate))
    hashes = {key: hash_inputs(own) for key, own in rounds.items()}
    figures = []
    for one in inputs.watched:
        plan = hashes.get((one.sector or "", one.waste_stream or ""), "")
        told = hash_inputs([one, plan, *told_of[one.asset_id], *map(digest, levels.get(one.asset_id, ()))])
        figures += figures_of(one, accounts.get(one.asset_id), told)
    return figures


def figures_of(one: WatchedContainer, account: Account | None, told: str) -> list[Figure]:
    """Tell lifts avoided and the overflow after skipped lifts of one container."""
    if account is not None and account.n_planned:
        return told_lifts(one.asset_id, [account], told, listed(account))[:2]
    reason = "no collection plan is entered for its sector and waste stream" if account is None else "no round was due"
    figure = tell("lifts_avoided", one.asset_id, "{lift}", NOTHING, Known(0.0, 0.0, told))
    return [refuse(figure, f"not known: {reason}")]


def town_figures(
    inputs: CollectionInputs, tracks: Mapping[int, Track], accounts: Sequence[Account], told: str
) -> list[Figure]:
    """Tell lifts and overflow of all containers together."""
    skipped = sorted(
        (entry for account in accounts for entry in listed(account)),
        key=lambda entry: (entry["planned_at"], entry["asset_id"]),
    )
    figures = told_lifts(None, accounts, told, skipped[:MOST_LISTED])
    more = {"what_if": [told_rerun(one) for one in rerun_at(inputs, tracks, THRESHOLDS)]}
    return [replace(figures[0], proof={**figures[0].proof, **more}), *figures[1:]]


def told_lifts(
    asset_id: int | None, accounts: Sequence[Account], told: str, skipped: Sequence[Mapping[str, Any]]
) -> list[Figure]:
    """Tell lifts avoided, overflow after skips, and the share avoided, of some containers."""
    planned = sum(account.n_planned for account in accounts)
    unknown = sum(account.n_unknown for account in accounts)
    avoided = sum(account.n_avoided for account in accounts)
    low = avoided - sum(account.n_unseen for account in accounts)
    high = avoided + unknown + sum(account.n_assumed for account in accounts)
    proof = {
        "n_planned": planned,
        "n_skipped": sum(len(account.skipped) for account in accounts),
        "n_made": sum(account.n_made for account in accounts),
        "n_taken_as_made": sum(account.n_assumed for account in accounts),
        "n_extra": sum(account.n_extra for account in accounts),
        "n_overflowed": sum(account.n_held for account in accounts),
        "n_not_known": unknown,
        "skipped": list(skipped),
    }
    known = Known(float(planned - unknown), float(planned), told, proof)
    overflow_min = sum(account.overflow_s for account in accounts) / 60
    unseen_min = sum(account.unseen_s for account in accounts) / 60
    figures = [
        tell("lifts_avoided", asset_id, "{lift}", (low, avoided, high), known, planned),
        tell(
            "overflow_after_skip",
            asset_id,
            "min",
            (overflow_min, overflow_min, overflow_min + unseen_min),
            replace(known, proof={"n_skipped": proof["n_skipped"], "n_overflowed": proof["n_overflowed"]}),
        ),
    ]
    if planned:
        shares = (low / planned, avoided / planned, high / planned)
        figures.append(tell("lifts_avoided_ratio", asset_id, "1", shares, replace(known, proof={"n_planned": planned})))
    return figures


def listed(account: Account) -> list[dict[str, Any]]:
    """Write the skipped lifts of a container as the proof lists them."""
    return [
        {
            "asset_id": account.asset_id,
            "container": account.name,
            "planned_at": datetime.fromtimestamp(one.planned_s, UTC).isoformat(),
            "fill_percent": one.level,
            "overflow_min": round(one.overflow_s / 60, 1),
            "is_held_against": one.is_held,
        }
        for one in account.skipped
    ]


def told_rerun(one: Rerun) -> dict[str, Any]:
    """Write a run at another threshold as the proof lists it."""
    return {
        "full_at_percent": one.full_at_percent,
        "n_rounds": one.n_rounds,
        "n_lifts": one.n_lifts,
        "overflow_min": one.overflow_min,
    }


def digest(row: ContainerLevels) -> str:
    """Hash the levels of a container, to their last digit."""
    described = (row.asset_id, row.series_id, row.sector, row.waste_stream, row.full_at_percent)
    numbers = np.array(row.at_s, dtype=">i8").tobytes() + np.array(row.levels, dtype=">f8").tobytes()
    return hashlib.sha256(repr(described).encode() + numbers).hexdigest()


def hash_all(inputs: CollectionInputs) -> str:
    """Hash the inputs of the territory's figures."""
    rows: list[object] = [*inputs.slots, *inputs.done, *inputs.fills, *inputs.watched, *map(digest, inputs.levels)]
    return hash_inputs([*rows, *inputs.lifts, *inputs.displaced])


DOMAINS = (
    Domain(
        name="collection",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=("waste_container",),
        method="fixed plan less lifts told or seen in fill levels, overflow held against it",
        method_version="1",
        read=read_collection,
        tell=tell_collection,
    ),
)
