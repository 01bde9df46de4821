retry commitments/786001
