"""What goes back when goods of a sale come back, by the rules that priced it."""
