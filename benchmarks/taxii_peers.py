"""The TAXII servers that Watchbell's is measured beside: medallion (memory backend) and OpenTAXII (SQLite).

Each lives in an environment of its own, which `make peers` makes, and runs as a process of its own.

Given a file of checks of the standard, this says which of its MUSTs each peer fails: tests of pytest with a marker
`must`, told where to look by TAXII_DISCOVERY, TAXII_USER, TAXII_PASS and TAXII_RW. Ours is checked by
`tests/contracts/test_taxii_conformance.py`.

    python benchmarks/taxii_peers.py CHECKS.py
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

MEDIA_TYPE = "application/taxii+json;version=2.1"
USER, PASSWORD = "bench", "bench"  # of servers that are thrown away
_HERE = Path(__file__).resolve().parent
_MEDALLION = _HERE.parent / ".venv-peers-medallion/bin/medallion"
_OPENTAXII = _HERE.parent / ".venv-peers-opentaxii/bin/python"


class Peer(NamedTuple):
    """A server that is running, with one collection."""

    name: str
    url: str
    collection: str
    """Its path."""
    user: str
    password: str
    process: psutil.Process

    def client(self) -> httpx.Client:
        """Return a client that may read and add."""
        signed = (self.user, self.password)
        return httpx.Client(auth=signed, headers={"accept": MEDIA_TYPE}, base_url=self.url, timeout=300)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as plug:
        port: int = plug.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], url: str) -> Iterator[psutil.Process]:
    """Run a server and yield its process once it answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                try:
                    httpx.get(url)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


@contextmanager
def medallion(folder: Path) -> Iterator[Peer]:
    """Run medallion with its memory backend."""
    port, collection = free_port(), str(uuid.uuid4())
    url = f"http://127.0.0.1:{port}"
    rights = {"can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"]}
    held = {"id": collection, "title": "Bench", **rights, "objects": [], "manifest": []}
    information = {"title": "Bench", "versions": [MEDIA_TYPE], "max_content_length": 33_554_432}
    data = {
        "/discovery": {"title": "Bench", "default": f"{url}/bench/", "api_roots": [f"{url}/bench/"]},
        "bench": {"information": information, "status": [], "collections": [held]},
    }
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    module = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend"}
    configuration = {
        "backend": module | {"filename": str(folder / "data.json")},
        "users": {USER: PASSWORD},
        "taxii": {"max_page_size": 100},
    }
    (folder / "medallion.json").write_text(json.dumps(configuration), "utf-8")
    with running([str(_MEDALLION), "--port", str(port), str(folder / "medallion.json")], url) as process:
        yield Peer("medallion", url, f"/bench/collections/{collection}/", USER, PASSWORD, process)


@contextmanager
def opentaxii(folder: Path) -> Iterator[Peer]:
    """Run OpenTAXII on SQLite."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    script = str(_HERE / "opentaxii_server.py")
    with running([str(_OPENTAXII), script, str(folder), str(port), USER, PASSWORD], url) as process:
        yield Peer("OpenTAXII", url, (folder / "collection").read_text("utf-8"), USER, PASSWORD, process)


@contextmanager
def running_peers(folder: Path) -> Iterator[list[Peer]]:
    """Run the peers that are installed, and say which are not."""
    with ExitStack() as stack:
        peers: list[Peer] = []
        for name, program, run in (("medallion", _MEDALLION, medallion), ("OpenTAXII", _OPENTAXII, opentaxii)):
            if not program.exists():
                print(f"{name} is not installed: `make peers` does that")
                continue
            (folder / name).mkdir()
            peers.append(stack.enter_context(run(folder / name)))
        yield peers


def failures(peer: Peer, checks: str) -> tuple[str, list[str]]:
    """Return how the checks of the standard's MUSTs went on a server, in pytest's words, and which failed."""
    told = {
        "TAXII_DISCOVERY": f"{peer.url}/taxii2/",
        "TAXII_USER": peer.user,
        "TAXII_PASS": peer.password,
        "TAXII_RW": peer.collection.split("/")[-2],
    }
    command = [sys.executable, "-m", "pytest", "-q", "-m", "must", "-p", "no:cacheprovider", "-c", os.devnull, checks]
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    failed = [line.split("::")[1].split(" ")[0] for line in lines if line.startswith(("FAILED", "ERROR"))]
    return lines[-1], failed


def main() -> None:
    """Print what each peer fails."""
    with tempfile.TemporaryDirectory() as name, running_peers(Path(name)) as peers:
        for peer in peers:
            summary, failed = failures(peer, sys.argv[1])
            print(f"{peer.name}: {summary}", *failed, sep="\n  ")


if __name__ == "__main__":
    main()
