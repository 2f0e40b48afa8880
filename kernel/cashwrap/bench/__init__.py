"""What `cashwrap bench` measures; benches/README.md says how each figure is defined."""
