"""A Spark session to count in: one that is running already, or one made for the question and stopped after it."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from watchbell.errors import MissingExtraError, MissingProgramError, WatchbellError

WHAT = "Counting on Spark"
NO_JAVA = (
    "Spark runs on Java 17 or later, and none was found. Install it (on Debian: apt-get install "
    "default-jre-headless), or point JAVA_HOME to it."
)
# On this machine only: what listens does so on loopback, and nothing is served.
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
_ALWAYS = {
    "spark.app.name": "watchbell",
    "spark.ui.showConsoleProgress": "false",
    # Spark's limit is for those who collect by mistake; the pairs are the answer.
    "spark.driver.maxResultSize": "0",
}
# Spark's own choice tells of every step at start.
_QUIET = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = Spark %p %c{1}: %m%n
"""


@contextmanager
def spark_session(master: str | None = None, conf: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Yield the SparkSession that is running in this process, or else a new one, which is stopped at the end.

    Args:
        master: where a new one runs, as Spark writes it: `local[2]`, `yarn`, `spark://host:7077`. When None, what
            `spark-submit` was told, or all cores of this machine.
        conf: Spark's properties for a new one; they win over ours.

    Raises:
        MissingExtraError: pyspark is not installed.
        MissingProgramError: there is no Java, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  # the extra `spark`
    except ImportError as error:
        raise MissingExtraError(WHAT, "spark") from error
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    if _java() is None:
        raise MissingProgramError(NO_JAVA)
    with tempfile.TemporaryDirectory(prefix="watchbell-spark-") as folder:
        session = _started(SparkSession.builder, properties(master, conf or {}, Path(folder)))
        try:
            yield session
        finally:
            session.stop()


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None)


def properties(master: str | None, conf: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the properties of a new session; what it needs on disk is in `folder`."""
    properties = dict(_ALWAYS)
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # by spark-submit, which knows the master
    master = master or conf.get("spark.master") or (None if submitted else "local[*]")
    if master is not None:
        properties["spark.master"] = master
    if (master or "").startswith("local"):
        quiet = folder / "log4j2.properties"
        quiet.write_text(_QUIET, "utf-8")
        properties |= _LOCAL | {
            "spark.local.dir": str(folder),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        }
        # Workers on this machine run what runs here.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return properties | {name: value for name, value in conf.items() if name != "spark.master"}


def _started(builder: Any, properties: Mapping[str, str]) -> Any:
    for name, value in properties.items():
        builder = builder.config(name, value)
    failures: tuple[type[Exception], ...] = (*_failures(), OSError)
    try:
        return builder.getOrCreate()
    except failures as error:
        place = properties.get("spark.master", "its master")
        raise MissingProgramError(f"Spark did not start on {place}. {_reason(error)}") from error


@contextmanager
def tasks_failing_in_a_sentence() -> Iterator[None]:
    """Turn what Spark says of a failed task into one sentence.

    Raises:
        WatchbellError: a task failed.
    """
    try:
        yield
    except _failures() as error:
        raise WatchbellError(
            f"A task on Spark failed. {_reason(error)} Every worker needs Python with the same release of Watchbell; "
            "see docs/howto/run-on-a-cluster.md."
        ) from error


def _failures() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError  # noqa: PLC0415  # the extra `spark`
    from pyspark.errors import PySparkException  # noqa: PLC0415  # the extra `spark`

    return (PySparkException, Py4JError)


def _reason(error: Exception) -> str:
    """Return the line that says why: the last one of a traceback in Python, else the first that has words."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in said if re.match(r"[\w.]*(Error|Exception): ", line) and "py4j" not in line]
    return f"{(told or said or [type(error).__name__])[0].rstrip('.')}."
