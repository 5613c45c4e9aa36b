"""A page as lines of cells: the ground that rules, recognition and models stand on."""
