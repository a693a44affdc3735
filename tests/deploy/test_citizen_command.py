"""`vigie citizen`: a territory takes reports, and no longer."""

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.errors import SettingError
from store.connect import connect
from store.registry import TerritoryEntry, register

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("town", "Ville")])
    return database_url


def say(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["citizen", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_a_desk_is_opened_changed_listed_and_closed(town: str) -> None:
    assert "/signaler/town" in say("open", "town")
    assert say("list").startswith("town  within 50 m")
    say("open", "town", "--within-m", "25")
    assert say("list").startswith("town  within 25 m")
    say("close", "town")
    assert say("list") == ""
    with connect(town, program="test") as connection:
        actions = connection.execute("select action, detail from audit_log order by audit_id").fetchall()
    assert actions == [
        ("open_citizen_desk", {"within_m": 50.0}),
        ("open_citizen_desk", {"within_m": 25.0}),
        ("close_citizen_desk", {}),
    ]


@pytest.mark.parametrize("arguments", [("open", "nowhere"), ("close", "town"), ("close", "nowhere")])
def test_what_is_not_there_is_refused(town: str, arguments: tuple[str, str]) -> None:
    with pytest.raises(SettingError, match=arguments[1]):
        say(*arguments)


@pytest.mark.parametrize("within_m", ["0", "-5", "2000", "nan", "far"])
def test_a_radius_that_cannot_be_is_refused(town: str, within_m: str) -> None:
    with pytest.raises((SystemExit, SettingError)):
        say("open", "town", "--within-m", within_m)
    assert say("list") == ""
