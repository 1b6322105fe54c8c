"""Every error Watchbell raises on purpose, drawn once.

    WatchbellError
    ├── UsageError             the command or call cannot mean anything; nothing was read
    ├── InputError             a file or row cannot be used as it stands
    │   └── NothingUsableError     not one row of the input could be used
    ├── WorkspaceError         the workspace is absent, locked, or of another version
    ├── MissingExtraError      a part that is not installed is needed (names the extra)
    ├── MissingProgramError    a program of another's that is needed is not there, or does not start
    ├── WorkerLostError        a process that worked beside this one ended before its work was done
    ├── PeerError              a partner's server cannot be reached, or does not answer as the protocol asks
    ├── NotSentError           a message to an advertiser could not be sent; it may be later
    └── NotAllowedError        the asker may not see or do this

A message is a sentence for the person who must act on it: what is wrong, where, what to do.
Each class carries the exit code of the command line (sysexits.h names in `cli/main.py`).
"""

from typing import ClassVar


class WatchbellError(Exception):
    """Base of all errors that Watchbell raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(WatchbellError):
    """The command or call contradicts itself or names something that does not exist."""

    exit_code = 2


class InputError(WatchbellError):
    """A file or a row cannot be used. Says which file, and row and field where there is one."""

    exit_code = 65


class NothingUsableError(InputError):
    """Every row of an input was rejected, or it had none."""


class WorkspaceError(WatchbellError):
    """The workspace is not there, cannot be written, or was made by another version."""

    exit_code = 66


class MissingExtraError(WatchbellError):
    """A part of Watchbell is needed that the bare install leaves out."""

    exit_code = 69

    def __init__(self, what: str, extra: str) -> None:
        """Name what was asked for and the extra that brings it."""
        super().__init__(
            f"{what} needs a part that is not installed. Install it with: pip install 'watchbell[{extra}]'"
        )


class MissingProgramError(WatchbellError):
    """A program that Watchbell starts, such as Java, is not on this machine or does not start. Says which."""

    exit_code = 69


class WorkerLostError(WatchbellError):
    """A process that worked beside this one was ended, or fell over. Says with what exit code."""

    exit_code = 71


class PeerError(WatchbellError):
    """A partner's server cannot be reached, refuses, or answers what its protocol does not allow. Says which."""

    exit_code = 76


class NotSentError(WatchbellError):
    """An e-mail, a text message or a letter could not be sent. Says by which way and why."""

    exit_code = 75


class NotAllowedError(WatchbellError):
    """The person or partner asking may not see or do this. Says no more than that."""

    exit_code = 77
