"""Store: one LMDB environment, the journal, projections, followers."""
