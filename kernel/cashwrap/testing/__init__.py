"""The test kit for vendors and driver authors: fakes that tell the truth, and conformance suites."""
