"""Catalog: SKUs, price books, snapshots, import and export, search."""
