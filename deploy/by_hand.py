"""What commands share with which people change something: who they are, and a store that refuses in a sentence."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.connect import connect


def actor() -> str:
    """Name who did it, as the audit log has it: whoever may run a command here."""
    return f"command of {getpass.getuser()}"


@contextmanager
def opened_store(program: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Open the store, in autocommit; what a person gave wrongly (LookupError, ValueError) becomes a SettingError."""
    with only_warnings(), database() as url, connect(url, program=program, autocommit=True) as connection:
        try:
            yield connection
        except (LookupError, ValueError) as error:
            raise SettingError(str(error)) from error
