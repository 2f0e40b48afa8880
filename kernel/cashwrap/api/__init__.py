"""The local API: one till over HTTP and WebSocket (docs/serve.md). Needs ``cashwrap[api]``."""
