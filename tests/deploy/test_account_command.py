"""`vigie account`: accounts are made, listed and ended; a password is never an argument."""

import asyncio
import os
import pty
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from store.connect import connect
from store.keys import read_keys
from tests.support.api import api_client
from tests.support.login import PASSWORD, log_in
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services
OTHER = "another long password"


@pytest.fixture
def region_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    seed_small_region(database_url)
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    return database_url


def run(*arguments: str, piped: str = f"{PASSWORD}\n") -> str:
    result = CliRunner().invoke(app, ["account", *arguments], input=piped, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def refused(*arguments: str, piped: str = f"{PASSWORD}\n") -> str:
    result = CliRunner().invoke(app, ["account", *arguments], input=piped)
    assert result.exit_code
    return str(result.exception)


def status(database_url: str, name: str, password: str) -> int:
    async def ask() -> int:
        async with api_client(database_url) as client:
            return (await log_in(client, name, password)).status_code

    return asyncio.run(ask())


def test_an_account_is_made_listed_given_another_password_and_ended(region_url: str) -> None:
    assert run("add", "Jeanne", "--territory", "east", "--role", "technician", "--days", "30").startswith("added")
    (line,) = run("list").splitlines()
    assert line.split("\t")[1:6] == ["account", "Jeanne", "east", "technician", "read,write"]
    assert status(region_url, "jeanne", PASSWORD) == 201
    run("passwd", "Jeanne", piped=f"{OTHER}\n")
    assert (status(region_url, "Jeanne", PASSWORD), status(region_url, "Jeanne", OTHER)) == (401, 201)
    run("end", "Jeanne")
    assert run("list") == ""
    assert "ended" in run("list", "--all")
    assert status(region_url, "Jeanne", OTHER) == 401
    with connect(region_url, program="test") as connection:
        lines = connection.execute("select action from audit_log where actor like 'command of %'").fetchall()
    assert [action for (action,) in lines] == ["add_account", "change_password", "end_account"]


def test_what_cannot_be_is_refused_in_a_sentence(region_url: str) -> None:
    east = ("--territory", "east")
    run("add", "Jeanne", *east)
    assert "already" in refused("add", " JEANNE ", *east)
    assert "from 12 to 200" in refused("add", "Paul", *east, piped="short\n")
    assert "does not hold the account's name" in refused("add", "Paul", *east, piped="12345 PAUL 67890\n")
    assert "no such territory" in refused("add", "Paul", "--territory", "nowhere")
    assert "a role is one of" in refused("add", "Paul", *east, "--role", "king")
    assert "a name has" in refused("add", "x", *east)
    for command in ("passwd", "end"):
        assert "there is no account" in refused(command, "Paul")


def test_a_name_that_is_erased_can_no_longer_log_in(region_url: str) -> None:
    """Nothing is left of the password, of the name, or of sessions."""
    run("add", "Jeanne", "--territory", "east")
    assert status(region_url, "Jeanne", PASSWORD) == 201
    run("erase", "Jeanne", "--yes")
    assert status(region_url, "Jeanne", PASSWORD) == 401
    with connect(region_url, program="test") as connection:
        left = connection.execute(
            "select (select count(*) from local_passwords), (select count(*) from login_sessions),"
            " (select count(*) from api_keys where api_keys::text ilike '%jeanne%')"
        ).fetchone()
    assert left == (0, 0, 0)


@pytest.mark.parametrize(("second", "code"), [(PASSWORD, 0), (OTHER, 11)])
def test_at_a_terminal_the_password_is_asked_twice_and_not_shown(region_url: str, second: str, code: int) -> None:
    master, slave = pty.openpty()
    program = [sys.executable, "-c", "from deploy.cli import main; main()", "account", "add", "Paul"]
    with subprocess.Popen(
        [*program, "--territory", "east"], stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as process:
        os.close(slave)
        shown = b""
        for prompt, answer in ((b"password: ", PASSWORD), (b"once more: ", second)):
            while prompt not in shown:
                shown += os.read(master, 1000)
            os.write(master, f"{answer}\n".encode())
        assert process.wait(120) == code
    os.close(master)
    assert PASSWORD.encode() not in shown


def test_no_command_takes_a_password_as_an_argument(region_url: str) -> None:
    assert refused("add", "Paul", "--territory", "east", "--password", PASSWORD)


def test_an_account_that_is_over_is_listed_on_demand_only_beside_keys_as_well(region_url: str) -> None:
    run("add", "Jeanne", "--territory", "east", "--days", "30")
    with connect(region_url, program="test") as connection:
        connection.execute("update api_keys set expires_at = now() - interval '1 hour' where issuer = 'local'")
        assert "Jeanne" not in {row["name"] for row in read_keys(connection)}
        assert "Jeanne" in {row["name"] for row in read_keys(connection, ended=True)}
    assert run("list") == ""
