"""Which Grafana, and how that Grafana reaches the database. Read once by the command."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from psycopg import conninfo

from deploy.errors import SettingError

DEFAULT_PAGE_URL = "http://127.0.0.1:8080"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SSL_MODES = ("disable", "require", "verify-ca", "verify-full")
LONGEST_NAME = 63  # of a PostgreSQL role, in bytes


@dataclass(frozen=True, slots=True)
class Target:
    """One Grafana server with an administrator of the whole server, because only he may make organisations.

    `database_address` is host:port as Grafana sees it; `page_url` is Vigie's page as browsers see it.
    """

    url: str
    user: str
    password: str = field(repr=False)
    database_address: str
    database_name: str
    ssl_mode: str
    page_url: str

    def role_name(self, territory: str) -> str:
        """Name the database role of a territory's data source; long slugs are cut and stay distinct."""
        name = f"{self.database_name}_grafana_{territory}"
        if len(name.encode()) <= LONGEST_NAME:
            return name
        return f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def read_target(environment: Mapping[str, str], database_url: str) -> Target:
    """Read the settings.

    Raises
    ------
    SettingError
        One is missing or cannot be used.
    """
    fields = conninfo.conninfo_to_dict(database_url)
    address = environment.get("VIGIE_GRAFANA_DATABASE_ADDRESS") or f"{fields.get('host')}:{fields.get('port', 5432)}"
    is_near = address.rpartition(":")[0] in LOOPBACK
    ssl_mode = environment.get("VIGIE_GRAFANA_DATABASE_SSLMODE") or ("disable" if is_near else "verify-full")
    if ssl_mode not in SSL_MODES:
        raise SettingError(f"VIGIE_GRAFANA_DATABASE_SSLMODE is {ssl_mode}; expected one of {', '.join(SSL_MODES)}")
    url = needed(environment, "VIGIE_GRAFANA_URL")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise SettingError(f"VIGIE_GRAFANA_URL is {url}; expected something like https://grafana.example.org")
    return Target(
        url=url,
        user=environment.get("VIGIE_GRAFANA_USER") or "admin",
        password=needed(environment, "VIGIE_GRAFANA_PASSWORD"),
        database_address=address,
        database_name=str(fields.get("dbname", "")),
        ssl_mode=ssl_mode,
        page_url=page_url(environment),
    )


def page_url(environment: Mapping[str, str]) -> str:
    """Where browsers find Vigie's page."""
    return environment.get("VIGIE_PAGE_URL") or DEFAULT_PAGE_URL


def needed(environment: Mapping[str, str], name: str) -> str:
    """Give a variable that must be there."""
    value = environment.get(name, "")
    if not value:
        raise SettingError(f"set {name}: docs/how-to/grafana.md says which")
    return value
