"""Breaks to expect of water mains: one Poisson regression by network (`analytics.water_mains.model`).

Two are learnt of each network: that which is told learns from all its mains; that which is judged, beside the
champion's of the same kind, from four fifths of them, by a hash of their number, and is asked about the rest. A network
with too few breaks is not learnt: its mains keep the usual rate of their material, marked as prior. The file says too
what the lists of the last three years would have caught, each made of what was known before its year.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.model_file import ModelFile
from analytics.water_mains.features import know, watched_from
from analytics.water_mains.model import HORIZON_YEARS, FewBreaksError, Model, count_breaks, tell, tell_prior, train
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
    """Count what there is; the same networks teach and judge, by other mains."""
    arrays = {
        f"{key} {type(part).__name__} {name}": getattr(part, name)
        for key, one in networks.items()
        for part in (one.mains, one.breaks)
        for name in part.__slots__
    }
    contents = {key: {"mains": one.mains.n, "breaks": len(one.breaks.at)} for key, one in networks.items()}
    inputs = {f"{key} {name}": values for key, one in networks.items() for name, values in described(one)}
    known = [one for one in networks.values() if len(one.breaks.at)]
    begins_at = min((instant(watched_from(one.breaks)) for one in known), default=None)
    n_mains = sum(one.mains.n for one in networks.values())
    return Data(networks, networks, inputs, arrays, n_mains, contents, begins_at)


def described(network: Network) -> Iterator[tuple[str, Floats]]:
    """Give what is watched for drift: mains' years of laying and lengths."""
    yield "laid", network.mains.laid
    yield "length_m", network.mains.length_m


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
    judged: dict[str, Judged] = {}
    n_breaks = 0.0
    for key, network in data.held_out.items():
        rates, counts, years = asked(file, key, network)
        expected = np.maximum(rates * years, 1e-9)
        judged[key] = Judged(expected - counts * np.log(expected), np.ones(counts.size), float(counts.size))
        n_breaks += float(counts.sum())
    return judged if n_breaks >= LEAST_JUDGED else None


def asked(file: ModelFile, key: str, network: Network) -> tuple[Floats, Floats, float]:
    """Give the breaks a year that a model told of each main held out, how many came, and in how many years."""
    mains, breaks = network.mains, network.breaks
    years = min(JUDGED_YEARS, HORIZON_YEARS)
    at = network.until - years
    model = model_of(file, key, JUDGED)
    known = know(mains, breaks, at, watched_from(breaks) if model is None else model.since)
    told = tell_prior(mains, breaks.before(at), at, "not learnt") if model is None else tell(model, known)
    kept = network.judges[known.mains]
    return told.rate[kept], count_breaks(mains, breaks, known, years)[kept], years


def caught_by(file: ModelFile, key: str) -> Mapping[str, Any] | None:
    """Give what `caught_of` said of a network when it was learnt; None where it was not, or nothing could be said."""
    caught: Mapping[str, Any] | None = file.values["networks"].get(key, {}).get("caught")
    return caught


def prove(file: ModelFile) -> Mapping[str, Any]:
    """Give what the lists of the last years would have caught, for the card."""
    return {"caught": {key: entry["caught"] for key, entry in file.values["networks"].items()}}


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Breaks are those that people entered or confirmed; a network with fewer than 50, or three years, keeps the usual"
    " rate of materials. Intervals hold about 70 % of the rates of the mains that break most.",
    "Poisson loss by main over the last three years, on a fifth of the mains that it did not see",
    0,
    read,
    train_networks,
    judge,
    prove,
)
