"""Why an exchange failed and what to do: patterns as data, and one pure function over them."""
