"""How the work is going: figures of a time beside the one before, what is to be expected, and when somebody is to be told."""
