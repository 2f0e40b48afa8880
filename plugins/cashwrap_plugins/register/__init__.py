"""Register: the cashier's page, a customer display, and their words; served by `cashwrap serve`."""
