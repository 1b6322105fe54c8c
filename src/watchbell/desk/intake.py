"""The intake of partners' envelopes: small ones while the partner waits, large ones behind its back, none lost."""

import logging
from concurrent.futures import ThreadPoolExecutor

from watchbell.clock import Clock
from watchbell.desk.collections import begin_add, finish_add
from watchbell.desk.partners import Caller
from watchbell.model.collections import Access, Add
from watchbell.vault.workspace import Workspace

AT_ONCE_BYTES = 1024 * 1024
"""An envelope up to this size is put away before the answer; that takes about a third of a second."""

_LOG = logging.getLogger(__name__)


class Intake:
    """Takes envelopes in. Those that wait are put away one after another, in a thread of their own."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        """Take envelopes in for `workspace`."""
        self._vault = workspace.vault
        self._answer_days = workspace.settings.dispute_days
        self._clock = clock
        self._waiting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")

    def receive(self, caller: Caller, access: Access, envelope: bytes) -> Add:
        """Keep an envelope, and return where the adding of its objects stands.

        Raises:
            EnvelopeError: it is no envelope.
        """
        add = begin_add(self._vault, caller, access, envelope, self._clock())
        if len(envelope) <= AT_ONCE_BYTES:
            return finish_add(self._vault, add, self._clock(), answer_days=self._answer_days)
        self._waiting.submit(self._finish, add)
        return add

    def close(self) -> None:
        """Put the envelope at hand away; those behind it are taken over by whoever opens the workspace next."""
        self._waiting.shutdown(cancel_futures=True)

    def resume(self) -> None:
        """Take over the envelopes of a process that was killed."""
        now = self._clock()
        for add_id in self._vault.adds.abandoned(now):
            add = self._vault.adds.get(add_id)
            if add is not None and self._vault.adds.claim(add_id, now):
                self._waiting.submit(self._finish, add)

    def _finish(self, add: Add) -> None:
        try:
            finish_add(self._vault, add, self._clock(), answer_days=self._answer_days)
        except Exception:  # noqa: BLE001  # the thread must live on for the envelopes behind this one
            # Its claim runs out, and whoever looks then tries again.
            _LOG.exception("The envelope %s could not be put away.", add.id)
