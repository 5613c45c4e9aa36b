"""A client of the extraction studio's HTTP API; it needs httpx and pydantic, and nothing of the studio.

with StudioClient("http://studio:8501/api", key) as studio:
    result = studio.read(Path("invoice.pdf"), save=["database"])
"""

from studio_client.client import StudioClient
from studio_client.errors import StudioRefused, StudioUnreachable
from studio_client.models import Document, Event, Me, Record, RecordRow, Task, TrailEntry

__all__ = [
    "Document",
    "Event",
    "Me",
    "Record",
    "RecordRow",
    "StudioClient",
    "StudioRefused",
    "StudioUnreachable",
    "Task",
    "TrailEntry",
]
