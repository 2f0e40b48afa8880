"""Scan: what a barcode or a keyed code means."""
