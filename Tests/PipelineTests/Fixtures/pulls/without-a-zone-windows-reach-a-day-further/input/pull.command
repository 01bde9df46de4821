pull payments --since 2026-03-01
