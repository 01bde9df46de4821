pull jobs
