"""What differs between two traces. Pure."""
