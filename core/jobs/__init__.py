"""Long work away from the page: see queue.py, then store.py."""
