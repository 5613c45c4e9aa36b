"""What only the Gates page draws."""
