"""The test kit for vendors and driver authors: truthful fakes and conformance suites."""
