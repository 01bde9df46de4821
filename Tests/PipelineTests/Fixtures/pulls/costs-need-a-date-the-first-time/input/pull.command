pull costs
