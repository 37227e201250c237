"""How findings are known again in the next run."""

from ringfence.detectors.threads import link_threads
from ringfence.graph.model import Finding


def finding(keys, kind="guarantee_cycle", view="raw"):
    """A finding on companies named by their keys."""
    return Finding(kind, [{"node": f"company:{key}", "role": "party"} for key in keys], view)


def linked(now, before=()):
    """The threads of findings after a run that found ``before``, threaded in their turn."""
    earlier = [finding(item) if isinstance(item, str) else item for item in before]
    link_threads(earlier, [])
    later = [finding(item) if isinstance(item, str) else item for item in now]
    link_threads(later, [item.as_dict() for item in earlier])
    return [item.thread for item in earlier], [item.thread for item in later]


def test_a_new_thread_takes_the_findings_id():
    first = finding("ABC")
    link_threads([first], [])
    assert first.thread == first.id


def test_half_the_members_in_common_is_enough():
    before, now = linked(["ABD"], ["ABC"])  # 2 of 4
    assert now == before
    before, now = linked(["ABDE"], ["ABC"])  # 2 of 5
    assert now != before


def test_kind_and_view_keep_threads_apart():
    before, now = linked([finding("ABC", "guarantee_circle"), finding("ABC", view="contracted")], ["ABC"])
    assert not set(before) & set(now)


def test_each_thread_goes_on_once_with_its_best_match():
    before, now = linked(["ABCD", "ABCDE"], ["ABCDE"])
    assert now[1] == before[0] and now[0] != before[0]
    before, now = linked(["ABCD"], ["ABC", "ABCD"])
    assert now == [before[1]]


def test_a_thread_lasts_while_members_change():
    first = finding("ABC")
    link_threads([first], [])
    second, third = finding("ABCD"), finding("BCDEF")
    link_threads([second], [first.as_dict()])
    link_threads([third], [second.as_dict()])
    assert first.thread == second.thread == third.thread == first.id


def test_two_findings_never_share_a_thread():
    moved = finding("ABCD")
    link_threads([moved], [finding("ABC").as_dict() | {"thread": finding("ABC").id}])
    # The thread that began with A, B, C is now with A, B, C, D; the same three turning up again begin another.
    both = [finding("ABCD"), finding("ABC")]
    link_threads(both, [moved.as_dict()])
    assert both[0].thread == finding("ABC").id
    assert both[1].thread not in (None, both[0].thread)
