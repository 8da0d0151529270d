"""The hard rules: what no proposal ever breaks. Each says of many pairs at once which of them break it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pairing.matching import vocabulary
from pairing.matching.frame import Bools, Frame, Ints, Pairs
from pairing.matching.problem import ClearanceState, Ring, VolunteerState

Judge = Callable[[Frame, Pairs], Bools]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `law` binds staff too, the others a person may set aside by fixing a pair herself."""

    code: str
    breaks: Judge
    law: bool = True
    # Whether a region may switch it off (DOMAIN sections 3 and 4: our defaults, not the law's).
    optional: bool = False

    @property
    def sentence(self) -> str:
        return vocabulary.RULES[self.code]


def ring_of(frame: Frame, pairs: Pairs) -> Ints:
    """Return how far apart the two of each pair live."""
    child, volunteer = pairs.child, pairs.volunteer
    home, hers = frame.child_township[child], frame.township[volunteer]
    apart = np.full(len(pairs), Ring.BEYOND, dtype=np.int64)
    apart[frame.child_county[child] == frame.county[volunteer]] = Ring.COUNTY
    apart[frame.neighbours[home, hers]] = Ring.NEIGHBOURS
    apart[(home == hers) & (home >= 0)] = Ring.TOWNSHIP
    village = frame.child_village[child]
    apart[(village == frame.village[volunteer]) & (village >= 0)] = Ring.VILLAGE
    return apart


def reach_of(frame: Frame, volunteer: Ints) -> Ints:
    """Return how far volunteers go; where only her township or county is known, that is the nearest she can be."""
    widest = np.minimum(nearest_of(frame, volunteer), frame.policy.reach)
    return np.maximum(frame.reach[volunteer], widest)


def nearest_of(frame: Frame, volunteer: Ints) -> Ints:
    """Return the ring that each volunteer's address, known down to village, township or county, stands for."""
    nearest = np.where(frame.village[volunteer] >= 0, Ring.VILLAGE, Ring.TOWNSHIP)
    return np.where(frame.township[volunteer] >= 0, nearest, Ring.COUNTY)


def _guardian_refuses(frame: Frame, pairs: Pairs) -> Bools:
    return frame.guardian_refuses[pairs.child]


def _in_institution(frame: Frame, pairs: Pairs) -> Bools:
    return frame.in_institution[pairs.child]


def _unqualified(frame: Frame, pairs: Pairs) -> Bools:
    return frame.in_state(VolunteerState.UNQUALIFIED)[pairs.volunteer]


def _paused(frame: Frame, pairs: Pairs) -> Bools:
    return frame.in_state(VolunteerState.PAUSED)[pairs.volunteer]


def _leaving(frame: Frame, pairs: Pairs) -> Bools:
    return frame.in_state(VolunteerState.LEAVING)[pairs.volunteer]


def _not_cleared(frame: Frame, pairs: Pairs) -> Bools:
    return frame.with_clearance(ClearanceState.MISSING)[pairs.volunteer]


def _clearance_expired(frame: Frame, pairs: Pairs) -> Bools:
    return frame.with_clearance(ClearanceState.EXPIRED)[pairs.volunteer]


def _no_capacity(frame: Frame, pairs: Pairs) -> Bools:
    return np.equal(frame.capacity[pairs.volunteer], 0)


def _age_unsuited(frame: Frame, pairs: Pairs) -> Bools:
    return ~frame.suits_by_age[pairs.volunteer]


def _out_of_reach(frame: Frame, pairs: Pairs) -> Bools:
    return ring_of(frame, pairs) > reach_of(frame, pairs.volunteer)


def _man_and_girl(frame: Frame, pairs: Pairs) -> Bools:
    """Whose sex is not known counts as the side that needs care."""
    return ~frame.is_woman[pairs.volunteer] & ~frame.is_boy[pairs.child]


def _refused_pair(frame: Frame, pairs: Pairs) -> Bools:
    return frame.among(pairs, frame.refused)


def _ended_badly(frame: Frame, pairs: Pairs) -> Bools:
    return frame.among(pairs, frame.ended_badly)


def _already_paired(frame: Frame, pairs: Pairs) -> Bools:
    return frame.among(pairs, frame.present)


def wishes_against(frame: Frame, pairs: Pairs) -> dict[str, tuple[Bools, Bools]]:
    """Return for age, sex and category which pairs fit a stated wish and which are against one."""
    child, volunteer = pairs.child, pairs.volunteer
    age, sex = frame.child_age[child], frame.child_sex[child]
    wants_age = frame.wishes_age[volunteer] & (age >= 0)
    fits_age = (frame.youngest[volunteer] <= age) & (age <= frame.oldest[volunteer])
    wanted_sex = frame.wished_sex[volunteer]
    wants_sex = (wanted_sex > 0) & (sex > 0)
    wanted = frame.wished_categories[volunteer]
    fits_category = (wanted & frame.categories[child]) != 0
    return {
        "age": (wants_age & fits_age, wants_age & ~fits_age),
        "sex": (wants_sex & (wanted_sex == sex), wants_sex & (wanted_sex != sex)),
        "category": ((wanted != 0) & fits_category, (wanted != 0) & ~fits_category),
    }


def _unwilling(frame: Frame, pairs: Pairs) -> Bools:
    against = [mask for _, mask in wishes_against(frame, pairs).values()]
    return np.asarray(np.logical_or.reduce(against), dtype=np.bool_)


def _other_profession(frame: Frame, pairs: Pairs) -> Bools:
    broken = np.zeros(len(pairs), dtype=np.bool_)
    for rule, children, volunteers in frame.classified:
        if rule.strict:
            broken |= children[pairs.child] & ~volunteers[pairs.volunteer]
    return broken


RULES = (
    Rule("GUARDIAN_REFUSES", _guardian_refuses),
    Rule("IN_INSTITUTION", _in_institution),
    Rule("UNQUALIFIED", _unqualified),
    Rule("PAUSED", _paused),
    Rule("LEAVING", _leaving),
    Rule("NOT_CLEARED", _not_cleared),
    Rule("CLEARANCE_EXPIRED", _clearance_expired),
    Rule("NO_CAPACITY", _no_capacity, law=False),
    Rule("AGE_UNSUITED", _age_unsuited, law=False, optional=True),
    Rule("OUT_OF_REACH", _out_of_reach, law=False),
    Rule("MAN_AND_GIRL", _man_and_girl, optional=True),
    Rule("REFUSED_PAIR", _refused_pair),
    Rule("ENDED_BADLY", _ended_badly),
    Rule("ALREADY_PAIRED", _already_paired),
    Rule("UNWILLING", _unwilling, law=False, optional=True),
    Rule("OTHER_PROFESSION", _other_profession, law=False, optional=True),
)
OPTIONAL_RULES = frozenset(rule.code for rule in RULES if rule.optional)


def rules_of(frame: Frame, *, law_only: bool = False) -> list[Rule]:
    """Return the rules that hold under the frame's policy; the laws among them when a person fixes a pair."""
    off = frame.policy.rules_off & OPTIONAL_RULES
    return [rule for rule in RULES if rule.code not in off and (rule.law or not law_only)]


def allowed(frame: Frame, pairs: Pairs) -> Pairs:
    """Return the pairs that break no rule; those already out are not judged again."""
    for rule in rules_of(frame):
        breaks = rule.breaks(frame, pairs)
        if breaks.any():
            pairs = pairs.where(~breaks)
    return pairs


def broken(frame: Frame, pairs: Pairs, *, law_only: bool = False) -> list[tuple[str, ...]]:
    """Return for each pair the codes of the rules that it breaks."""
    masks = [(rule.code, rule.breaks(frame, pairs)) for rule in rules_of(frame, law_only=law_only)]
    return [tuple(code for code, mask in masks if mask[position]) for position in range(len(pairs))]


def open_volunteers(frame: Frame) -> Bools:
    """Return who may take anyone at all; asked once, so that the rules of pairs see those alone."""
    every = np.arange(len(frame.volunteers))
    fits = np.ones(len(every), dtype=np.bool_)
    of_her_own = {
        "UNQUALIFIED", "PAUSED", "LEAVING", "NOT_CLEARED", "CLEARANCE_EXPIRED", "NO_CAPACITY", "AGE_UNSUITED",
    }  # fmt: skip
    pairs = Pairs(np.zeros(len(every), dtype=np.int64), every)
    for rule in rules_of(frame):
        if rule.code in of_her_own:
            fits &= ~rule.breaks(frame, pairs)
    return fits
