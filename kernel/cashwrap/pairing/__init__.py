"""Other devices that drive this till: how they are let in, and shut out again (docs/serve.md)."""
