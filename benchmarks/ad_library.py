"""How long a million ads take to search and to dump: Snap's and Meta's published rows, multiplied.

Beside each search time stands what the same questions take by `LIKE` over the same words without an index, on a
sample of them, and beside the dump what writing its bytes to the same disk takes.

    python benchmarks/ad_library.py SHARED/ads [--ads 1000000] [--database postgresql://…]

Promised: search p95 at most 50 ms on SQLite and on PostgreSQL; the dump under 30 s.
"""

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import quantiles

from sqlalchemy import create_engine, make_url, text

from watchbell.ads.readers.sources import read_ads
from watchbell.desk.ads.dump import write_dump
from watchbell.model.ads import Ad
from watchbell.vault.ads import AdQuery, AdSort
from watchbell.vault.vault import Vault, open_vault, sqlite_url

P95_MS, DUMP_S = 50, 30
QUESTIONS = 300
_WORDS_OF_EVERYONE = ["vote", "for", "senate", "snapchat", "committee", "party", "2020"]


def rows_of(folder: Path) -> list[Ad]:
    """Return Snap's ads, and Meta's pages as ads whose words are the page's and the disclaimer's names."""
    snap = [
        ad for path in sorted(folder.glob("PoliticalAds_*.csv")) for ad in read_ads(path, "snap") if isinstance(ad, Ad)
    ]
    return snap + [ad for path in sorted(folder.glob("meta_report_*.csv")) for ad in _pages(path)]


def _pages(path: Path) -> Iterator[Ad]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            yield Ad(
                id=f"meta:{path.stem}:{number}",
                source="meta",
                platform="facebook",
                text=f"{row['Page name']}: {row['Disclaimer']}",
                advertiser=row["Page name"],
                payer=row["Disclaimer"] or None,
                country=path.stem[-2:],
                started_at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=97 * number % 2_000_000),
            )


def multiplied(ads: list[Ad], wanted: int) -> Iterator[Ad]:
    """Yield copies of the ads, each with its own id and another hour of the day, until there are enough."""
    copies = (
        ad.model_copy(
            update={"id": f"{ad.id}#{copy}", "started_at": ad.started_at and ad.started_at + timedelta(hours=copy)}
        )
        for copy in range(wanted // len(ads) + 1)
        for ad in ads
    )
    return islice(copies, wanted)


def questions(ads: list[Ad], seed: int = 1) -> list[AdQuery]:
    """Return searches: an ad's words, a payer's name, everyone's words, with filters and without."""
    chosen = random.Random(seed)  # noqa: S311  # draws questions, no secrets
    asked: list[AdQuery] = []
    while len(asked) < QUESTIONS:
        ad = chosen.choice(ads)
        words = (ad.text or ad.advertiser or "").split()
        some = " ".join(chosen.sample(words, min(len(words), chosen.randint(1, 3))))
        common = chosen.choice(_WORDS_OF_EVERYONE)
        asked.append(
            chosen.choice(
                [
                    AdQuery(text=some or common),
                    AdQuery(text=some or common, sort=AdSort.SPEND),
                    AdQuery(text=common),
                    AdQuery(text=common, country=ad.country),
                    AdQuery(text=f"{common[:3]}*"),
                    AdQuery(payer=ad.payer or common),
                    AdQuery(platform=ad.platform, country=ad.country),
                    AdQuery(text=common, started_from=datetime(2019, 1, 1, tzinfo=UTC)),
                    AdQuery(),
                ]
            )
        )
    return asked


def timed(
    vault: Vault, asked: list[AdQuery], clock: Callable[[], float] = time.perf_counter
) -> list[tuple[float, AdQuery]]:
    """Return the milliseconds of each search, first page and second."""
    spent = []
    for query in asked:
        begun = clock()
        page = vault.ads.search(query)
        spent.append(((clock() - begun) * 1e3, query))
        if page.next_cursor:
            begun = clock()
            vault.ads.search(query.model_copy(update={"cursor": page.next_cursor}))
            spent.append(((clock() - begun) * 1e3, query))
    return spent


def processor_clock(url: str) -> Callable[[], float]:
    """Return a clock of the processor time of this process and, on this machine, of PostgreSQL's processes."""
    if not url.startswith("postgresql"):
        return time.process_time
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        servers = connection.scalars(
            text(
                "SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend'"
            )
        ).all()
        own = connection.scalar(text("SELECT pg_backend_pid()"))
    # Nanoseconds on a processor: the first number (Linux, Documentation/scheduler/sched-stats.rst).
    files = [Path(f"/proc/{pid}/schedstat") for pid in servers if pid != own]
    return lambda: time.process_time() + sum(int(file.read_text().split()[0]) for file in files) / 1e9


def without_index(url: str, asked: list[AdQuery]) -> float:
    """Return the median milliseconds of asking for the same words by LIKE."""
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed)
    statement = text("SELECT id FROM ads WHERE words LIKE :word ORDER BY started_at DESC, id LIMIT 26")
    spent = []
    with engine.connect() as connection:
        for query in [query for query in asked if query.text][:5]:
            begun = time.perf_counter()
            connection.execute(statement, {"word": f"%{(query.text or '').casefold()}%"}).all()
            spent.append((time.perf_counter() - begun) * 1e3)
    return sorted(spent)[len(spent) // 2]


def analyse(url: str) -> None:
    """Have PostgreSQL look at its tables at once, as its autovacuum does within a minute."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def dumped(vault: Vault, folder: Path) -> tuple[float, float, float]:
    """Return the seconds of a dump, those of processors, and the seconds of writing as many bytes plainly."""
    begun, busy = time.perf_counter(), time.process_time()
    made = write_dump(vault, folder / "dump", datetime.now(UTC))
    spent, busy = time.perf_counter() - begun, time.process_time() - busy
    begun = time.perf_counter()
    (folder / "plain").write_bytes(b"\0" * made.bytes)
    return spent, busy, time.perf_counter() - begun


def main() -> None:
    """Fill, search, dump; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ads", type=int, default=1_000_000)
    parser.add_argument("--database", help="an empty PostgreSQL database; else SQLite in a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        url = given.database or sqlite_url(Path(temporary) / "ads.db")
        ads = rows_of(given.folder)
        with open_vault(url) as vault:
            begun = time.perf_counter()
            vault.ads.add(multiplied(ads, given.ads))
            print(f"{vault.ads.count():,} ads from {len(ads):,} rows stored in {time.perf_counter() - begun:.0f} s")
            if given.database:
                analyse(url)
            asked = questions(ads)
            spent = sorted(timed(vault, asked), key=lambda one: one[0])
            cuts = quantiles([ms for ms, _ in spent], n=100)
            print(f"search: median {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms of {P95_MS} ms promised")
            clock = processor_clock(url)
            taken = quantiles([ms for ms, _ in timed(vault, asked, clock)], n=100)
            print(f"   processor time, once more: median {taken[49]:.1f} ms, p95 {taken[94]:.1f} ms")
            print("longest:")
            for ms, query in spent[-3:]:
                print(f"   {ms:.0f} ms: {query.model_dump_json(exclude_defaults=True)}")
            print(f"the same words by LIKE without an index: median {without_index(url, asked):.0f} ms")
            seconds, busy, plain = dumped(vault, Path(temporary))
            print(
                f"dump: {seconds:.1f} s of {DUMP_S} promised, processors {busy:.1f} s; its bytes plainly: {plain:.2f} s"
            )


if __name__ == "__main__":
    main()
