"""The delivery note as a document type: what goes with goods."""
