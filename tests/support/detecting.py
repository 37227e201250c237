"""What a detector finds on a view of the graph, as tests ask for it."""

from ringfence.detectors.finalise import finalise
from ringfence.detectors.policy import shipped


def candidates(detector, view, population=None, **params):
    """Its candidates, under the view's own population unless another is given."""
    settings = detector.defaults() | params
    known = detector.population(view, settings) if population is None else population
    return list(detector.detect(view, known, settings))


def findings(detector, view, population=None, **params):
    """Its findings, best first, under the shipped policy."""
    return final(detector, view, candidates(detector, view, population, **params))


def final(detector, view, found):
    """The findings of candidates of one detector."""
    return finalise([(detector, found)], shipped(), view.as_of, view.revision)
