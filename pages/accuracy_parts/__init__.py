"""What only the Accuracy page draws."""
