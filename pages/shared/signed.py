"""Addresses of our own routes, each with a signature of this process: nobody can guess one that was not given to them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import streamlit as st


@st.cache_resource(show_spinner=False)
def _secret() -> bytes:
    return secrets.token_bytes(32)


def base() -> str:
    """The path under which the studio is served, without a slash at its end."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def sign(*parts: object) -> str:
    """The signature of an address's parts."""
    return hmac.new(_secret(), ":".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()[:32]


def is_signed(signature: str, *parts: object) -> bool:
    """Whether this process gave the signature for these parts."""
    return hmac.compare_digest(signature.encode(), sign(*parts).encode())
