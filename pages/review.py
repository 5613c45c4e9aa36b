"""The Review page: what needs a person, one doubtful value after the other, by the keyboard."""

from __future__ import annotations

from pages.review_parts.desk import draw_desk

draw_desk()
