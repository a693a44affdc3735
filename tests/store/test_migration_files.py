"""Migrations as files: each says what it locks, large tables change online, what has been released stays as it was."""

import hashlib
import re
from pathlib import Path

import pytest

from store.migrate import Migration, read_migrations

FOLDER = Path(__file__).resolve().parents[2] / "store" / "migrations"
FROZEN = FOLDER / "frozen.sha256"
# Tables that grow with time and not with the number of things: a lock on them is felt.
LARGE = (
    "measurements",
    "measurement_notes",
    "measurements_hourly",
    "measurements_daily",
    "counters_hourly",
    "counters_daily",
    "states_hourly",
    "states_daily",
    "batches",
    "deliveries",
    "deliveries_log",
    "message_keys",
)
CHANGE = re.compile(
    rf"\b(?:alter table(?: only)?|create (?:unique )?index (?!concurrently)[^;]*? on|update|delete from)"
    rf" (?:public\.)?({'|'.join(LARGE)})\b",
    re.IGNORECASE,
)
ONE_TRANSACTION = re.compile(r"\$\$|^\s*begin\s*;", re.IGNORECASE | re.MULTILINE)
MIGRATIONS = read_migrations()


def head_of(migration: Migration) -> str:
    """Give the comment that a file begins with."""
    lines = migration.text.splitlines()
    length = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "\n".join(lines[:length])


def without_comments(migration: Migration) -> str:
    """Give what the server does."""
    return re.sub(r"--.*", "", migration.text)


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda one: one.name)
def test_migration_says_what_it_locks(migration: Migration) -> None:
    assert re.search(r"^-- Locks: \w.{10}", head_of(migration), re.MULTILINE)


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda one: one.name)
def test_large_table_of_an_earlier_migration_changes_online(migration: Migration) -> None:
    """A nullable column is an instant; all else on a large table goes into an online migration, index by index."""
    text = without_comments(migration)
    made_here = set(re.findall(r"create table (?:if not exists )?(\w+)", text, re.IGNORECASE))
    added = re.sub(r"alter table (\w+)\s+add column \w+ [\w ]+?(?:,\s*add column \w+ [\w ]+?)*;", "", text)
    changed = set(CHANGE.findall(added)) - made_here
    assert migration.is_online or not changed


@pytest.mark.parametrize("migration", [one for one in MIGRATIONS if one.is_online], ids=lambda one: one.name)
def test_online_migration_can_be_cut_into_statements_and_run_again(migration: Migration) -> None:
    assert not ONE_TRANSACTION.search(without_comments(migration))
    assert all(re.search(r"if (not )?exists", statement) for statement in migration.statements)


def test_numbers_are_given_once() -> None:
    numbers = [migration.number for migration in MIGRATIONS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.skipif(not FROZEN.exists(), reason="nothing has been released yet: docs/reference/migrations.md")
def test_released_migrations_are_as_they_were() -> None:
    digest_by_name = {
        name: digest for digest, name in (line.split() for line in FROZEN.read_text(encoding="ascii").splitlines())
    }
    held = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("[0-9]*.sql")}
    assert {name: held.get(name) for name in digest_by_name} == digest_by_name
    assert [name for name in held if name < max(digest_by_name) and name not in digest_by_name] == []


def test_what_counts_as_a_change_of_a_large_table() -> None:
    """The search itself finds what it is for."""
    assert CHANGE.findall("alter table measurements add constraint x check (true);") == ["measurements"]
    assert CHANGE.findall("create unique index x on batches (worker);") == ["batches"]
    assert CHANGE.findall("create index concurrently if not exists x on batches (worker);") == []
    assert CHANGE.findall("alter table devices add column x int;") == []
