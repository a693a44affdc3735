"""Breaks to expect of water mains: one Poisson regression by network (`analytics.water_mains.model`).

Two are learnt of each network: that which is told learns from all its mains; that which is judged, beside the
champion's of the same kind, from four fifths of them, by a hash of their number, and is asked about the rest. A network
with too few breaks is not learnt: its mains keep the usual rate of their material, marked as prior. The file says too
what the lists of the last three years would have caught, each made of what was known before its year.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.model_file import ModelFile
from analytics.water_mains.features import know, watched_from
from analytics.water_mains.model import FewBreaksError, Model, count_breaks, tell, tell_prior, train
from analytics.water_mains.network import Breaks, Floats, Mains
from analytics.water_mains.ranking import catch_lately
from analytics.water_mains.registered import network_of, year_at
from store.inputs import Connection, Window
from store.mains import list_networks, read_breaks, read_mains

NAME, METHOD_VERSION = "main_breaks", "1"
TYPES = ("water_pipe",)
HELD_OUT, LEAST_JUDGED = 5, 3
JUDGED_YEARS = 3.0
ARRAYS = ("centre", "scale", "weights")
TOLD, JUDGED = "told", "judged"


@dataclass(frozen=True, slots=True)
class Network:
    """A territory's mains and breaks up to an instant [year], and which of its mains judge (n_mains,)."""

    mains: Mains
    breaks: Breaks
    until: float
    judges: NDArray[np.bool_]


def read(connection: Connection, territory_id: int | None, at: datetime) -> Data:
    """Read the networks of a territory and those below it, or all."""
    networks: dict[str, Network] = {}
    for number in list_networks(connection, territory_id, TYPES):
        window = Window(number, TYPES, at, at)
        mains = read_mains(connection, window)
        there = [main.asset_id for main in mains if main.retired_at is None]
        judges = np.array([zlib.crc32(str(one).encode()) % HELD_OUT == 0 for one in there], dtype=np.bool_)
        pipes, breaks = network_of(mains, read_breaks(connection, window))
        networks[key_of(number)] = Network(pipes, breaks.before(year_at(at)), year_at(at), judges)
    return data_of(networks)


def key_of(territory_id: int) -> str:
    """Name a territory's network."""
    return f"territory {territory_id}"


def data_of(networks: Mapping[str, Network]) -> Data:
    """Count what there is; the same networks teach and judge, by other mains. What goes on the card is put together:
    a shared one is read by people of all territories."""
    arrays = {
        f"{key} {type(part).__name__} {name}": getattr(part, name)
        for key, one in networks.items()
        for part in (one.mains, one.breaks)
        for name in part.__slots__
    }
    n_mains = sum(one.mains.n for one in networks.values())
    n_breaks = sum(len(one.breaks.at) for one in networks.values())
    contents = {TYPES[0]: {"networks": len(networks), "mains": n_mains, "breaks": n_breaks}}
    every = [one.mains for one in networks.values()]
    inputs = {
        name: np.concatenate([np.zeros(0), *(getattr(mains, name) for mains in every)]) for name in ("laid", "length_m")
    }
    known = [one for one in networks.values() if len(one.breaks.at)]
    begins_at = min((instant(watched_from(one.breaks)) for one in known), default=None)
    return Data(networks, networks, inputs, arrays, n_mains, contents, begins_at)


def instant(year: float) -> datetime:
    """Give the begin of a year."""
    return datetime(int(year), 1, 1, tzinfo=UTC)


def train_networks(data: Data) -> ModelFile | None:
    """Learn each network with enough breaks; None where there is none."""
    values: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for key, network in data.training.items():
        try:
            models = {
                TOLD: train(network.mains, network.breaks, network.until),
                JUDGED: train(network.mains, network.breaks, network.until, ~network.judges),
            }
        except FewBreaksError:
            continue
        values[key] = {"caught": caught_of(network)}
        for part, model in models.items():
            arrays |= {f"{key} {part} {name}": getattr(model, name) for name in ARRAYS}
            values[key][part] = {one.name: getattr(model, one.name) for one in fields(model) if one.name not in ARRAYS}
    return ModelFile(NAME, METHOD_VERSION, {"networks": values}, arrays) if values else None


def caught_of(network: Network) -> Mapping[str, Any] | None:
    """Say what share of breaks [%] the first 1, 5 and 10 % of the length would have caught in the last years."""
    catch = catch_lately(network.mains, network.breaks, network.until)
    if catch is None:
        return None
    percent = {f"{100 * share:.0f}": round(100 * caught, 1) for share, caught in catch.share_by_length.items()}
    return {"percent_by_length_percent": percent, "n_breaks": catch.n_breaks, "n_years": catch.n_years}


def model_of(file: ModelFile, key: str, part: str = TOLD) -> Model | None:
    """Open the model of a network; None where it was not learnt."""
    entry = file.values["networks"].get(key)
    if entry is None:
        return None
    parts: dict[str, Any] = entry[part] | {name: file.arrays[f"{key} {part} {name}"] for name in ARRAYS}
    return Model(**parts)


def judge(file: ModelFile, data: Data) -> JudgedByType | None:
    """Give the Poisson loss of each main held out over the last years, by main; None of fewer than three breaks."""
    asked_of = [asked(file, key, network) for key, network in data.held_out.items()]
    expected, counts = (np.concatenate([np.zeros(0), *(one[part] for one in asked_of)]) for part in (0, 1))
    if counts.sum() < LEAST_JUDGED:
        return None
    losses = expected - counts * np.log(expected)
    return {TYPES[0]: Judged(losses, np.ones(counts.size), float(counts.size))}


def asked(file: ModelFile, key: str, network: Network) -> tuple[Floats, Floats]:
    """Give the breaks that a model expected of each main held out over the last years, and how many came."""
    mains, breaks, at = network.mains, network.breaks, network.until - JUDGED_YEARS
    model = model_of(file, key, JUDGED)
    known = know(mains, breaks, at, watched_from(breaks) if model is None else model.since)
    told = tell_prior(mains, breaks.before(at), at, "not learnt") if model is None else tell(model, known)
    kept = network.judges[known.mains]
    expected = np.maximum(told.rate[kept] * JUDGED_YEARS, 1e-9)
    return expected, count_breaks(mains, breaks, known, JUDGED_YEARS)[kept]


def caught_by(file: ModelFile, key: str) -> Mapping[str, Any] | None:
    """Give what `caught_of` said of a network when it was learnt; None where it was not, or nothing could be said."""
    caught: Mapping[str, Any] | None = file.values["networks"].get(key, {}).get("caught")
    return caught


def prove(file: ModelFile) -> Mapping[str, Any]:
    """Give what the lists of the last years would have caught of the breaks of all networks, for the card."""
    caught = [one["caught"] for one in file.values["networks"].values() if one["caught"] is not None]
    if not caught:
        return {"caught": None}
    n_breaks = [one["n_breaks"] for one in caught]
    percent = {
        share: round(
            float(np.average([one["percent_by_length_percent"][share] for one in caught], weights=n_breaks)), 1
        )
        for share in caught[0]["percent_by_length_percent"]
    }
    return {"caught": {"percent_by_length_percent": percent, "n_breaks": sum(n_breaks)}}


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Breaks are those that people entered or confirmed; a network with fewer than 50, or three years, keeps the usual"
    " rate of materials. On drawn networks 90 % intervals hold 82 to 94 % of the rates of the mains that break most.",
    "Poisson loss by main over the last three years, on a fifth of the mains that it did not see",
    0,
    read,
    train_networks,
    judge,
    prove,
)
