resend 8089-vendors-401201-add-1
