"""What only the Document types page draws."""
