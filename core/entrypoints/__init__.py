"""Where the house is put together and entered: bootstrap (the only wiring), the command line."""
