"""Parts of the Vendors page."""
