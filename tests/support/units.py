"""What a detector decides alone: each unit of a view, taken as a part of it, gives what it gives in the whole."""

from ringfence.detectors.contract import unit_name
from support.detecting import candidates


def by_unit(found):
    """What candidates say, by their unit."""
    told = {}
    for candidate in found:
        told.setdefault(candidate.unit, []).append(repr(candidate))
    return {unit: sorted(said) for unit, said in told.items()}


def assert_parts_equal_whole(detector, view, what):
    """Every unit alone, under the whole view's population, gives the candidates that it gives in the whole, and
    ``around`` its first party gives that unit where it holds any. Returns how many units hold a candidate.

    Parameters
    ----------
    what : the book and its seed, for the message
    """
    params = detector.defaults()
    population = detector.population(view, params)
    whole, seen = by_unit(candidates(detector, view, population)), set()
    for unit in detector.units(view, population, params):
        name = unit_name(view, unit.parties)
        assert set(unit.parties) <= set(unit.nodes), f"{what}: {name}"
        alone = by_unit(candidates(detector, view.part(unit.nodes), population))
        assert alone.get(name, []) == whole.get(name, []), f"{what}: the unit of {name} alone"
        if name in whole:
            seen.add(name)
            (around,) = detector.around(view, population, params, view.find_all([name]))
            assert [part.tolist() for part in around] == [part.tolist() for part in unit], f"{what}: around {name}"
    assert seen == set(whole), f"{what}: {set(whole) - seen} lie in no unit"
    return len(seen)
