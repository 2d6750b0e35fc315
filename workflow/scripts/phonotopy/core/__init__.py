"""What every room may use: errors, files, tables, random keys, the grid and the inventory of phones."""
