pull orders --since 2026-03-01
