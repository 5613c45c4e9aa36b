"""What only the Studio page draws."""
