"""What looks at the values of one document: the case, the general checks, and what the rules of a type are made of."""
