"""OpenTAXII with one account and one collection, on SQLite; to be run in the environment that has OpenTAXII.

python benchmarks/opentaxii_server.py FOLDER PORT USER PASSWORD

Its manual asks for a configuration file in the environment and for roots and collections made by commands. This does
the same by the functions behind those commands, and writes the collection's path to FOLDER/collection.

OpenTAXII 0.9.3 gives its ids as UUID objects to `json.dumps`, which refuses them, so every collection and status is an
error 500. Here they are written as text, so that there is something to measure.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

SECRET = "only for a server that is thrown away"  # noqa: S105  # 32 bytes at least, or each request warns


def main() -> None:
    """Serve until the process is told to stop."""
    folder, port, user, password = sys.argv[1:]
    root = Path(folder)
    (root / "opentaxii.yml").write_text(json.dumps(configuration(root, port)), "utf-8")
    os.environ["OPENTAXII_CONFIG"] = str(root / "opentaxii.yml")
    encoder: Any = json.JSONEncoder
    encoder.default = lambda _, value: str(value)
    # It reads the configuration when it is imported.
    from opentaxii.http import app, server  # type: ignore[import-not-found]  # noqa: PLC0415

    with app.app_context():
        server.auth.api.create_account(username=user, password=password, is_admin=True)
        taxii = server.servers.taxii2.persistence.api
        api_root = taxii.add_api_root(title="Bench", default=True)
        collection = taxii.add_collection(api_root_id=api_root.id, title="Bench")
        server.auth.api.db.session.remove()
    (root / "collection").write_text(f"/taxii2/{api_root.id}/collections/{collection.id}/", "utf-8")
    app.run(port=int(port), threaded=True, use_reloader=False)


def configuration(root: Path, port: str) -> dict[str, object]:
    """Return the configuration; JSON is YAML."""
    return {
        "domain": f"127.0.0.1:{port}",
        "support_basic_auth": True,
        "auth_api": {
            "class": "opentaxii.auth.sqldb.SQLDatabaseAPI",
            "parameters": {"db_connection": f"sqlite:///{root}/auth.db", "create_tables": True, "secret": SECRET},
        },
        "taxii1": None,
        "taxii2": {
            "title": "Bench",
            "description": "Bench",
            "contact": "bench@example.com",
            "max_content_length": 33_554_432,
            "persistence_api": {
                "class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI",
                "parameters": {"db_connection": f"sqlite:///{root}/data.db", "create_tables": True},
            },
        },
        "logging": {"opentaxii": "error", "root": "error"},
    }


if __name__ == "__main__":
    main()
