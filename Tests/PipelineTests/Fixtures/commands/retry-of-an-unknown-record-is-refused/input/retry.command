retry vendors/5 nonsense
