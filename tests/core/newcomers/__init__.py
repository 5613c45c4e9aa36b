"""Packages of document types as a newcomer writes them."""
