"""Documents x recipes: which recipe is best for the person's own documents."""
