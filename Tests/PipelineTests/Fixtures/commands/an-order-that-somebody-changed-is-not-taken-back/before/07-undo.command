undo commitments/786001
