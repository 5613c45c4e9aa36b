"""Parts of the Programs page."""
