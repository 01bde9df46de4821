unlink commitments 786001
