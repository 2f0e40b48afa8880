"""Rule files, and carts to try them on: read, checked, explained to their author."""
