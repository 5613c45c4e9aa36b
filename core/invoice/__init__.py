"""The invoice, as one document type among others: its model and all that is true of invoices only."""
