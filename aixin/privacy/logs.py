"""What a log may say: a traceback without the row that the database quotes in it, and without anyone's numbers."""

import logging
import re

from aixin.privacy.masks import mask_numbers

# PostgreSQL adds the values of a failing row, and the statement around a fault with its values in it.
_QUOTED = re.compile(
    r"^(DETAIL|LINE \d+|CONTEXT|QUERY|STATEMENT):.*?"
    r"(?=^(?:HINT:|Traceback |The above exception|During handling|  File )|\Z)",
    re.MULTILINE | re.DOTALL,
)


class DiscreetFormatter(logging.Formatter):
    """Formats as usual, then withholds what a database error quotes and masks numbers (DESIGN section 3.4)."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_numbers(_QUOTED.sub(r"\1: withheld\n\n", super().format(record)))
