"""Claim: looking for 10⁶ indicators in 10⁶ posts takes at most three times as long as reading the posts' links alone.

Reading the links alone is `links_in` for each text that may have one, and `canonical_url` and `host_of` for each
distinct link, in plain Python: the claim is held against that. The same by whole columns, as the scan itself reads
links, is printed beside it, so that a faster way of reading does not hide what the rest costs. All run in turn in one
process, on the same posts: a third have a link in their text, a third in their list of links.

A PDQ hash is asked of 10⁶ known ones; a tenth of those are copies a few bits apart. The claim is a 95th percentile
of at most 10 ms.

Ten million indicators: `--indicators 1e7`.

    python benchmarks/match_speed.py [--posts 1e6] [--indicators 1e6] [--hashes 1e6] [--rounds 3]
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from watchbell.engine.hamming import Hashes
from watchbell.match.index import IndicatorIndex
from watchbell.match.links import canonical_links
from watchbell.match.scan import exploded, frame_of_posts, links_in_text, scan_posts
from watchbell.model.addresses import canonical_url, host_of, links_in
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.posts import POSTS
from watchbell.model.tlp import Tlp

TIMES, PDQ_MS = 3.0, 10.0
NOW = datetime(2026, 11, 24, tzinfo=UTC)
_WORDS = (
    "vote",
    "harbour",
    "count",
    "paper",
    "bridge",
    "mayor",
    "polls",
    "north",
    "letter",
    "ballot",
    "queue",
    "street",
)
_KINDS = ("domain", "domain", "domain", "url", "handle", "handle", "email", "ip", "sha256", "hashtag")


def indicators(count: int) -> Iterator[Indicator]:
    """Yield made-up indicators: three tenths domains, then pages, accounts, addresses and hashes."""
    for n in range(count):
        kind = IndicatorKind(_KINDS[n % len(_KINDS)])
        value = {
            IndicatorKind.DOMAIN: f"news{n}.example",
            IndicatorKind.URL: f"https://page{n % 5000}.example/story/{n}",
            IndicatorKind.HANDLE: f"account_{n}",
            IndicatorKind.EMAIL: f"desk{n}@news{n}.example",
            IndicatorKind.IP: f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
            IndicatorKind.SHA256: f"{n:064x}",
            IndicatorKind.HASHTAG: f"tag{n}",
        }[kind]
        yield Indicator.model_construct(
            id=f"indicator--{n}", kind=kind, value=value, platform="twitter" if kind is IndicatorKind.HANDLE else None,
            published_as=value, source="made up", tlp=Tlp.CLEAR, confidence=None, valid_from=NOW, valid_until=None,
            revoked=False, created=NOW, modified=NOW,
        )  # fmt: skip


def links(chance: np.random.Generator, count: int, indicators: int) -> pl.DataFrame:
    """Return a link for each post: half are all different, half are shared, one in a thousand is an indicator's."""
    n = np.arange(count)
    known = chance.integers(0, indicators, count)
    shared = chance.integers(0, 20_000, count)
    which = chance.random(count)
    frame = pl.DataFrame({"n": n, "known": known, "shared": shared, "which": which})
    site, page = pl.col("n") % 30_011, pl.col("n")
    rare, often, tracked, tweeted = (pl.col("which") < share for share in (0.001, 0.4, 0.5, 0.75))
    return frame.select(
        link=pl.when(rare)
        .then(pl.format("https://www.news{}.example/a/{}", "known", "n"))
        .when(often)
        .then(pl.format("https://site{}.example/2024/11/story-{}.html", site, page))
        .when(tracked)
        .then(pl.format("https://shop{}.example/Item?utm_source=x&id={}&b=%7e", site, page))
        .when(tweeted)
        .then(pl.format("https://twitter.com/person_{}/status/{}", pl.col("shared"), 10**9 + pl.col("shared")))
        .otherwise(pl.format("https://paper{}.example/politics/{}", pl.col("shared") % 500, "shared"))
    )


def posts(count: int, indicators: int) -> pa.Table:
    """Return made-up posts of twelve words: a third have a link in the text, a third in their list of links."""
    chance = np.random.default_rng(5)
    words = pl.Series(_WORDS)
    drawn = [words.gather(chance.integers(0, len(words), count)).alias(f"w{n}") for n in range(12)]
    kind = pl.Series("kind", chance.integers(0, 3, count))
    author = pl.Series("author", chance.integers(0, count // 10 + 1, count))
    frame = pl.DataFrame([*drawn, kind, author]).hstack(links(chance, count, indicators)).with_row_index("id")
    text = pl.concat_str([column.name for column in drawn], separator=" ")
    made = frame.select(
        platform=pl.lit("twitter"),
        account_id=pl.format("twitter:{}", "author"),
        post_id=pl.col("id").cast(pl.String),
        created_at=pl.lit(NOW).dt.cast_time_unit("us"),
        text=pl.when(pl.col("kind") == 0).then(text + " " + pl.col("link")).otherwise(text),
        links=pl.when(pl.col("kind") == 1).then(pl.concat_list("link")),
        account_name=pl.format("user_{}", "author"),
    ).to_arrow()
    for field in POSTS:
        if field.name not in made.column_names:
            made = made.append_column(field, pa.nulls(count, field.type))
    return made.select(POSTS.names).cast(POSTS)


def read_in_python(table: pa.Table) -> int:
    """Read the links of posts one distinct text and link at a time; return how many links there are."""
    frame = pl.DataFrame(table.select(["text", "links"]))
    texts = frame["text"].unique()
    maybe = texts.filter(texts.str.contains(r"://|www\.|\.[a-zA-Z]{2,24}/"))
    found = {link for text in maybe for link in links_in(text)}
    found.update(frame["links"].explode().drop_nulls().unique())
    for link in found:
        url = canonical_url(link)
        if url is not None:
            host_of(url)
    return len(found)


def read_in_columns(table: pa.Table) -> int:
    """Read the links of posts as the scan does, and nothing else; return how many links there are."""
    frame = frame_of_posts(table)
    listed = exploded(frame, "links", pl.col("links"))
    everything = pl.concat([listed["words"], links_in_text(frame, listed)["words"]]).unique()
    return canonical_links(everything).height


def seconds(job: Callable[[], object]) -> float:
    """Return how long a job takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def in_batches(table: pa.Table, job: Callable[[pa.Table], object], rows: int = 100_000) -> None:
    """Do a job to a table as the vault hands it out."""
    for start in range(0, table.num_rows, rows):
        job(table.slice(start, rows))


def pdq_p95_ms(count: int) -> tuple[float, float]:
    """Return the 95th percentile of asking for one hash among `count` known ones: by the clock, and at work."""
    chance = np.random.default_rng(3)
    known = chance.integers(0, 1 << 63, (count, 4), dtype=np.uint64)
    copies = count // 10
    known[:copies] = known[-copies:] ^ (np.uint64(1) << chance.integers(0, 63, (copies, 4), dtype=np.uint64))
    laid_out = Hashes(known)
    laid_out.near(known[:1])
    asked = np.concatenate([known[:1_000], chance.integers(0, 1 << 63, (1_000, 4), dtype=np.uint64)])
    clock, processor = [], []
    for one in asked:
        worked = time.thread_time()
        clock.append(seconds(lambda one=one: laid_out.near(one[None])))  # type: ignore[misc]
        processor.append(time.thread_time() - worked)
    return 1_000 * float(np.quantile(clock, 0.95)), 1_000 * float(np.quantile(processor, 0.95))


def memory_mib() -> float:
    """Return the memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def peak_mib() -> float:
    """Return the most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print how long the scan takes beside reading links alone, the memory, how cost grows, and PDQ's figure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--posts", type=float, default=1e6)
    options.add_argument("--indicators", type=float, default=1e6)
    options.add_argument("--hashes", type=float, default=1e6)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    known = int(asked.indicators)
    before = memory_mib()
    started, worked = time.perf_counter(), time.process_time()
    index = IndicatorIndex.build(indicators(known), now=NOW)
    print(f"{len(index):,} indicators made up and laid out in {time.perf_counter() - started:.1f} s, ", end="")
    print(f"{time.process_time() - worked:.1f} s of it at work; ", end="")
    print(f"they take {memory_mib() - before:,.0f} MiB, {peak_mib() - before:,.0f} MiB while they are laid out")
    table = posts(int(asked.posts), known)
    few = IndicatorIndex.build(indicators(known // 100), now=NOW)
    hits = scan_posts(table.slice(0, 100_000), index).num_rows
    jobs = {
        "links alone, in Python": lambda: in_batches(table, read_in_python),
        "links alone, in columns": lambda: in_batches(table, read_in_columns),
        f"scan for {len(index):,}": lambda: in_batches(table, lambda batch: scan_posts(batch, index)),
        f"scan for {len(few):,}": lambda: in_batches(table, lambda batch: scan_posts(batch, few)),
    }
    rounds = [{name: seconds(job) for name, job in jobs.items()} for _ in range(asked.rounds)]
    took = {name: statistics.median(one[name] for one in rounds) for name in jobs}
    print(f"{table.num_rows:,} posts; {hits:,} hits in the first 100,000")
    python_s, columns_s, scan_s, _ = took.values()
    for name, spent in took.items():
        print(f"  {name}: {spent:.2f} s, {spent / python_s:.2f} and {spent / columns_s:.2f} times the links alone")
    print(f"memory at its highest {peak_mib():,.0f} MiB, the posts among it")
    pdq, worked = pdq_p95_ms(int(asked.hashes))
    print(f"PDQ among {int(asked.hashes):,}: 95th percentile {pdq:.3f} ms, {worked:.3f} ms of it at work")
    holds = scan_s <= TIMES * python_s and pdq <= PDQ_MS
    print(f"claim {TIMES:g} times and {PDQ_MS:g} ms: {'holds' if holds else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    main()
