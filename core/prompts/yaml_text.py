"""Prompts as YAML, to be kept in a repository or given to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from core.errors import PromptError
from core.prompt import Prompt

#: More than this is no prompt: nothing larger is parsed.
MOST_BYTES = 2_000_000
#: The deepest that a prompt goes (a list of examples of texts), and the most prompts in a file.
_DEEPEST, _MOST = 8, 1000
#: What a file does not say of a prompt: where it is imported it gets a number and a time of its own.
_OURS = {"version", "created_at"}


def write_prompts(prompts: Iterable[Prompt]) -> str:
    """``prompts`` as YAML, a document each, texts as blocks that can be read. Version and time are left out."""
    import yaml

    class Blocks(yaml.SafeDumper):
        """Writes texts of several lines as blocks."""

    def block(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Blocks.add_representer(str, block)
    documents = [
        {key: value for key, value in prompt.model_dump(mode="json", exclude=_OURS).items() if value not in (None, [])}
        for prompt in prompts
    ]
    written: str = yaml.dump_all(documents, Dumper=Blocks, allow_unicode=True, sort_keys=False, width=110)
    return written


def read_prompts(data: bytes) -> list[Prompt]:
    """The prompts in a YAML text (a document each, or a list). Raises PromptError with what is wrong and where."""
    import yaml

    if len(data) > MOST_BYTES:
        raise PromptError(f"This file is larger than {MOST_BYTES // 1_000_000} MB: a prompt's YAML is much smaller.")
    try:
        text = data.decode("utf-8-sig")
        _check(yaml.parse(text, Loader=yaml.SafeLoader))
        found = [part for part in yaml.load_all(text, Loader=_loader()) if part is not None]
    except UnicodeDecodeError as error:
        raise PromptError("This file is no text: save it as YAML in UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise PromptError(
            f"This YAML cannot be read{where}: {getattr(error, 'problem', None) or 'bad form'}."
        ) from error
    entries = [entry for part in found for entry in (part if isinstance(part, list) else [part])]
    if not entries:
        raise PromptError("This file holds no prompt.")
    if len(entries) > _MOST:
        raise PromptError(f"This file holds {len(entries):,} prompts and the limit is {_MOST:,}: split it.")
    return [_prompt(entry, number) for number, entry in enumerate(entries, 1)]


def _check(events: Iterable[Any]) -> None:
    """Raise PromptError for what no prompt needs and what could be used to fill the memory or break what keeps it."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise PromptError("This YAML uses aliases (*name): write the text out where it is used.")
        if getattr(event, "tag", None):
            raise PromptError(f"This YAML uses tags ({event.tag}): write plain text.")
        if depth > _DEEPEST:
            raise PromptError("This YAML is nested too deeply for a prompt.")
        if isinstance(event, yaml.ScalarEvent) and any(_is_no_character(char) for char in event.value):
            raise PromptError(f"This YAML has a character in line {event.start_mark.line + 1} that is none.")


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


def _prompt(entry: Any, number: int) -> Prompt:
    which = f"Prompt {number}"
    if not isinstance(entry, dict):
        raise PromptError(f"{which} is no mapping: write name, system and user as keys.")
    try:
        return Prompt.model_validate({key: value for key, value in entry.items() if key not in _OURS})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PromptError(f"{which} cannot be used: {where}: {first['msg']}.") from error
