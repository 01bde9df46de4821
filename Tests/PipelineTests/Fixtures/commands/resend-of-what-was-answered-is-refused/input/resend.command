resend 8089-commitments-786001-add-1 8089-vendors-5-add-1
