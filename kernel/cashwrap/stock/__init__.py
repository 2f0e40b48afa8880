"""Stock ledger: double entry between locations, costs, reservations, recipes."""
