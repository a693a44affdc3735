"""The page is built from its own sources and lock file, and served hardened."""

import asyncio
import hashlib
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from analytics.clock.job import KIND_BY_VERDICT
from analytics.detectors import detectors
from analytics.maintenance import hints
from api.page import mount
from api.page.assets import STATIC
from api.page.tiles import Tiles, tiles_from
from api.program import settings_from
from api.settings import SettingError
from deploy import page as building
from deploy.page import build_page
from sensors.alerts import alert_kinds
from sensors.limit import LIMITS
from sensors.unit_sign import SIGN_BY_UNIT

SOURCES = STATIC.parent
LARGEST_BYTES = 400_000


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    french, english = (json.loads((SOURCES / "src" / "i18n" / f"{name}.json").read_bytes()) for name in ("fr", "en"))
    assert list(french) == list(english)
    for name, sentence in french.items():
        assert values_of(sentence) == values_of(english[name]), name
        for place in (*places(sentence), *places(english[name])):
            assert re.fullmatch(r"\w+(:[^:|]+\|[^:|]+)?", place), (
                name,
                place,
            )  # a value, or a word for one and for several


def test_units_are_written_as_in_sentences_and_reports() -> None:
    code = (SOURCES / "src" / "format.js").read_text(encoding="utf-8")
    known = {quoted or bare: sign for quoted, bare, sign in re.findall(r'(?:"([^"]+)"|(\w+)): "([^"]*)"', code)}
    assert {unit: known.get(unit) for unit in SIGN_BY_UNIT} == SIGN_BY_UNIT


def test_every_kind_of_finding_has_a_name_in_both_languages() -> None:
    kinds = {entry.finding_kind for entry in detectors().values()} | hints().keys() | set(KIND_BY_VERDICT.values())
    kinds |= {"unusual_together"} | {limit.kind for limit in LIMITS}
    kinds |= {finding for alert in alert_kinds().values() for finding in alert.findings}
    french = json.loads((SOURCES / "src" / "i18n" / "fr.json").read_bytes())
    assert sorted(kind for kind in kinds if f"kind_{kind}" not in french) == []


@pytest.mark.parametrize(
    "url",
    ["tiles.test/{z}/{x}/{y}", "https://tiles.test/{z}/{x}", "ftp://tiles.test/{z}/{x}/{y}", "https://a b/{z}/{x}/{y}",
     "https://u:p@tiles.test/{z}/{x}/{y}", "https://tiles.test;script-src *;/{z}/{x}/{y}"],
)  # fmt: skip
def test_address_that_cannot_be_one_of_tiles_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="VIGIE_TILES_URL"):
        tiles_from({"VIGIE_TILES_URL": url})


def test_settings_of_tiles_are_read() -> None:
    url = "https://data.tiles.test:8443/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    tiles = tiles_from({"VIGIE_TILES_URL": url, "VIGIE_TILES_CREDIT": "© IGN"})
    assert (tiles.url, tiles.credit, tiles.host) == (url, "© IGN", "https://data.tiles.test:8443")
    assert settings_from({"VIGIE_DATABASE_URL": "x", "VIGIE_TILES_URL": url}).tiles == Tiles(url)
    assert tiles_from({}).host == ""
    with pytest.raises(SettingError, match="VIGIE_TILES_CREDIT"):
        tiles_from({"VIGIE_TILES_CREDIT": "x" * 201})


def get(app: FastAPI, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://vigie.test") as client:
            return await client.get(path)

    return asyncio.run(ask())


def places(sentence: str) -> list[str]:
    return [part.split("}")[0] for part in sentence.split("{")[1:]]


def values_of(sentence: str) -> set[str]:
    """Give what is filled in; which words go with a number is each language's own affair."""
    return {place.partition(":")[0] for place in places(sentence)}


def test_lock_file_names_no_registry() -> None:
    assert "://" not in (SOURCES / "package-lock.json").read_text(encoding="utf-8")


def test_sources_fetch_nothing_from_elsewhere() -> None:
    for path in (SOURCES / "src").rglob("*"):
        if path.is_file() and path.suffix in {".js", ".css", ".html"}:
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http:" not in text, path
            assert "https:" not in text, path
            assert "innerHTML" not in text, path


def test_missing_packages_end_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a registry the build says what is missing and ends with exit code 4."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, tmp_path / name)
    monkeypatch.setattr(building, "PAGE", tmp_path)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(SystemExit) as ending:
        building.install(building.find_node()[1])
    assert ending.value.code == 4
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("vigie: the packages of the page cannot be fetched")


def test_packages_are_fetched_again_only_where_the_lock_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PAGE", tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit):
        building.install(["false"])
    building.install(["true"])
    building.install(["false"])  # is not called
    (tmp_path / "package-lock.json").write_text('{"packages": {}}', encoding="utf-8")
    with pytest.raises(SystemExit):
        building.install(["false"])


@pytest.mark.browser
class TestBuiltPage:
    """What a server says of the page once it is built."""

    @pytest.fixture
    def app(self, built_page: None) -> FastAPI:
        app = FastAPI()
        mount(app)
        app.state.tiles = Tiles("https://tiles.test/{z}/{x}/{y}.png", "© <tiles>")
        return app

    def test_second_build_does_nothing(self, built_page: None) -> None:
        assert build_page() is False

    def test_page_forbids_what_it_does_not_need(self, app: FastAPI) -> None:
        answer = get(app, "/")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "img-src 'self' data: blob: https://tiles.test;" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert 'content="https://tiles.test/{z}/{x}/{y}.png"' in answer.text
        assert 'content="© &lt;tiles&gt;"' in answer.text

    def test_files_are_small_and_kept_when_their_name_has_their_hash(self, app: FastAPI) -> None:
        assert get(app, "/").headers["Cache-Control"] == "no-cache"
        names = [path.name for path in STATIC.iterdir() if path.suffix in {".js", ".css"} and "-" in path.stem]
        sizes = []
        for name in names:
            answer = get(app, f"/static/{name}")
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "immutable" in answer.headers["Cache-Control"]
            sizes.append(int(answer.headers["Content-Length"]))
        assert 0 < sum(sizes) < LARGEST_BYTES

    def test_service_worker_is_asked_for_again_and_names_what_it_keeps(self, app: FastAPI) -> None:
        answer = get(app, "/worker.js")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Content-Type"].startswith("text/javascript")
        build = json.loads(answer.text.partition(";\n")[0].removeprefix("self.vigieBuild="))
        assert build["index"] == hashlib.sha256(get(app, "/").content).hexdigest()
        assert sorted(build["files"]) == build["files"]
        assert all(get(app, path).status_code == 200 for path in build["files"])
        app.state.tiles = Tiles()
        other = json.loads(get(app, "/worker.js").text.partition(";\n")[0].removeprefix("self.vigieBuild="))
        assert other["version"] != build["version"]

    def test_nothing_but_the_page_is_served(self, app: FastAPI) -> None:
        for path in (
            "/static/none.js",
            "/static/.stamp",
            "/static/worker.js",
            "/static/index.html",
            "/static/..%2f__init__.py",
        ):
            assert get(app, path).status_code == 404


def test_page_that_is_not_built_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.page.assets.STATIC", tmp_path / "none")
    app = FastAPI()
    mount(app)
    answer = get(app, "/")
    assert answer.status_code == 503
    assert "python -m deploy.page" in answer.text
    assert get(app, "/worker.js").status_code == 404
