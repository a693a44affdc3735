"""Tokens of an identity provider that serves its keys over HTTP: what makes them good, and what they then allow."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.oidc import issuer_from, read_claims
from api.security import Access
from api.settings import SettingError
from api.signing_keys import PAUSE_S, SigningKeys
from store.connect import connect
from store.keys import end_key, read_keys
from tests.support.api import read_all, run_story
from tests.support.issuer import DISCOVERY, Provider, provider_in
from tests.support.town import seed_small_region


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider_in(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


async def rights(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/v1/key", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.services
def test_a_token_gives_the_role_and_territories_that_its_claims_name(database_url: str, provider: Provider) -> None:
    seed_small_region(database_url)

    async def story(client: httpx.AsyncClient) -> None:
        token = provider.token()
        assert (await rights(client, token)).json() == {
            "name": "jeanne",
            "role": "engineer",
            "scopes": ["read", "write"],
        }
        client.headers["Authorization"] = f"Bearer {token}"
        assert [item["territory"] for item in await read_all(client, "/v1/territories")] == ["east"]
        written = await client.post("/v1/work-orders", json={"territory": "east", "title": "Mend it"})
        assert written.status_code == 201
        foreign = await client.post("/v1/work-orders", json={"territory": "west", "title": "Mend it"})
        assert foreign.status_code == 404
        assert (await client.get("/v1/audit")).status_code == 403

    run_story(database_url, None, story, Access(issuer=provider.issuer()))
    with connect(database_url, program="test") as connection:
        ((actor,),) = connection.execute("select actor from audit_log").fetchall()
        (account,) = [row for row in read_keys(connection) if row["issuer"]]
    assert actor == f"key {account['key_id']} (jeanne)"
    assert (account["role"], account["territories"]) == ("engineer", ["east"])


FORGED = rsa.generate_private_key(65537, 2048)


def bad_claims() -> dict[str, dict[str, Any]]:
    """Give what each bad token differs in, as of now: a suite takes longer than a token lasts."""
    now = int(time.time())
    return {
        "another key under the same kid": {"key": FORGED},
        "a kid that nobody has": {"kid": "other"},
        "another issuer": {"iss": "https://elsewhere.example"},
        "another audience": {"aud": "grafana"},
        "no audience": {"aud": None},
        "over for longer than the leeway": {"exp": now - 60},
        "no end": {"exp": None},
        "not begun": {"nbf": now + 600},
        "no subject": {"sub": None},
        "no role": {"vigie_role": None},
        "a role that is none": {"vigie_role": "king"},
        "no territory": {"vigie_territories": []},
        "a shared secret in place of a key": {"key": "s" * 64, "algorithm": "HS256"},
        "no signature": {"key": "", "algorithm": "none"},
    }


@pytest.mark.services
def test_a_token_that_is_not_to_be_trusted_is_refused(database_url: str, provider: Provider) -> None:
    """Each differs from a good one in one thing; the good one is taken before and after."""
    seed_small_region(database_url)
    tokens = {why: provider.token(**claims) for why, claims in bad_claims().items()}
    tokens["cut"] = provider.token()[:-4]
    public = (provider.folder / "jwks.json").read_bytes()
    tokens["the public key as a secret"] = sign_by_secret(provider.token(), public)

    async def story(client: httpx.AsyncClient) -> None:
        assert (await rights(client, provider.token())).status_code == 200
        assert {why: (await rights(client, token)).status_code for why, token in tokens.items()} == dict.fromkeys(
            tokens, 401
        )
        assert (await rights(client, provider.token())).status_code == 200

    run_story(database_url, None, story, Access(issuer=provider.issuer()))


def sign_by_secret(token: str, secret: bytes) -> str:
    """Sign the claims of a token anew as if the served keys were a shared secret."""
    head = encode(b'{"alg": "HS256", "kid": "first"}')
    signed = f"{head}.{token.split('.')[1]}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.mark.services
def test_clocks_may_differ_by_the_leeway(database_url: str, provider: Provider) -> None:
    seed_small_region(database_url)
    late = provider.token(exp=int(time.time()) - 5)

    async def story(client: httpx.AsyncClient) -> None:
        assert (await rights(client, late)).status_code == 200

    run_story(database_url, None, story, Access(issuer=provider.issuer(leeway_s=60.0)))


@pytest.mark.services
def test_without_an_issuer_no_token_is_taken(database_url: str, provider: Provider) -> None:
    seed_small_region(database_url)

    async def story(client: httpx.AsyncClient) -> None:
        assert (await rights(client, provider.token())).status_code == 401

    run_story(database_url, None, story, Access(issuer=None))


@pytest.mark.services
def test_an_account_that_was_ended_stays_so_whatever_its_tokens_say(database_url: str, provider: Provider) -> None:
    seed_small_region(database_url)

    async def story(client: httpx.AsyncClient) -> None:
        assert (await rights(client, provider.token())).status_code == 200
        with connect(database_url, program="test") as connection:
            (account,) = [row for row in read_keys(connection) if row["issuer"]]
            end_key(connection, account["key_id"], "test")
        assert (await rights(client, provider.token(iat=1))).status_code == 401  # another text: not remembered

    run_story(database_url, None, story, Access(issuer=provider.issuer()))


@pytest.mark.services
def test_the_rights_of_an_account_are_those_of_its_latest_token(database_url: str, provider: Provider) -> None:
    seed_small_region(database_url)
    before = provider.token()
    after = provider.token(vigie_role="reader", vigie_territories=["west", "nowhere"])

    async def story(client: httpx.AsyncClient) -> None:
        for token in (before, after):
            assert (await rights(client, token)).status_code == 200
        client.headers["Authorization"] = f"Bearer {after}"
        assert [item["territory"] for item in await read_all(client, "/v1/territories")] == ["west"]

    run_story(database_url, None, story, Access(issuer=provider.issuer()))
    with connect(database_url, program="test") as connection:
        (account,) = [row for row in read_keys(connection) if row["issuer"]]
    assert (account["role"], account["territories"], account["scopes"]) == ("reader", ["west"], ["read"])


def test_a_provider_that_takes_another_key_is_asked_again(tmp_path: Path) -> None:
    """RSA first, then an elliptic curve; tokens of the old key are no longer taken once the new one was fetched."""
    now = [1000.0]
    with provider_in(tmp_path) as provider:
        keys = SigningKeys(provider.url, None, lambda: now[0])

        async def story() -> list[bool]:
            first = await keys.find("first") is not None
            provider.rotate("second", ec.generate_private_key(ec.SECP256R1()))
            too_soon = await keys.find("second") is not None
            now[0] += PAUSE_S + 1
            second = await keys.find("second") is not None
            gone = await keys.find("first") is not None
            return [first, too_soon, second, gone]

        assert asyncio.run(story()) == [True, False, True, False]
    now[0] += 3600
    assert asyncio.run(keys.find("second")) is not None  # away: what is known holds for a day
    now[0] += 86_400
    assert asyncio.run(keys.find("second")) is None


def test_a_discovery_document_of_another_issuer_is_not_believed(tmp_path: Path) -> None:
    with provider_in(tmp_path) as provider:
        provider.describe("https://elsewhere.example")
        assert asyncio.run(SigningKeys(provider.url, None).find("first")) is None


def test_keys_are_not_read_from_a_file_that_the_discovery_document_names(tmp_path: Path) -> None:
    """The file is there and holds the very keys: it is the address that is refused."""
    with provider_in(tmp_path) as provider:
        document = {"issuer": provider.url, "jwks_uri": (provider.folder / "jwks.json").as_uri()}
        (provider.folder / DISCOVERY).write_text(json.dumps(document))
        assert asyncio.run(SigningKeys(provider.url, None).find("first")) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"VIGIE_OIDC_ISSUER": "http://provider.example", "VIGIE_OIDC_AUDIENCE": "vigie"}, "https"),
        ({"VIGIE_OIDC_ISSUER": "https://provider.example"}, "VIGIE_OIDC_AUDIENCE"),
        ({"VIGIE_OIDC_JWKS_URL": "ftp://provider.example/keys"}, "VIGIE_OIDC_JWKS_URL"),
        ({"VIGIE_OIDC_ROLES": "lights=king"}, "king"),
        ({"VIGIE_OIDC_TERRITORIES": "dijon"}, "VIGIE_OIDC_TERRITORIES"),
        ({"VIGIE_OIDC_LEEWAY_S": "-1"}, "VIGIE_OIDC_LEEWAY_S"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name(settings: dict[str, str], words: str) -> None:
    usual = {"VIGIE_OIDC_ISSUER": "https://provider.example"}
    if "VIGIE_OIDC_ISSUER" not in settings:
        usual["VIGIE_OIDC_AUDIENCE"] = "vigie"
    with pytest.raises(SettingError, match=words):
        issuer_from({**usual, **settings})


def test_claims_in_the_words_of_the_provider_are_translated() -> None:
    """A path into nested claims, groups as words, the highest of several roles."""
    issuer = issuer_from(
        {
            "VIGIE_OIDC_ISSUER": "https://provider.example",
            "VIGIE_OIDC_AUDIENCE": "vigie",
            "VIGIE_OIDC_ROLE_CLAIM": "realm_access.roles",
            "VIGIE_OIDC_TERRITORY_CLAIM": "groups",
            "VIGIE_OIDC_NAME_CLAIM": "name",
            "VIGIE_OIDC_ROLES": "lights = technician, it=administrator",
            "VIGIE_OIDC_TERRITORIES": "/communes/dijon=dijon",
        }
    )
    assert issuer is not None
    claims = {
        "sub": "7",
        "exp": 2_000_000_000,
        "name": "Jean\x07ne",
        "realm_access": {"roles": ["other", "lights", "reader"]},
        "groups": ["/communes/dijon", "besancon"],
    }
    vouched = read_claims(claims, issuer)
    assert (vouched.role, vouched.territories, vouched.name) == ("technician", ("dijon", "besancon"), "Jeanne")
