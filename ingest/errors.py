"""What ends a worker. Passing troubles never come out of it: it waits and goes on.

IngestError
├── SettingsError      a setting is missing or wrong: ours, stop
├── RefusedError       the broker refuses us: ours, stop
├── ProtocolError      the broker sent what is no MQTT: passing, connect again
├── OwnershipLostError another worker may read these topics now: passing, stand by
├── UnusableStoreError the database lacks what this version needs: ours, stop
└── FileError          a file to load cannot be read, or its columns cannot be understood: ours, stop
"""


class IngestError(Exception):
    """The ingest worker cannot go on."""

    exit_code = 12

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class SettingsError(IngestError):
    """A setting of the ingest worker is missing or wrong."""


class RefusedError(IngestError):
    """The broker refuses the worker."""


class ProtocolError(IngestError):
    """The broker sent what is no MQTT."""


class UnusableStoreError(IngestError):
    """The database lacks what this version needs."""


class OwnershipLostError(IngestError):
    """The connection that held the ownership of these topics is lost."""


class FileError(IngestError):
    """A file cannot be loaded."""
