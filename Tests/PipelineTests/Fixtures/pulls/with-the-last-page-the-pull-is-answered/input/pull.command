pull vendors
