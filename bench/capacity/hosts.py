"""N workers on N hosts beside the model: `python -m bench.capacity.hosts [--hosts N ...]`, as root. JSON lines.

Each worker lives in a network namespace of its own and reaches database and broker over a cable, as on a machine of its
own; all share the cores of this one. So the rate says little where hosts outnumber cores; what a message costs each
part says whether workers disturb one another.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from analytics.evaluate.row import Row
from bench.capacity.taking import Taken, take
from bench.database import fresh_database
from bench.ingest.chain import Chain
from bench.ingest.messages import N_DEVICES, TERRITORY, Clock, device_of, single_messages
from bench.soak.stack import take_away
from deploy.local import place_of
from deploy.local.postgres import find_postgres, start_postgres, stop_postgres
from deploy.local.services import Services, running
from deploy.local.state import LOOPBACK, free_port, read_state
from deploy.local.tree import SERVICES
from deploy.processes import Program, start_program, stop_programs
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.faults.host import NETWORK, Host, apart, inside
from tests.support.own_broker import FORGETFUL, OwnBroker

RIGHTS = "user gateway\ntopic readwrite #\ntopic read $SYS/#\n"
END_S = 15.0


@dataclass(frozen=True, slots=True)
class Site:
    """Hosts, and servers that all of them reach."""

    hosts: Sequence[Host]
    services: Services
    broker: OwnBroker
    far_port: int
    postgres_pid: int

    def environment(self, host: Host, database_url: str) -> dict[str, str]:
        """Give what a worker on a host is told."""
        far_broker = self.broker.url().replace(f"{LOOPBACK}:{self.broker.port}", f"{host.address}:{self.far_port}")
        return {
            "VIGIE_DATABASE_URL": database_url.replace(LOOPBACK, host.address),
            "VIGIE_MQTT_URL": far_broker,
            "VIGIE_INGEST_TERRITORY": TERRITORY,
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=60_000, help="of each run")
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 2], help="numbers of hosts to try")
    asked = parser.parse_args()
    alone: Taken | None = None
    with TemporaryDirectory() as folder, running_site(Path(folder), max(asked.hosts)) as site:
        for n in asked.hosts:
            taken = run(site, n, asked.messages, Path(folder))
            for row in rows(n, taken, alone):
                print(row.line(), flush=True)
            alone = alone or taken


def run(site: Site, n: int, n_messages: int, folder: Path) -> Taken:
    """Let n hosts take messages on a database of their own."""
    clock = Clock()
    with fresh_database(site.services) as url:
        with psycopg.connect(url) as connection:
            devices = [DeviceEntry(TERRITORY, device_of(index)) for index in range(N_DEVICES)]
            register(connection, [TerritoryEntry(TERRITORY, "Bench")], devices=devices)
        chain = Chain(site.broker.url(), url, folder)
        with workers(site, site.hosts[:n], url, folder) as programs:
            chain.wait_for_sessions(n)
            pids = {f"ingest {index}": one.process.pid for index, one in enumerate(programs)}
            pids |= {"database": site.postgres_pid, "broker": site.broker.pid}
            take(chain, pids, single_messages(clock.next_s(), n_messages // 10))
            taken = take(chain, pids, single_messages(clock.next_s(), n_messages))
        chain.end_sessions()
    together = sum(taken.cpu_s[f"ingest {index}"] for index in range(n))
    return replace(taken, cpu_s={**taken.cpu_s, "ingest": together})


@contextmanager
def workers(site: Site, hosts: Sequence[Host], database_url: str, folder: Path) -> Iterator[list[Program]]:
    """Run a worker on each host."""
    programs: list[Program] = []
    try:
        for host in hosts:
            environment = site.environment(host, database_url)
            with inside(host):
                programs.append(start_program("ingest", ["ingest"], environment, folder / f"{host.number}.log"))
        yield programs
    finally:
        stop_programs(programs, END_S)


def rows(n: int, taken: Taken, alone: Taken | None) -> Iterator[Row]:
    """Give the rate and what a message costs each part, beside one host alone."""
    rate = taken.n_messages / taken.seconds
    beside = None if alone is None else alone.n_messages / alone.seconds
    yield Row(f"capacity.hosts_{n}.messages_per_s", rate, "1/s", reference=beside, n=taken.n_messages)
    yield Row(f"capacity.hosts_{n}.messages_per_batch", taken.n_messages / taken.n_batches, "1", n=taken.n_batches)
    for part in ("ingest", "database", "broker"):
        cost = None if alone is None else alone.each_us(part)
        yield Row(f"capacity.hosts_{n}.{part}_us_per_message", taken.each_us(part), "us", "lower", reference=cost)
    shares = [taken.cpu_s[f"ingest {index}"] / taken.cpu_s["ingest"] for index in range(n)]
    yield Row(f"capacity.hosts_{n}.largest_share", max(shares), "1", "lower", reference=1 / n)


@contextmanager
def running_site(folder: Path, n: int) -> Iterator[Site]:
    """Make hosts and servers; all is taken away in the end."""
    checkout, broker_folder = folder / "checkout", folder / "broker"
    for made in (checkout, broker_folder):
        made.mkdir()
    with ExitStack() as stack:
        hosts = [stack.enter_context(apart(number)) for number in range(n)]
        stack.callback(take_away, checkout)
        services = stack.enter_context(running(checkout))
        postgres_pid = open_database(checkout, services, hosts)
        far_port = free_port()
        listeners = "".join(f"listener {far_port} {host.address}\n" for host in hosts)
        broker = OwnBroker(broker_folder, further=FORGETFUL + listeners)
        (broker_folder / "acl").write_text(RIGHTS, encoding="ascii")
        stack.callback(broker.kill)
        broker.start()
        yield Site(hosts, services, broker, far_port, postgres_pid)


def open_database(checkout: Path, services: Services, hosts: Sequence[Host]) -> int:
    """Have the server listen at the near ends of the cables too; give its new process number."""
    place, addresses = place_of(checkout), ",".join([LOOPBACK, *(host.address for host in hosts)])
    state = read_state(place)
    assert state is not None, "the services run"
    with psycopg.connect(services.admin_database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("alter system set listen_addresses = {}").format(sql.Literal(addresses)))
    with (place.postgres_data / "pg_hba.conf").open("a", encoding="ascii") as rules:
        rules.write(f"host all all {NETWORK}.0/24 scram-sha-256\n")
    tree = place.cache / SERVICES.folder_name
    stop_postgres(place, tree)
    start_postgres(place, tree, state)
    pid = find_postgres(place)
    assert pid is not None, "it was started"
    return pid


if __name__ == "__main__":
    main()
