"""The first start on a fresh machine."""

import tomllib
from pathlib import Path


def test_the_first_start_asks_for_nothing() -> None:
    """Streamlit's question for an e-mail address would hold up `make run` in a terminal."""
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text())
    assert config["server"]["showEmailPrompt"] is False
    assert config["browser"]["gatherUsageStats"] is False
