"""The studio's logic: documents in, checked records out. No Streamlit and no SQL in here."""
