"""What makes an extracted invoice trustworthy: typed values, checks, confidence per field, and the gate."""
