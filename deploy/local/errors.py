"""What can go wrong with the embedded services, in one family; each kind ends the command with its own code.

LocalError (1)
├── UnsupportedSystemError (3)   no Debian, no apt, no keyring: a DSN or containers instead
├── DownloadError (4)            the packages cannot be fetched or fail their check
├── PortTakenError (5)           another program listens on the port asked for
├── DiskFullError (6)            no space left
├── ServerStartError (7)         a server ended or did not become ready
└── AccessError (8)              a folder or user cannot be used
"""


class LocalError(Exception):
    """The embedded services failed."""

    exit_code = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class UnsupportedSystemError(LocalError):
    """The embedded services need Debian."""

    exit_code = 3


class DownloadError(LocalError):
    """The packages of the embedded services could not be fetched."""

    exit_code = 4


class PortTakenError(LocalError):
    """The port is taken by another program."""

    exit_code = 5


class DiskFullError(LocalError):
    """No space is left on the disk."""

    exit_code = 6


class ServerStartError(LocalError):
    """A server did not start."""

    exit_code = 7


class AccessError(LocalError):
    """A folder or a user of the embedded services cannot be used."""

    exit_code = 8
