"""What reviewed documents of a vendor teach for its next ones: recognised by its identifiers, tried on what is kept of it
before it is used, and judged like anything that was read."""
