"""A bank statement as a document type: what a newcomer writes, and nothing else changes."""
