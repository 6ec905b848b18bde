"""A trace as something that other programs run or read: one file per kind of program."""
