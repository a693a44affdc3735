"""Logging in at an identity provider, which answers over HTTP in a process of its own: what lets in, and what not."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.login.code_flow import CodeFlow
from api.login.settings import Client, Login, login_from
from api.oidc import issuer_from
from api.security import Access
from store.connect import connect
from store.keys import end_key, read_keys
from tests.support.api import Story, api_client, run_story
from tests.support.issuer import AUDIENCE, Provider, provider_in
from tests.support.town import seed_small_region

HOME = "http://vigie.test"
# What becomes of the way back, and of what the browser kept: state, nonce, verifier.
OTHER = "x" * 43
SPOILS: dict[str, tuple[Callable[[str, list[str]], tuple[str, list[str]]], str]] = {
    "another state": (lambda address, kept: (address.replace(kept[0], OTHER), kept), "stale"),
    "no state": (lambda address, kept: (address.replace("state=", "other="), kept), "stale"),
    "another browser": (lambda address, kept: (address, [OTHER, OTHER, OTHER]), "stale"),
    "nothing kept": (lambda address, kept: (address, ["", "", ""]), "stale"),
    "another nonce": (lambda address, kept: (address, [kept[0], OTHER, kept[2]]), "refused"),
    "another verifier": (lambda address, kept: (address, [kept[0], kept[1], OTHER]), "refused"),
    "another code": (lambda address, kept: (address.replace("code=", "code=x"), kept), "refused"),
    "no code": (lambda address, kept: (address.replace("code=", "other="), kept), "denied"),
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider_in(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


def tell_with_provider(database_url: str, provider: Provider, story: Story[None], secret: str = "") -> None:
    """Each story begins with a provider that lets Jeanne in."""
    seed_small_region(database_url)
    provider.expect(secret=secret)
    client = Client(AUDIENCE, f"{HOME}/login/callback", secret, label="the town hall")

    access = Access(issuer=provider.issuer(), login=Login(client=client))
    run_story(database_url, None, story, access)


async def go(browser: httpx.AsyncClient) -> str:
    """Leave for the provider and give the address to which it sends back."""
    left = await browser.get("/login")
    assert left.status_code == 303, left.text
    async with httpx.AsyncClient() as outside:
        return (await outside.get(left.headers["location"])).headers["location"]


async def come_back(browser: httpx.AsyncClient, address: str) -> str:
    """Follow the way back, and give where the page is led to."""
    answer = await browser.get(address)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def who(browser: httpx.AsyncClient) -> object:
    found = (await browser.get("/v1/session")).json()
    return found["session"] and found["session"]["name"]


@pytest.mark.services
def test_the_way_over_the_provider_leads_to_the_same_session(database_url: str, provider: Provider) -> None:
    async def story(browser: httpx.AsyncClient) -> None:
        before = (await browser.get("/v1/session")).json()
        assert before == {"ways": ["provider"], "provider": "the town hall", "session": None}
        assert await come_back(browser, await go(browser)) == "/"
        session = (await browser.get("/v1/session")).json()["session"]
        assert (session["name"], session["role"], session["way"]) == ("jeanne", "engineer", "provider")
        order = {"territory": "east", "title": "Mend it"}
        assert (await browser.post("/v1/work-orders", json=order)).status_code == 403
        browser.headers.update({"X-CSRF-Token": session["csrf_token"], "Origin": HOME})
        assert (await browser.post("/v1/work-orders", json=order)).status_code == 201
        assert (await browser.post("/v1/work-orders", json={**order, "territory": "west"})).status_code == 404
        assert (await browser.delete("/v1/session")).status_code == 204
        assert await who(browser) is None

    tell_with_provider(database_url, provider, story)
    with connect(database_url, program="test") as connection:
        (account,) = [row for row in read_keys(connection) if row["issuer"]]
        actions = connection.execute("select actor, action from audit_log order by audit_id").fetchall()
    actor = f"key {account['key_id']} (jeanne)"
    assert actions == [(actor, "log_in"), (actor, "open_work_order"), (actor, "log_out")]


@pytest.mark.services
def test_the_address_that_is_left_for_gives_no_secret_away(database_url: str, provider: Provider) -> None:
    """State, nonce and the hash of the verifier; the verifier itself stays in a cookie that scripts cannot read."""

    async def story(browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/login")
        query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        state, nonce, verifier = browser.cookies["vigie-login"].split(".")
        assert (query["state"], query["nonce"], query["scope"]) == (state, nonce, "openid profile")
        assert verifier not in answer.headers["location"]
        assert {"HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))

    tell_with_provider(database_url, provider, story)


@pytest.mark.services
def test_what_does_not_fit_lets_nobody_in(database_url: str, provider: Provider) -> None:
    """Each differs from a good way in one thing; good ways before and after let in."""

    async def story(browser: httpx.AsyncClient) -> None:
        assert await come_back(browser, await go(browser)) == "/"
        browser.cookies.clear()
        for why, (spoil, word) in SPOILS.items():
            browser.cookies.clear()
            address = await go(browser)
            spoilt, kept = spoil(address, browser.cookies["vigie-login"].split("."))
            browser.cookies.clear()
            browser.cookies.set("vigie-login", ".".join(kept))
            assert await come_back(browser, spoilt) == f"/#login={word}", why
            assert await who(browser) is None, why
        browser.cookies.clear()
        assert await come_back(browser, await go(browser)) == "/"

    tell_with_provider(database_url, provider, story)


@pytest.mark.services
def test_a_code_opens_one_session_and_no_second(database_url: str, provider: Provider) -> None:
    """The browser forgets what it left with; who kept it is refused by the provider."""

    async def story(browser: httpx.AsyncClient) -> None:
        address = await go(browser)
        kept = browser.cookies["vigie-login"]
        assert await come_back(browser, address) == "/"
        assert "vigie-login" not in browser.cookies
        browser.cookies.clear()
        assert await come_back(browser, address) == "/#login=stale"
        browser.cookies.set("vigie-login", kept)
        assert await come_back(browser, address) == "/#login=refused"
        assert await who(browser) is None

    tell_with_provider(database_url, provider, story)


@pytest.mark.services
def test_what_the_provider_says_must_be_its_own_and_give_rights(database_url: str, provider: Provider) -> None:
    expected: list[tuple[dict[str, object], str]] = [
        ({"nonce": "of another login"}, "refused"),
        ({"iss": "https://elsewhere.example"}, "refused"),
        ({"aud": "grafana"}, "refused"),
        ({"aud": [AUDIENCE, "grafana"], "azp": "grafana"}, "refused"),
        ({"exp": 1}, "refused"),
        ({"vigie_role": None}, "refused"),
        ({"vigie_territories": None}, "refused"),
        ({"trouble": "deny"}, "denied"),
        ({"trouble": "mix_up"}, "refused"),
        ({"trouble": "broken"}, "away"),
    ]

    async def story(browser: httpx.AsyncClient) -> None:
        for said, word in expected:
            provider.expect(**said)  # type: ignore[arg-type]
            assert await come_back(browser, await go(browser)) == f"/#login={word}", said
            assert await who(browser) is None, said
        provider.expect()
        assert await come_back(browser, await go(browser)) == "/"

    tell_with_provider(database_url, provider, story)
    with connect(database_url, program="test") as connection:
        lines = connection.execute("select count(*) from audit_log where action = 'login_refused'").fetchone()
    assert lines == (9,)


@pytest.mark.services
def test_a_client_with_a_secret_shows_it(database_url: str, provider: Provider) -> None:
    async def story(browser: httpx.AsyncClient) -> None:
        assert await come_back(browser, await go(browser)) == "/"
        provider.expect(secret="another one")
        assert await come_back(browser, await go(browser)) == "/#login=refused"

    tell_with_provider(database_url, provider, story, "a secret: 100 %")


@pytest.mark.services
def test_an_account_that_was_ended_stays_out(database_url: str, provider: Provider) -> None:
    async def story(browser: httpx.AsyncClient) -> None:
        assert await come_back(browser, await go(browser)) == "/"
        with connect(database_url, program="test") as connection:
            (account,) = [row for row in read_keys(connection) if row["issuer"]]
            end_key(connection, account["key_id"], "test")
        assert await who(browser) is None
        assert await come_back(browser, await go(browser)) == "/#login=refused"

    tell_with_provider(database_url, provider, story)


@pytest.mark.services
def test_who_comes_back_too_often_waits(database_url: str, provider: Provider) -> None:
    async def story(browser: httpx.AsyncClient) -> None:
        words = [await come_back(browser, "/login/callback?state=x&code=y") for _ in range(21)]
        assert words == ["/#login=stale"] * 20 + ["/#login=often"]

    tell_with_provider(database_url, provider, story)


def test_a_provider_that_is_away_is_said_so_and_asked_again_later(tmp_path: Path) -> None:
    """Away from the start, then there; away between leaving and coming back is `away` too."""
    now = [1000.0]
    with provider_in(tmp_path) as provider:
        issuer, there = provider.issuer(), provider.url
        provider.describe("https://elsewhere.example")
        flow = CodeFlow(issuer, Client(AUDIENCE, f"{HOME}/login/callback"), lambda: now[0])

        async def leave() -> str:
            try:
                return (await flow.leave())[0]
            except Exception as error:  # noqa: BLE001  # its word is compared
                return str(error)

        assert asyncio.run(leave()) == "away"
        provider.describe(there)
        now[0] += 11
        assert asyncio.run(leave()).startswith(f"{there}/authorize?")
    kept = "state.nonce.verifier"

    async def back() -> str:
        try:
            return str(await flow.come_back({"state": "state", "code": "code"}, kept))
        except Exception as error:  # noqa: BLE001  # its word is compared
            return str(error)

    assert asyncio.run(back()) == "away"


@pytest.mark.services
def test_without_a_client_there_is_no_way_over_a_provider(database_url: str) -> None:
    async def run() -> list[int]:
        async with api_client(database_url) as browser:
            return [(await browser.get(path)).status_code for path in ("/login", "/login/callback")]

    assert asyncio.run(run()) == [404, 404]


def test_a_client_is_read_from_settings_and_is_the_audience_where_none_is_named() -> None:
    environment = {
        "VIGIE_OIDC_ISSUER": "https://login.example.fr/realms/agglo",
        "VIGIE_OIDC_CLIENT_ID": "vigie",
        "VIGIE_OIDC_CLIENT_SECRET": "s",
        "VIGIE_PAGE_URL": "https://vigie.example.fr/",
    }
    issuer = issuer_from(environment)
    assert issuer is not None
    assert issuer.audience == "vigie"
    client = login_from(environment, issuer).client
    assert client == Client(
        "vigie", "https://vigie.example.fr/login/callback", "s", "openid profile", "login.example.fr"
    )
