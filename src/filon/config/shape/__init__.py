"""Every section of a librechat.yaml as a value, and by that as what the section may hold."""
