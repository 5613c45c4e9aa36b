"""What somebody is to be told, and when."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.settings import AlertRules
from core.stores.alerts import Alert
from pages.shared.choices import keep
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

#: Alerts that are over which are shown.
_OVER = 5


def draw_alerts(alerts: Sequence[Alert]) -> None:
    """Those that hold, and the last ones that are over."""
    st.markdown("##### Alerts")
    holding = [alert for alert in alerts if alert.ended_at is None]
    over = [alert for alert in alerts if alert.ended_at is not None][:_OVER]
    zone = local_zone()
    with st.container(key="operation_alerts"):
        for alert in holding:
            st.warning(
                f"{plain(alert.sentence)}  \nsince {local_time(alert.began_at, zone)}",
                icon=":material/notifications_active:",
            )
        if not holding:
            set_rules = any(value is not None for value in get_studio().defaults.alerts.model_dump().values())
            st.caption("Nothing to tell." if set_rules else "No rule is set: nobody is told of anything.")
        for alert in over:
            st.caption(
                f"{plain(alert.sentence)} Over since {local_time(alert.ended_at, zone) if alert.ended_at else ''}."
            )
    get_studio().operation.see([alert for alert in holding if alert.seen_at is None])


def draw_rules() -> None:
    """The form of the rules: an empty one tells of nothing."""
    with (
        st.popover("Set rules", icon=":material/notifications:", key="operation_set_rules"),
        st.form("operation_rules", border=False),
    ):
        st.markdown("Tell me when …")
        given = get_studio().defaults.alerts
        for name, info in AlertRules.model_fields.items():
            key = f"operation_rule_{name}"
            if key not in st.session_state:  # as a default, it would come back where the person empties the field
                st.session_state[key] = getattr(given, name)
            st.number_input(
                info.title or name, min_value=0.1, value=None, step=1.0, format="%.1f", placeholder="never", key=key
            )
        st.form_submit_button("Keep", on_click=_keep, **kept_for("preferences.change"))


def _keep() -> None:
    rules = AlertRules(**{name: st.session_state.get(f"operation_rule_{name}") for name in AlertRules.model_fields})
    keep("The rules are kept.", alerts=rules)
