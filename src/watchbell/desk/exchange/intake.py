"""The intake of partners' envelopes: small ones while the partner waits, large ones behind its back, none lost."""

import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from watchbell.clock import Clock
from watchbell.desk.exchange.collections import begin_add, finish_add
from watchbell.desk.exchange.partners import Caller
from watchbell.model.collections import Access, Add
from watchbell.vault.workspace import Workspace

AT_ONCE_BYTES = 1024 * 1024
"""An envelope up to this size is put away before the answer; that takes about a third of a second."""

_LOG = logging.getLogger(__name__)


class Intake:
    """Takes envelopes in. Those that wait are put away one after another, in a thread of their own.

    Partners take turns: however many envelopes one has sent, the next of another waits for one of them only.
    """

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        """Take envelopes in for `workspace`."""
        self._vault = workspace.vault
        self._answer_days = workspace.settings.dispute_days
        self._clock = clock
        self._lines: dict[str, deque[Add]] = {}
        """Partner → the envelopes that wait, in the order in which they came; whose turn it is stands first."""
        self._taken: set[str] = set()
        """Ids of the envelopes that wait here, or are being put away."""
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")

    def receive(self, caller: Caller, access: Access, envelope: bytes) -> Add:
        """Keep an envelope, and return where the adding of its objects stands.

        Raises:
            EnvelopeError: it is no envelope.
        """
        add = begin_add(self._vault, caller, access, envelope, self._clock())
        if len(envelope) <= AT_ONCE_BYTES:
            return finish_add(self._vault, add, self._clock(), answer_days=self._answer_days)
        self._line_up(add)
        return add

    def close(self) -> None:
        """Put the envelope at hand away; those behind it are taken over by whoever opens the workspace next."""
        self._thread.shutdown(cancel_futures=True)

    def resume(self) -> None:
        """Take over the envelopes of a process that was killed."""
        now = self._clock()
        for add_id in self._vault.adds.abandoned(now):
            add = self._vault.adds.get(add_id)
            if add is not None and add_id not in self._taken and self._vault.adds.claim(add_id, now):
                self._line_up(add)

    def _line_up(self, add: Add) -> None:
        with self._lock:
            if add.id in self._taken:
                return
            self._taken.add(add.id)
            self._lines.setdefault(add.partner_id, deque()).append(add)
        self._thread.submit(self._take_next)

    def _take_next(self) -> None:
        """Put away the next envelope of the partner whose turn it is, who then goes to the end."""
        with self._lock:
            partner_id = next(iter(self._lines))
            line = self._lines.pop(partner_id)
            add = line.popleft()
            if line:
                self._lines[partner_id] = line
        try:
            # Its claim may have run out while it stood in line, and somebody else may be done with it.
            if self._vault.adds.hold(add.id, self._clock()):
                finish_add(self._vault, add, self._clock(), answer_days=self._answer_days)
        except Exception:  # noqa: BLE001  # the thread must live on for the envelopes behind this one
            # Its claim runs out, and whoever looks then tries again.
            _LOG.exception("The envelope %s could not be put away.", add.id)
        finally:
            with self._lock:
                self._taken.discard(add.id)
