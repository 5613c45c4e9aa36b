"""Extraction against truth: how values are compared, how a case is scored, and the tables of a whole folder."""

from core.evaluation.cases import Case, choose_cases, load_cases
from core.evaluation.predictions import load_prediction
from core.evaluation.report import Report, ScoredCase, render, to_json
from core.evaluation.scoring import CaseScore, Count, score_case

__all__ = [
    "Case",
    "CaseScore",
    "Count",
    "Report",
    "ScoredCase",
    "choose_cases",
    "load_cases",
    "load_prediction",
    "render",
    "score_case",
    "to_json",
]
