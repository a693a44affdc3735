"""The `vigie` command: one file per group of commands in `deploy/commands`, found by its presence."""

import importlib
import pkgutil
import sys

import typer

from deploy import commands
from deploy.errors import sentence_of

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


if __name__ == "__main__":
    main()
