"""What a review means: the person's edits, what they confirmed, what is still open, and the status it deserves."""

from core.review.reviewed import Reviewed, review

__all__ = ["Reviewed", "review"]
