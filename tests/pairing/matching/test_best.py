"""The outcome is the best there is: as found by trying everything, by the Hungarian method, and never below greedy."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pairing.matching.candidates import Kept
from pairing.matching.comparing import nearest_first, total_of
from pairing.matching.engine import Options, match
from pairing.matching.problem import Child, Policy, Problem, Ring, Volunteer
from tests.pairing.matching.people import broken_rules, points, problems, urgency

Pair = tuple[int, int]
Value = tuple[list[int], int]


def pairs_of(problem: Problem, options: Options | None = None) -> list[Pair]:
    return [(one.child, one.volunteer) for one in match(problem, options).proposals]


def value(problem: Problem, chosen: list[Pair], locked: list[Pair]) -> Value:
    """Return how many units of each step of urgency are served, the most urgent first, and the sum of the scores."""
    children = {child.id: child for child in problem.children}
    volunteers = {volunteer.id: volunteer for volunteer in problem.volunteers}
    served: Counter[Pair | object] = Counter()
    for child_id, number in Counter(child for child, _ in chosen).items():
        child = children[child_id]
        served.update(urgency(child, child.present + unit, problem.policy) for unit in range(number))
    steps = sorted(
        {urgency(c, c.present + unit, problem.policy) for c in children.values() for unit in range(5)}
    )
    further: Counter[int] = Counter()
    score = 0
    for child_id, volunteer_id in [*locked, *[pair for pair in chosen if pair not in locked]]:
        score += points(children[child_id], volunteers[volunteer_id], problem.policy, further[volunteer_id])
        further[volunteer_id] += 1
    return [served[step] for step in steps], score


def every_pairing(problem: Problem, locked: list[Pair]) -> Iterator[list[Pair]]:
    """Yield all pairings that keep to the rules, the capacities, and what is fixed."""
    fixed = set(locked)
    offers = []
    for child in problem.children:
        mine = [
            (child.id, volunteer.id)
            for volunteer in problem.volunteers
            if not broken_rules(child, volunteer, problem.policy) and (child.id, volunteer.id) not in fixed
        ]
        wanted = max(child.wanted - sum(pair[0] == child.id for pair in fixed), 0)
        offers.append([c for number in range(wanted + 1) for c in combinations(mine, number)])
    for choice in product(*offers):
        new = [pair for pairs in choice for pair in pairs]
        loads = Counter(volunteer for _, volunteer in [*new, *locked])
        added = {volunteer for _, volunteer in new}
        if all(loads[v.id] <= v.capacity for v in problem.volunteers if v.id in added):
            yield [*locked, *new]


@settings(max_examples=120, deadline=None)
@given(problems())
def test_nothing_is_better_than_the_outcome(problem: Problem) -> None:
    result = match(problem)
    locked = [(one.child, one.volunteer) for one in result.proposals if one.locked]
    chosen = [(one.child, one.volunteer) for one in result.proposals]
    best = max(value(problem, pairing, locked) for pairing in every_pairing(problem, locked))
    assert value(problem, chosen, locked) == best
    assert result.objective == best[1]


def city(number: int, seed: int, *, capacity: int = 1, reach: Ring = Ring.COUNTY) -> Problem:
    draw = random.Random(seed)

    def place() -> str:
        return f"141121{100 + draw.randrange(4)}{200 + draw.randrange(3)}"

    topics = ["STUDY", "MIND", "LEGAL", "HEALTH"]
    return Problem(
        tuple(
            Child(pk, place(), draw.choice("FM"), 10, needs=frozenset(draw.sample(topics, 2)))
            for pk in range(number)
        ),
        tuple(
            Volunteer(
                pk, place(), "F", 40, capacity=capacity, skills=frozenset(draw.sample(topics, 1)), reach=reach
            )
            for pk in range(number)
        ),
        Policy(neighbours=frozenset({("141121100", "141121101"), ("141121102", "141121103")})),
    )


@pytest.mark.parametrize(("number", "seed"), [(40, 1), (90, 2), (150, 3)])
def test_one_to_one_is_as_good_as_the_hungarian_method(number: int, seed: int) -> None:
    problem = city(number, seed)
    scores = np.array(
        [[points(c, v, problem.policy, 0) for v in problem.volunteers] for c in problem.children]
    )
    rows, columns = linear_sum_assignment(scores, maximize=True)
    assert match(problem).objective == scores[rows, columns].sum()


@settings(max_examples=40, deadline=None)
@given(problems(6, 6))
def test_never_below_greedy(problem: Problem) -> None:
    result, greedy = match(problem), nearest_first(problem)
    locked = [(one.child, one.volunteer) for one in result.proposals if one.locked]
    mine = [(one.child, one.volunteer) for one in result.proposals]
    assert value(problem, mine, locked) >= value(problem, greedy, locked)
    assert total_of(problem, mine).score == result.objective


@pytest.mark.parametrize("reach", [Ring.COUNTY, Ring.TOWNSHIP])
def test_a_large_run_looks_at_fewer_pairs_and_loses_little(reach: Ring) -> None:
    problem = city(300, 4, capacity=2, reach=reach)
    narrow = Options(complete_pairs=0)
    every, some = match(problem), match(problem, narrow)
    assert len(some.proposals) == len(every.proposals)
    assert some.objective >= 0.98 * every.objective
    greedy = total_of(problem, nearest_first(problem, narrow))
    assert (len(some.proposals), some.objective) >= (greedy.pairs, greedy.score)


def test_a_large_run_with_room_for_all_is_a_complete_one() -> None:
    problem = city(60, 5)
    wide = Options(complete_pairs=0, kept=Kept(60, 60, 60, 60, 60, 60))
    assert pairs_of(problem, wide) == pairs_of(problem)


@settings(max_examples=30, deadline=None)
@given(problems(6, 6), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(problem: Problem, order: random.Random) -> None:
    children, volunteers = list(problem.children), list(problem.volunteers)
    order.shuffle(children)
    order.shuffle(volunteers)
    shuffled = Problem(tuple(children), tuple(volunteers), problem.policy)
    assert match(shuffled) == match(problem)
    few = Options(complete_pairs=0, kept=Kept(1, 1, 1, 1, 1, 1))
    assert match(shuffled, few) == match(problem, few)


@pytest.mark.parametrize("near", [100, 101])
def test_among_pairings_of_the_same_score_the_nearer_one_is_taken(near: int) -> None:
    """Both are worth 100 points: 同村, or 同乡镇 with what the child needs."""
    child = Child(1, "141121100018", "F", 10, needs=frozenset({"STUDY"}))
    able = Volunteer(201 - near, "141121100200", "F", 40, skills=frozenset({"STUDY"}))
    assert pairs_of(Problem((child,), (able, Volunteer(near, "141121100018", "F", 40)))) == [(1, near)]
