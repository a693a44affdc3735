"""What can go wrong with the embedded services: one clear sentence and an exit code each.

LocalError (1)
├── NotDebianError (3)     no Debian packages can be had here
├── DownloadError (4)      the packages could not be fetched
├── ServiceError (5)       PostgreSQL or Mosquitto did not start
└── DiskError (6)          no room or no right to write
"""


class LocalError(Exception):
    """The embedded services failed."""

    exit_code = 1


class NotDebianError(LocalError):
    """The embedded services are made from Debian packages, and this machine has none."""

    exit_code = 3


class DownloadError(LocalError):
    """The Debian packages could not be fetched."""

    exit_code = 4


class ServiceError(LocalError):
    """An embedded service did not start."""

    exit_code = 5


class DiskError(LocalError):
    """There is no room, or no right, to write the embedded services' files."""

    exit_code = 6
