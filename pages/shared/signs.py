"""The icon and the colour of each level of trust and of each severity."""

from __future__ import annotations

from core.review.trust import Level

ICONS: dict[Level, str] = {
    "sure": ":material/check_circle:",
    "check": ":material/error:",
    "doubtful": ":material/warning:",
    "absent": ":material/remove:",
}
COLOURS: dict[Level, str] = {"sure": "green", "check": "orange", "doubtful": "red", "absent": "gray"}
SEVERITY_LEVEL: dict[str, Level] = {"error": "doubtful", "warning": "check", "info": "sure"}
