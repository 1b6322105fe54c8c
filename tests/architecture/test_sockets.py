"""Tests reach nothing but this machine, and a test that tried would fail."""

import socket

import pytest

ELSEWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737)


def test_a_connection_elsewhere_is_refused() -> None:
    with socket.socket() as plug, pytest.raises(RuntimeError, match="this machine only"):
        plug.connect((ELSEWHERE, 80))


def test_a_name_is_not_looked_up_elsewhere() -> None:
    with pytest.raises(RuntimeError, match="this machine only"):
        socket.create_connection(("example.com", 80))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"x")
            assert accepted.recv(1) == b"x"
