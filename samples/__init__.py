"""Invoices of our own invention: a generator that draws them with their truth, and the documents shipped for a first run."""
