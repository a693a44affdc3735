#!/bin/sh
# Makes the passwords and the broker's certificate that deploy/compose.yaml mounts. What is there is kept.
# usage: sh deploy/compose-secrets.sh [HOST NAME OF THE BROKER, as gateways call it]
set -eu
umask 077
host=${1:-$(hostname)}
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
cd "$folder"

for name in postgres_password database_password mqtt_password grafana_admin_password; do
    [ -s $name ] || openssl rand -hex 24 | tr -d '\n' > $name
done

[ -s report_key ] || openssl genpkey -algorithm ed25519 -out report_key 2>/dev/null

if [ ! -s broker_certificate ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -subj "/CN=Vigie broker authority" -keyout authority_key -out broker_authority 2>/dev/null
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -subj "/CN=$host" -keyout broker_key -out broker_request 2>/dev/null
    printf 'subjectAltName=DNS:%s,DNS:mosquitto\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' "$host" > broker_extensions
    openssl x509 -req -in broker_request -CA broker_authority -CAkey authority_key -CAcreateserial \
        -days 825 -extfile broker_extensions -out broker_certificate 2>/dev/null
    rm broker_request broker_extensions
fi

# The folder is closed to others (0700); inside, the containers' own users must be able to read what is mounted.
for name in postgres_password database_password mqtt_password grafana_admin_password \
            broker_authority broker_certificate broker_key report_key; do
    chmod 444 $name
done
echo "secrets are in $folder; gateways trust $folder/broker_authority and connect to $host:8883"
