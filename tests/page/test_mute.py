"""Muting on the page: an alert's asset or kind for a time with a reason, seen by all, ended by one click."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from store.connect import connect
from store.keys import NewKey, create_key, insert_key
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
PAUSES = """
select kind, asset_id is not null, extract(epoch from until_at - created_at)::int / 60, reason, who from alert_pauses
"""
ENDED = "select count(ended_at), count(*) from alert_pauses"


@dataclass
class Town:
    """Alerts: a silent gateway about the town's lamp, a leak about no asset that is known, a dark street."""

    desk: Desk
    key: str
    onlooker: str


@pytest.fixture
def alerted(town: LampTown, database_url: str) -> Town:
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into alerts (territory_id, incident_id, kind, severity)"
            " select t.territory_id, o.incident_id, o.kind, o.severity from territories t,"
            " (values (1, 'silent_gateway', 'urgent'), (null, 'leak', 'warning'), (null, 'dark_street', 'info'))"
            " as o (incident_id, kind, severity) where t.slug = %s",
            (SLUG,),
        )
        return Town(
            Desk(database_url, SLUG),
            create_key(connection, "équipe", [SLUG], scopes=("read", "write")),
            insert_key(connection, NewKey("stagiaire", [SLUG], "technician", ["read"]))[1],
        )


def lines_of(page: Page, key: str) -> Locator:
    page.goto(f"/#key={key}")
    lines = page.locator(".alerts li[data-alert]")
    expect(lines).to_have_count(3)
    return lines


def fill(line: Locator, reason: str = "travaux <b>") -> Locator:
    line.locator(".alert-mute > summary").click()
    form = line.locator(".alert-mute form")
    form.get_by_label("Pourquoi").fill(reason)
    form.get_by_label("Qui", exact=True).fill("Léa")
    return form


def test_an_asset_is_muted_seen_and_told_of_again_by_one_click(page: Page, alerted: Town) -> None:
    line = lines_of(page, alerted.key).first
    fill(line).get_by_role("button", name="8 heures").click()
    muted = page.locator(".alerts .muted")
    expect(muted.locator("li")).to_contain_text("Lampe rue de l’Église 1")
    expect(muted.locator("li")).to_contain_text("Léa : travaux <b>")
    expect(line).to_contain_text("en sourdine jusqu’au")
    expect(line.locator(".alert-mute")).to_have_count(0)
    again = muted.get_by_role("button", name="Prévenir de nouveau")
    expect(again).to_be_focused()
    assert alerted.desk.fetch(PAUSES) == [(None, True, 480, "travaux <b>", "Léa")]
    assert find_faults(page) == []
    page.get_by_role("button", name="English").click()
    expect(muted.locator("li")).to_contain_text("Lampe rue de l’Église 1")
    expect(muted).to_contain_text("whatever the alert")
    muted.get_by_role("button", name="Tell again").press("Enter")
    expect(muted).to_be_hidden()
    expect(page.locator(".alerts summary").first).to_be_focused()
    assert alerted.desk.fetch(ENDED) == [(1, 1)]


def test_a_kind_is_muted_by_keyboard_until_the_morning(page: Page, alerted: Town) -> None:
    line = lines_of(page, alerted.key).nth(1)
    summary = line.locator(".alert-mute > summary")
    summary.focus()
    page.keyboard.press("Enter")
    scope = line.locator(".alert-mute select")
    expect(scope.locator("option")).to_have_count(1)  # no asset is known
    assert find_faults(page) == []
    page.keyboard.press("Tab")
    expect(scope).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("lavage du réseau")
    before = datetime.now(UTC)
    button = line.get_by_role("button", name="jusqu’à 7 h du matin")
    button.focus()
    page.keyboard.press("Space")
    expect(page.locator(".alerts .muted li")).to_contain_text("lavage du réseau")
    ((kind, has_asset, minutes, reason, who),) = alerted.desk.fetch(PAUSES)
    assert (kind, has_asset, reason, who) == ("leak", False, "lavage du réseau", "équipe")
    until = (before + timedelta(minutes=minutes)).astimezone(ZoneInfo("Europe/Paris"))
    assert timedelta(0) < until - before <= timedelta(hours=25)
    assert (until.hour, until.minute) in {(7, 0), (7, 1), (6, 59)}


def test_without_a_reason_nothing_is_muted_and_safety_never(page: Page, alerted: Town) -> None:
    lines = lines_of(page, alerted.key)
    lines.first.locator(".alert-mute > summary").click()
    lines.first.get_by_role("button", name="1 heure").click()
    expect(lines.first.get_by_label("Pourquoi")).to_be_focused()
    lines.nth(2).locator(".alert-mute > summary").click()
    expect(lines.nth(2).locator(".alert-mute")).to_contain_text("la sécurité des personnes en dépend")
    expect(lines.nth(2).locator(".alert-mute form")).to_have_count(0)
    assert alerted.desk.fetch(ENDED) == [(0, 0)]


def test_what_the_server_refuses_is_said_and_the_form_stays(page: Page, alerted: Town) -> None:
    line = lines_of(page, alerted.key).first
    form = fill(line)
    with connect(alerted.desk.database_url, program="test", autocommit=True) as connection:
        connection.execute("update alerts set kind = 'bin_fire' where kind = 'silent_gateway'")
    form.get_by_role("button", name="1 heure").click()
    expect(form.locator(".result")).to_contain_text("jamais en sourdine")
    expect(form.get_by_label("Pourquoi")).to_have_value("travaux <b>")


def test_who_may_only_read_sees_what_is_muted(page: Page, alerted: Town) -> None:
    line = lines_of(page, alerted.key).first
    fill(line).get_by_role("button", name="24 heures").click()
    expect(page.locator(".alerts .muted li")).to_have_count(1)
    lines_of(page, alerted.onlooker)
    page.reload()
    muted = page.locator(".alerts .muted li")
    expect(muted).to_contain_text("travaux <b>")
    expect(page.locator(".header, header").first).to_contain_text("stagiaire")
    expect(page.locator(".alert-mute")).to_have_count(0)
    expect(muted.get_by_role("button")).to_have_count(0)
