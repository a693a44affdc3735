"""For whom a dashboard is built: its language, and where Vigie's own page is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.grafana.card import Words
from sensors.kpi import KPI_NAMES
from sensors.language import Language
from sensors.quantity import QUANTITIES
from sensors.types import asset_types
from sensors.unit_sign import sign_of

LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Audience:
    """Readers of one language; `page_url` is the address of Vigie's page as their browser reaches it."""

    language: Language
    page_url: str

    def say(self, words: Words) -> str:
        """Give the sentence in the readers' language."""
        fr, en = words
        return fr if self.language == "fr" else en

    def places(self) -> Mapping[str, str]:
        """Give what fills the places of any query: the language, and the registries' names as rows of SQL."""
        types = ((name, self.say((one.name_fr, one.name_en))) for name, one in sorted(asset_types().items()))
        kpis = ((name, self.say((one.name_fr, one.name_en))) for name, one in sorted(KPI_NAMES.items()))
        signs = ((unit, sign_of(unit)) for unit in sorted({one.unit for one in QUANTITIES.values()}))
        return {
            "language": self.language,
            "asset_types": rows(types),
            "kpi_names": rows(kpis),
            "unit_signs": rows(signs),
        }


def rows(pairs: Iterable[tuple[str, str]]) -> str:
    """Write pairs as rows of `values`."""
    return ", ".join(f"({quoted(name)}, {quoted(title)})" for name, title in pairs)


def listed(names: Iterable[str]) -> str:
    """Write names as they stand behind `in`; none is a name that nothing has."""
    return ", ".join(quoted(name) for name in names) or "''"


def quoted(text: str) -> str:
    """Write a text of ours as SQL."""
    return "'" + text.replace("'", "''") + "'"
