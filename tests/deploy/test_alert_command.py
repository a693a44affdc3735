"""`vigie alert`: channels, rotas, rules and mutes made, listed and revoked; what is refused in a sentence."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from analytics.alert.raising import raise_alerts
from deploy.cli import app
from deploy.errors import SettingError
from sensors.alerts import alert_kinds
from store.connect import connect
from tests.analytics.alert.alerted_town import seed_alerted_town, tell

pytestmark = pytest.mark.services


@pytest.fixture
def town_url(database_url: str) -> str:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
    return database_url


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["alert", *words])


def said(database_url: str, *words: str) -> list[str]:
    done = vigie(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout.splitlines()


def test_people_are_set_up_told_and_answer(town_url: str) -> None:
    (channel,) = said(town_url, "channel", "add", "town", "Léa", "email", "lea@example.org", "--language", "en")
    assert len(channel.split("\t")[1]) == 64
    said(town_url, "channel", "add", "region", "SMS", "sms", "https://sms.example.org/?key=secret&text={text}")
    assert said(town_url, "channel", "list") == [
        "1\ttown\tLéa\temail\tlea@example.org\ten\t0\t0",
        "2\tregion\tSMS\tsms\thttps://sms.example.org/\tfr\t0\t0",
    ]
    rota = ("rota", "add", "town", "Astreinte", "--member", "1", "--member", "2", "--from", "2026-03-23")
    assert said(town_url, *rota, "--at", "18:00") == ["1"]
    assert said(town_url, "rota", "list") == ["1\ttown\tEurope/Paris\tAstreinte\t2026-03-23\t18:00\t7\tLéa,SMS"]
    rule = ("rule", "add", "town", "--kind", "bin_fire", "--least", "urgent", "--rota", "1", "--escalate-min", "15")
    assert said(town_url, *rule) == ["1"]
    assert said(town_url, "rule", "list") == ["1\ttown\tbin_fire\turgent\t-\tAstreinte\t15"]
    assert said(town_url, "mute", "add", "region", "22:00", "06:30") == ["1"]
    assert said(town_url, "mute", "list") == ["1\tregion\t22:00\t06:30\turgent"]
    with connect(town_url, program="test", autocommit=True) as connection:
        tell(connection, "container_fire", "bin-0")
        raise_alerts(connection, datetime.now(UTC))
    (line,) = said(town_url, "list", "--state", "unacknowledged")
    assert line.split("\t")[:4] == ["1", "town", "bin_fire", "urgent"]
    said(town_url, "acknowledge", "1", "--who", "Léa")
    assert said(town_url, "list")[0].split("\t")[5] == "Léa"
    assert said(town_url, "log") == []
    for part in ("channel", "rota", "rule", "mute"):
        said(town_url, part, "revoke", "1")
        assert not [one for one in said(town_url, part, "list") if one.startswith("1\t")]
    with connect(town_url, program="test") as connection:
        noted = connection.execute("select count(*) from audit_log where action like '%%alert%%'").fetchone()
    assert noted == (10,)


def test_kinds_are_listed_in_both_languages(town_url: str) -> None:
    lines = [f"{kind.name}\t{kind.name_fr}\t{kind.name_en}" for kind in alert_kinds().values()]
    assert said(town_url, "kinds") == lines


@pytest.mark.parametrize(
    "words",
    [
        ("channel", "add", "nowhere", "x", "webhook", "https://example.org/"),
        ("channel", "add", "town", "x", "pigeon", "https://example.org/"),
        ("channel", "add", "town", "x", "webhook", "file:///etc/passwd"),
        ("channel", "add", "town", "x", "email", "nobody"),
        ("channel", "add", "town", "x", "email", "a@example.org", "--language", "de"),
        ("channel", "revoke", "7"),
        ("rota", "add", "town", "x", "--member", "7", "--from", "2026-03-23"),
        ("rota", "add", "town", "x", "--member", "7", "--from", "soon"),
        ("rule", "add", "town"),
        ("rule", "add", "town", "--channel", "7"),
        ("rule", "add", "town", "--kind", "rain", "--channel", "7"),
        ("rule", "add", "town", "--least", "loud", "--channel", "7"),
        ("mute", "add", "town", "22h", "7h"),
        ("mute", "add", "town", "22:00", "22:00"),
        ("acknowledge", "7"),
        ("list", "--state", "lost"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(town_url: str, words: tuple[str, ...]) -> None:
    done = vigie(town_url, *words)
    assert isinstance(done.exception, SettingError)
    assert "\n" not in str(done.exception)
