"""The browser's API, one file per noun. Endpoints do not call endpoints."""
