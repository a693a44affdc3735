"""Alerts on the page: what goes on, who is on call and was told, what to do; also taken without a connection."""

from dataclasses import dataclass
from datetime import time

import pytest
from playwright.sync_api import Locator, Page, expect

from store.alert_setup import NewChannel, NewRota, NewRule, create_channel, create_rota, create_rule
from store.connect import connect
from store.keys import NewKey, create_key, insert_key
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
TAKEN = "select acknowledged_by from alerts order by alert_id"
NOTED = "select count(*) from audit_log where action = 'acknowledge_alert'"


@dataclass
class Night:
    """A town in which two alerts go on, and the key of somebody who may take them."""

    desk: Desk
    key: str
    reader: str


@pytest.fixture
def night(town: LampTown, database_url: str) -> Night:
    with connect(database_url, program="test", autocommit=True) as connection:
        names = ("Ana <b>", "Bob")
        channels = [
            create_channel(connection, NewChannel(SLUG, name, "webhook", "http://127.0.0.1:1/"), "test")[0]
            for name in names
        ]
        row = connection.execute("select (now() - interval '1 day')::date").fetchone()
        assert row is not None
        rota = create_rota(connection, NewRota(SLUG, "Nuits", channels, row[0], time(0), 7), "test")
        rule = create_rule(connection, NewRule(SLUG, rota_id=rota), "test")
        connection.execute(
            "insert into alerts (territory_id, incident_id, kind, severity)"
            " select t.territory_id, o.incident_id, o.kind, o.severity"
            " from territories t, (values (1, 'dark_street', 'urgent'), (null, 'leak', 'warning'))"
            " as o (incident_id, kind, severity) where t.slug = %s",
            (SLUG,),
        )
        connection.execute(
            "insert into alert_messages (alert_id, rule_id, channel_id, step, release_at, due_at, n_attempts,"
            " delivered_at, given_up_at) values (1, %(rule)s, %(ana)s, 0, now(), now(), 1, now(), null),"
            " (1, %(rule)s, %(bob)s, 1, now(), now(), 10, null, now())",
            {"rule": rule, "ana": channels[0], "bob": channels[1]},
        )
        return Night(
            Desk(database_url, SLUG),
            create_key(connection, "équipe", [SLUG], scopes=("read", "write")),
            insert_key(connection, NewKey("citoyen", [SLUG], "reader", ["read"]))[1],
        )


@pytest.fixture
def line(page: Page, night: Night) -> Locator:
    """The more serious of both."""
    page.goto(f"/#key={night.key}")
    expect(page.locator(".alerts li[data-alert]")).to_have_count(2)
    return page.locator(".alerts li[data-alert]").first


def take(line: Locator, who: str = "Ana") -> None:
    line.locator(".alert-take > summary").click()
    line.get_by_label("Qui", exact=True).fill(who)
    line.get_by_role("button", name="Prendre en charge").click()


def test_alert_says_how_serious_it_is_what_to_do_and_who_was_told(page: Page, line: Locator) -> None:
    card = page.locator(".alerts")
    expect(card.locator(".badge")).to_have_text("2")
    expect(card).to_contain_text("D’astreinte (Nuits) : Ana <b> jusqu’au")
    expect(line).to_contain_text("Lampe 1 : puissance 46 W")
    expect(line).to_contain_text("Urgent")
    expect(line).to_contain_text("messages remis : 1 · en échec : 1")
    line.get_by_text("Que faire").click()
    assert line.locator(".runbook li").count() > 2
    line.get_by_text("Qui a été prévenu").click()
    expect(line.locator(".told li").nth(0)).to_contain_text("Ana <b> (programme) : remis le")
    expect(line.locator(".told li").nth(1)).to_contain_text("Bob (programme) : abandonné le")
    assert find_faults(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.locator(".alerts")).to_contain_text("On call (Nuits): Ana <b> until")
    page.get_by_text("What to do").first.click()
    expect(page.locator(".runbook li").first).to_contain_text(" the ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_card_fits_a_phone_and_can_be_read_by_all(page: Page, line: Locator, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 700})
    for part in (".alert-take", ".runbook", ".told"):
        line.locator(f"{part} > summary").press("Enter")
    expect(line.locator(".told li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_faults(page) == []


def test_alert_is_taken_in_charge(page: Page, night: Night, line: Locator) -> None:
    take(line)
    expect(page.locator(".alerts .badge")).to_have_text("1")
    taken = page.locator(".alerts li[data-alert='1']")
    expect(taken).to_contain_text("Ana s’en occupe, depuis le")
    expect(taken.locator(".alert-take")).to_have_count(0)
    assert night.desk.fetch(TAKEN) == [("Ana",), (None,)]


def test_taking_without_a_connection_waits_and_is_sent_once(page: Page, night: Night, line: Locator) -> None:
    page.context.set_offline(True)
    take(line)
    expect(page.locator(".queue li")).to_contain_text("Prise en charge de l’alerte n° 1")
    expect(line).to_contain_text("pas encore envoyé")
    assert night.desk.fetch(TAKEN) == [(None,), (None,)]
    page.context.set_offline(False)
    expect(page.locator(".queue")).to_be_hidden()
    expect(page.locator(".alerts li[data-alert='1']")).to_contain_text("Ana s’en occupe")
    assert night.desk.fetch(NOTED) == [(1,)]


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(page: Page, night: Night, line: Locator) -> None:
    page.context.set_offline(True)
    take(line)
    expect(page.locator(".queue li")).to_have_count(1)
    night.desk.change("update alerts set acknowledged_at = now(), acknowledged_by = 'Ana' where alert_id = 1")
    page.context.set_offline(False)
    expect(page.locator(".queue")).to_be_hidden()


def test_somebody_who_was_quicker_is_said(page: Page, night: Night, line: Locator) -> None:
    page.context.set_offline(True)
    take(line)
    night.desk.change("update alerts set acknowledged_at = now(), acknowledged_by = 'Bob' where alert_id = 1")
    page.context.set_offline(False)
    expect(page.locator(".queue li").get_by_role("alert")).to_contain_text("quelqu’un d’autre s’en occupe déjà")
    expect(page.locator(".alerts li[data-alert='1']")).to_contain_text("Bob s’en occupe")


def test_reader_sees_alerts_but_not_who_is_told_of_them_and_takes_none(page: Page, night: Night) -> None:
    page.goto(f"/#key={night.reader}")
    expect(page.locator(".alerts li[data-alert]")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".alerts .runbook")).to_have_count(2)
    expect(page.locator(".alerts .told, .alerts .alert-take, .alerts .duty")).to_have_count(0)
    expect(page.locator(".assets .line[data-asset]")).to_have_count(3)  # nothing was refused
