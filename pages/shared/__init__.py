"""What several pages draw, and the keys of all of them."""
