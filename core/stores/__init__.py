"""The contracts of what keeps things, one a file. Their adapters live in ``storage/``."""
