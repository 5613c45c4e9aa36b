"""Records as the files that other programs take: tables laid out as they want them, and e-invoices."""
