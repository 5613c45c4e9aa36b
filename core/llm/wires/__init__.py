"""How each kind of provider is spoken to. The SDKs are imported when a question is asked, never before."""
