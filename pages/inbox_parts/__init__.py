"""What only the Inbox page draws."""
