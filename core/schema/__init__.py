"""What any kind of document is described by: kinds of fields, paths to values, typed values, and the document type itself."""
