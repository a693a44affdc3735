"""`vigie grafana push|diff`, against a stand-in of Grafana's API and a real database."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.errors import sentence_of
from deploy.grafana.dashboards import build_all
from deploy.grafana.push import settle
from deploy.grafana.server import GrafanaError
from deploy.grafana.target import Target, read_target
from deploy.local.state import free_port
from store.connect import connect
from store.readers import UnknownTerritoryError
from store.registry import TerritoryEntry, register
from tests.support.grafana_stand_in import PASSWORD, USER, StandIn, stand_in
from tests.support.readers import as_role, drop_roles

pytestmark = pytest.mark.services

DASHBOARDS = {built.uid for built in build_all("https://vigie.example")}


@pytest.fixture
def grafana() -> Iterator[StandIn]:
    """An empty Grafana."""
    with stand_in() as server:
        yield server


@pytest.fixture
def environment(grafana: StandIn, database_url: str) -> dict[str, str]:
    """What a person would set."""
    return {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_GRAFANA_URL": grafana.url,
        "VIGIE_GRAFANA_USER": USER,
        "VIGIE_GRAFANA_PASSWORD": PASSWORD,
        "VIGIE_PAGE_URL": "https://vigie.example",
    }


@pytest.fixture
def target(environment: dict[str, str], database_url: str) -> Iterator[Target]:
    """The same, read; two territories are registered, and their roles dropped afterwards."""
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("north", "North"), TerritoryEntry("south", "South")])
    made = read_target(environment, database_url)
    yield made
    drop_roles(database_url, [made.role_name("north"), made.role_name("south")])


def push(target: Target, database_url: str, territories: Sequence[str], *, apply: bool = True) -> list[str]:
    """Push or compare, and give the changes as text."""
    with connect(database_url, program="test") as connection:
        return [str(change) for change in settle(target, connection, territories, apply=apply)]


def login(grafana: StandIn, database_url: str, territory: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect as Grafana's data source of a territory would."""
    source = grafana.organisation(f"Vigie {territory}").sources["vigie"]
    return psycopg.connect(as_role(database_url, source["user"], source["secureJsonData"]["password"]))


def test_push_makes_an_organisation_per_territory(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north", "south"])
    assert set(grafana.names) == {"Vigie north", "Vigie south"}
    for name in grafana.names:
        organisation = grafana.organisation(name)
        assert set(organisation.dashboards) == DASHBOARDS
        assert organisation.folder_by_dashboard["vigie-overview-fr"] == "vigie-fr"
        assert organisation.folders == {"vigie-fr": "Vigie", "vigie-en": "Vigie (English)"}
    assert grafana.organisations[1].dashboards == {}


def test_the_data_source_of_a_territory_sees_that_territory(
    grafana: StandIn, target: Target, database_url: str
) -> None:
    push(target, database_url, ["north", "south"])
    for territory in ("north", "south"):
        with login(grafana, database_url, territory) as session:
            assert session.execute("select slug from territories").fetchall() == [(territory,)]
    source = grafana.organisation("Vigie north").sources["vigie"]
    assert source["jsonData"]["timescaledb"] is True
    assert source["access"] == "proxy"


def test_push_again_writes_nothing(grafana: StandIn, target: Target, database_url: str) -> None:
    assert push(target, database_url, ["north"])
    n_writes = len(grafana.writes())
    assert push(target, database_url, ["north"]) == []
    assert len(grafana.writes()) == n_writes


def test_diff_writes_nothing_and_names_what_push_does(grafana: StandIn, target: Target, database_url: str) -> None:
    assert push(target, database_url, ["north"], apply=False) == [
        "north: create organisation Vigie north with all it holds"
    ]
    assert grafana.writes() == []
    push(target, database_url, ["north"])
    assert push(target, database_url, ["north"], apply=False) == []


def test_a_dashboard_changed_by_hand_is_put_back(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north"])
    organisation = grafana.organisation("Vigie north")
    organisation.dashboards["vigie-overview-fr"]["panels"][0]["targets"][0]["rawSql"] = "select 1"
    assert push(target, database_url, ["north"], apply=False) == ["north: update dashboard vigie-overview-fr"]
    assert push(target, database_url, ["north"]) == ["north: update dashboard vigie-overview-fr"]
    assert push(target, database_url, ["north"]) == []


def test_push_makes_the_one_alert_rule(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north"])
    organisation = grafana.organisation("Vigie north")
    [rule] = organisation.rules["vigie"]["rules"]
    assert rule["orgID"] == grafana.names["Vigie north"]
    assert rule["data"][0]["datasourceUid"] in organisation.sources
    assert rule["annotations"]["__dashboardUid__"] in organisation.dashboards
    assert organisation.dashboards["vigie-operations-fr"]["panels"][1]["id"] == int(rule["annotations"]["__panelId__"])
    rule["for"] = "3d"
    assert push(target, database_url, ["north"]) == ["north: update alert rule that watches vigie"]


def test_a_lost_data_source_gets_a_new_password(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north"])
    organisation = grafana.organisation("Vigie north")
    before = organisation.sources.pop("vigie")["secureJsonData"]["password"]
    assert [change.split()[1:4] for change in push(target, database_url, ["north"])] == [["create", "data", "source"]]
    assert organisation.sources["vigie"]["secureJsonData"]["password"] != before
    with login(grafana, database_url, "north") as session:
        assert session.execute("select slug from territories").fetchall() == [("north",)]


def test_a_lost_role_is_made_again(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north"])
    drop_roles(database_url, [target.role_name("north")])
    assert len(push(target, database_url, ["north"])) == 1
    with login(grafana, database_url, "north") as session:
        assert session.execute("select slug from territories").fetchall() == [("north",)]


def test_another_address_keeps_the_password(grafana: StandIn, target: Target, database_url: str) -> None:
    push(target, database_url, ["north"])
    source = grafana.organisation("Vigie north").sources["vigie"]
    moved = replace(target, database_address="elsewhere:5432", ssl_mode="verify-full")
    assert len(push(moved, database_url, ["north"])) == 1
    after = grafana.organisation("Vigie north").sources["vigie"]
    assert after["url"] == "elsewhere:5432"
    assert after["secureJsonData"] == source["secureJsonData"]


def test_an_unknown_territory_leaves_grafana_alone(grafana: StandIn, target: Target, database_url: str) -> None:
    with pytest.raises(UnknownTerritoryError, match="nowhere"):
        push(target, database_url, ["north", "nowhere"])
    assert grafana.calls == []


def test_a_wrong_password_is_one_sentence_without_it(target: Target, database_url: str) -> None:
    with pytest.raises(GrafanaError, match="refuses the user admin") as caught:
        push(replace(target, password="wrong horse"), database_url, ["north"])
    assert "wrong horse" not in str(caught.value)
    assert sentence_of(caught.value) is not None


def test_no_grafana_is_one_sentence(target: Target, database_url: str) -> None:
    with pytest.raises(GrafanaError, match="no Grafana answers at http:"):
        push(replace(target, url=f"http://127.0.0.1:{free_port()}"), database_url, ["north"])


def test_the_commands(grafana: StandIn, target: Target, environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    compared = runner.invoke(app, ["grafana", "diff", "--territory", "north"])
    assert (compared.exit_code, compared.output.strip()) == (
        1,
        "north: create organisation Vigie north with all it holds",
    )
    pushed = runner.invoke(app, ["grafana", "push"])
    assert pushed.exit_code == 0, pushed.output
    assert set(grafana.names) == {"Vigie north", "Vigie south"}
    assert PASSWORD not in pushed.output
    assert runner.invoke(app, ["grafana", "push"]).output.strip() == "nothing to do"
    assert runner.invoke(app, ["grafana", "diff"]).output.strip() == "no difference"
