"""The built-in page in Chromium: `python -m bench.page [--assets N] [--times N]`. One JSON object per line.

A town of N assets, of which some want looking at, is served by `vigie api`. On a desktop the clock runs from the
input event to the frame in which what was asked for is shown; panning is the longest time without a frame. On a slow
telephone (CPU four times slower, 1.6 Mbit/s, 150 ms, by the browser's own throttling) it runs from the request of the
page to the first paint and to the first figures. Bytes are those on the wire. `page.load` says how busy the machine
was.
"""

import argparse
import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from analytics.evaluate.row import Row
from bench.api import served
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from bench.ecoindex import eco_index
from deploy.local.services import running
from deploy.page import build_page
from store.connect import connect
from store.keys import create_key
from store.registry import TerritoryEntry, register
from tests.support.browser import ARGUMENTS, find_chromium

TERRITORY = "bench-page"
GOAL_MS = 100.0
GOAL_VIEW_MS = 1500.0
GOAL_BYTES = 400_000
PATIENCE_MS = 120_000
TELEPHONE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "offline": False}
ASSETS = """
insert into assets (territory_id, slug, name, type, longitude, latitude)
select territory_id, 'thing-' || n, 'Équipement ' || n || ', rue ' || n %% 400,
       (array['street_light', 'waste_container', 'parking_bay', 'building'])[1 + n %% 4],
       5.0 + 0.15 * random(), 47.4 + 0.1 * random()
from territories, generate_series(1, %(n)s) n where slug = %(territory)s
"""
FINDINGS = """
insert into findings (territory_id, asset_id, kind, model, model_version, score, severity, started_at, sentence_fr,
                      sentence_en, evidence)
select territory_id, asset_id, 'lamp_out', 'bench', '1', 3,
       (array['info', 'warning', 'urgent', 'critical'])[1 + asset_id % 4], now() - interval '1 hour',
       name || ' : à regarder.', name || ': look at it.', '{}'
from assets where asset_id % 50 = 0
"""
KPIS = """
insert into kpi_values (territory_id, kpi, period, value, unit, completeness, method, method_version, inputs_hash,
                        proof)
select territory_id, kpi, '[2026-10-01 00:00Z,2026-11-01 00:00Z)', 1234, 'kW.h', 1, 'bench', '1', repeat('a', 64),
       '{}'
from territories, unnest(array['street_light_energy', 'building_energy', 'rounds_avoided']) kpi
"""
PUBLIC = "insert into kpi_publications (territory_id, kpi) select territory_id, kpi from kpi_values"
WATCH = """() => {
  window.shown = null;
  window.began = null;
  const begin = (event) => { window.began ??= event.timeStamp; };
  for (const kind of ["pointerdown", "keydown", "input", "change"]) addEventListener(kind, begin, { capture: true });
  window.expecting = (selector) => {
    window.shown = window.began = null;
    const watcher = new MutationObserver(() => {
      if (window.began === null || window.shown !== null) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now() - window.began; }));
    });
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    watcher.observe(document.querySelector(selector), all);
  };
  window.longest = 0;
  let last = performance.now();
  const frame = (at) => {
    window.longest = Math.max(window.longest, at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
TELL_FIGURES = """new MutationObserver((_, watcher) => {
  if (!document.querySelector(".tile .figure")) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.figures = performance.now(); }));
}).observe(document, { subtree: true, childList: true })"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
COUNT_ELEMENTS = "() => document.querySelectorAll('*').length - document.querySelectorAll('svg *').length"


def main() -> None:
    """Fill a database, start the program, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=9, help="each interaction")
    asked = parser.parse_args()
    build_page()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with fresh_database(services) as database_url, sync_playwright() as playwright:
            key = fill(database_url, asked.assets)
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            with served(database_url) as (address, _):
                tell_load()
                measure_views(browser, address, key, asked.times)
                measure_interactions(browser, f"{address}/#key={key}", asked.assets, asked.times)
                tell_load()
            browser.close()


def fill(database_url: str, n_assets: int) -> str:
    """Make the town, and give a key to it."""
    with connect(database_url, program="bench", autocommit=True) as connection:
        register(connection, [TerritoryEntry(TERRITORY, "Bench")], [], [])
        connection.execute("select setseed(0.5)")
        connection.execute(ASSETS, {"n": n_assets, "territory": TERRITORY})
        for statement in (FINDINGS, KPIS, PUBLIC):
            connection.execute(statement.encode())
        connection.execute("vacuum (analyze)")
        return create_key(connection, "bench", [TERRITORY], scopes=("read", "write"))


def measure_views(browser: Browser, address: str, key: str, n_times: int) -> None:
    """Measure the first view on a slow telephone, and what is transferred for it without a key and with one."""
    views = [first_view(browser, address) for _ in range(n_times)]
    painted, figures, bare = (statistics.median(part) for part in zip(*views, strict=True))
    print(Row("page.view_painted", painted, "ms", "lower", bare, GOAL_VIEW_MS).line(), flush=True)
    print(Row("page.view_figures", figures, "ms", "lower", bare, GOAL_VIEW_MS).line(), flush=True)
    known = [first_view(browser, address, f"/#key={key}")[1] for _ in range(n_times)]
    print(Row("page.work_view_figures", statistics.median(known), "ms", "lower", bare).line(), flush=True)
    for name, path, awaited in (("public", "/", ".tile"), ("work", f"/#key={key}", ".line[data-asset]")):
        with opened(browser, {"width": 1440, "height": 900}) as (tab, session):
            wires = watch_wires(session)
            tab.goto(address + path)
            tab.locator(awaited).first.wait_for(timeout=PATIENCE_MS)
            tab.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
            n_elements = int(tab.evaluate(COUNT_ELEMENTS))
            own = sum(n for url, n in wires.items() if "/v1/" not in url and "/open/" not in url)
            tell(f"{name}_files_bytes", own, "B", GOAL_BYTES)
            tell(f"{name}_bytes", sum(wires.values()), "B")
            tell(f"{name}_requests", len(wires), "1")
            tell(f"{name}_elements", n_elements, "1")
            eco = eco_index(n_elements, len(wires), sum(wires.values()))
            print(Row(f"page.{name}_ecoindex", eco, "1").line(), flush=True)


def first_view(browser: Browser, address: str, path: str = "/") -> tuple[float, float, float]:
    """Give when a slow telephone that was never here paints first, and shows the first figures; and when it paints a
    line of text from the same server, as a reference [ms]."""
    with opened(browser, {"width": 390, "height": 844}) as (tab, session):
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", TELEPHONE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        tab.add_init_script(TELL_FIGURES)
        tab.goto(address + path)
        tab.locator(".tile .figure").first.wait_for(timeout=PATIENCE_MS)
        painted, figures = poll(tab, PAINTED), poll(tab, "() => window.figures ?? null")
        tab.goto(f"{address}/v1/health")
        return painted, figures, poll(tab, PAINTED)


@contextmanager
def opened(browser: Browser, viewport: dict[str, int]) -> Iterator[tuple[Page, CDPSession]]:
    """Give a tab of a browser that was never here."""
    context = browser.new_context(viewport=viewport, locale="fr-FR")  # type: ignore[arg-type]
    tab = context.new_page()
    yield tab, context.new_cdp_session(tab)
    context.close()


def watch_wires(session: CDPSession) -> dict[str, int]:
    """Give what fills with the bytes on the wire of each request of the tab; what its worker keeps comes later."""
    url_by_id: dict[str, str] = {}
    n_by_url: dict[str, int] = {}

    def finish(event: dict[str, Any]) -> None:
        url = url_by_id.get(event["requestId"])
        if url:
            n_by_url[url] = n_by_url.get(url, 0) + int(event["encodedDataLength"])

    session.on(
        "Network.requestWillBeSent", lambda event: url_by_id.update({event["requestId"]: event["request"]["url"]})
    )
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    return n_by_url


def measure_interactions(browser: Browser, url: str, n_assets: int, n_times: int) -> None:
    """Measure what a person does with all assets on the desktop."""
    with opened(browser, {"width": 1440, "height": 900}) as (tab, session):
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        tab.goto(url)
        tab.locator(".assets .badge", has_text=f"{n_assets:,}".replace(",", "\u202f")).first.wait_for(
            timeout=PATIENCE_MS
        )
        tab.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
        tab.locator(".ground").scroll_into_view_if_needed()
        tab.evaluate(WATCH)
        search, more = tab.locator("#asset-search"), tab.locator(".leaflet-control-zoom-in")
        less, kind = tab.locator(".leaflet-control-zoom-out"), tab.locator("#asset-type")
        canvas, badge = ".assets-canvas", ".assets .badge"
        acts: list[tuple[str, str, Callable[[int], object]]] = [
            ("zoom_in", canvas, lambda _: more.click()),
            ("zoom_out", canvas, lambda _: less.click()),
            ("search", badge, lambda n: search.press(str(n % 10))),
            ("search_clear", badge, lambda _: search.press("Control+a") or search.press("Delete")),  # type: ignore[func-returns-value]
            ("filter", badge, lambda n: kind.select_option(index=1 + n % 4)),
            ("filter_clear", badge, lambda _: kind.select_option(index=0)),
            ("open", ".side", lambda n: tab.locator(".line[data-asset]").nth(n).click()),
        ]
        taken: dict[str, list[float]] = {name: [] for name, _, _ in acts}
        cpu: dict[str, list[float]] = {}
        for n in range(n_times):
            for name, selector, act in acts:
                tab.evaluate("(selector) => window.expecting(selector)", selector)
                before = cpu_ms(session)
                act(n)
                taken[name].append(poll(tab, "() => window.shown"))
                cpu.setdefault(name, []).append(cpu_ms(session) - before)
                tab.wait_for_timeout(400)
            taken.setdefault("pan", []).append(pan(tab))
        for name, values in taken.items():
            tell(name, statistics.median(values), "ms", GOAL_MS)
            tell(f"{name}_worst", max(values), "ms")
        for name, spent in cpu.items():
            tell(f"{name}_cpu", statistics.median(spent), "ms", GOAL_MS)


def cpu_ms(session: CDPSession) -> float:
    """Give how long the page's own thread has worked; unlike the clock it stands still while others have the core."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def pan(tab: Page) -> float:
    """Drag the map to and fro, and give the longest time without a frame [ms]."""
    box = tab.locator(".ground").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.evaluate("() => { window.longest = 0; }")
    tab.mouse.down()
    tab.mouse.move(x + 120, y + 60, steps=12)
    tab.mouse.move(x, y, steps=12)
    tab.mouse.up()
    tab.wait_for_timeout(300)
    return float(tab.evaluate("() => window.longest"))


def poll(tab: Page, script: str) -> float:
    """Ask until the page has an answer: its policy forbids what Playwright's own waiting evaluates inside it."""
    for _ in range(PATIENCE_MS // 20):
        if (found := tab.evaluate(script)) is not None:
            return float(found)
        tab.wait_for_timeout(20)
    raise TimeoutError(f"the page never came to: {script}")


def tell(name: str, value: float, unit: str, goal: float | None = None) -> None:
    """Print one figure, the lower the better."""
    print(Row(f"page.{name}", value, unit, "lower", goal=goal).line(), flush=True)


def tell_load() -> None:
    """Say how many processes wanted a core in the last minute."""
    tell("load", os.getloadavg()[0], "1")


if __name__ == "__main__":
    main()
