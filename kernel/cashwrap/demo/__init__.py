"""A demo shop with a believable catalog, and a scripted morning in it."""
