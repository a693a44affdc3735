"""Rules that no code of ours breaks, each proved to see what it is for; exceptions have their reason beside them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy", "vigie_client")
BESIDE = ("bench", "tests")
# Tests and measurements write SQL of their own and look at what others do wrong.
ONLY_PROGRAMS = {"sql_put_together", "unverified", "logged_secret"}
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("clock_at_import", "tests/deploy/test_grafana_demo_town.py"): "last midnight, to which all its tests ask",
}
BROKEN = {
    "sql_put_together": (
        'cursor.execute(f"select {x}")',
        'cursor.execute(f"select {x}".encode())',
        'cursor.execute("select " + x)',
        'cursor.execute("select %s" % x)',
        'connection.execute("select {}".format(x), [])',
    ),
    "unverified": ("httpx.get(url, verify=False)", "context.verify_mode = ssl.CERT_NONE"),
    "shell": ("subprocess.run(words, shell=True)",),
    "runs_data": ("eval(text)", "import pickle", "from pickle import loads", "yaml.load(text)", "os.system(text)"),
    "lost_cancellation": ("asyncio.wait_for(task, 1)", "from asyncio import wait_for"),
    "naive_time": ("datetime.now()", "datetime.utcnow()", "datetime.fromtimestamp(0)", "datetime.datetime.today()"),
    "logged_secret": (
        'log.info("in", password=word)',
        'LOG.warning("in", key=settings.api_key)',
        'self._log.error("in", url=f"{user}:{token}")',
    ),
    "unbound_threads": ("HistGradientBoostingRegressor().fit(x, y)", "ensemble.HistGradientBoostingClassifier(seed)"),
    "clock_at_import": ("NOW = datetime.now(UTC)", "END: float = time.time() + 5"),
}
WHOLE = (
    "cursor.execute(QUERIES['read'], [x])",
    "cursor.execute('select 1')",
    "httpx.get(url, verify=context)",
    "subprocess.run(words, shell=False)",
    "context.eval(source)\nyaml.safe_load(text)",
    "async def f():\n    async with asyncio.timeout(1):\n        await task",
    "datetime.now(UTC)\ndatetime.fromtimestamp(0, UTC)",
    'log.info("token_refused", key_id=1, n_tokens=2)',
    "def now():\n    return datetime.now(UTC)",
    "with threadpool_limits(limits=1):\n    HistGradientBoostingRegressor().fit(x, y)",
)


def files_of(rule: str) -> Iterator[Path]:
    packages = PROGRAMS if rule in ONLY_PROGRAMS else PROGRAMS + BESIDE
    for package in packages:
        if rule == "sql_put_together" and package == "store":  # the place for SQL; bandit looks there
            continue
        yield from (path for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", RULES)
def test_no_code_breaks_the_rule(rule: str) -> None:
    broken = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files_of(rule)
        for line in RULES[rule](tree_of(path))
        if (rule, str(path.relative_to(ROOT))) not in EXCEPTIONS
    ]
    assert broken == []


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_rule_sees_what_it_is_for(rule: str, text: str) -> None:
    assert list(RULES[rule](ast.parse(text))) != []


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_allowed_breaks_no_rule(text: str) -> None:
    assert [rule for rule, find in RULES.items() if list(find(ast.parse(text)))] == []


def test_every_rule_is_proved_and_every_exception_is_still_one() -> None:
    assert set(BROKEN) == set(RULES)
    for rule, name in EXCEPTIONS:
        assert list(RULES[rule](ast.parse((ROOT / name).read_text(encoding="utf-8")))) != []
