"""What only the Settings page draws."""
