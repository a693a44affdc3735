#!/bin/sh
# Makes the addresses of database and broker out of the secrets that are mounted, then becomes `vigie`.
set -eu
secrets=/run/secrets
if [ -r $secrets/database_password ]; then
    VIGIE_DATABASE_URL="postgresql://vigie:$(cat $secrets/database_password)@timescaledb:5432/vigie"
    export VIGIE_DATABASE_URL
fi
if [ -r $secrets/mqtt_password ]; then
    VIGIE_MQTT_URL="mqtt://vigie:$(cat $secrets/mqtt_password)@mosquitto:1883"
    export VIGIE_MQTT_URL
fi
if [ -r $secrets/grafana_admin_password ]; then
    VIGIE_GRAFANA_PASSWORD="$(cat $secrets/grafana_admin_password)"
    export VIGIE_GRAFANA_PASSWORD
fi
if [ -r $secrets/report_key ]; then
    export VIGIE_REPORT_KEY=$secrets/report_key
fi
if [ "${1:-}" = health ]; then
    shift
    exec python -m deploy.health "$@"
fi
exec python -m deploy.cli "$@"
