"""Every cause is well formed, speaks both languages, and stands in the reference."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.incidents.causes import Cause, causes
from analytics.incidents.job import severity_of
from store.incidents import Line
from tests.analytics.incidents.told import a_ground
from tests.support.shared import REPOSITORY

LINE = Line(
    7, "thing", "Armoire 7", "Europe/Paris", "info", 3.0, datetime(2026, 3, 2, 18, tzinfo=UTC), None, 12, 9,
    "Worst of all.", "Le pire de tous.",
)  # fmt: skip
REFERENCE = (REPOSITORY / "docs" / "reference" / "incidents.md").read_text(encoding="utf-8")
EVERY = pytest.mark.parametrize("cause", causes().values(), ids=causes())


@EVERY
def test_cause_says_since_when_in_both_languages(cause: Cause) -> None:
    english, french = cause.tell(LINE)
    assert "2026-03-02 at 19:00" in english
    assert "02/03/2026 à 19 h 00" in french
    over_en, over_fr = cause.tell(replace(LINE, ended_at=datetime(2026, 3, 3, 18, tzinfo=UTC)))
    assert "2026-03-03 at 19:00" in over_en
    assert "03/03/2026 à 19 h 00" in over_fr


@pytest.mark.parametrize(
    ("cause", "now", "over"),
    [
        ("cabinet_tripped", ("is without current", "n'est plus alimentée"), ("was without", "n'était plus alimentée")),
        ("gateway_silent", ("relays nothing", "ne relaie plus rien"), ("relayed nothing", "n'a rien relayé")),
        ("network_lost", ("relays anything", "ne relaie plus rien"), ("relayed anything", "n'a rien relayé")),
        ("water_main", ("neighbours feel", "le ressentent"), ("neighbours felt", "l'ont ressenti")),
    ],
)
def test_what_is_over_is_told_in_the_past(cause: str, now: tuple[str, str], over: tuple[str, str]) -> None:
    ended = replace(LINE, ended_at=datetime(2026, 3, 3, 18, tzinfo=UTC))
    for line, words in ((LINE, now), (ended, over)):
        told = causes()[cause].tell(line)
        assert words[0] in told[0]
        assert words[1] in told[1]


@EVERY
def test_cause_claims_nothing_of_nothing(cause: Cause) -> None:
    assert list(cause.claim([], a_ground())) == []


@EVERY
def test_cause_stands_in_the_reference(cause: Cause) -> None:
    assert f"| `{cause.name}`" in REFERENCE


def test_each_cause_has_a_rank_of_its_own_and_what_is_left_comes_last() -> None:
    ranks = [cause.rank for cause in causes().values()]
    assert len(set(ranks)) == len(ranks)
    assert list(causes())[-1] == "thing"


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({}, "info"),
        ({"worst": "urgent"}, "urgent"),
        ({"n_assets": 10}, "warning"),
        ({"worst": "urgent", "n_assets": 500}, "urgent"),
        ({"worst": "critical", "n_assets": 500}, "critical"),
        ({"cause": "cabinet_tripped"}, "urgent"),
        ({"cause": "announced", "worst": "critical", "n_assets": 500}, "info"),
        ({"cause": "of another version", "worst": "warning"}, "warning"),
    ],
)
def test_severity_is_the_worst_and_rises_with_the_number_struck(change: dict[str, object], severity: str) -> None:
    assert severity_of(replace(LINE, **change)) == severity  # type: ignore[arg-type]
