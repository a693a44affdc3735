"""Anomalies in streams: the Numenta Anomaly Benchmark, scored by the product's own ensemble of `unusual_value`.

One configuration for everything: the detectors, their scale and the suppression of repeated alarms are those at work in
`vigie analyse`. Files of any group count alike. A row alarms at a threshold if a detector is sure there and it is
stranger than the rows that `analytics.episode` remembers. `nab.standard` and its neighbours choose the threshold that
suits the files best, as all published scores do; `nab.standard_fixed_threshold` takes the one of the product, which was
set on simulated towns. Reference: the distance from the mean of the last 6,400 rows in standard deviations, new maxima
only.

Chosen on artificial*, realAWSCloudwatch, realAdExchange and realTweets: which looks of `running_rows` count, the weight
of the context, the least spreads, the rows that suppression remembers. The threshold of the product was not.
"""

import csv
import io
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from analytics.detectors import Floats, Part, detectors
from analytics.ensemble import Ensemble, ensembles_of, make_members, score_series
from analytics.episode import BLOCK_ROWS, N_BLOCKS, Episode, Opening, sure_scores
from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.nab_score import PROFILES, Scored, best_score, score_at
from analytics.evaluate.row import Row

HEADER = "timestamp,value"
REFERENCE_ROWS = 6400
WEEK_S = 7 * 86_400.0
GOALS = {"standard": 60.0}
REFERENCE_AT = 8.0  # fixed beforehand: a distance of eight
N_TOGETHER = 64  # files side by side


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file's rows and its labelled windows, as first and last row."""

    part: Part
    windows: tuple[tuple[int, int], ...]

    @property
    def weeks(self) -> float:
        """Give the weeks that it spans."""
        at_s, _ = self.part
        return float(at_s[-1] - at_s[0]) / WEEK_S if at_s.size else 0.0


def run(asked: Asked) -> Iterator[Row]:
    """Score all files."""
    files = read_files(asked.data)
    ensemble = next(one for one in ensembles_of(detectors().values()) if one.finding_kind == "unusual_value")
    began = time.process_time()
    told = [
        scored for index in range(0, len(files), N_TOGETHER) for scored in score(ensemble, files[index:][:N_TOGETHER])
    ]
    seconds = time.process_time() - began
    own = [Scored(news(scores), one.windows) for one, (scores, _) in zip(files, told, strict=True)]
    cheap = [Scored(news(running_z(one.part[1])), one.windows) for one in files]
    n = len(files)
    for name, profile in PROFILES.items():
        reference = best_score(cheap, profile).score
        yield Row(f"nab.{name}", best_score(own, profile).score, "1", reference=reference, goal=GOALS.get(name), n=n)
    fixed, reference = (
        score_at(one, PROFILES["standard"], at).score for one, at in ((own, ensemble.open_at), (cheap, REFERENCE_AT))
    )
    yield Row("nab.standard_fixed_threshold", fixed, "1", reference=reference, n=n)
    n_false = sum(count_false(one, begins) for one, (_, begins) in zip(files, told, strict=True))
    yield Row("nab.false_alarms", n_false / sum(one.weeks for one in files), "1/wk", "lower", n=n_false)
    n_rows = sum(one.part[1].size for one in files)
    yield Row("nab.cpu_s", seconds, "s", "lower", goal=60.0, n=n_rows)


def score(ensemble: Ensemble, files: Sequence[Labelled]) -> list[tuple[Floats, list[float]]]:
    """Give by file what the ensemble says of each row where it is sure, and when its episodes begin [Unix s]."""
    parts = [one.part for one in files]
    told = []
    for (at_s, _), scores in zip(
        parts, score_series(ensemble, [make_members(ensemble) for _ in parts], parts), strict=True
    ):
        happenings = Episode().follow(ensemble, at_s, scores)
        begins = [one.started_s for one in happenings if isinstance(one, Opening)]
        told.append((sure_scores(ensemble, scores), begins))
    return told


def news(scores: Floats) -> Floats:
    """Keep the scores that are higher than those of the rows that an episode remembers; 0 else."""
    n_rows = BLOCK_ROWS * N_BLOCKS
    padded = np.concatenate((np.full(n_rows, -np.inf), scores))
    highest = np.lib.stride_tricks.sliding_window_view(padded, n_rows)[: len(scores)].max(axis=1)
    return np.where(scores > highest, scores, 0.0)


def running_z(values: Floats) -> Floats:
    """Give the distance from the mean of the rows before, in their standard deviation; the cheap reference."""
    sums, squares = (np.concatenate(([0.0], np.cumsum(one))) for one in (values, values * values))
    end = np.arange(values.size)
    begin = np.maximum(0, end - REFERENCE_ROWS)
    n = np.maximum(end - begin, 1)
    mean = (sums[end] - sums[begin]) / n
    variance = np.maximum((squares[end] - squares[begin]) / n - mean * mean, 0.0)
    z: Floats = np.abs(values - mean) / (np.sqrt(variance) + 1e-6 * np.abs(mean) + 1e-12)
    z[:20] = 0.0
    return z


def count_false(one: Labelled, begins: Sequence[float]) -> int:
    """Count the episodes of a file that begin in no window."""
    at_s, _ = one.part
    spans = [(at_s[first], at_s[last]) for first, last in one.windows]
    return sum(not any(first <= begin <= last for first, last in spans) for begin in set(begins))


def read_files(folder: Path) -> list[Labelled]:
    """Read all series below a folder and their windows.

    Raises
    ------
    NoDataError
        There is no series, or no labels.
    """
    paths = find_files(folder, lambda head: head.split("\n", 1)[0].strip().lower() == HEADER, f"files of {HEADER}")
    spans = read_labels(find_files(folder, lambda head: head.lstrip().startswith("{"), "labels (JSON)"))
    found = [read_series(path, spans) for path in paths]
    kept = [one for one in found if one is not None]
    if not kept:
        raise NoDataError(f"{folder} holds no labels of its series")
    return kept


def read_labels(paths: Sequence[Path]) -> Mapping[str, list[tuple[str, str]]]:
    """Read windows by GROUP/FILE: of the JSON files the one whose lists hold pairs."""
    for path in paths:
        told = json.loads(read_text(path))
        spans = [span for own in told.values() if isinstance(own, list) for span in own]
        if spans and all(isinstance(span, list) and len(span) == 2 for span in spans):
            return {name: [(first, last) for first, last in own] for name, own in told.items()}
    raise NoDataError("no JSON file holds windows (pairs of time stamps by file)")


def read_series(path: Path, spans: Mapping[str, list[tuple[str, str]]]) -> Labelled | None:
    """Read a file; None where the labels do not know it."""
    name = f"{path.parent.name}/{path.name.removesuffix('.gz').removesuffix('.zip')}"
    if name not in spans:
        return None
    rows = [row for row in csv.reader(io.StringIO(read_text(path))) if row][1:]
    at_s = np.array([instant_s(row[0]) for row in rows])
    values = np.array([float(row[1]) for row in rows])
    windows = []
    for first, last in spans[name]:
        inside = np.flatnonzero((at_s >= instant_s(first)) & (at_s <= instant_s(last)))
        if inside.size:
            windows.append((int(inside[0]), int(inside[-1])))
    return Labelled((at_s, values), tuple(sorted(windows)))


def instant_s(text: str) -> float:
    """Read a time stamp without a zone as UTC [Unix s], whole seconds."""
    return datetime.fromisoformat(text.split(".")[0]).replace(tzinfo=UTC).timestamp()


EVALUATION = Evaluation("nab", "anomalies in streams (Numenta Anomaly Benchmark)", run)
