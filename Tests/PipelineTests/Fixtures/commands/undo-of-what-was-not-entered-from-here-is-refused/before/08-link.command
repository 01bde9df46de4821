link commitments 786001 1A2F-1772500000
