"""The vocabulary of a round."""

from django.db import models


class Outcome(models.TextChoices):
    """What a village says of one child. Children who are new come onto the roster by the ordinary form."""

    STILL = "STILL", "还在"
    CHANGED = "CHANGED", "有变化"
    LEFT = "LEFT", "离开"


NEEDS_WORDS = frozenset({Outcome.CHANGED, Outcome.LEFT})
