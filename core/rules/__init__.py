"""The offline extractor: reads an invoice from words and their places, with no model, no key and no network."""
