"""Mails taken apart: what is attached, and the text where that is all there is."""
