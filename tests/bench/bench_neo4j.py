"""Neo4j beside what it could do at best, beside the embedded store, and beside its own Graph Data Science.

    python tests/bench/bench_neo4j.py [--relationships 2000000] [--seed 1] [--without-gds]

A book is loaded into SQLite and a real server (by Maven, 2 GiB of heap). Measured are a first load through
``neo4j-admin database import``, the snapshot, what lies within two hops and a shortest path on both stores, projection,
weak components and Leiden by Graph Data Science against the snapshot and its kernels, and the load over Bolt against a
bare columnar ``MERGE`` of the same rows under the same constraints. Times are wall-clock seconds, and processor-seconds
of this process and of the server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from _book import write_book
from _measured import measured
from support.neo4j_server import HOME, ROOT, MavenServer, jars

MEMORY = {
    "server.memory.heap.initial_size": "2g",
    "server.memory.heap.max_size": "2g",
    "server.memory.pagecache.size": "1g",
    "dbms.security.procedures.unrestricted": "gds.*",
}
GDS = "2.13.9"
GDS_PARTS = ("proc", "opengds-extension", "cypher-aggregation")
ROWS = 10_000
LOOKUPS = 200
TRANSFERS = 13.1
"""For each applicant, so that 2,000,000 relationships come with 500,000 nodes."""


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    """The most memory that a process has held."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


class Stage:
    """Times of one stage."""

    wall = client = server = 0.0


@contextmanager
def stage(name: str, server: MavenServer | None) -> Iterator[Stage]:
    """Measure what happens inside, and print it."""
    taken, process = Stage(), server.process_id if server else None
    begun, client = time.perf_counter(), sum(os.times()[:4])
    before = cpu_seconds(process) if process else 0.0
    yield taken
    taken.wall, taken.client = time.perf_counter() - begun, sum(os.times()[:4]) - client
    taken.server = cpu_seconds(process) - before if process else 0.0
    print(f"{name:<46}{taken.wall:>9.1f}{taken.client:>9.1f}{taken.server:>9.1f}", flush=True)


def bare_merge(store, server: MavenServer) -> int:
    """Write the rows of an embedded store into the server's empty database by ``MERGE`` alone, and return how many."""
    from neo4j import GraphDatabase
    from ringfence.graph.model import KINDS, RELATIONS, kind_of
    from ringfence.graph.store.neo4j.schema import LABELS, schema_statements

    with GraphDatabase.driver(f"bolt://127.0.0.1:{server.port}", auth=(server.user, server.password)) as driver:
        for statement in schema_statements().values():
            driver.execute_query(statement)
        driver.execute_query("CALL db.awaitIndexes(600)")
        snapshot = store.snapshot()
        for code, kind in enumerate(KINDS):
            names = snapshot.names(np.flatnonzero(np.asarray(snapshot.kinds) == code))
            for start in range(0, len(names), ROWS):
                query = f"UNWIND $keys AS key MERGE (:{LABELS[kind]} {{key: key}})"
                driver.execute_query(query, keys=names[start : start + ROWS])
        rows = snapshot.node_count
        for owner in store.owners(1):
            for frame in store.versions(owner, 1):
                for start in range(0, len(frame), ROWS):
                    part = frame.iloc[start : start + ROWS]
                    rows += len(part)
                    columns = {
                        name: [None if cell != cell else cell for cell in part[name].tolist()] for name in part.columns
                    }
                    if owner in RELATIONS:
                        ends = [
                            (kind_of(s), kind_of(t)) for s, t in zip(columns["source"], columns["target"], strict=True)
                        ]
                        (source, target), *others = set(ends)
                        assert not others, "a batch of this book has ends of one kind"
                        query = (
                            f"UNWIND range(0, size($uid) - 1) AS i MATCH (a:{LABELS[source]} {{key: $source[i]}})"
                            f" MATCH (b:{LABELS[target]} {{key: $target[i]}})"
                            f" MERGE (a)-[v:{owner} {{uid: $uid[i], load: 1}}]->(b)"
                            " ON CREATE SET v.amount = $amount[i],"
                        )
                    else:
                        query = (
                            "UNWIND range(0, size($uid) - 1) AS i"
                            f" MATCH (n:{LABELS[kind_of(columns['node'][0])]} {{key: $node[i]}})"
                            " MERGE (v:Fact {uid: $uid[i], load: 1}) MERGE (v)-[:OF]->(n) ON CREATE SET"
                        )
                    for name in ("valid_from", "known_at"):
                        open_ended = [abs(cell) > 2**62 for cell in columns[name]]
                        if not any(open_ended):
                            query += f" v.{name} = datetime({{epochMillis: ${name}[i]}}),"
                    query += " v.data = $data[i], v.file = $file[i], v.row = $row[i], v.batch = $batch"
                    driver.execute_query(query, batch=rows // ROWS, **columns)
    return rows


def look_up(store, names: list[str], pairs: list[tuple[int, int]]) -> tuple[float, float]:
    """Milliseconds, median: two hops around a node and a shortest path, by the store's snapshot."""
    from ringfence.api.services import nodes as neighbours

    snapshot = store.snapshot()
    hops, paths = [], []
    for name in names:
        begun = time.perf_counter()
        neighbours.neighbourhood(snapshot, name, name, 2, 200)
        hops.append(time.perf_counter() - begun)
    for one, other in pairs:
        ends = [(name, name) for name in snapshot.names([one, other])]
        begun = time.perf_counter()
        neighbours.path(snapshot, *ends, 6)
        paths.append(time.perf_counter() - begun)
    return statistics.median(hops) * 1000, statistics.median(paths) * 1000


KERNELS = """
import sys, time
from pathlib import Path
import numpy as np
from ringfence.graph.kernels.components import weak_components
from ringfence.graph.kernels.leiden import leiden, modularity
from ringfence.graph.model import RELATIONS
from ringfence.graph.snapshot import open_snapshot
weak_components(np.array([0]), np.array([0]), 1), leiden(np.array([0]), np.array([1]), 2)  # compiled before
begun = time.process_time()
snapshot = open_snapshot(Path(sys.argv[1]), int(sys.argv[2]))
edges = [snapshot.edges(name) for name in RELATIONS]
source, target = (np.concatenate([getattr(edge, end) for edge in edges]) for end in ("source", "target"))
opened = time.process_time()
weak = weak_components(source, target, snapshot.node_count)
joined = time.process_time()
found = leiden(source, target, snapshot.node_count, seed=1)
done = time.process_time()
theirs = np.load(sys.argv[3])
pairs = len(np.unique(weak.astype(np.int64) << 32 | theirs["weak"]))
assert pairs == len(np.unique(weak)) == len(np.unique(theirs["weak"])), "weak components differ"
print(opened - begun, joined - opened, done - joined, len(np.unique(weak)), int(np.bincount(weak).max()),
      int(found.label.max()) + 1, found.modularity, modularity(source, target, theirs["leiden"]))
# Not what the operating system tells of an ended process: that counts the memory of the one it was forked from.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def graph_data_science(server: MavenServer, snapshot, folder: Path) -> None:
    """Projection, weak components and Leiden by both, from the same relationships, our side in a process of its own;
    components must be equal, and so the modularity that both give to one partition."""
    from neo4j import GraphDatabase
    from ringfence.graph.model import KINDS, RELATIONS
    from ringfence.graph.store.neo4j.schema import LABELS

    used = {name: {"orientation": "UNDIRECTED"} for name in RELATIONS if len(snapshot.edges(name))}
    kinds = [LABELS[KINDS[code]] for code in np.unique(np.asarray(snapshot.kinds))]
    before = peak_mib(server.process_id)
    with GraphDatabase.driver(
        f"bolt://127.0.0.1:{server.port}", auth=(server.user, server.password), notifications_min_severity="OFF"
    ) as driver:

        def ask(query: str, **parameters):
            return driver.execute_query(query, **parameters).records[0]

        with stage("GDS projection", server) as projection:
            ask("CALL gds.graph.project('book', $kinds, $used)", kinds=kinds, used=used)
        with stage("GDS weak components", server) as weak:
            ask("CALL gds.wcc.mutate('book', {concurrency: 2, mutateProperty: 'weak'})")
        with stage("GDS Leiden", server) as communities:
            options = "{concurrency: 2, randomSeed: 1, mutateProperty: 'leiden'}"
            found = ask(f"CALL gds.leiden.mutate('book', {options}) YIELD communityCount, modularity")
        memory = peak_mib(server.process_id)
        names = pa.array(snapshot.names(np.arange(snapshot.node_count)))
        theirs = {}
        for name in ("weak", "leiden"):
            held = ask(
                f"CALL gds.graph.nodeProperty.stream('book', '{name}') YIELD nodeId, propertyValue"
                " RETURN collect(gds.util.asNode(nodeId).key) AS keys, collect(propertyValue) AS labels"
            )
            labels = np.unique(np.array(held["labels"]), return_inverse=True)[1]
            theirs[name] = labels[pc.index_in(names, value_set=pa.array(held["keys"])).to_numpy()].astype(np.int32)
        ask("CALL gds.graph.drop('book') YIELD graphName")
    np.savez(folder / "theirs.npz", **theirs)
    printed, _, _ = measured(
        sys.executable, "-c", KERNELS, str(snapshot.folder), str(snapshot.as_of), str(folder / "theirs.npz")
    )
    opened, joined, grouped, pieces, largest, ours, worth, theirs_worth, peak = map(float, printed.split())
    assert abs(theirs_worth - found["modularity"]) < 1e-4, "both must give one partition the same modularity"
    print(f"  weak components are equal: {pieces:,.0f}, the largest of {largest:,.0f} nodes")
    print(f"  modularity: GDS {found['modularity']:.4f} in {found['communityCount']:,} communities, by our count too")
    print(f"  ours {worth:.4f} in {ours:,.0f}")
    print("  processor-seconds                      GDS     ours    ratio")
    for name, gds, own in (
        ("graph in memory", projection.server, opened),
        ("weak components", weak.server, joined),
        ("Leiden", communities.server, grouped),
    ):
        print(f"  {name:<34}{gds:>8.1f}{own:>9.2f}{gds / max(own, 0.01):>9.0f}")
    print(f"  peak memory, MiB: server {memory:,.0f} ({before:,.0f} before), our process {peak / 1024:,.0f}")


def plugins(server: MavenServer) -> None:
    """Put Graph Data Science on the server's class path and into its plugins folder."""
    folder = HOME / f"gds-{GDS}"
    if not (folder / ".whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        parts = "".join(
            f"<dependency><groupId>org.neo4j.gds</groupId><artifactId>{part}</artifactId><version>{GDS}</version></dependency>"
            for part in GDS_PARTS
        )
        pom = (ROOT / "tests" / "neo4j" / "pom.xml").read_text().replace("</dependencies>", f"{parts}</dependencies>")
        folder.mkdir(parents=True)
        (folder / "pom.xml").write_text(pom)
        command = [
            "mvn",
            "-B",
            "-q",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={folder}",
        ]
        subprocess.run(command, cwd=folder, check=True)
        (folder / ".whole").touch()
    server.jars = folder
    (server.folder / "plugins").mkdir(exist_ok=True)
    for jar in folder.glob(f"*{GDS}.jar"):
        shutil.copy(jar, server.folder / "plugins")


def main() -> None:
    """Make the book, run the stages, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--relationships", type=int, default=2_000_000, help="about how many the book holds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-gds", action="store_true", help="leave Graph Data Science out")
    given = parser.parse_args()
    jars()
    server = MavenServer(MEMORY, quick=False)
    try:
        with tempfile.TemporaryDirectory() as name:
            measure(server, Path(name), given)
    finally:
        server.remove()


def measure(server: MavenServer, folder: Path, given: argparse.Namespace) -> None:
    """All stages, one after the other."""
    os.environ |= {"RINGFENCE_KEY_FILE": str(folder / "keys.json"), "RINGFENCE_NEO4J_PASSWORD": server.password}
    os.environ |= {"XDG_CACHE_HOME": str(folder / "cache"), "RINGFENCE_NEO4J_TIMEOUT": "120"}
    from ringfence.graph.store import open_store
    from ringfence.graph.store.neo4j.admin_import import export_neo4j_import
    from ringfence.loaders import load

    write_book(folder / "book", given.relationships, given.seed, TRANSFERS)
    if not given.without_gds:
        plugins(server)
    embedded = open_store(f"sqlite:///{folder}/book.db")
    print(f"{'stage':<46}{'wall s':>9}{'client':>9}{'server':>9}   (client, server: processor-seconds)")
    with stage("load into SQLite", None):
        load(embedded, folder / "book")
    nodes, relations = embedded.counts()
    facts = sum(
        len(frame) for owner in embedded.owners(1) if owner not in relations for frame in embedded.versions(owner, 1)
    )
    print(f"  {sum(nodes.values()):,} nodes, {sum(relations.values()):,} relationships, {facts:,} facts")
    with stage("snapshot from SQLite", None):
        embedded.snapshot()

    with stage("export for neo4j-admin", None) as exported:
        export_neo4j_import(embedded, folder / "files")
    environment = {**os.environ, "NEO4J_ADMIN": str(server.admin_script())}
    with stage("neo4j-admin database import", None) as imported:
        subprocess.run(
            ["sh", str(folder / "files" / "import.sh")], env=environment, check=True, stdout=subprocess.DEVNULL
        )
    server.start()
    with (
        stage("first opening: constraints, indexes", server) as opened,
        closing(open_store(server.url)) as store,
    ):
        assert store.counts()[1] == relations
    print(f"  first load through files, in all: {exported.wall + imported.wall + opened.wall:.0f} s")

    with closing(open_store(server.url)) as store:
        for name in ("snapshot from Neo4j, the server just started", "snapshot from Neo4j, again"):
            shutil.rmtree(store.beside("snapshots"), ignore_errors=True)
            with stage(name, server):
                snapshot = store.snapshot()
            assert snapshot.edge_count == sum(relations.values())
        random = np.random.default_rng(given.seed)
        ones = snapshot.of_kind("applicant")
        names = snapshot.names(random.choice(ones, LOOKUPS))
        pairs = [(int(a), int(b)) for a, b in random.choice(ones, (LOOKUPS, 2))]
        for kind, each in (("Neo4j", store), ("SQLite", embedded)):
            if kind == "SQLite":
                pairs = [tuple(embedded.snapshot().find(snapshot.name(end)) for end in pair) for pair in pairs]
            hops, paths = look_up(each, names, pairs)
            print(f"{kind + ': two hops by the store, p50':<46}{hops:>9.2f} ms")
            print(f"{kind + ': a path by its snapshot, p50':<46}{paths:>9.2f} ms")
        if not given.without_gds:
            graph_data_science(server, snapshot, folder)

    server.forget()
    server.start()
    with stage("bare columnar MERGE of the same rows", server) as bare:
        rows = bare_merge(embedded, server)
    print(f"  {rows / bare.wall:,.0f} rows/s")
    server.forget()
    server.start()
    with (
        stage("load over Bolt, with all that loading is", server) as loaded,
        closing(open_store(server.url)) as store,
    ):
        load(store, folder / "book")
        assert store.counts()[1] == relations
    print(f"  {rows / loaded.wall:,.0f} rows/s, {bare.wall / loaded.wall:.2f} times the rate of the bare MERGE")


if __name__ == "__main__":
    main()
