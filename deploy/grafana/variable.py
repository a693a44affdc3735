"""The variables of dashboards: which data source, territory, type, asset; and the address of Vigie's page."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import VariableHide, VariableOption, VariableRefresh, VariableSort

from deploy.grafana.audience import Audience
from deploy.grafana.query import SOURCE, SOURCE_TYPE

ALL = VariableOption(text=["All"], value=["$__all"])


def source(audience: Audience) -> dashboard.DatasourceVariable:
    """Let the data source be chosen where an organisation has several; hidden where it has one is Grafana's habit."""
    return (
        dashboard.DatasourceVariable("source")
        .label(audience.say(("Source", "Source")))
        .description(audience.say(("Base de données de Vigie", "Vigie's database")))
        .type(SOURCE_TYPE)
        .hide(VariableHide.HIDE_VARIABLE)
    )


def page(audience: Audience) -> dashboard.ConstantVariable:
    """The address that links to Vigie's own page begin with."""
    return dashboard.ConstantVariable("vigie").label("Vigie").value(audience.page_url.rstrip("/"))


def several(name: str, label: str, sql: str, every: str) -> dashboard.QueryVariable:
    """A variable of which any number may be chosen, at first all.

    `every` is the query that stands for "all": it holds where the list is empty, and stays short where it is long.
    """
    return one(name, label, sql).multi(True).include_all(True).all_value(every).current(ALL)


def one(name: str, label: str, sql: str) -> dashboard.QueryVariable:
    """A variable of which one is chosen. Its query gives `__text` and `__value`, in the order to be shown."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .description(label)
        .datasource(SOURCE)
        .query(sql)
        .definition(sql)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.DISABLED)
        .allow_custom_value(False)
    )
