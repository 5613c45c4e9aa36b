"""What only the Operation page draws."""
