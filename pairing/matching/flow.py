"""The best pairing of a frame as a flow of least cost.

Children send as many units as they want volunteers, each to another volunteer or to nobody; volunteers pass on as many as
they have room for. A unit that stays without costs more than all scores together can bring, and more the earlier it
stands in the order of priority. The sets of units that can be placed together form a matroid, and in a matroid steps of
equal size are enough to serve the first before the later, so that no power of ten is needed for each step.

Among pairings of the same score the nearer one is taken, so that the figures of a county do not jump when one pair is
rejected; in problems so large that the costs would not fit, the solver decides.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from pairing.matching.frame import Bools, Frame, Ints, Pairs
from pairing.matching.rules import ring_of

RISKS = {"HIGH": 0, "MEDIUM": 1}
LOWEST_RISK = 2
# What a ring counts among equals: a neighbour of the village before all others.
FARNESS = np.array([0, 4, 5, 6, 7], dtype=np.int64)
# The solver multiplies costs by the number of nodes.
LARGEST_COST = 2**60


class SolverError(Exception):
    """The solver found no optimum, which a bug alone can cause: leaving everyone without is always feasible."""


@dataclass(frozen=True)
class Room:
    """What is still to be given: units that each child wants, places that each volunteer has, children she has got."""

    wanted: Ints
    given: Ints
    places: Ints
    got: Ints


def priorities(frame: Frame, room: Room) -> tuple[Ints, Ints]:
    """Return the units still wanted, as their children, and the step of each in the order of priority; 0 is the last.

    The first volunteer of every child comes before the second of any; then orphans and children whom nobody
    supports, then risk, then who has waited longest (DOMAIN section 4).
    """
    child = np.repeat(np.arange(len(frame.children)), room.wanted)
    first = np.cumsum(room.wanted) - room.wanted
    unit = np.arange(len(child)) - np.repeat(first, room.wanted) + room.given[child]
    urgent = frame.policy.first_categories
    rows = frame.children
    plain = np.array([not (row.categories & urgent) for row in rows], dtype=np.int64)
    risk = np.array([RISKS.get(row.risk, LOWEST_RISK) for row in rows], dtype=np.int64)
    waiting = np.array([row.waiting_days for row in rows], dtype=np.int64)
    order = np.stack([unit, plain[child], risk[child], -waiting[child]], axis=1)
    if not len(child):
        return child, child
    _, rank = np.unique(order, axis=0, return_inverse=True)
    return child, rank.max() - rank


def solve(frame: Frame, pairs: Pairs, score: Ints, room: Room) -> Bools:
    """Return which of the pairs are chosen."""
    if not len(pairs) or not room.wanted.any():
        return np.zeros(len(pairs), dtype=np.bool_)
    child, step = priorities(frame, room)
    her, place_cost = _places(frame, room)
    gap = _gap(score, place_cost, len(child))
    children, volunteers = len(frame.children), len(frame.volunteers)
    finer = _finer(gap * (int(step.max()) + 1), len(child), children + volunteers)
    far = FARNESS[ring_of(frame, pairs)] if finer > 1 else 0
    sink = children + volunteers
    nobody = np.full(len(child), sink)
    tails = np.concatenate([pairs.child, child, her + children])
    heads = np.concatenate([pairs.volunteer + children, nobody, np.full(len(her), sink)])
    costs = np.concatenate([far - finer * score, finer * gap * (step + 1), finer * place_cost])
    supplies = np.concatenate([room.wanted, np.zeros(volunteers, np.int64), [-len(child)]])
    return _run(tails, heads, costs, supplies)[: len(pairs)] > 0


def _places(frame: Frame, room: Room) -> tuple[Ints, Ints]:
    """Return the places, as their volunteers, each costing more than her last, so that load is spread."""
    her = np.repeat(np.arange(len(frame.volunteers)), room.places)
    first = np.cumsum(room.places) - room.places
    further = np.arange(len(her)) - np.repeat(first, room.places) + room.got[her]
    return her, frame.policy.weights.load * further


def _finer(dearest: int, units: int, nodes: int) -> int:
    """Return how many steps a point is divided into, so that the distances of all pairs together stay below a point."""
    finer = int(FARNESS.max()) * units + 1
    return finer if dearest * finer * (nodes + 2) < LARGEST_COST else 1


def _gap(score: Ints, place_cost: Ints, units: int) -> int:
    """Return more than all scores together can differ."""
    widest = int(np.abs(score).max()) + int(np.abs(place_cost).max(initial=0))
    return 2 * widest * units + 1


def _run(tails: Ints, heads: Ints, costs: Ints, supplies: Ints) -> Ints:
    flow = SimpleMinCostFlow()
    capacities = np.ones(len(tails), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities, costs
    )
    flow.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    status = flow.solve()
    if status != SimpleMinCostFlow.Status.OPTIMAL:
        raise SolverError(status.name)
    return np.asarray(flow.flows(arcs), dtype=np.int64)
