"""Document types that people declare: their definition, how a document of one is read without a model, and its checks."""
