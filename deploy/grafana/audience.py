"""For whom a dashboard is built: its language, and where Vigie's own page is."""

from collections.abc import Iterator
from dataclasses import dataclass

from sensors.language import Language
from sensors.types import asset_types

LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Audience:
    """Readers of one language; `page_url` is the address of Vigie's page as their browser reaches it."""

    language: Language
    page_url: str

    def say(self, fr: str, en: str) -> str:
        """Give the sentence in the readers' language."""
        return fr if self.language == "fr" else en

    def complete(self, sql: str) -> str:
        """Fill the places of a query that depend on the language."""
        rows = ", ".join(f"('{name}', '{title.replace(chr(39), chr(39) * 2)}')" for name, title in self.asset_types())
        return sql.replace("{language}", self.language).replace("{asset_types}", rows)

    def asset_types(self) -> Iterator[tuple[str, str]]:
        """Give each asset type of the registry with its name."""
        for name, asset_type in sorted(asset_types().items()):
            yield name, self.say(asset_type.name_fr, asset_type.name_en)
