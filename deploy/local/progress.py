"""A progress bar on a terminal, single lines elsewhere."""

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from deploy.local.errors import LocalError


class Progress:
    """Shows how far fetching and unpacking are."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.bar = Bar(console=self.console, disable=not self.console.is_terminal)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def each(self, paths: Sequence[Path], words: str) -> Iterator[Path]:
        """Go through the paths, one step of the bar each."""
        self.say(f"{words} {len(paths)} packages")
        yield from self.bar.track(paths, description=words)

    def follow_apt(self, command: Sequence[str], environment: dict[str, str], error: type[LocalError]) -> None:
        """Run apt-get and show its own percentage, which it writes to a pipe.

        Raises
        ------
        LocalError
            Of the given kind, with the last line apt wrote.
        """
        self.say("fetch Debian packages (about 100 MB, once)")
        reading, writing = os.pipe()
        task = self.bar.add_task("fetch", total=100)
        with os.fdopen(reading) as status:
            process = subprocess.Popen(
                [*command, "-o", f"APT::Status-Fd={writing}"],
                env=environment,
                pass_fds=[writing],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            os.close(writing)
            follower = threading.Thread(target=self._follow, args=(status, task), name="apt-progress")
            follower.start()
            complaint = process.communicate()[1]
            follower.join()
        if process.returncode != 0:
            lines = [line for line in complaint.splitlines() if line.startswith("E:")] or complaint.splitlines()[-1:]
            raise error(
                f"apt-get could not fetch the packages: {(lines or ['no reason given'])[0].removeprefix('E: ')}"
            )

    def say(self, line: str) -> None:
        """Print one line where there is no terminal to draw on."""
        if not self.console.is_terminal:
            self.console.print(line, highlight=False)

    def _follow(self, status: Iterator[str], task: TaskID) -> None:
        for line in status:
            fields = line.split(":")
            if fields[0] == "dlstatus" and len(fields) > 2:
                self.bar.update(task, completed=float(fields[2]))
