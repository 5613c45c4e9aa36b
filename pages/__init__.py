"""The pages of the studio: widgets in, one verb of Studio, draw what comes back."""
