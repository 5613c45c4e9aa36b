"""Every key of ``st.session_state``, of a widget, and of the address bar, in one place.

A widget's key is also the CSS class ``st-key-<key>`` of its element: the page view finds form fields by it, and so
do the browser tests.

Studio page
    add_files            upload of documents (empty state and "Add files")
    sample_<n>           open sample number n
    doc_<n>              choose open document n; close_document closes the chosen one
    password, unlock     an encrypted document's password and its button
"""

from __future__ import annotations

# The address bar.
RUN_PARAM = "job"
DESK_PARAM = "desk"
