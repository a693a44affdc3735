"""What can go wrong at the store, in one family.

StoreError
├── UnreachableError    the server does not answer: passing, retry
├── WrongAddressError   the database URL cannot be used: ours, stop
├── MissingExtensionError  no TimescaleDB there: ours, stop
├── MissingRightError   the role may not do what migration needs: ours, stop
├── BusyError           another one is at the same work: passing, try again
├── OutdatedSchemaError    the database was migrated by another version: ours, stop
└── ReferenceDataError     what was entered contradicts itself or names what is not there: the entry is refused
"""

from collections.abc import Sequence

from sensors.reference.fault import Fault


class StoreError(Exception):
    """The store failed."""

    exit_code = 10

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class UnreachableError(StoreError):
    """The database server does not answer."""


class WrongAddressError(StoreError):
    """The database URL cannot be used."""


class MissingExtensionError(StoreError):
    """The database has no TimescaleDB extension."""


class MissingRightError(StoreError):
    """The database role lacks a right that migration needs."""


class BusyError(StoreError):
    """Another one is at the same work: try again when it has ended."""


class OutdatedSchemaError(StoreError):
    """The database was migrated by another version of Vigie."""


class ReferenceDataError(StoreError):
    """Reference data contradict themselves or name something that is not registered.

    `faults` are those known by their place: the kind of entry, which one of them, and what is wrong with it.
    """

    def __init__(self, message: str | None = None, faults: Sequence[tuple[str, int, Fault]] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
