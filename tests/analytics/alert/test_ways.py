"""What goes out by each way, taken by real servers: HTTP, SMTP; what fails is tried again and noted."""

import email
import email.policy
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics.alert.carrier import Carrier, CarrierError, carrier_from, read_server
from analytics.alert.raising import raise_alerts
from analytics.alert.sending import send_due
from analytics.alert.ways.sms import LONGEST, shorten
from analytics.webhook.job import WebhookReport
from sensors.alerts import alert_kinds
from sensors.webhook import AddressError
from store import alert_setup as setup
from store.alert_messages import find_due
from store.alert_setup import NewChannel, SetupError
from store.connect import connect
from store.inputs import Connection
from tests.analytics.alert.alerted_town import a_rule, seed_alerted_town, tell
from tests.support.hearing import Listener, hearing, post_office

pytestmark = pytest.mark.services
PAGE = "https://vigie.example.org"


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        yield connection


@pytest.fixture
def listener() -> Iterator[Listener]:
    with hearing() as opened:
        yield opened


def told(town: Connection, new: NewChannel, carrier: Carrier | None = None) -> tuple[WebhookReport, str]:
    """Have a channel told of a fire; give what came of it, and the channel's secret."""
    number, secret = setup.create_channel(town, new, "test")
    a_rule(town, channel_id=number)
    tell(town, "container_fire", "bin-0")
    raise_alerts(town, datetime.now(UTC))
    return send_due(town, number, datetime.now(UTC), carrier or Carrier(page_url=PAGE)), secret


def attempts(town: Connection) -> list[tuple[Any, Any]]:
    return [(row["status"], row["error"]) for row in setup.read_attempts(town, None, 10)]


def test_a_webhook_is_signed_and_says_what_and_what_to_do(town: Connection, listener: Listener) -> None:
    listener.answers[:] = [500, 204]
    report, secret = told(town, NewChannel("town", "GMAO", "webhook", f"{listener.url}/hook?a=1"))
    assert report == WebhookReport(0, 1)
    later = datetime.now(UTC) + timedelta(seconds=11)
    assert send_due(town, 1, later, Carrier(page_url=PAGE)) == WebhookReport(1, 0)
    assert find_due(town, later + timedelta(days=9)) == []
    first, second = listener.heard
    assert first.body == second.body
    assert first.headers["Vigie-Delivery"] == second.headers["Vigie-Delivery"]
    at, mark = (part.split("=")[1] for part in second.headers["Vigie-Signature"].split(","))
    assert mark == hmac.new(bytes.fromhex(secret), at.encode() + b"." + second.body, hashlib.sha256).hexdigest()
    body = json.loads(second.body)
    assert (body["kind"], body["territory"], body["severity"], body["asset_name"]) == (
        "bin_fire",
        "town",
        "urgent",
        "Conteneur 0",
    )
    assert body["sentence_fr"] == "bin-0 : container_fire."
    assert body["runbook_fr"] == list(alert_kinds()["bin_fire"].steps_fr)
    assert body["acknowledge_url"].startswith(f"{PAGE}/v1/alerts/links/ack_")
    assert attempts(town) == [(204, ""), (500, "")]


@pytest.mark.parametrize(("language", "words"), [("fr", "Que faire :"), ("en", "What to do:")])
def test_a_mail_is_in_the_language_of_who_reads_it(town: Connection, language: Any, words: str) -> None:
    with post_office() as office:
        carrier = Carrier(read_server(office.url), "vigie@example.org", PAGE)
        new = NewChannel("town", "Ana", "email", "ana@example.org", language=language)
        assert told(town, new, carrier)[0] == WebhookReport(1, 0)
    mail = email.message_from_bytes(office.mails[0], policy=email.policy.default)
    assert office.recipients == ["ana@example.org"]
    assert (mail["From"], mail["To"], mail["X-Priority"]) == ("vigie@example.org", "ana@example.org", "1")
    kind = alert_kinds()["bin_fire"]
    assert kind.called(language) in mail["Subject"]
    text = mail.get_content()
    assert words in text
    assert all(step in text for step in kind.steps(language))
    assert f"{PAGE}/v1/alerts/links/ack_" in text


def test_a_mail_server_that_refuses_or_is_not_there_is_noted(town: Connection) -> None:
    new = NewChannel("town", "Ana", "email", "ana@example.org")
    with post_office() as office:
        office.refuses = "451 try later"
        carrier = Carrier(read_server(office.url))
        assert told(town, new, carrier)[0] == WebhookReport(0, 1)
    later = datetime.now(UTC)
    for nobody in (carrier, Carrier()):
        later += timedelta(seconds=90)
        town.execute("update alert_messages set due_at = now()")
        send_due(town, 1, later, nobody)
    gone, away, refused = attempts(town)
    assert refused == (451, "")
    assert away[1].startswith("ConnectionRefusedError")
    assert "VIGIE_MAIL_URL" in gone[1]


def test_matrix_is_written_once_whatever_is_sent_again(town: Connection, listener: Listener) -> None:
    listener.answers[:] = [502, 200]
    new = NewChannel("town", "Salon", "matrix", f"{listener.url}/!abc:example.org", credential="token of vigie")
    told(town, new)
    send_due(town, 1, datetime.now(UTC) + timedelta(seconds=11), Carrier())
    first, second = listener.heard
    assert first.path == second.path
    assert first.path.startswith("/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/vigie-")
    assert (first.method, first.headers["Authorization"]) == ("PUT", "Bearer token of vigie")
    assert json.loads(first.body)["msgtype"] == "m.text"
    assert "Feu de conteneur" in json.loads(first.body)["body"]


def test_teams_gets_a_card_with_the_link_as_a_button(town: Connection, listener: Listener) -> None:
    told(town, NewChannel("town", "Équipe", "teams", f"{listener.url}/workflow", language="en"))
    (attachment,) = json.loads(listener.heard[0].body)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["body"][0]["color"]) == ("AdaptiveCard", "attention")
    assert "bin-0: container_fire." in [block["text"] for block in card["body"]]
    assert card["actions"][0]["url"].startswith(f"{PAGE}/v1/alerts/links/ack_")


@pytest.mark.parametrize(
    ("path", "body"),
    [("/send?to=336&text={text}", ""), ("/send", "to=336&text={text}"), ("/send", '{"to": "336", "text": "{text}"}')],
)
def test_a_gateway_for_short_messages_is_called_as_it_wants(
    town: Connection, listener: Listener, path: str, body: str
) -> None:
    new = NewChannel("town", "Ana", "sms", listener.url + path, body=body, credential="key")
    assert told(town, new)[0] == WebhookReport(1, 0)
    (heard,) = listener.heard
    assert heard.method == ("POST" if body else "GET")
    assert heard.headers["Authorization"] == "Bearer key"
    query = heard.body.decode() if body else urlsplit(heard.path).query
    fields = json.loads(query) if body.startswith("{") else {key: one[0] for key, one in parse_qs(query).items()}
    assert fields["to"] == "336"
    assert fields["text"].startswith("[Urgent] Feu de conteneur · Ville: bin-0 : container_fire. https://")


def test_a_short_message_keeps_its_link_whole() -> None:
    link = "https://vigie.example.org/v1/alerts/links/ack_" + "x" * 43
    cut = shorten("é" * 600 + " " + link, link)
    assert len(cut) <= LONGEST
    assert cut.endswith(f"… {link}")


def test_what_is_gone_or_revoked_gets_nothing_more(town: Connection, listener: Listener) -> None:
    listener.answers[:] = [410]
    told(town, NewChannel("town", "GMAO", "webhook", listener.url))
    assert find_due(town, datetime.now(UTC) + timedelta(days=9)) == []
    tell(town, "container_fire", "bin-1")
    raise_alerts(town, datetime.now(UTC))
    setup.revoke(town, "channel", 1, "test")
    assert find_due(town, datetime.now(UTC) + timedelta(days=9)) == []
    assert send_due(town, 1, datetime.now(UTC), Carrier()) == WebhookReport()
    assert len(listener.heard) == 1


GOOD = NewChannel("town", "x", "webhook", "https://example.org/")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, address="file:///etc/passwd"),
        replace(GOOD, address="https://user:word@example.org/"),
        replace(GOOD, way="email", address="nobody"),
        replace(GOOD, way="email", address="a@example.org\r\nBcc: b@example.org"),
        replace(GOOD, way="email", address="a@example.org,b@example.org"),
        replace(GOOD, way="sms"),
        replace(GOOD, way="matrix", credential="key"),
        replace(GOOD, way="matrix", address="https://example.org/!room:example.org"),
    ],
)
def test_an_address_that_its_way_cannot_use_is_refused(town: Connection, wrong: NewChannel) -> None:
    with pytest.raises((SetupError, AddressError)):
        setup.create_channel(town, wrong, "test")


def test_the_mail_server_is_read_without_telling_its_password() -> None:
    server = read_server("smtp+tls://vigie:p%40ss@mail.example.org")
    assert (server.port, server.user, server.password) == (587, "vigie", "p@ss")
    for url in ("http://secret@mail.example.org", "smtp://", "smtp://u:secret@h:port"):
        with pytest.raises(CarrierError) as caught:
            read_server(url)
        assert "secret" not in str(caught.value)
    assert carrier_from({}).mail_server is None
