"""The purchase order as a document type: what a customer asks a vendor to deliver."""
