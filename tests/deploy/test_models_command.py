"""`vigie models`: trained, listed, shown and put into use from the command line."""

import json

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from store.connect import connect
from tests.analytics.remaining_life.test_registry import add_lamps

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def town(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        add_lamps(connection, 60)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["models", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["models", *arguments])
    assert result.exit_code
    return str(result.exception)


def test_models_are_trained_compared_shown_and_put_into_use() -> None:
    assert "model 1: in use" in run("train", "asset_life")
    assert "model 2: not in use, no better on the same units held out" in run("train", "asset_life")
    listed = run("list").splitlines()
    assert [line.split()[0] + " " + line.split()[-1] for line in listed[:2]] == ["1 champion", "2 challenger"]
    assert "main_breaks" in listed[-1]
    card, end = json.JSONDecoder().raw_decode(shown := run("show", "1"))
    assert (card["model"], card["family"], card["state"]) == (1, "asset_life", "champion")
    assert card["data"] == {"street_light": {"assets": 60, "ended": 40}}
    assert card["score"] == card["by_type"]["street_light"]["score"]
    assert card["limits"]
    assert "put into use by" in shown[end:]
    assert run("promote", "2", "--reason", "new lamps") == "model 2 is in use\n"
    assert "challenger" in run("show", "1")
    assert "new lamps" in run("show", "2")


def test_too_little_to_learn_from_is_said() -> None:
    assert "too little" in run("train", "asset_course", "--territory", "a")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train", "weather"), "there is no family 'weather'"),
        (("train", "asset_life", "--territory", "atlantis"), "there is no territory 'atlantis'"),
        (("show", "77"), "there is no model 77"),
        (("promote", "77", "--reason", "why"), "there is no model 77"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(*arguments)
