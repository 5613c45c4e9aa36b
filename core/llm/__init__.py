"""Language models: one door to every provider, and the extractor that asks them."""
