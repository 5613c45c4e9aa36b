"""YAML that people write, keep in repositories and give to colleagues: read as plain texts, with nothing that could harm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Nothing larger is parsed.
MOST_BYTES = 2_000_000


class Refused(ValueError):
    """A text that is not read; the sentence says what is wrong and where."""


def write_documents(documents: Iterable[Mapping[str, Any]]) -> str:
    """``documents`` as YAML, one after the other, texts of several lines as blocks. What is empty is left out."""
    import yaml

    class Blocks(yaml.SafeDumper):
        """Writes texts of several lines as blocks."""

    def block(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Blocks.add_representer(str, block)
    kept = [_without_empty(document) for document in documents]
    written: str = yaml.dump_all(kept, Dumper=Blocks, allow_unicode=True, sort_keys=False, width=110)
    return written


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_empty(part) for key, part in value.items() if part not in (None, [], "")}
    return [_without_empty(part) for part in value] if isinstance(value, list) else value


def read_entries(data: bytes, what: str, deepest: int) -> list[Any]:
    """The entries of a YAML text (a document each, or lists of them), every value as a text. ``what`` is what one entry is
    called, ``deepest`` how deeply it may be nested. Raises Refused."""
    import yaml

    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB: a {what}'s YAML is much smaller.")
    try:
        text = data.decode("utf-8-sig")
        _check(yaml.parse(text, Loader=yaml.SafeLoader), what, deepest)
        found = [part for part in yaml.load_all(text, Loader=_loader()) if part is not None]
    except UnicodeDecodeError as error:
        raise Refused("This file is no text: save it as YAML in UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise Refused(f"This YAML cannot be read{where}: {getattr(error, 'problem', None) or 'bad form'}.") from error
    entries = [entry for part in found for entry in (part if isinstance(part, list) else [part])]
    if not entries:
        raise Refused(f"This file holds no {what}.")
    return entries


def _check(events: Iterable[Any], what: str, deepest: int) -> None:
    """Raise Refused for what no such file needs and what could be used to fill the memory or break what keeps it."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise Refused("This YAML uses aliases (*name): write the text out where it is used.")
        if getattr(event, "tag", None):
            raise Refused(f"This YAML uses tags ({event.tag}): write plain text.")
        if depth > deepest:
            raise Refused(f"This YAML is nested too deeply for a {what}.")
        if isinstance(event, yaml.ScalarEvent) and any(_is_no_character(char) for char in event.value):
            raise Refused(f"This YAML has a character in line {event.start_mark.line + 1} that is none.")


def _is_no_character(char: str) -> bool:
    return char == "\0" or "\ud800" <= char <= "\udfff"


def _loader() -> Any:
    """Reads every value as text, but for nothing: a language “no” is no answer, a name may be a number or a date."""
    import yaml

    class Texts(yaml.SafeLoader):
        """Knows no dates, truths or numbers."""

    Texts.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Texts
