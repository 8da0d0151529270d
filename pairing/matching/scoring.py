"""The score of a pair: whole points in parts, each with its reason; the same for proposals and for today's pairs."""

import numpy as np

from pairing.matching import vocabulary
from pairing.matching.answer import Part, PartCode
from pairing.matching.frame import Bools, Frame, Ints, Pairs
from pairing.matching.problem import Child, Ring, Volunteer
from pairing.matching.rules import ring_of, wishes_against

Parts = dict[PartCode, Ints]


def parts_of(frame: Frame, pairs: Pairs) -> Parts:
    """Return the points of every part for every pair, before other children are given to the same volunteer."""
    weights = frame.policy.weights
    wishes = wishes_against(frame, pairs)
    shared = np.bitwise_count(frame.needs[pairs.child] & frame.skills[pairs.volunteer]).astype(np.int64)
    village = frame.child_village[pairs.child]
    is_chair = (village >= 0) & (frame.chair_of[pairs.volunteer] == village)
    return {
        PartCode.DISTANCE: _distance(frame)[ring_of(frame, pairs)],
        PartCode.NEEDS: weights.need * np.minimum(shared, weights.most_needs),
        PartCode.AGE: _wish(weights.wished_age, *wishes["age"]),
        PartCode.SEX: _wish(weights.wished_sex, *wishes["sex"]),
        PartCode.CATEGORY: _wish(weights.wished_category, *wishes["category"]),
        PartCode.PROFESSION: _profession(frame, pairs),
        PartCode.SIBLING: weights.sibling * frame.among(pairs, frame.of_siblings).astype(np.int64),
        PartCode.CHAIR: -weights.chair * is_chair.astype(np.int64),
        PartCode.LOAD: -weights.load * frame.load[pairs.volunteer],
    }


def score_of(frame: Frame, pairs: Pairs) -> Ints:
    """Return the sum of the parts of every pair."""
    total = np.zeros(len(pairs), dtype=np.int64)
    for points in parts_of(frame, pairs).values():
        total += points
    return total


def _distance(frame: Frame) -> Ints:
    weights = frame.policy.weights
    near = [weights.same_village, weights.same_township, weights.neighbouring_township, weights.same_county]
    return np.array([*near, 0], dtype=np.int64)


def _wish(points: int, fits: Bools, against: Bools) -> Ints:
    return points * (fits.astype(np.int64) - against.astype(np.int64))


def _profession(frame: Frame, pairs: Pairs) -> Ints:
    """Points once, however many rules name her."""
    named = np.zeros(len(pairs), dtype=np.bool_)
    for _, children, volunteers in frame.classified:
        named |= children[pairs.child] & volunteers[pairs.volunteer]
    return frame.policy.weights.profession * named.astype(np.int64)


def explained(frame: Frame, pairs: Pairs, further: Ints) -> list[tuple[int, tuple[Part, ...]]]:
    """Return score and parts with reasons of each pair; `further` says how many children of this run come before it."""
    parts = parts_of(frame, pairs)
    parts[PartCode.LOAD] = parts[PartCode.LOAD] - frame.policy.weights.load * further
    rings = ring_of(frame, pairs).tolist()
    points = {code: values.tolist() for code, values in parts.items()}
    found = []
    for position, (child, volunteer) in enumerate(zip(pairs.child, pairs.volunteer, strict=True)):
        words = _Words(frame, frame.children[child], frame.volunteers[volunteer], int(further[position]))
        told = tuple(
            Part(code, values[position], words.reason(code, values[position], Ring(rings[position])))
            for code, values in points.items()
            if values[position]
        )
        found.append((sum(part.points for part in told), told))
    return found


class _Words:
    """Puts the parts of one pair into words."""

    def __init__(self, frame: Frame, child: Child, volunteer: Volunteer, further: int) -> None:
        self.frame, self.child, self.volunteer, self.further = frame, child, volunteer, further

    def reason(self, code: PartCode, points: int, ring: Ring) -> str:
        if code == PartCode.DISTANCE:
            return vocabulary.RINGS[ring]
        if code == PartCode.LOAD:
            return vocabulary.load(len(self.volunteer.children) + self.further)
        return self._of_wish(code, fits=points > 0) or self._of_kind(code)

    def _of_wish(self, code: PartCode, *, fits: bool) -> str:
        volunteer = self.volunteer
        if code == PartCode.AGE and volunteer.wished_ages:
            return vocabulary.wished_ages(*volunteer.wished_ages, fits=fits)
        if code == PartCode.SEX:
            return vocabulary.wished_sex(volunteer.wished_sex, fits=fits)
        if code == PartCode.CATEGORY:
            wished = (
                volunteer.wished_categories & self.child.categories if fits else volunteer.wished_categories
            )
            return vocabulary.wished_categories(_named(vocabulary.CATEGORIES, wished), fits=fits)
        return ""

    def _of_kind(self, code: PartCode) -> str:
        if code == PartCode.NEEDS:
            return self._needs()
        if code == PartCode.PROFESSION:
            return self._profession()
        return vocabulary.SIBLING if code == PartCode.SIBLING else vocabulary.CHAIR

    def _needs(self) -> str:
        """What was written of her comes before what her profession lets one expect."""
        her, met = self.volunteer, self.child.needs & self.volunteer.skills
        written = _named(vocabulary.TOPICS, met - her.implied_skills)
        implied = [topic for topic in vocabulary.TOPICS if topic in met & her.implied_skills]
        said = [
            vocabulary.needs_met(written) if written else "",
            vocabulary.needs_met_by_profession(her.kind_name, implied) if implied else "",
        ]
        return "；".join(filter(None, said))

    def _profession(self) -> str:
        child, volunteer = self.frame.child_at[self.child.id], self.frame.volunteer_at[self.volunteer.id]
        rule = next(
            rule for rule, children, hers in self.frame.classified if children[child] and hers[volunteer]
        )
        return vocabulary.profession(vocabulary.TRAITS[rule.trait], rule.name)


def _named(names: dict[str, str], codes: frozenset[str]) -> list[str]:
    return [name for code, name in names.items() if code in codes]
