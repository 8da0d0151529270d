"""Local services: started once, shared, stopped with the last process, never where a URL names another."""

import os
import signal
from pathlib import Path

import psycopg2
import pytest
import redis

from aixin.local import LocalServiceError, provide
from aixin.local.waiting import wait_for
from tests.local.conftest import Machine

STOPPED = (None, None)


def test_started_by_the_first_shared_by_the_second_stopped_with_the_last(machine: Machine) -> None:
    first = machine.hold()
    first.env()
    servers = machine.servers()
    assert None not in servers
    second = machine.hold()
    second.env()
    assert machine.servers() == servers
    first.end()
    assert machine.servers() == servers
    second.end()
    assert machine.servers() == STOPPED


def test_both_answer_at_their_urls(machine: Machine) -> None:
    env = machine.hold().env()
    host, name = env["DATABASE_URL"].removeprefix("postgres://aixin_app@/").rsplit("/", 1)
    with psycopg2.connect(host=host, dbname=name, user="aixin_app") as connection:
        assert connection.server_version >= 180000
        assert connection.get_parameter_status("server_encoding") == "UTF8"
    connection.close()
    with redis.Redis.from_url(env["REDIS_URL"]) as client:
        assert client.ping()


def test_two_processes_at_once_start_one_of_each(machine: Machine) -> None:
    holders = [machine.hold() for _ in range(2)]
    first, second = [holder.env() for holder in holders]
    assert first == second
    assert None not in machine.servers()
    for holder in holders:
        holder.end()
    assert machine.servers() == STOPPED


def test_killed_process_leaves_nothing_running(machine: Machine) -> None:
    holder = machine.hold()
    holder.env()
    holder.kill()
    assert wait_for(lambda: machine.servers() == STOPPED, 10)


def test_killed_process_takes_nothing_from_another(machine: Machine) -> None:
    killed, other = machine.hold(), machine.hold()
    killed.env()
    other.env()
    servers = machine.servers()
    killed.kill()
    machine.hold().env()
    assert machine.servers() == servers


def test_crashed_servers_are_started_again(machine: Machine) -> None:
    machine.hold().env()
    crashed = machine.servers()
    for pid in crashed:
        assert pid
        os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: machine.servers() == STOPPED, 10)
    machine.hold().env()
    assert None not in machine.servers()
    assert machine.servers() != crashed


def test_pid_file_that_names_a_stranger_is_a_crashs(machine: Machine) -> None:
    machine.hold().env()
    machine.clear()
    for file in (machine.layout.postgres / "data" / "postmaster.pid", machine.layout.redis / "redis.pid"):
        file.write_text(f"{os.getpid()}\n")
    machine.hold().env()
    assert None not in machine.servers()
    assert os.getpid() not in machine.servers()


def test_with_both_urls_nothing_starts(machine: Machine) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/aixin", "REDIS_URL": "redis://elsewhere/0"}
    env = machine.hold(**given).env()
    assert given.items() <= env.items()
    assert "DATABASE_OWNER_URL" not in env
    assert machine.servers() == STOPPED


def test_with_one_url_only_the_other_service_starts(machine: Machine) -> None:
    env = machine.hold(DATABASE_URL="postgres://elsewhere/aixin").env()
    assert env["DATABASE_URL"] == "postgres://elsewhere/aixin"
    assert env["REDIS_URL"].startswith("unix://")
    postgres, redis_server = machine.servers()
    assert postgres is None
    assert redis_server


def test_owner_url_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalServiceError, match="DATABASE_URL is not"):
        provide({"AIXIN_VAR": str(tmp_path), "DATABASE_OWNER_URL": "postgres://elsewhere/aixin"})


def test_directory_too_deep_for_a_socket_works_all_the_same(directory: Path) -> None:
    machine = Machine(directory / ("deep " * 30))
    try:
        env = machine.hold(DATABASE_URL="postgres://elsewhere/aixin").env()
        socket = Path(env["REDIS_URL"].removeprefix("unix://"))
        assert len(str(socket)) < 107
        assert socket.is_socket()
        assert socket.parent.stat().st_mode & 0o077 == 0
    finally:
        machine.clear()
        socket.parent.rmdir()
