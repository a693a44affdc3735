"""How far a long step is: a bar on a terminal, one line at the start and one at the end elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[float], None]


@contextmanager
def show_step(title: str) -> Iterator[Advance]:
    """Show one step; the function yielded takes how much is done, from 0 to 1."""
    if sys.stderr.isatty():
        with bar() as progress:
            task = progress.add_task(title, total=1.0)
            yield lambda ratio: progress.update(task, completed=ratio)
            progress.update(task, completed=1.0)
        return
    started = time.monotonic()
    print(f"{title} ...", file=sys.stderr, flush=True)
    yield lambda ratio: None
    print(f"{title}: done in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


def bar() -> Progress:
    """Make the bar used for every step."""
    return Progress(
        TextColumn("{task.description:<44}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
