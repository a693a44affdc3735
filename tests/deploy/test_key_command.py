"""`vigie key` and `vigie audit`: keys with a role, listed and ended, and the lines that this leaves."""

import asyncio

import pytest
from typer.testing import CliRunner

from deploy.cli import app, name_of
from store.keys import ROLES
from tests.support.api import api_client
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services


@pytest.fixture
def region_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    seed_small_region(database_url)
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    return database_url


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code
    return str(result.exception)


def status(database_url: str, key: str, path: str = "/v1/key") -> tuple[int, object]:
    async def ask() -> tuple[int, object]:
        async with api_client(database_url, key) as client:
            answer = await client.get(path)
            return answer.status_code, answer.json()

    return asyncio.run(ask())


@pytest.mark.parametrize("role", ROLES)
def test_a_key_has_the_role_it_was_made_with(region_url: str, role: str) -> None:
    key = run("key", "add", "town hall", "--territory", "east", "--role", role)
    scopes = [*(["admin"] if role == "administrator" else []), "read", *(["write"] if role != "reader" else [])]
    assert status(region_url, key) == (200, {"name": "town hall", "role": role, "scopes": scopes})


def test_a_key_is_listed_until_it_is_ended(region_url: str) -> None:
    key = run("key", "add", "lights", "--territory", "east", "--role", "technician", "--until", "2199-12-31")
    (line,) = [line.split("\t") for line in run("key", "list").splitlines() if "\tlights\t" in line]
    number = line[0]
    assert line[1:] == ["key", "lights", "east", "technician", "read,write", "until 2200-01-01", "-", "unused"]
    assert status(region_url, key)[0] == 200
    assert run("key", "end", number) == f"ended: key {number} (lights)"
    assert status(region_url, key)[0] == 401
    assert "lights" not in run("key", "list")
    assert "lights" in run("key", "list", "--all")
    assert "no key" in refused("key", "end", number)
    assert [line.split("\t")[3:7:3] for line in run("audit", "--who", "command").splitlines()] == [
        ["end_key", f"key {number}"],
        ["add_key", f"key {number}"],
    ]
    assert run("audit", "--territory", "east", "--action", "add_key").count("\n") == 0
    assert run("audit", "--territory", "west") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--role", "king"], "reader, technician"),
        (["--scope", "all"], "no scope 'all'"),
        (["--role", "reader", "--scope", "write"], "changes nothing"),
        (["--role", "engineer", "--scope", "admin"], "wants the role administrator"),
        (["--until", "2020-01-01"], "has passed"),
        (["--until", "soon"], "a day such as"),
        (["--until", "2199-01-01", "--days", "3"], "one of the two"),
        (["--territory", "nowhere"], "no such territory"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_a_sentence(region_url: str, arguments: list[str], words: str) -> None:
    assert words in refused("key", "add", "x", "--territory", "east", *arguments)
    assert "\tx\t" not in run("key", "list", "--all")


def test_a_command_is_named_without_what_it_is_told() -> None:
    assert name_of(["key", "add", "Jeanne", "--territory", "dijon"]) == "vigie key add"
    assert name_of(["audit", "--who", "Jeanne"]) == "vigie audit"
    assert name_of([]) == "vigie"
