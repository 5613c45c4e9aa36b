"""OCR engines behind one contract: see engine.py."""
