"""What only the Records page draws."""
