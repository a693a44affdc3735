"""Grafana as code: dashboards, data sources, organisations. Grafana shows; it never writes."""

import warnings

with warnings.catch_warnings():
    # The SDK prefers the second dashboard schema and says so when it is read; Grafana before 12 cannot read that one.
    warnings.simplefilter("ignore", DeprecationWarning)
    import grafana_foundation_sdk.builders.dashboard
    import grafana_foundation_sdk.builders.geomap  # noqa: F401
