"""What a turn leaves behind: one record per stage, redacted, exportable."""
