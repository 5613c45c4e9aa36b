"""What comes in: taken in whatever it is, opened, read and followed until it is saved or rejected."""

from core.inbox.inbox import Inbox, InboxParts
from core.inbox.taken import TakenIn

__all__ = ["Inbox", "InboxParts", "TakenIn"]
