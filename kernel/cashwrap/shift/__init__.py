"""Shifts and the cash in the drawer: from the float to the Z report."""
