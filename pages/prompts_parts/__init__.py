"""What only the Prompts page draws."""
