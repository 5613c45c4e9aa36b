"""Records found by any word of their values and pages: SQLite's FTS5 and PostgreSQL's tsvector. A row a record, written in the
transaction of the record. Both get words that were folded and taken apart here, so that they find the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, func, insert, literal_column, select, text
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TextualSelect

from core.stores.records import Record
from storage.database import insert_new
from storage.keys import signs_of
from storage.tables import RUN_TEXT, SIGNS
from storage.words import BETWEEN, MOST_LETTERS, MOST_WORDS, Sought, record_words

#: Letters of page text that a snippet is looked for in.
_LOOKED_INTO = 20_000
#: The greatest place that PostgreSQL tells of a word, and bytes that a vector may have.
_LAST_PLACE, _MOST_BYTES = 16_383, 900_000

_DROP = {
    "sqlite": text("DELETE FROM record_words WHERE rowid = :order_id"),
    "postgresql": text("DELETE FROM record_words WHERE order_id = :order_id"),
}
_WRITE = {
    "sqlite": text("INSERT INTO record_words (rowid, words) VALUES (:order_id, :words)"),
    "postgresql": text("INSERT INTO record_words (order_id, words) VALUES (:order_id, CAST(:words AS tsvector))"),
}
_FIND = {
    "sqlite": "SELECT rowid AS order_id FROM record_words WHERE record_words MATCH :sought",
    "postgresql": "SELECT order_id FROM record_words WHERE words @@ CAST(:sought AS tsquery)",
}
_DROP_SIGNS = text("DELETE FROM record_signs WHERE order_id = :order_id")
_KEY = {"sqlite": "rowid", "postgresql": "order_id"}


def index_records(connection: Connection, records: Sequence[Record]) -> None:
    """Write the rows of ``records`` in place of those that they have."""
    texts = page_texts(connection, [record.run_id for record in records if record.run_id], MOST_WORDS * MOST_LETTERS)
    rows = []
    for record in records:
        words = record_words(record, texts.get(record.run_id or "", ""))
        told = " ".join(words) if connection.dialect.name == "sqlite" else _vector(words)
        rows.append({"order_id": record.order_id, "words": told})
    dialect = connection.dialect.name
    if rows:
        for dropped in (_DROP[dialect], _DROP_SIGNS):
            connection.execute(dropped, [{"order_id": row["order_id"]} for row in rows])
        connection.execute(insert(SIGNS), [{"order_id": record.order_id, **signs_of(record)} for record in records])
        connection.execute(_WRITE[dialect], rows)


def drop_index(connection: Connection, order_id: int | None) -> None:
    """Take the rows of a record away."""
    for dropped in (_DROP[connection.dialect.name], _DROP_SIGNS):
        connection.execute(dropped, {"order_id": order_id})


def merge_index(connection: Connection) -> None:
    """Leave no word of rows that were taken away in the index's own pages: SQLite keeps them until these are merged."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO record_words (record_words) VALUES ('optimize')"))


def found_by(wanted: Sequence[Sought], dialect: str) -> TextualSelect | None:
    """The ids of the records that have all that is sought; ``None`` where nothing of it is a word."""
    asked = [one for one in wanted if one.words]
    if not asked:
        return None
    told = " AND ".join(map(_fts5, asked)) if dialect == "sqlite" else " & ".join(map(_tsquery, asked))
    return text(_FIND[dialect]).bindparams(bindparam("sought", told, unique=True)).columns(literal_column("order_id"))


def is_indexed(order_id: ColumnElement[int], dialect: str) -> ColumnElement[bool]:
    """Whether the record of ``order_id`` has its rows."""
    key: ColumnElement[int] = literal_column(f"record_words.{_KEY[dialect]}")
    words = select(literal_column("1")).select_from(text("record_words")).where(key == order_id).exists()
    return and_(words, select(literal_column("1")).where(SIGNS.c.order_id == order_id).exists())


def keep_page_text(connection: Connection, run_id: str, page_text: str) -> None:
    """Keep the text of a run's pages, once."""
    connection.execute(insert_new(connection, RUN_TEXT).values(run_id=run_id, text=page_text))


def page_texts(connection: Connection, runs: Sequence[str], most: int = _LOOKED_INTO) -> Mapping[str, str]:
    """The texts of these runs' pages, each no longer than ``most``."""
    chosen = select(RUN_TEXT.c.run_id, func.substr(RUN_TEXT.c.text, 1, most).label("text"))
    rows = connection.execute(chosen.where(RUN_TEXT.c.run_id.in_(runs))).mappings()
    return {row["run_id"]: row["text"] for row in rows}


def _fts5(one: Sought) -> str:
    return f'"{" ".join(one.words)}"{"*" if one.goes_on else ""}'


def _tsquery(one: Sought) -> str:
    *first, last = (f"'{word}'" for word in one.words)
    return f"({' <-> '.join((*first, last + (':*' if one.goes_on else '')))})"


def _vector(words: Sequence[str]) -> str:
    """The words with their places as PostgreSQL writes a tsvector; no longer than it takes."""
    places: dict[str, list[int]] = {}
    size = 0
    for number, word in enumerate(words, 1):
        size += 2 if word in places else len(word.encode()) + 8
        if size > _MOST_BYTES:
            break
        if word != BETWEEN and len(held := places.setdefault(word, [])) < 256:
            held.append(min(number, _LAST_PLACE))
    return " ".join(f"'{word}':{','.join(map(str, held))}" for word, held in places.items())
