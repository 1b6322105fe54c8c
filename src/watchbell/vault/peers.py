"""Peers, and how far the pulling of each of their collections has come."""

from sqlalchemy import select

from watchbell.model.peers import Checkpoint, Peer
from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_exchange import peer_checkpoints, peers


class PeerShelf:
    """The peers of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, peer: Peer, entry: Entry) -> None:
        """Add the peer, in the place of the one of its name, and its entry in the ledger: both or neither."""
        row = {"name": peer.name, "partner_id": peer.partner_id, "record": peer.model_dump_json()}
        with self._database.write() as connection:
            insert_or_replace(connection, peers, [row])
            write(connection, entry)

    def get(self, name: str) -> Peer | None:
        """Return the peer, or None if there is none of that name."""
        with self._database.read() as connection:
            record = connection.scalar(select(peers.c.record).where(peers.c.name == name))
        return None if record is None else Peer.model_validate_json(record)

    def all(self) -> list[Peer]:
        """Return the peers by name."""
        with self._database.read() as connection:
            records = connection.scalars(select(peers.c.record).order_by(peers.c.name))
            return [Peer.model_validate_json(record) for record in records]

    def put_checkpoint(self, name: str, checkpoint: Checkpoint) -> None:
        """Keep how far a collection of the peer of this name has been pulled."""
        key = {"peer": name, "collection_id": checkpoint.collection_id, "part": checkpoint.part}
        row = key | {"record": checkpoint.model_dump_json()}
        with self._database.write() as connection:
            insert_or_replace(connection, peer_checkpoints, [row])

    def checkpoints(self, name: str) -> list[Checkpoint]:
        """Return how far each part of the collections of this peer has been pulled, by the collections' ids."""
        columns = peer_checkpoints.c
        query = select(columns.record).where(columns.peer == name).order_by(columns.collection_id, columns.part)
        with self._database.read() as connection:
            return [Checkpoint.model_validate_json(record) for record in connection.scalars(query)]
