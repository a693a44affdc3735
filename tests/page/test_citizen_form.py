"""Somebody reports a dark lamp in a real browser, with and without JavaScript, and follows it to its end."""

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from store.citizen_reports import open_desk
from store.connect import connect
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
FORM = f"/signaler/{SLUG}"
KEPT = (
    "select c.kind, a.name, c.place_note, c.note, c.language from citizen_reports c left join assets a using (asset_id)"
)


@pytest.fixture
def desk(town: LampTown, database_url: str) -> Desk:
    with connect(database_url, program="test") as connection:
        open_desk(connection, SLUG, 50.0, "test")
    return Desk(database_url, SLUG)


@pytest.fixture
def bare(chromium: Browser, address: str) -> Iterator[Page]:
    """Give a tab without JavaScript."""
    context = chromium.new_context(base_url=address, java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_a_fault_is_reported_without_javascript(bare: Page, desk: Desk, address: str) -> None:
    bare.goto(FORM)
    expect(bare.locator("h1")).to_contain_text("Signaler une panne")
    expect(bare.get_by_role("button", name="Utiliser ma position")).to_be_hidden()
    bare.get_by_label("Éclairage public").check()
    bare.get_by_label("Adresse ou repère").fill("devant l’école <b>")
    bare.get_by_label("Que voyez-vous").fill("éteinte, 06 12 34 56 78")
    bare.get_by_role("button", name="Envoyer").click()
    expect(bare.locator("h1")).to_contain_text("Merci")
    expect(bare.locator("dl")).to_contain_text("à traiter")
    assert desk.fetch(KEPT) == [("lamp", None, "devant l’école <b>", "éteinte, […]", "fr")]
    bare.goto(bare.url.replace("lang=fr", "lang=en"))
    expect(bare.locator("dl")).to_contain_text("to be done")
    with connect(desk.database_url, program="test") as connection:
        connection.execute("update work_orders set state = 'closed', verdict = 'confirmed', closed_at = now()")
    bare.reload()
    expect(bare.locator("dl")).to_contain_text("done")


def test_with_javascript_the_position_fills_itself_in(chromium: Browser, address: str, desk: Desk) -> None:
    lamps = "select longitude, latitude, name from assets where type = 'street_light' and longitude is not null limit 1"
    ((longitude, latitude, name),) = desk.fetch(lamps)
    place = {"longitude": longitude, "latitude": latitude}
    context = chromium.new_context(base_url=address, geolocation=place, permissions=["geolocation"], locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.on("pageerror", lambda error: blocked.append(str(error)))
    page.goto(FORM)
    page.get_by_label("Street lighting").check()
    page.get_by_role("button", name="Use my position").click()
    expect(page.get_by_role("status")).to_have_text("Position noted.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("dl")).to_contain_text(name)
    context.close()
    assert blocked == []
    assert desk.fetch(KEPT) == [("lamp", name, "", "", "en")]


def test_what_is_wrong_is_said_first_and_all_stays_filled_in(bare: Page, desk: Desk) -> None:
    bare.goto(FORM)
    bare.get_by_label("Fuite d’eau").check()
    bare.get_by_label("Que voyez-vous").fill('de l’eau & du "bruit"')
    bare.get_by_role("button", name="Envoyer").click()
    expect(bare.get_by_role("alert")).to_contain_text("Dites où c’est")
    expect(bare.get_by_label("Fuite d’eau")).to_be_checked()
    expect(bare.get_by_label("Que voyez-vous")).to_have_value('de l’eau & du "bruit"')
    assert desk.fetch(KEPT) == []


def test_a_code_on_a_lamp_fills_in_its_number(bare: Page, desk: Desk) -> None:
    bare.goto(f"{FORM}?" + urlencode({"asset": 'lamp-1"><script>'}))
    expect(bare.get_by_label("Numéro inscrit")).to_have_value('lamp-1"><script>')


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_it_is_accessible(
    chromium: Browser, address: str, desk: Desk, language: str, scheme: str
) -> None:
    # The policy of the page is set aside, so that the checker can be put in.
    context = chromium.new_context(base_url=address, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{FORM}?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    page.locator("summary").click()
    assert find_faults(page) == []
    page.locator("input[value=lamp]").check()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert find_faults(page) == []
    page.locator("#place").fill("ici")
    page.locator("button[type=submit]").click()
    expect(page.locator("dl")).to_be_visible()
    assert find_faults(page) == []
    page.goto(f"/signaler/nowhere?lang={language}")
    assert find_faults(page) == []
    context.close()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/signaler/nowhere", b"kind=lamp&place=x", 404),
        (FORM, b"", 422),
        (FORM, b"\xff\xfe", 422),
        (FORM, b"kind=lamp&latitude=x&longitude=5", 422),
        (FORM, b"kind=lamp&latitude=47,5&longitude=5,1", 303),
        (FORM, b"kind=lamp&place=x&note=" + b"x" * 501, 422),
        (FORM, b"&".join(b"a=1" for _ in range(100)), 422),
        (FORM, b"x" * 30_000, 413),
        (FORM + "?lang=de", b"kind=lamp&place=%00", 422),
        (FORM + "?ref=nothing", b"kind=lamp&place=x", 303),
    ],
)
def test_any_form_is_answered(address: str, desk: Desk, path: str, body: bytes, status: int) -> None:
    assert httpx.post(f"{address}{path}", content=body).status_code == status


def test_a_reference_that_is_not_there_is_said_so(address: str, desk: Desk) -> None:
    answer = httpx.get(f"{address}{FORM}?ref=2222222222&lang=en")
    assert (answer.status_code, "No report bears this reference" in answer.text) == (404, True)
