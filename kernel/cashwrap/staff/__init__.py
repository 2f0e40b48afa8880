"""Who works here: accounts, PINs, what each may do, and approvals of single acts."""
