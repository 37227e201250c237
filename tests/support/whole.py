"""All that a store shows and holds, in a form that can be compared."""

from ringfence.graph.model import RELATIONS
from ringfence.graph.snapshot import Snapshot
from ringfence.graph.store import Store
from ringfence.loaders.schema.tables import TABLES

FAR = 4_000_000_000_000


def shown(snapshot: Snapshot) -> dict[str, list]:
    """What a snapshot shows of the far future: every relationship and every fact, provenance left out."""
    view = snapshot.at(FAR)
    picture = {}
    for relation in RELATIONS:
        edges = view.edges(relation)
        uids = [item["uid"] for item in view.evidence(edges.positions)]
        ends = zip(view.names(edges.source), view.names(edges.target), strict=True)
        picture[relation] = sorted(zip(uids, ends, map(str, edges.amount), strict=True))
    for table in TABLES:
        frame = view.facts(table)
        stated = frame["node"] >= 0  # numbers of nodes are a matter of each snapshot
        frame = frame.drop(columns="node").assign(name=None)
        frame.loc[stated, "name"] = view.names(view.facts(table)["node"][stated])
        frame = frame[sorted(frame)].astype(str).fillna("")
        picture[table] = sorted(map(tuple, frame.to_numpy().tolist()))
    return {name: rows for name, rows in picture.items() if rows}


def held(store: Store) -> dict[str, list]:
    """Every version of the loads that stand, and every reject, by load in the order of publication."""
    loads = [load for load in store.loads() if load.state == "published"]
    picture = {}
    for place, load in enumerate(loads):
        for owner in store.owners(load.load):
            rows = [row for frame in store.versions(owner, load.load) for row in frame.astype(str).to_numpy().tolist()]
            picture[f"{place} {owner}"] = sorted(map(tuple, rows))
        rejects = store.rejects(load.load).drop(columns="load").astype(str)
        picture[f"{place} rejects"] = sorted(map(tuple, rejects.to_numpy().tolist()))
        picture[f"{place} tables"] = [load.tables]
    picture["secrets"] = sorted(token for frame in store.secrets() for token in frame["token"])
    return picture
