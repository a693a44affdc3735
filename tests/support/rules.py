"""Rules of our own about code, beside those of ruff and bandit: each gives the lines of a syntax tree that break it."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

Rule = Callable[[ast.Module], Iterator[int]]
SECRET = re.compile(r"(?i)(^|_)(password|passwd|secret|token|credentials?|private_key|api_key|authorization)$")
LOGGERS = {"log", "logger", "logging"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}
UNSAFE_CALLS = {
    "eval",
    "exec",
    "yaml.load",
    "yaml.unsafe_load",
    "os.system",
    "os.popen",
    "marshal.loads",
    "marshal.load",
}
UNSAFE_MODULES = {"pickle", "shelve", "dill", "cloudpickle"}
NAIVE_CALLS = {"utcnow", "utcfromtimestamp"}
CLOCKS = {"datetime.now", "date.today", "datetime.today", "time.time", "datetime.datetime.now", "datetime.date.today"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Give every call with what is called, written with its dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """Write a name with its dots; what is no name is left empty."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def sql_put_together(tree: ast.Module) -> Iterator[int]:
    """A statement that is formatted or concatenated where it is executed."""
    for name, call in calls(tree):
        if name.rpartition(".")[2] in ("execute", "executemany") and call.args:
            first = call.args[0]
            first = first.func if isinstance(first, ast.Call) and not first.args else first  # f"...".encode()
            if any(isinstance(node, ast.JoinedStr) for node in ast.walk(first)) or is_joined(call.args[0]):
                yield call.lineno


def is_joined(node: ast.expr) -> bool:
    """Tell whether a text is added to, filled by % or by format."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, ast.Constant)
    )


def given(tree: ast.Module, keyword: str, value: bool) -> Iterator[int]:
    """Calls that are given a keyword with this very value."""
    for _, call in calls(tree):
        for one in call.keywords:
            if one.arg == keyword and isinstance(one.value, ast.Constant) and one.value.value is value:
                yield call.lineno


def unverified(tree: ast.Module) -> Iterator[int]:
    """A server's certificate that nobody looks at."""
    yield from given(tree, "verify", False)
    yield from given(tree, "check_hostname", False)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("CERT_NONE", "_create_unverified_context"):
            yield node.lineno


def shell(tree: ast.Module) -> Iterator[int]:
    """Words that a shell reads."""
    yield from given(tree, "shell", True)


def runs_data(tree: ast.Module) -> Iterator[int]:
    """Data that is run as code: eval, pickle and their like."""
    for name, call in calls(tree):
        if name in UNSAFE_CALLS or name.partition(".")[0] in UNSAFE_MODULES:
            yield call.lineno
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if UNSAFE_MODULES & {name.partition(".")[0] for name in names}:
            yield node.lineno


def lost_cancellation(tree: ast.Module) -> Iterator[int]:
    """asyncio.wait_for, which in Python 3.11 can lose a cancellation; asyncio.timeout does not."""
    for name, call in calls(tree):
        if name == "asyncio.wait_for":
            yield call.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "asyncio" and "wait_for" in {a.name for a in node.names}:
            yield node.lineno


def naive_time(tree: ast.Module) -> Iterator[int]:
    """An instant without an offset."""
    for name, call in calls(tree):
        owner, _, method = name.rpartition(".")
        is_clock = owner.rpartition(".")[2] == "datetime"
        n_given = len(call.args) + len(call.keywords)
        if is_clock and (
            method in NAIVE_CALLS
            or (method in ("now", "today") and n_given == 0)
            or (method == "fromtimestamp" and n_given < 2)
        ):
            yield call.lineno


def logged_secret(tree: ast.Module) -> Iterator[int]:
    """A log line with something that is called like a secret."""
    for name, call in calls(tree):
        owner, _, method = name.rpartition(".")
        if method not in LEVELS or owner.rpartition(".")[2].strip("_").lower() not in LOGGERS:
            continue
        spoken = [one.arg or "" for one in call.keywords]
        values = [*call.args, *(one.value for one in call.keywords)]
        for node in (part for value in values for part in ast.walk(value)):
            spoken += [node.id] if isinstance(node, ast.Name) else []
            spoken += [node.attr] if isinstance(node, ast.Attribute) else []
        if any(SECRET.search(word) for word in spoken):
            yield call.lineno


def clock_at_import(tree: ast.Module) -> Iterator[int]:
    """A constant of a module that is taken from the clock when it is imported."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield from (call.lineno for name, call in calls(node.value) if name in CLOCKS)


def unbound_threads(tree: ast.Module) -> Iterator[int]:
    """Boosted trees in a module that bounds no threads: on a busy machine they wait for one another for an hour."""
    if any(name.rpartition(".")[2] == "threadpool_limits" for name, _ in calls(tree)):
        return
    yield from (call.lineno for name, call in calls(tree) if name.rpartition(".")[2].startswith("HistGradientBoosting"))


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        sql_put_together,
        unverified,
        shell,
        runs_data,
        lost_cancellation,
        naive_time,
        logged_secret,
        clock_at_import,
        unbound_threads,
    )
}
