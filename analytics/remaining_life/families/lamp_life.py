"""How many hours lamps burn until they fail or are replaced: a Weibull curve by batch, by model, and of all lamps.

A batch is what was installed in a territory in one year of one model. With five ends it has a curve of its own; with
fewer the curve of its model, the hazard times (ends + 5) / (ends that this curve expects + 5), so that a batch which
holds out where its model fails is told to do so (posterior mean of a gamma frailty of mean 1; J. P. Klein and M. L.
Moeschberger, Survival Analysis, 2003, chapter 13). A model stands to all lamps as a batch to its model. Where not even
all lamps have five ends nothing is told. A fifth of the lamps, by a hash of their name, is held out.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.features import Floats
from analytics.remaining_life.lamp import LampLife, read_lamp_lives
from analytics.remaining_life.model_file import ModelFile
from analytics.remaining_life.survival import LEAST_ENDED, Lives, Weibull, fit_weibull, lives_of_rows
from store.inputs import Connection

NAME, METHOD_VERSION = "lamp_life", "1"
HELD_OUT = 5  # one of so many
LEAST_JUDGED = 3  # ended lamps held out, below which no two models can be told apart
WEIGHT = 5.0  # ends that a curve of the next larger group counts for
ALL, TYPE = "", "street_light"
TABLE = ("shape", "scale", "n_ended")


@dataclass(frozen=True, slots=True)
class LampCurve:
    """The curve that a lamp has [h]: of its `batch`, of its `model`, or of `all` lamps, which says little of it."""

    curve: Weibull
    group: str

    @property
    def is_prior(self) -> bool:
        """Whether neither its batch nor its model was learnt."""
        return self.group == "all"


def read(connection: Connection, territory_id: int | None, at: datetime) -> Data:
    """Read the lives of all lamps."""
    return data_of(read_lamp_lives(connection, territory_id, at))


def data_of(lives: Sequence[LampLife]) -> Data:
    """Part them into those that teach and those that judge."""
    judging = [one for one in lives if zlib.crc32(one.slug.encode()) % HELD_OUT == 0]
    teaching = [one for one in lives if zlib.crc32(one.slug.encode()) % HELD_OUT]
    table = np.array([(one.seen_from_h, one.hours, float(one.is_ended)) for one in lives]).reshape(-1, 3)
    hours = {"hours": np.array([one.hours for one in lives if not one.is_ended], dtype=np.float64)}
    contents = {TYPE: {"lamps": len(lives), "ended": sum(one.is_ended for one in lives)}}
    begins_at = min((one.watched_from for one in lives if one.watched_from is not None), default=None)
    return Data(teaching, judging, hours, {"lives": table}, len(lives), contents, begins_at)


def train(data: Data) -> ModelFile | None:
    """Fit all lamps, then models, then batches; None where even all lamps are too few."""
    lives: Sequence[LampLife] = data.training
    curves: dict[str, Weibull] = {}
    everyone = fit_weibull(lives_of(lives)) if lives else None
    if everyone is None:
        return None
    curves[ALL] = everyone
    for model, of_model in grouped(lives, "model").items():
        curves[model_key(model)] = fit_within(curves[ALL], lives_of(of_model))
        for batch, of_batch in grouped([one for one in of_model if one.batch is not None], "batch").items():
            curves[batch_key(batch)] = fit_within(curves[model_key(model)], lives_of(of_batch))
    table = {name: np.array([float(getattr(one, name)) for one in curves.values()]) for name in TABLE}
    return ModelFile(NAME, METHOD_VERSION, {"groups": list(curves)}, table)


def fit_within(wider: Weibull, lives: Lives) -> Weibull:
    """Fit a group; one of fewer than five ends has the wider group's curve, moved by what it lived through."""
    own = fit_weibull(lives)
    if own is not None:
        return own
    n_ended = int(lives.is_ended.sum())
    expected = float(np.sum(wider.hazard(lives.age) - wider.hazard(lives.seen_from)))
    ratio = (n_ended + WEIGHT) / (expected + WEIGHT)
    return Weibull(wider.shape, wider.scale * float(ratio ** (-1 / wider.shape)), n_ended)


def lives_of(lives: Sequence[LampLife]) -> Lives:
    """Put lives into arrays."""
    return lives_of_rows([(one.seen_from_h, one.hours, one.is_ended) for one in lives])


def grouped(lives: Sequence[LampLife], name: str) -> Mapping[str, list[LampLife]]:
    """Group lives by what a field of them says, in order."""
    groups: dict[str, list[LampLife]] = {}
    for one in lives:
        groups.setdefault(str(getattr(one, name)), []).append(one)
    return dict(sorted(groups.items()))


def model_key(model: str) -> str:
    """Name the curve of a model."""
    return f"model {model}"


def batch_key(batch: str | None) -> str:
    """Name the curve of a batch."""
    return f"batch {batch}"


def curves_of(file: ModelFile, lives: Sequence[LampLife]) -> list[LampCurve]:
    """Give the curve of each lamp: its batch's, else its model's, else that of all lamps.

    A curve says that it is of a batch or a model where that has five ends, or stands within a model that has.
    """
    place = {name: index for index, name in enumerate(file.values["groups"])}
    shape, scale, n_ended = (file.arrays[name].tolist() for name in TABLE)

    def n_of(key: str) -> int:
        return int(n_ended[place[key]]) if key in place else 0

    def one_of(life: LampLife) -> LampCurve:
        model, batch = model_key(life.model), batch_key(life.batch)
        key = next(key for key in (batch, model, ALL) if key in place)
        index = place[key]
        group = "batch" if n_of(batch) >= LEAST_ENDED else "model" if n_of(model) >= LEAST_ENDED else "all"
        return LampCurve(Weibull(shape[index], scale[index], int(n_ended[index])), group)

    return [one_of(life) for life in lives]


def judge(file: ModelFile, data: Data) -> JudgedByType | None:
    """Give the negative log likelihood of the lives held out, by ended one; None of fewer than three."""
    lives: Sequence[LampLife] = data.held_out
    n_ended = sum(one.is_ended for one in lives)
    if n_ended < LEAST_JUDGED:
        return None
    told = zip(lives, curves_of(file, lives), strict=True)
    losses = np.array([-one.curve.log_likelihood(lives_of([life])) for life, one in told])
    return {TYPE: Judged(losses, np.ones(len(lives)), float(n_ended))}


def survival(curves: Sequence[LampCurve], lives: Sequence[LampLife], times_d: Floats) -> Floats:
    """Give the share of lamps like each that lives on for so many days (n_lamps, n_times), having burned its hours."""
    shape, scale = (np.array([[getattr(one.curve, name)] for one in curves], dtype=np.float64) for name in TABLE[:2])
    hours, a_day = (np.array([[getattr(one, name)] for one in lives], dtype=np.float64) for name in ("hours", "a_day"))
    passed = np.power((hours + a_day * times_d) / scale, shape) - np.power(hours / scale, shape)
    return np.asarray(np.exp(-passed), dtype=np.float64)


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Hours that no counter tells are assumed from 4,100 a year; a lamp replaced or retired counts as ended whatever the"
    " reason; of lamps before the present one the model is taken to have been the same.",
    "negative log likelihood by ended lamp, on a fifth of the lamps that it did not see",
    0,
    read,
    train,
    judge,
)
