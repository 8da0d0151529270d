"""What access has to tell people; the inbox above it listens."""

from django.dispatch import Signal

# Arguments: `to` (users), `code` (region it is about), `kind`, `key` (never sent twice), `title`, `body`, `link`.
message_due = Signal()
# Arguments: `kind`, `phone`, `text`, `expires_at`, `withheld` (stored like the others, never sent).
sms_due = Signal()
# Argument: `key` of a message whose matter is dealt with, so that nobody is reminded of it any more.
message_settled = Signal()
# Argument: `user` whose account an erasure has just closed, so that what is kept about it goes too.
account_closed = Signal()

# Arguments: `label`, `pk` of a person whose care would end. Receivers answer a sentence on what ends with it, or "".
ending_planned = Signal()
