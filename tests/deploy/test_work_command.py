"""`vigie work`: an order from the opening to the verdict, calendars, webhooks; what is refused in a sentence."""

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from store.connect import connect
from tests.support.judged_town import seed_judged_town

pytestmark = pytest.mark.services


@pytest.fixture
def town_url(database_url: str) -> str:
    seed_judged_town(database_url)
    return database_url


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["work", *words])


def said(database_url: str, *words: str) -> list[str]:
    done = vigie(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout.splitlines()


def test_an_order_from_the_opening_to_the_verdict(town_url: str) -> None:
    assert said(town_url, "open", "--finding", "1") == ["1\ttown\topen\twarning\t-\t-\t-\tLampe 0 : étrange."]
    said(town_url, "assign", "1", "équipe nord")
    said(town_url, "plan", "1", "2026-06-01T08:30+02:00")
    assert said(town_url, "list") == [
        "1\ttown\tplanned\twarning\téquipe nord\t2026-06-01T06:30+00:00\t-\tLampe 0 : étrange."
    ]
    said(town_url, "start", "1")
    closed = said(
        town_url,
        "close",
        "1",
        "confirmed",
        "--condition",
        "working",
        "--minutes",
        "35",
        "--part",
        "driver",
        "--who",
        "Léa",
    )
    assert closed[0].split("\t")[2:] == [
        "closed",
        "warning",
        "équipe nord",
        "2026-06-01T06:30+00:00",
        "confirmed",
        "Lampe 0 : étrange.",
    ]
    assert said(town_url, "list") == []
    with connect(town_url, program="test") as connection:
        kept = connection.execute("select verdict, who from verdicts").fetchall()
        assert kept == [("confirmed", "Léa")]
        assert connection.execute("select parts from work_orders").fetchone() == (
            [{"n": 1.0, "name": "driver", "cost_eur": None}],
        )


def test_addresses_and_webhooks_are_made_listed_and_revoked(town_url: str) -> None:
    (calendar,) = said(town_url, "calendar", "add", "town", "--technician", "équipe nord")
    assert calendar.startswith("1\t/v1/calendars/cal_")
    assert said(town_url, "calendar", "list")[0].startswith("1\ttown\téquipe nord")
    said(town_url, "calendar", "revoke", "1")
    assert said(town_url, "calendar", "list") == []
    (webhook,) = said(town_url, "webhook", "add", "town", "https://cmms.example.org/hook")
    assert len(webhook.split("\t")[1]) == 64
    said(town_url, "open", "Regarder", "--territory", "town")
    assert said(town_url, "webhook", "list") == ["1\ttown\thttps://cmms.example.org/hook\t1 waiting, 0 given up"]
    assert said(town_url, "webhook", "log", "1") == []
    said(town_url, "webhook", "revoke", "1")
    assert said(town_url, "webhook", "list") == []


@pytest.mark.parametrize(
    "words",
    [
        ("open",),
        ("open", "Regarder", "--territory", "nowhere"),
        ("open", "--incident", "7"),
        ("close", "7", "confirmed"),
        ("close", "7", "perhaps"),
        ("list", "--state", "lost"),
        ("plan", "7", "tomorrow"),
        ("calendar", "add", "nowhere"),
        ("calendar", "revoke", "7"),
        ("webhook", "add", "town", "file:///etc/passwd"),
        ("webhook", "revoke", "7"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(town_url: str, words: tuple[str, ...]) -> None:
    done = vigie(town_url, *words)
    assert isinstance(done.exception, SettingError)
