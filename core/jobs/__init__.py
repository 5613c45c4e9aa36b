"""Long work away from the page: see queue.py."""
