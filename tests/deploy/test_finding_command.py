"""`vigie finding`: what is open is listed, judged, and counted."""

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from tests.support.judged_town import N_LAMPS, seed_judged_town

pytestmark = pytest.mark.services


def finding(database_url: str, *words: str) -> Result:
    return CliRunner(env={"VIGIE_DATABASE_URL": database_url}).invoke(app, ["finding", *words])


def said(database_url: str, *words: str) -> list[list[str]]:
    done = finding(database_url, *words)
    assert done.exit_code == 0, done.exception
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_findings_are_listed_judged_and_counted(database_url: str) -> None:
    numbers = seed_judged_town(database_url)
    newest = str(numbers[-1])
    lines = said(database_url, "list", "--territory", "town")
    assert len(lines) == N_LAMPS
    assert lines[0] == [
        newest,
        "town",
        "warning",
        "unusual_value",
        "2026-05-01T17:00:00+00:00",
        "-",
        "Lampe 7 : étrange.",
    ]
    assert said(database_url, "list", "--most", "1", "--en")[0][-1] == "Lamp 7: odd."
    assert said(database_url, "list", "--territory", "beside") == []
    assert said(database_url, "verdict", newest, "confirmed") == [[f"finding {newest}: confirmed"]]
    assert said(database_url, "verdict", newest, "confirmed") == [[f"finding {newest} was confirmed already"]]
    assert said(database_url, "list", "--most", "1")[0][5] == "confirmed"
    (line,) = said(database_url, "precision")
    assert line[:6] == [
        "town",
        "unusual_value",
        "unusual_value",
        "street_light",
        f"{N_LAMPS} findings",
        "1 confirmed, 0 false, 0 known",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("verdict", "1", "maybe"), "a verdict is one of confirmed, false_alarm, known, withdrawn, not 'maybe'"),
        (("verdict", "999", "known"), "999"),
        (("verdict", "1", "known", "--at", "2026-05-01T00:00Z"), "of a confirmed finding"),
        (("verdict", "1", "confirmed", "--at", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_said_of_a_finding_is_refused_in_a_sentence(
    database_url: str, words: tuple[str, ...], sentence: str
) -> None:
    seed_judged_town(database_url)
    done = finding(database_url, *words)
    assert isinstance(done.exception, SettingError)
    assert sentence in str(done.exception)
