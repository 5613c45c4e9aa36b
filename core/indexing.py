"""Records that an earlier version saved, put into the index of words in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from core.errors import StudioError
from core.stores.records import RecordStore
from core.stores.unit import Unit

log = logging.getLogger(__name__)
#: Records that are indexed in one transaction: others save between two.
_PORTION = 20


class Indexing:
    """Has every record found by the words of its values and pages. Thread-safe; several processes may do it at once."""

    def __init__(self, orders: RecordStore, unit: Unit, text_of: Callable[[str], str]) -> None:
        """``text_of`` gives the page text of a run that is kept, or an empty text."""
        self._orders = orders
        self._unit = unit
        self._text_of = text_of
        self._lock = threading.Lock()
        self._begun = False

    def begin(self) -> None:
        """Catch up in the background, once in a process."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
        threading.Thread(target=self._quietly, name="indexing", daemon=True).start()

    def catch_up(self) -> int:
        """Index what waits; gives how many records that were. Raises StorageError."""
        done = after = 0
        while waiting := self._orders.unindexed(after, _PORTION):
            texts = {run_id: self._text_of(run_id) for _, run_id in waiting if run_id}
            with self._unit():
                for run_id, page_text in texts.items():
                    self._orders.keep_page_text(run_id, page_text)
                self._orders.index([order_id for order_id, _ in waiting])
            done, after = done + len(waiting), waiting[-1][0]
        return done

    def _quietly(self) -> None:
        try:
            if done := self.catch_up():
                log.info("%d records of an earlier version are now found by every word", done)
        except StudioError as error:  # at the next start
            log.warning("records could not be indexed: %s", error)
        except Exception:
            log.exception("records could not be indexed")
