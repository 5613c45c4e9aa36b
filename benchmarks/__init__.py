"""What `make bench` runs: each module measures one thing, side by side in one run, and prints a table of ratios."""
