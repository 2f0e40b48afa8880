"""What stands on the counter: scales, receipt printers with their drawers, customer displays."""
