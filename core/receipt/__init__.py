"""The receipt as a document type: what a till prints."""
