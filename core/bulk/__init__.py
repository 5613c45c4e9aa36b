"""Many records at once: one field set, approved, deleted, read again; each with its way back."""

from core.bulk.bulk import Bulk, BulkParts, Progress
from core.bulk.incoming import Incoming
from core.bulk.rereading import Reread, describe_batch

__all__ = ["Bulk", "BulkParts", "Incoming", "Progress", "Reread", "describe_batch"]
