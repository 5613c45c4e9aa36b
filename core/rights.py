"""What a role may do, verb by verb: the one table. A page greys out what it says no to; the verb itself refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from core.errors import NotAllowed
from core.person import Person, Role

Room = TypeVar("Room")

_LOOK: Role = "viewer"
_WORK: Role = "reviewer"
_RULE: Role = "admin"


def _all(role: Role, verbs: str) -> dict[str, Role]:
    return dict.fromkeys(verbs.split(), role)


#: The role that each verb needs, by room; the front door is the room without a name. A verb that is not named needs an admin.
NEEDS: Mapping[str, Mapping[str, Role]] = {
    "": {
        **_all(
            _LOOK,
            "by look unpack begin_indexing document hidden type_of_pages parts parts_of job progress events draft keep_desk runs review parse_value duplicates",
        ),
        **_all(
            _LOOK,
            "before_and_after read_region search record export export_record export_table export_tables kept_bytes",
        ),
        **_all(
            _LOOK,
            "record_choices health ready figures cache_size warm needs refusal export_results export_forms einvoice_lacks stand picture_of saved_as",
        ),
        **_all(
            _WORK,
            "open fetch set_aside unlock hide hiding start extract cancel retry try_type keep_draft save undo remove note_call read_parts index_records",
        ),
        **_all(_RULE, "configure recalibrate forget_calibration clear_cache preview_move move handlers close tell"),
    },
    "records": {
        **_all(_LOOK, "by in_batch duplicates lacking holders changed_since receipt_of what_differs twins"),
        **_all(_WORK, "save fill remove undo mend leave change_all add_all undo_all set_apart"),
    },
    "views": {
        **_all(_LOOK, "by all named keep remove"),
        **_all(_WORK, "share unshare"),
    },
    "bulk": {
        **_all(_LOOK, "by picked readings get latest left look_into"),
        **_all(_WORK, "edit approve delete go_on undo read_again take keep_stored bring_in"),
    },
    "inbox": {
        **_all(_LOOK, "by search ids counts choices some of_run progress is_idle reports report recipe_of results"),
        **_all(_WORK, "take_in laid_on_desk rename run retry assign reject take_back delete put_back began"),
        **_all(_RULE, "record_changed say handlers go_on tend close"),
    },
    "reviewing": {
        **_all(_LOOK, "queue count pace following edits words fields"),
        **_all(_WORK, "open renew leave keep keep_edits save undo unlearn reject column"),
    },
    "gating": {
        **_all(_LOOK, "by foresee changes"),
        **_all(_RULE, "change"),
    },
    "operation": {
        **_all(_LOOK, "standing groups corrections causes steps forecast documents alerts look now"),
        **_all(_WORK, "see"),
    },
    "forgetting": _all(_RULE, "by of_document of_name forget expire expiring go_on"),
    "retention": _all(_RULE, "by foresee apply begin close"),
    "history": _all(_LOOK, "of_record of_document latest"),
    "memory": {
        **_all(_LOOK, "all vendor recall corrections export shown"),
        **_all(_WORK, "learn unlearn forget_rule edit_rule lock"),
        **_all(_RULE, "forget forget_all bring_in erase"),
    },
    "spot_checks": {
        **_all(_LOOK, "by standing warning"),
        **_all(_RULE, "inspect note look choose loosen"),
    },
    "types": {
        **_all(_LOOK, "declared types named version_of extension export reading_as pin"),
        **_all(_RULE, "keep remove take_in"),
    },
    "layouts": {
        **_all(_LOOK, "layouts own named export"),
        **_all(_RULE, "take_in remove"),
    },
    "prompts": {
        **_all(_LOOK, "entries versions get default records example_of export"),
        **_all(_RULE, "keep make_default bring_in"),
    },
    "preferences": _all(_RULE, "change put mend"),
    "accuracy": {
        **_all(_LOOK, "sets recipes recipe subjects job results_of latest evaluated bytes_of"),
        **_all(_WORK, "start cancel remove"),
        **_all(_RULE, "handlers"),
    },
    "accuracy.library": {
        **_all(_LOOK, "case_ids kept export"),
        **_all(_WORK, "keep remove bring_in"),
    },
    "comparison": {
        **_all(_LOOK, "by get latest cells document documents totals votes estimate"),
        **_all(_WORK, "begin go_on again change add cancel remove vote unvote"),
        **_all(_RULE, "handlers"),
    },
    "access": {
        **_all(_LOOK, "is_open known known_by_id may_read used_today now"),
        **_all(_RULE, "keys make revoke note calls"),
    },
    "analysis": {
        **_all(_LOOK, "result of_document"),
        **_all(_WORK, "check_text check_values"),
        **_all(_RULE, "handlers"),
    },
    "webhooks": _all(
        _RULE, "all get add remove rotate enable deliveries send_again ping sources add_source remove_source known once"
    ),
    "spending": _all(_LOOK, "now bill savings calls call today this_month forecast unpriced budgets"),
    "models": {
        **_all(_LOOK, "providers missing capabilities default_model settle estimate price"),
        **_all(_WORK, "ask"),
    },
}


def needs(verb: str) -> Role:
    """The role that a verb needs, such as ``save`` or ``memory.forget``."""
    room, _, name = verb.rpartition(".")
    return NEEDS.get(room, {}).get(name, _RULE)


def refusal(person: Person, verb: str) -> str:
    """One sentence on why this person may not do it; empty where they may."""
    needed = needs(verb)
    if person.may(needed):
        return ""
    return f"You are {_a(person.role)} here, and this needs {_a(needed)}: ask an admin of the studio for that role."


def guarded(room: Room, person: Person, name: str = "") -> Room:
    """``room`` in the hands of ``person``: its verbs refuse what their role may not do. Raises NotAllowed then."""
    return cast(Room, _Guard(room, person, name))


class _Guard:
    """A room with its verbs kept. What is no verb (a value, another room) is looked at as it is."""

    __slots__ = ("_name", "_person", "_room")

    def __init__(self, room: object, person: Person, name: str) -> None:
        self._room = room
        self._person = person
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._room, name)
        if name.startswith("_"):
            return found
        place = f"{self._name}.{name}" if self._name else name
        if place in NEEDS:
            return _Guard(found, self._person, place)
        if callable(found) and (sentence := refusal(self._person, place)):
            return _Refusal(sentence)
        return found


class _Refusal:
    """A verb that this person may not use."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __call__(self, *_: object, **__: object) -> Any:
        raise NotAllowed(self._sentence)


def _a(role: Role) -> str:
    return f"an {role}" if role == "admin" else f"a {role}"
