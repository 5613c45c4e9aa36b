"""What is told outside and what outside tells: signed, delivered, checked."""
