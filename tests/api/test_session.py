"""Logging in with a name and a password: what the session may, when it ends, and what keeps others from using it."""

import httpx
import pytest

from api.login.door import DECOY, MOST_WAITING, OF_BOTH
from api.login.settings import Login, login_from
from api.oidc import Issuer
from api.rights import OPEN, RIGHTS, SECRET
from api.security import Access
from api.settings import SettingError
from store.connect import connect
from store.keys import create_key, end_key
from store.local_accounts import change_password, end_account
from store.login_sessions import MOST_SESSIONS
from store.passwords import Cost, hash_password, is_password
from tests.support.api import Story, read_all, run_story
from tests.support.asks import ROUTES, ids_of, send
from tests.support.every_row import seed_every_row
from tests.support.login import ORIGIN, PASSWORD, add_person, browse, log_in
from tests.support.town import seed_small_region

WRITING = [route for route in ROUTES if not route.startswith("GET")]
# What nobody's rights are used for, so that there is nothing to forge.
OF_ANYBODY = {"POST /signaler/{territory}", "POST /v1/alerts/links/{token}", "POST /v1/session"}
TOKENLESS = ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64})
FOREIGN = (
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://vigie.test:8000"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
ENDINGS = (
    "update login_sessions set seen_at = seen_at - interval '7201 s'",
    "update login_sessions set ends_at = now() - interval '1 s'",
    "update api_keys set expires_at = now() - interval '1 s' where name = 'Jeanne'",
    "update api_keys set revoked_at = now() where name = 'Jeanne'",
)
ORDER = {"territory": "east", "title": "Mend it"}


def tell_with_login(database_url: str, story: Story[None], login: Login | None = None) -> None:
    run_story(database_url, None, story, Access(login=login or Login()))


def fetch(database_url: str, query: str) -> list[tuple[object, ...]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.fixture
def region_url(database_url: str) -> str:
    seed_small_region(database_url)
    return database_url


@pytest.mark.services
def test_a_session_may_what_its_account_may(region_url: str) -> None:
    number = add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        before = (await client.get("/v1/session")).json()
        assert before == {"ways": ["password"], "provider": None, "session": None}
        session = await browse(client)
        assert (session["account"], session["name"], session["role"]) == (number, "Jeanne", "engineer")
        assert (await client.get("/v1/session")).json()["session"] == session
        rights = {"name": "Jeanne", "role": "engineer", "scopes": ["read", "write"]}
        assert (await client.get("/v1/key")).json() == rights
        assert [item["territory"] for item in await read_all(client, "/v1/territories")] == ["east"]
        assert (await client.post("/v1/work-orders", json=ORDER)).status_code == 201
        assert (await client.post("/v1/work-orders", json={**ORDER, "territory": "west"})).status_code == 404
        assert (await client.get("/v1/audit")).status_code == 403

    tell_with_login(region_url, story)
    lines = fetch(region_url, "select actor, action, through from audit_log order by audit_id")
    who = f"key {number} (Jeanne)"
    assert lines[1:3] == [(who, "log_in", "POST /v1/session"), (who, "open_work_order", "POST /v1/work-orders")]


@pytest.mark.services
def test_the_cookie_is_kept_from_scripts_and_other_sites(region_url: str) -> None:
    """Over HTTPS it is one that no other host of the domain can set; nothing of it is stored but its hash."""
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        plain = (await log_in(client)).headers["set-cookie"]
        client.base_url = httpx.URL("https://vigie.test")
        secure = (await log_in(client)).headers["set-cookie"]
        for cookie in (plain, secure):
            assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
            assert "domain" not in cookie.lower()
        assert plain.startswith("vigie=")
        assert "Secure" not in plain.split("; ")
        assert secure.startswith("__Host-vigie=")
        assert "Secure" in secure.split("; ")
        texts = [cookie.partition("=")[2].partition(";")[0] for cookie in (plain, secure)]
        stored = str(fetch(region_url, "select login_sessions::text from login_sessions"))
        assert not any(text in stored for text in texts)
        client.cookies.clear()
        client.cookies.set("vigie", texts[1])  # over HTTPS a plain one, which another host may have set, is not read
        assert (await client.get("/v1/key")).status_code == 401
        client.cookies.set("__Host-vigie", texts[1])
        assert (await client.get("/v1/key")).status_code == 200
        bearer = {"Authorization": f"Bearer {texts[1]}"}
        client.cookies.clear()
        assert (await client.get("/v1/key", headers=bearer)).status_code == 401

    tell_with_login(region_url, story)


@pytest.mark.services
def test_every_writing_route_refuses_a_session_without_its_token(database_url: str) -> None:
    """Asked rightly but for the token, or with a wrong one; each route refuses, and nothing has changed."""
    seed_every_row(database_url)
    add_person(database_url, "Jeanne", "administrator", "north")
    ids = ids_of(database_url, "north")
    routes = [route for route in WRITING if route not in OF_ANYBODY]
    assert len(routes) > 40
    count = "select count(*) from audit_log"

    async def story(client: httpx.AsyncClient) -> None:
        await log_in(client)
        before = fetch(database_url, count)
        for headers in TOKENLESS:
            client.headers.pop("X-CSRF-Token", None)
            client.headers.update({"Origin": ORIGIN, **headers})
            statuses = {route: (await send(client, route, ids)).status_code for route in routes}
            assert statuses == dict.fromkeys(routes, 403), headers
        assert fetch(database_url, count) == before

    tell_with_login(database_url, story)


@pytest.mark.services
def test_what_another_site_sends_is_refused_also_with_the_token(region_url: str) -> None:
    add_person(region_url)
    credentials = {"name": "Jeanne", "password": PASSWORD}

    async def story(client: httpx.AsyncClient) -> None:
        await browse(client)
        for headers in FOREIGN:
            answers = [
                await client.post("/v1/work-orders", json=ORDER, headers=headers),
                await client.delete("/v1/session", headers=headers),
                await client.post("/v1/session", json=credentials, headers=headers),
            ]
            assert [answer.status_code for answer in answers] == [403] * 3, headers
        del client.headers["Origin"]  # a browser says where a write comes from; who does not is none
        assert (await client.post("/v1/work-orders", json=ORDER)).status_code == 403
        own = {"Sec-Fetch-Site": "same-origin"}
        assert (await client.post("/v1/work-orders", json=ORDER, headers=own)).status_code == 201

    tell_with_login(region_url, story)


def test_what_is_walked_past_takes_no_rights() -> None:
    assert {RIGHTS[route] for route in OF_ANYBODY} <= {OPEN, SECRET}


@pytest.mark.services
def test_behind_a_proxy_the_address_of_the_page_counts(region_url: str) -> None:
    """The proxy ends TLS: what reaches the API is HTTP, and the browser says HTTPS."""
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        own = {"Origin": "https://vigie.example.fr"}
        answer = await client.post("/v1/session", json={"name": "Jeanne", "password": PASSWORD}, headers=own)
        assert answer.headers["set-cookie"].startswith("__Host-vigie=")

    tell_with_login(region_url, story, Login(page_url="https://vigie.example.fr"))


@pytest.mark.services
def test_a_key_goes_before_a_session(region_url: str) -> None:
    """Who sends both is who the key says, and no other site can send a key."""
    add_person(region_url)
    with connect(region_url, program="test") as connection:
        key = create_key(connection, "west", ["west"])

    async def story(client: httpx.AsyncClient) -> None:
        await log_in(client)
        answer = await client.get("/v1/territories", headers={"Authorization": f"Bearer {key}"})
        assert {item["territory"] for item in answer.json()["items"]} == {"west"}

    tell_with_login(region_url, story)


@pytest.mark.services
def test_logging_out_ends_the_session_and_logging_in_anew_the_one_before(region_url: str) -> None:
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        await browse(client)
        first = client.cookies["vigie"]
        await browse(client)
        second = client.cookies["vigie"]
        assert fetch(region_url, "select count(*) from login_sessions") == [(1,)]
        answer = await client.delete("/v1/session")
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        for text in (first, second):
            client.cookies.set("vigie", text)
            assert (await client.get("/v1/key")).status_code == 401
        client.cookies.clear()
        assert (await client.delete("/v1/session")).status_code == 204

    tell_with_login(region_url, story)
    actions = [action for (action,) in fetch(region_url, "select action from audit_log order by audit_id")]
    assert actions == ["add_account", "log_in", "log_in", "log_out", "log_out"]


@pytest.mark.services
def test_a_session_ends_when_idle_when_over_and_with_its_account(region_url: str) -> None:
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        for change in ENDINGS:
            await browse(client)
            with connect(region_url, program="test") as connection:
                connection.execute(change.encode())
            assert (await client.get("/v1/session")).json()["session"] is None, change
            assert (await client.get("/v1/territories")).json()["detail"] == "this session has ended: log in again"
            with connect(region_url, program="test") as connection:
                connection.execute("update api_keys set expires_at = null, revoked_at = null")

    tell_with_login(region_url, story)


@pytest.mark.services
def test_who_asks_now_and_then_is_not_idle(region_url: str) -> None:
    add_person(region_url)
    later = "update login_sessions set seen_at = seen_at - interval '100 min'"

    async def story(client: httpx.AsyncClient) -> None:
        await browse(client)
        for _ in range(3):
            with connect(region_url, program="test") as connection:
                connection.execute(later.encode())
            assert (await client.get("/v1/session")).json()["session"] is not None

    tell_with_login(region_url, story)


@pytest.mark.services
def test_another_password_and_an_end_take_effect_on_sessions_that_stand(region_url: str) -> None:
    add_person(region_url)
    number = add_person(region_url, "Paul")

    async def story(client: httpx.AsyncClient) -> None:
        await browse(client)
        with connect(region_url, program="test", autocommit=True) as connection:
            change_password(connection, "jeanne", "another long password", "test")
        assert (await client.get("/v1/session")).json()["session"] is None
        assert (await log_in(client)).status_code == 401
        assert (await log_in(client, password="another long password")).status_code == 201
        with connect(region_url, program="test", autocommit=True) as connection:
            end_account(connection, "Jeanne", "test")
        assert (await client.get("/v1/session")).json()["session"] is None
        assert (await log_in(client, password="another long password")).status_code == 401
        await browse(client, "Paul")
        with connect(region_url, program="test", autocommit=True) as connection:
            end_key(connection, number, "test")
        assert (await client.get("/v1/session")).json()["session"] is None

    tell_with_login(region_url, story)


@pytest.mark.services
def test_an_account_has_so_many_sessions_at_once(region_url: str) -> None:
    """The one that began first goes."""
    number = add_person(region_url)
    with connect(region_url, program="test") as connection:
        connection.execute(
            "insert into login_sessions (token_hash, key_id, way, ends_at)"
            " select sha256(n::text::bytea), %s, 'password', now() + interval '1 h' from generate_series(1, %s) n",
            (number, MOST_SESSIONS),
        )

    async def story(client: httpx.AsyncClient) -> None:
        await browse(client)
        assert (await client.get("/v1/key")).status_code == 200

    tell_with_login(region_url, story)
    assert fetch(region_url, "select count(*) from login_sessions") == [(MOST_SESSIONS,)]


@pytest.mark.services
def test_a_wrong_password_and_a_name_that_is_nobodys_are_answered_alike(region_url: str) -> None:
    """The same status, body and headers; both compare a password by the same parameters, and both leave a line."""
    number = add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        answers = [await log_in(client, name, "wrong wrong wrong") for name in ("Jeanne", "Nobody")]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].content == answers[1].content
        assert answers[0].headers == answers[1].headers

    tell_with_login(region_url, story)
    ((kept,),) = fetch(region_url, "select password_hash from local_passwords")
    assert [len(part) for part in str(kept).split("$")] == [len(part) for part in DECOY.split("$")]
    assert str(kept).split("$")[:4] == DECOY.split("$")[:4]
    assert not is_password("", DECOY)
    lines = fetch(region_url, "select actor, action, subject, detail from audit_log where action <> 'add_account'")
    way = {"way": "password"}
    assert lines == [
        ("login", "login_refused", f"key {number}", way),
        ("login", "login_refused", "unknown account", way),
    ]
    assert "Nobody" not in str(
        fetch(region_url, "select audit_log::text, login_buckets::text from audit_log, login_buckets")
    )


@pytest.mark.services
def test_who_tries_too_often_waits_whoever_he_says_he_is(region_url: str) -> None:
    """Also with the right password, which is not looked at; elsewhere the owner still gets in; a line says so once."""
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        for name in ("Jeanne", "Nobody"):
            tries = [await log_in(client, name, "wrong wrong wrong") for _ in range(OF_BOTH[1])]
            assert {answer.status_code for answer in tries} == {401}
            for password in ("wrong wrong wrong", PASSWORD):
                answer = await log_in(client, name.upper(), password)
                assert answer.status_code == 429
                assert 0 < int(answer.headers["retry-after"]) <= OF_BOTH[2]
        transport = httpx.ASGITransport(client._transport.app, client=("2001:db8::1", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=transport, base_url="https://vigie.test") as elsewhere:
            assert (await log_in(elsewhere)).status_code == 201

    tell_with_login(region_url, story)
    assert fetch(region_url, "select count(*) from audit_log where action = 'login_slowed'") == [(2,)]


@pytest.mark.services
def test_a_bucket_that_has_drained_is_gone_and_a_right_password_empties_its_own(region_url: str) -> None:
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        for _ in range(3 * OF_BOTH[1]):
            assert (await log_in(client)).status_code == 201
        with connect(region_url, program="test") as connection:
            connection.execute("update login_buckets set full_at = now() - interval '1 s'")
        await log_in(client, "Nobody", "wrong wrong wrong")

    tell_with_login(region_url, story)
    drained = "select count(*) from login_buckets where full_at < now()"
    assert fetch(region_url, drained) == [(0,)]


@pytest.mark.services
def test_many_at_once_are_refused_before_they_cost_memory(region_url: str) -> None:
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        door = client._transport.app.state.door  # type: ignore[attr-defined]
        door._n_waiting = MOST_WAITING
        assert (await log_in(client)).status_code == 503
        door._n_waiting = 0
        assert (await log_in(client)).status_code == 201
        assert door._n_waiting == 0

    tell_with_login(region_url, story)


@pytest.mark.services
def test_no_password_is_taken_where_others_may_read_along(region_url: str) -> None:
    """From another machine over HTTP."""
    add_person(region_url)

    async def story(client: httpx.AsyncClient) -> None:
        transport = httpx.ASGITransport(client._transport.app, client=("192.0.2.7", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as elsewhere:
            answer = await log_in(elsewhere)
            assert answer.status_code == 403
            assert "HTTPS" in answer.json()["detail"]
            elsewhere.base_url = httpx.URL("https://vigie.test")
            assert (await log_in(elsewhere)).status_code == 201

    tell_with_login(region_url, story)


@pytest.mark.services
def test_credentials_that_are_none_are_refused(region_url: str) -> None:
    bodies = ({"name": "Jeanne"}, {"name": "\x00", "password": "\x00"}, {"name": "", "password": ""})

    async def story(client: httpx.AsyncClient) -> None:
        assert [(await client.post("/v1/session", json=body)).status_code for body in bodies] == [422, 401, 422]

    tell_with_login(region_url, story)


def test_a_password_is_hashed_with_a_salt_of_its_own_and_known_again() -> None:
    """However its accents are composed; also after the parameters were raised."""
    composed, apart = "mot de passe été", "mot de passe e\u0301te\u0301"
    kept = hash_password(composed, Cost(4, 8, 1))
    assert kept != hash_password(composed, Cost(4, 8, 1))
    assert is_password(apart, kept)
    assert not is_password(composed + " ", kept)


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 201])
def test_passwords_have_from_12_to_200_characters(password: str) -> None:
    with pytest.raises(ValueError, match="from 12 to 200"):
        hash_password(password)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"VIGIE_API_SESSION_S": "0"}, "VIGIE_API_SESSION_S"),
        ({"VIGIE_API_SESSION_IDLE_S": "never"}, "VIGIE_API_SESSION_IDLE_S"),
        ({"VIGIE_PAGE_URL": "vigie.example.fr"}, "VIGIE_PAGE_URL"),
        ({"VIGIE_OIDC_CLIENT_ID": "vigie"}, "VIGIE_PAGE_URL"),
        ({"VIGIE_OIDC_CLIENT_ID": "vigie", "VIGIE_PAGE_URL": "http://vigie.example.fr"}, "https"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        login_from(settings, Issuer("https://provider.example", "vigie"))


def test_a_client_wants_an_issuer() -> None:
    with pytest.raises(SettingError, match="VIGIE_OIDC_ISSUER"):
        login_from({"VIGIE_OIDC_CLIENT_ID": "vigie"}, None)
