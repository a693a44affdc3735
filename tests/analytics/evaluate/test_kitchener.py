"""The study of water mains on files written for the test: what is read, which years are tested, which rows come."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, evaluations
from analytics.evaluate.kitchener import test_years as years_of_test
from analytics.evaluate.kitchener_files import read_network
from analytics.water_mains.network import Breaks
from tests.support.shared import shared_data

PIPES = "WATMAINID,STATUS,ROADSEGMENTID,PIPE_SIZE,MATERIAL,INSTALLATION_DATE,REL_CLEANING_AREA,REL_CLEANING_SUBAREA"
BREAKS = "WATBREAKINCIDENTID,INCIDENT_DATE,BREAK_TYPE,ROADSEGMENTID,ASSETID"
N_PIPES = 600


def write_network(folder: Path, first: int, last: int, packed: bool = False) -> None:
    """Pipes, and breaks in two files of which the second repeats some of the first; iron breaks most."""
    draws = np.random.default_rng(3)
    pipes = [f"{PIPES},Shape__Length"]
    breaks: list[str] = []
    for n in range(N_PIPES):
        is_iron = n % 3 == 0
        laid = f"{1950 + n % 20 if is_iron else 1980 + n % 10}/06/01 00:00:00+00"
        length_m = draws.uniform(10, 150)
        pipes.append(f"{n},ACTIVE,{n // 4},150,{'CI' if is_iron else 'PVC'},{laid},1,{n // 100},{length_m:.2f}")
        for year in range(first, last + 1):
            if draws.random() < length_m / 150 * (0.12 if is_iron else 0.005):
                breaks.append(f"{len(breaks)},{year}/02/0{1 + n % 9} 00:00:00+00,MAIN,{n // 4},{n}")
    breaks += [f"{len(breaks)},{first}/03/01 00:00:00+00,SERVICE,1,4", f"{len(breaks) + 1},,MAIN,1,4"]
    half = len(breaks) // 2
    for name, lines in (("pipes", pipes), ("a", [BREAKS, *breaks[: half + 9]]), ("b", [BREAKS, *breaks[half:]])):
        body = "\n".join(lines).encode()
        (folder / f"{name}{'.csv.gz' if packed else ''}").write_bytes(gzip.compress(body) if packed else body)


@pytest.mark.parametrize("packed", [True, False])
def test_pipes_and_breaks_are_read_once(tmp_path: Path, packed: bool) -> None:
    write_network(tmp_path, 1999, 2014, packed)
    mains, breaks = read_network(tmp_path)
    assert mains.n == N_PIPES
    assert mains.laid[0] == pytest.approx(1950.41, abs=0.01)
    assert len({(at, main) for at, main in zip(breaks.at.tolist(), breaks.main.tolist(), strict=True)}) == len(
        breaks.at
    )
    assert (breaks.street == mains.street[breaks.main]).all()
    assert np.isfinite(breaks.at).all()  # the service and the one without a day are left out
    with pytest.raises(NoDataError, match="water mains"):
        read_network(tmp_path / ("a.csv.gz" if packed else "a"))


@pytest.mark.parametrize(
    ("last", "asked", "years"),
    [
        (2016.9, Asked(Path()), (2012.0, 2017.0)),
        (2023.1, Asked(Path()), (2017.0, 2022.0)),
        (2018.5, Asked(Path()), (2017.0, 2019.0)),
        (2016.9, Asked(Path(), date(2007, 1, 1)), (2007.0, 2012.0)),
        (2016.9, Asked(Path(), date(2007, 1, 1), date(2009, 1, 1)), (2007.0, 2009.0)),
    ],
)
def test_test_part_is_the_last_five_years_or_those_kept_apart(
    last: float, asked: Asked, years: tuple[float, float]
) -> None:
    assert years_of_test(asked, Breaks(np.array([1997.2, last]), np.zeros(2, int), np.zeros(2, int))) == years


def test_rows_stand_beside_the_reference(tmp_path: Path) -> None:
    write_network(tmp_path, 1999, 2014)
    rows = {row.name: row for row in evaluations()["kitchener"].run(Asked(tmp_path))}
    for name, more in (("auc", 0.005), ("top10", 2.0)):
        row = rows[f"kitchener.{name}"]
        assert row.reference is not None
        assert row.goal == pytest.approx(row.reference + more)
    assert 0.8 < rows["kitchener.auc"].value <= 1.0
    assert 10 < rows["kitchener.top10"].value < 100
    assert 0.6 < rows["kitchener.told_over_observed"].value < 1.6


def test_too_few_breaks_are_said(tmp_path: Path) -> None:
    write_network(tmp_path, 2013, 2014)
    with pytest.raises(NoDataError):
        list(evaluations()["kitchener"].run(Asked(tmp_path)))


@pytest.mark.shared_data
def test_five_years_of_a_town_are_ranked_above_the_reference() -> None:
    """2007 to 2011, on which things were chosen; what is kept apart is not here."""
    folder = shared_data("kitchener-water-mains")
    rows = {row.name: row for row in evaluations()["kitchener"].run(Asked(folder, date(2007, 1, 1)))}
    assert rows["kitchener.auc"].met
    assert rows["kitchener.top10"].met
    assert rows["kitchener.told_over_observed"].met
