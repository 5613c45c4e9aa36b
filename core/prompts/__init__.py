"""Prompts as the person keeps them: versions, defaults, examples from saved records, how well each did, and as YAML."""

from core.llm.prompting import shipped_for
from core.prompts.book import VARIABLES, PromptBook, PromptEntry, unknown_variables
from core.prompts.difference import DiffLine, compare_prompts
from core.prompts.yaml_text import read_prompts, write_prompts

__all__ = [
    "VARIABLES",
    "DiffLine",
    "PromptBook",
    "PromptEntry",
    "compare_prompts",
    "read_prompts",
    "shipped_for",
    "unknown_variables",
    "write_prompts",
]
