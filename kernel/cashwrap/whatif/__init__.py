"""What-if: rules laid over the goods and the past sales of a shop, without changing anything."""
