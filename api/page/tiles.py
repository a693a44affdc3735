"""Map tiles under the assets: where they lie, and whom to name for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.settings import SettingError

# No space, quote or `;`: the host becomes part of the page's policy.
ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?/[^\s\"'<>;,\\]*", re.IGNORECASE)
PLACES = ("{z}", "{x}", "{y}")
LONGEST_CREDIT = 200


@dataclass(frozen=True, slots=True)
class Tiles:
    """The address of square tiles in Web Mercator (EPSG:3857) with `{z}`, `{x}`, `{y}`, empty for a plain ground;
    `credit` is what their maker wants to be written on the map."""

    url: str = ""
    credit: str = ""

    @property
    def host(self) -> str:
        """Scheme, host and port, as a policy names them; empty where there are no tiles."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if self.url else ""


def tiles_from(environment: Mapping[str, str]) -> Tiles:
    """Read VIGIE_TILES_URL and VIGIE_TILES_CREDIT. Raises SettingError where the address cannot be one of tiles."""
    url, credit = environment.get("VIGIE_TILES_URL", ""), environment.get("VIGIE_TILES_CREDIT", "")
    if url and not (ADDRESS.fullmatch(url) and all(place in url for place in PLACES)):
        raise SettingError(f"VIGIE_TILES_URL must be an http(s) address with {{z}}, {{x}} and {{y}} in it, not {url!r}")
    if len(credit) > LONGEST_CREDIT:
        raise SettingError(f"VIGIE_TILES_CREDIT must be at most {LONGEST_CREDIT} characters long, not {len(credit)}")
    return Tiles(url, credit)
