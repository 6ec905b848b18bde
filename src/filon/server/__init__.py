"""The HTTP edge: the gateway's doors, the browser's API, the live stream, the static page."""
