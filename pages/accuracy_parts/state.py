"""What the Accuracy page shows: the run on its way and the evaluation that is chosen, also after a page switch or reload."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from core.accuracy import Evaluated
from core.errors import RecordMissing
from core.jobs.queue import Job
from core.stores.evaluations import EvaluationRow
from pages.shared import keys
from pages.shared.frame import get_studio

_ID = re.compile(r"[0-9a-f]{32}")
_RESULT_ID = re.compile(r"[0-9a-f]{32}-\d{1,3}")


@dataclass(frozen=True)
class Shown:
    """The evaluation on the screen, the one it is compared with, and all that can be chosen, newest first."""

    result: Evaluated
    other: Evaluated | None
    rows: tuple[EvaluationRow, ...]


def watch(job_id: str) -> None:
    """Show a run from now on, here and after a reload."""
    st.session_state[keys.MEASURING] = job_id
    st.session_state.pop(keys.ACCURACY_ENDED, None)
    st.query_params[keys.MEASURING_PARAM] = job_id


def active_job() -> Job | None:
    """The run on its way. One that has ended hands its result over and is watched no longer."""
    job_id = st.session_state.get(keys.MEASURING) or st.query_params.get(keys.MEASURING_PARAM, "")
    if not _ID.fullmatch(job_id):
        return None
    job = get_studio().accuracy.job(job_id)
    if job is not None and job.active:
        st.session_state[keys.MEASURING] = st.query_params[keys.MEASURING_PARAM] = job_id
        return job
    st.session_state.pop(keys.MEASURING, None)
    st.query_params.pop(keys.MEASURING_PARAM, None)
    st.session_state[keys.ACCURACY_ENDED] = job
    if results := get_studio().accuracy.results_of(job_id):
        choose(results[0].evaluation_id)
        st.session_state[keys.ACCURACY_OTHER] = results[1].evaluation_id if len(results) > 1 else None
    return None


def choose(evaluation_id: str) -> None:
    """Show an evaluation."""
    st.session_state[keys.ACCURACY_RESULT] = evaluation_id
    if st.session_state.get(keys.ACCURACY_OTHER) == evaluation_id:
        st.session_state[keys.ACCURACY_OTHER] = None


def shown_result() -> Shown | None:
    """The evaluation that is chosen, else the one that the address names, else the newest; ``None`` where there is none."""
    rows = tuple(get_studio().accuracy.latest())
    known = {row.evaluation_id for row in rows}
    wanted = st.session_state.get(keys.ACCURACY_RESULT) or st.query_params.get(keys.EVALUATION_PARAM, "")
    if wanted not in known and _RESULT_ID.fullmatch(wanted):
        try:  # older than those in the list
            evaluated(wanted)
        except RecordMissing:
            wanted = ""
    elif wanted not in known:
        wanted = ""
    if not wanted and not rows:
        st.query_params.pop(keys.EVALUATION_PARAM, None)
        return None
    wanted = wanted or rows[0].evaluation_id
    st.session_state[keys.ACCURACY_RESULT] = st.query_params[keys.EVALUATION_PARAM] = wanted
    other = st.session_state.get(keys.ACCURACY_OTHER)
    if other not in known or other == wanted:
        other = st.session_state[keys.ACCURACY_OTHER] = None
    return Shown(evaluated(wanted), evaluated(other) if other else None, rows)


@st.cache_resource(max_entries=12, show_spinner=False)
def evaluated(evaluation_id: str) -> Evaluated:
    """One evaluation with its documents; it never changes once kept. Raises RecordMissing."""
    return get_studio().accuracy.evaluated(evaluation_id)
