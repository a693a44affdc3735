"""Photos of work orders over the API: kept as a bare picture, once, within limits, within the territory."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from api.routes.work_order_photos import MOST_BYTES
from store.connect import connect
from store.work_order_photos import MOST_PHOTOS
from store.work_orders import Asked, NewOrder, open_order
from tests.support.desk import Desk
from tests.support.judged_town import seed_judged_town
from tests.support.photos import SECRETS, a_photo, markers_of
from tests.support.technician import ask, key_for, list_all

pytestmark = pytest.mark.services
PATH = "/v1/work-orders/1/photos"
KEPT = "select photo_id, who, given_by from work_order_photos order by photo_id"


@pytest.fixture
def desk(database_url: str) -> Desk:
    """A town with one work order."""
    seed_judged_town(database_url, ("dead_lamp",))
    with connect(database_url, program="test", autocommit=True) as connection:
        open_order(connection, NewOrder(territory="town", title="Look"), Asked("command of chief", "chief"))
    return Desk(database_url, "town")


@pytest.fixture
def key(desk: Desk) -> str:
    return key_for(desk, "town", "read", "write")


def call(
    desk: Desk,
    key: str,
    method: str,
    path: str = PATH,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, content=body, headers=dict(headers or {}))

    answer: httpx.Response = ask(desk, key, story)
    return answer


def test_a_photo_is_kept_as_a_bare_picture_and_given_to_whoever_may_read(desk: Desk, key: str) -> None:
    """Neither the database nor the answer holds a byte of what told of the sender."""
    added = call(desk, key, "POST", f"{PATH}?who=L%C3%A9a", a_photo(400, 300, orientation=6))
    assert added.status_code == 201, added.text
    told = added.json()
    assert (told["who"], told["width_px"], told["height_px"]) == ("Léa", 300, 400)
    reader = key_for(desk, "town", "read")
    assert list_all(desk, reader, PATH) == [told]
    file = call(desk, reader, "GET", f"{PATH}/{told['photo_id']}")
    assert (file.status_code, len(file.content)) == (200, told["n_bytes"])
    assert file.headers["content-type"] == "image/jpeg"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in file.headers["content-security-policy"]
    assert file.headers["content-disposition"].startswith("inline; ")
    ((kept,),) = desk.fetch("select content from work_order_photos")
    assert bytes(kept) == file.content
    assert markers_of(file.content)[-1] == 0xD9
    assert not [secret for secret in (*SECRETS, b"Exif") if secret in file.content]
    lines = desk.fetch(
        "select action, detail ->> 'who', through from audit_log where subject = 'work order 1' order by 1"
    )
    assert lines[0] == ("add_work_order_photo", "Léa", "POST /v1/work-orders/{work_order_id}/photos")
    assert desk.fetch("select version from work_orders") == [(1,)]


def test_a_photo_that_comes_twice_is_kept_once(desk: Desk, key: str) -> None:
    twice = {"Idempotency-Key": "p-1"}
    first, second = (call(desk, key, "POST", PATH, a_photo(), twice) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(desk.fetch(KEPT)) == 1
    other = call(desk, key, "POST", PATH, a_photo(80, 60), twice)
    assert (other.status_code, len(desk.fetch(KEPT))) == (422, 1)


def test_photos_of_one_order_are_numbered_and_bounded_also_at_once(desk: Desk, key: str) -> None:
    """Many are sent at the same instant: no more than the limit are kept."""

    async def story(client: httpx.AsyncClient) -> list[httpx.Response]:
        return await asyncio.gather(*(client.post(PATH, content=a_photo(20 + n, 20)) for n in range(MOST_PHOTOS + 3)))

    answers = ask(desk, key, story)
    assert sorted(answer.status_code for answer in answers) == [201] * MOST_PHOTOS + [409] * 3
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "retirez-en une" in refused.json()["faults"][0]["sentence_fr"]
    assert len(list_all(desk, key, PATH, limit=5)) == len(desk.fetch(KEPT)) == MOST_PHOTOS


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 415),
        (b"GIF89a\x01\0\x01\0\0\0\0;", {"Content-Type": "image/jpeg"}, 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"Content-Type": "image/png"}, 415),
        (a_photo(400, 300)[:-900], {}, 422),
        (b"\xff\xd8" + b"\0" * MOST_BYTES, {}, 413),
        (a_photo(), {"Content-Encoding": "gzip"}, 415),
        (a_photo(), {"Idempotency-Key": "two words"}, 422),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_kept(
    desk: Desk, key: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = call(desk, key, "POST", PATH, body, headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert desk.fetch(KEPT) == []


def test_only_writers_of_the_territory_add_and_take_away_and_only_its_readers_see(desk: Desk, key: str) -> None:
    photo_id = call(desk, key, "POST", PATH, a_photo()).json()["photo_id"]
    reader, other = key_for(desk, "town", "read"), key_for(desk, "beside", "read", "write")
    one = f"{PATH}/{photo_id}"
    assert call(desk, reader, "POST", PATH, a_photo()).status_code == 403
    assert call(desk, reader, "DELETE", one).status_code == 403
    assert call(desk, other, "POST", PATH, a_photo()).status_code == 404
    assert call(desk, other, "DELETE", one).status_code == 404
    assert call(desk, other, "GET", one).status_code == 404
    assert list_all(desk, other, PATH) == []
    assert call(desk, "", "GET", one).status_code == 401
    assert call(desk, key, "GET", f"/v1/work-orders/2/photos/{photo_id}").status_code == 404
    assert len(desk.fetch(KEPT)) == 1
    assert call(desk, key, "DELETE", one).status_code == 204
    assert (call(desk, key, "GET", one).status_code, desk.fetch(KEPT)) == (404, [])
    assert call(desk, key, "DELETE", one).status_code == 404
    actions = desk.fetch("select action from audit_log where subject = 'work order 1' order by audit_id")
    assert [row[0] for row in actions] == ["open_work_order", "add_work_order_photo", "remove_work_order_photo"]
