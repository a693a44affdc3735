"""What Grafana is told of each column of a panel: title, unit, colour, words for codes, links."""

from typing import Any

from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from deploy.grafana.audience import Audience
from deploy.grafana.card import Card
from deploy.grafana.coded import CODES
from deploy.grafana.column import COLUMNS, Column
from sensors.quantity import QUANTITIES

# The page shows the asset with its findings; verdicts are given there.
PAGE_ASSET = "${vigie}/#asset=${__data.fields.asset_id}"
STATE_COLORS = ("blue", "green", "orange", "red", "purple", "yellow", "dark-red")


def properties_of(name: str, card: Card, audience: Audience) -> list[DynamicConfigValue]:
    """Give the properties of a column, by the one table of columns."""
    column = COLUMNS[name]
    found = [DynamicConfigValue("displayName", audience.say(column.title))]
    if card.kind == "table":
        found += shape_of(column)
    if column.unit:
        found.append(DynamicConfigValue("unit", column.unit))
    if column.decimals is not None:
        found.append(DynamicConfigValue("decimals", column.decimals))
    if column.color:
        found.append(DynamicConfigValue("color", {"mode": "fixed", "fixedColor": column.color}))
    if column.codes:
        found += colored_words(column.codes, card, audience)
    if column.leads_to and card.kind in ("table", "map"):
        found.append(DynamicConfigValue("links", links_of(column.leads_to, audience)))
    return found


def shape_of(column: Column) -> list[DynamicConfigValue]:
    """Hide a column of a table, or give it its width."""
    if column.is_hidden:
        return [DynamicConfigValue("custom.hidden", True)]
    return [DynamicConfigValue("custom.width", column.width)] if column.width else []


def colored_words(codes: str, card: Card, audience: Audience) -> list[DynamicConfigValue]:
    """Show codes as words in a colour."""
    options = {
        code: {"text": audience.say(words), "color": color, "index": index}
        for index, (code, (words, color)) in enumerate(CODES[codes].items())
    }
    mappings = DynamicConfigValue("mappings", [{"type": "value", "options": options}])
    if card.kind != "table":
        return [mappings]
    return [mappings, DynamicConfigValue("custom.cellOptions", {"type": "color-text"})]


def links_of(leads_to: str, audience: Audience) -> list[dict[str, Any]]:  # Any: JSON
    """Give the links of a cell: to the dashboard of the asset, to Vigie's page, or there to give a verdict."""
    page = {"url": PAGE_ASSET, "targetBlank": True}
    if leads_to == "verdict":
        return [{"title": audience.say(("Rendre un avis dans Vigie", "Give a verdict in Vigie")), **page}]
    opened = {"title": audience.say(("Ouvrir dans Vigie", "Open in Vigie")), **page}
    if leads_to == "page":
        return [opened]
    detail = (
        f"/d/vigie-asset-{audience.language}?var-asset=${{__data.fields.asset_id}}"
        "&${territory:queryparam}&${__url_time_range}"
    )
    return [{"title": audience.say(("Tout sur cet équipement", "All about this asset")), "url": detail}, opened]


def states_of(quantity: str, audience: Audience) -> list[ValueMapping]:
    """Show the numbers of a state as its words."""
    words = {
        str(code.number): ValueMappingResult(
            text=audience.say((code.name_fr, code.name_en)),
            color=STATE_COLORS[code.number % len(STATE_COLORS)],
            index=code.number,
        )
        for code in (QUANTITIES[quantity].codes if quantity else ())
    }
    return [ValueMap(options=words)] if words else []


def escaped(text: str) -> str:
    """Escape a unit for a regular expression of the browser."""
    return "".join(rf"\{letter}" if letter in r"\^$.|?*+()[]{}/" else letter for letter in text)
