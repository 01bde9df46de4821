retry vendors/401201
