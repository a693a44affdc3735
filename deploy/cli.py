"""The `vigie` command: one file per group of commands in `deploy/commands`, found by its presence."""

import importlib
import pkgutil
import sys

import typer

from deploy import commands
from deploy.errors import sentence_of
from store.audit import through

app = typer.Typer(
    name="vigie",
    help="IoT data platform for smart territories.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for module in pkgutil.iter_modules(commands.__path__):
    importlib.import_module(f"deploy.commands.{module.name}").add_to(app)


def main() -> None:
    """Run a command; what a person can meet ends in one sentence and an exit code, never in a traceback."""
    through.set(name_of(sys.argv[1:]))
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the outer loop of the program
        known = sentence_of(error)
        if known is None:
            raise
        print(f"vigie: {known[0]}", file=sys.stderr)
        sys.exit(known[1])


def name_of(arguments: list[str]) -> str:
    """Give the command that arguments call, for the audit log: without what it is told, which may name people.

    >>> name_of(["key", "add", "town hall", "--territory", "dijon"])
    'vigie key add'
    """
    found: object = typer.main.get_command(app)
    words = ["vigie"]
    for word in arguments:
        found = getattr(found, "commands", {}).get(word)
        if found is None:
            break
        words.append(word)
    return " ".join(words)


if __name__ == "__main__":
    main()
