"""Who runs into the limit of ID look-ups with a file is reported to the level above, whatever else is taken back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from aixin.access.elsewhere import alarm_of_lookups
from aixin.access.models import User
from aixin.exchange.reading.model import WorkbookError

LOOKUP_LIMIT = "lookup_limit"
P = ParamSpec("P")
R = TypeVar("R")


def sounds_alarm(work: Callable[Concatenate[User, P], R]) -> Callable[Concatenate[User, P], R]:
    """Let the alarm outlive the transaction that the WorkbookError of a full limit takes back."""

    @wraps(work)
    def alarming(user: User, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(user, *args, **kwargs)
        except WorkbookError as error:
            if error.code == LOOKUP_LIMIT:
                alarm_of_lookups(user)
            raise

    return alarming
