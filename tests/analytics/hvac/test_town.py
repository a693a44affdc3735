"""Units and boilers of a simulated town: each fault is named on the unit it strikes, sound ones stay quiet."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.hint import tell_hints
from analytics.hvac.diagnosis import Kind
from analytics.hvac.outlook import DAY_S, RULES_BY_KIND, look
from deploy.local.services import Services
from deploy.reference import enter_file
from simulators.effect import faults, lookalikes
from simulators.reference import write_reference
from simulators.town import Town
from store import rollup
from store.connect import connect
from tests.support.filled_town import fill_town
from tests.support.services import fresh_database
from tests.support.towns import a_town, an_episode, generate_days, with_episodes
from tests.support.units import units_of

START = datetime(2025, 11, 3, tzinfo=UTC)  # a Monday; the eleventh is a public holiday
N_DAYS, BEGINS, LASTS = 14, 4, 8
STRUCK: dict[str, Kind] = {
    "cta-mairie": "valve_leaking",
    "cta-ecole": "damper_leaking",
    "cta-gymnase": "damper_stuck",
    "cta-creche": "valve_stuck",
    "cta-mediatheque": "simultaneous_heating_cooling",
}
SOUND, BOILER = "cta-salle", "chaudiere-gymnase"
QUANTITIES = frozenset(
    {"air_temperature", "damper_position", "valve_position", "fan_on", "start_count", "boiler_on", "uptime"}
)


def plan_town() -> Town:
    """A town of six units: five have a fault each, one has none but a frost to endure; one boiler cycles."""
    town = a_town(103, START)
    planted = [an_episode(town, faults()[kind], slug, BEGINS, LASTS) for slug, kind in STRUCK.items()]
    planted.append(an_episode(town, faults()["boiler_short_cycling"], BOILER, BEGINS + 2, LASTS - 2, 2))
    with_episodes(town, [*planted, an_episode(town, lookalikes()["frost"], "", 7, 5)])
    return town


def test_fault_is_named_on_its_unit_alone() -> None:
    """At midnights before the faults nothing is there; what is said last of each is its own fault and no other."""
    town = plan_town()
    units = units_of(town, generate_days(town, N_DAYS))
    assert units.keys() == {*STRUCK, SOUND}
    midnight_s = START.timestamp()
    for slug, steps in units.items():
        for day in range(1, BEGINS + 1):
            outlook = look(steps, midnight_s + day * DAY_S)
            assert outlook is None or not any(outlook.sign(kind) for kind in RULES_BY_KIND)
        during = [look(steps, midnight_s + day * DAY_S) for day in range(BEGINS + 2, BEGINS + LASTS + 1)]
        told = [kinds for outlook in during if outlook and (kinds := [k for k in RULES_BY_KIND if outlook.sign(k)])]
        assert told[-1:] == ([[STRUCK[slug]]] if slug in STRUCK else [])


@pytest.mark.services
def test_findings_tell_faults_in_both_languages_and_end_with_them(
    services: Services, database_template: str, tmp_path: Path
) -> None:
    town = plan_town()
    with fresh_database(services, database_template) as url:
        end = fill_town(url, town, N_DAYS, QUANTITIES)
        write_reference(tmp_path / "reference.json", town, end)
        enter_file(url, tmp_path / "reference.json")
        with connect(url, program="test", autocommit=True, statement_timeout_s=120) as connection:
            while rollup.refresh(connection, end, grace_s=0, settle_s=0).computed_to < end:
                pass
            while tell_hints(connection, end, n_steps=60).n_steps:
                pass
            found = connection.execute(
                "select a.slug, f.kind, f.started_at, f.ended_at, f.sentence_en, f.sentence_fr, f.evidence"
                " from findings f join assets a using (asset_id) where a.type in ('air_handling_unit', 'boiler')"
            ).fetchall()
    began, ended = START + timedelta(days=BEGINS), START + timedelta(days=BEGINS + LASTS)
    kinds = {(slug, kind) for slug, kind, *_ in found}
    assert kinds >= {*STRUCK.items(), (BOILER, "short_cycling")}
    assert {slug for slug, _ in kinds} == {*STRUCK, BOILER}
    for _, _, started_at, ended_at, english, french, evidence in found:
        assert began - timedelta(hours=1) <= started_at <= ended
        assert ended_at is None or ended_at <= ended + timedelta(days=4)  # a library is closed on some days
        assert "To do:" in english
        assert "À faire :" in french
        assert evidence["curve_from"] < evidence["curve_to"]
