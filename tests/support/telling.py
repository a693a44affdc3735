"""A domain's figures of one period, read and told at once."""

from collections.abc import Sequence

from analytics.kpi import Domain
from analytics.kpi.figure import Figure
from analytics.tell import tell_domain
from store.inputs import Connection, Window


def tell_read(connection: Connection, domain: Domain, window: Window) -> Sequence[Figure]:
    """Read the inputs of a domain and tell its figures."""
    return tell_domain(connection, domain, window, domain.read(connection, window))
