"""What members of a made-up finding share, told as the detector of rings tells it: by its own rules of what is one
handset, one network, one user."""

import numpy as np
from ringfence.detectors.sharing.numbering import lay


def things_of(snapshot, members):
    """Everything that two members or more use, in the shape of a finding's things."""
    frame, uses, _ = lay(snapshot)
    inside = np.isin(uses.person, snapshot.find_all(members))
    found = {}
    for value in np.unique(uses.value[inside]).tolist():
        here = uses.value == value
        people = snapshot.names(np.unique(uses.person[here & inside]))
        nodes = set(snapshot.names(np.unique(uses.node[here])))
        kind = "network" if value >= len(frame.joined) or nodes.pop().startswith(("wifi:", "ip:")) else "thing"
        nodes = set(snapshot.names(np.unique(uses.node[here])))
        if value >= len(frame.joined):
            address = int(frame.networks[value - len(frame.joined)] & 0xFFFFFFFF)
            nodes.add(frame.names.text(address))
        if len(people) > 1:
            # a Wi-Fi, its address and the two together, used by the same people, are one network
            key = (kind, *people) if kind == "network" else value
            users = len(np.unique(uses.person[here]))
            before = found.get(key)
            if before:
                nodes, users = nodes | set(before["nodes"]), min(users, before["users"])
            found[key] = {"kind": kind, "nodes": sorted(nodes), "members": people, "users": users}
    return list(found.values())
