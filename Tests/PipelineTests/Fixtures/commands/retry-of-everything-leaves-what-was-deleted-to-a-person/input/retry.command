retry --failed
