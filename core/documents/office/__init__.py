"""Files of Office programs and web pages: they have no pages of their own, so pages are made of them."""
