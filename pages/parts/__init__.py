"""What pages share: the frame, session keys, the page view, the invoice form, the step status."""
