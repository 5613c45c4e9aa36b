"""What programs may ask for beside records: what a text says, a document in a paragraph, the checks over values."""
