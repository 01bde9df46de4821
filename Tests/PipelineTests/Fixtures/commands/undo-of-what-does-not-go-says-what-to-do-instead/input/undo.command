undo 01-vendors.json vendors/401201 standard_cost_codes/71102 commitments/9 work_order_contracts.json --void
