"""Tenders: payments, their drivers, and doubt."""
