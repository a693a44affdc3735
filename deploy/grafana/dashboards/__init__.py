"""The dashboards: each module of this package gives a `BOARD`, found by its presence.

Its queries lie beside it in a `.sql` file of the same name.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.audience import LANGUAGES, Audience
from deploy.grafana.board import make
from store.sql import load_queries


@dataclass(frozen=True, slots=True)
class BuiltDashboard:
    """One dashboard in one language, as the JSON model that Grafana keeps."""

    name: str
    audience: Audience
    model: dict[str, Any]  # Any: JSON

    @property
    def uid(self) -> str:
        """Known by this to Grafana, the same in each organisation."""
        return f"vigie-{self.name}-{self.audience.language}"


def build_all(page_url: str) -> Iterator[BuiltDashboard]:
    """Build every dashboard in every language."""
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        queries = load_queries(str(module.__file__))
        for language in LANGUAGES:
            audience = Audience(language, page_url)
            model = json.loads(JSONEncoder().encode(make(module.BOARD, audience, queries).build()))
            built = BuiltDashboard(module.BOARD.name, audience, model)
            yield replace(built, model=finished(model, built.uid))


def finished(model: dict[str, Any], uid: str) -> dict[str, Any]:
    """Give the model its uid and number its panels, so that two builds are equal."""
    panels = [{**panel, "id": number} for number, panel in enumerate(model["panels"], start=1)]
    return {**model, "uid": uid, "panels": panels}
