# The carrier's settings: texts in single quotes, as Windows writes its paths. This file holds no password.
@{
    # Plumbline's folders, on the share.
    Outbox      = '\\plumbline\outbox\quickbooks'
    Inbox       = '\\plumbline\inbox\quickbooks'

    # The company file, as QuickBooks on this machine opens it. With another one open, nothing is carried.
    CompanyFile = 'C:\QuickBooks\Company.qbw'

    # The name under which QuickBooks knows the carrier, and remembers what it did. Never change it. If the Web Connector
    # carried for this company before, put the AppName of its .qwc file here.
    AppName     = 'Plumbline'

    # On this machine.
    Log         = 'C:\ProgramData\Plumbline\carrier.log'

    # Seconds between two looks into the outbox, and after something went wrong.
    Interval    = 15
    Pause       = 60
}
