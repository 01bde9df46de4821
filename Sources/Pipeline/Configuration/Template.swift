extension Configuration {
    /// The commented configuration that `plumbline init` writes.
    public static func template(companyID: String?) -> String {
        """
        # Plumbline's configuration. Every key has a default but company_id and the accounts.

        # Procore's id of your company.
        \(companyID.map { "company_id: \($0)" } ?? "# company_id: 8089")

        quickbooks:
          # edition: us                       # us | ca
          # qbxml: "13.0"                     # 13.0 … 16.0; what your QuickBooks speaks, 13.0 fits 2014 and later
          # time_zone: America/Denver         # of the machine that QuickBooks runs on; pulls reach a day further without
          # company: Northgate Builders       # the name of the company file, to be checked; without it, the first that answers

          # The accounts of new items, by their full names in the chart of accounts. Cost codes need both.
          # income_account: Construction Income
          # expense_account: Job Expenses
          # accounts: {"03": {expense: "Job Expenses:Concrete"}}    # exceptions, by cost code prefix

          # The customer that new jobs go under; without one, each job is a customer of its own.
          # customer: null
          # customers: {225906: "Northgate LLC"}                    # by Procore project id

          # Bills and their payments. Retainage needs its item, payments by Procore Pay the account they are made from.
          # payable_account: Accounts Payable # without one, QuickBooks takes its own
          # retainage_item: Retainage         # a service item
          # bank_account: Checking
          # electronic_ref: ACH               # the number of a payment that has no check number

        # items: flat                         # flat | hierarchical
        # lump_sum: dollars                   # dollars (quantity = dollars, rate 1) | one (quantity 1)
        # retainage_lines: bill               # bill (one line for the bill) | line (one below each line)
        # statuses: {commitments: [Approved], change_orders: [approved], invoices: [approved]}
        # short_forms: false                  # true: names and numbers that are too long get a deterministic short form
        # match_first: []                     # vendors, jobs, items: nothing is added before link --from has decided
        # pull: {vendors: never, jobs: never, items: never, orders: never, costs: never, payments: never}   # or 2h
        # link_same_name: true                # a name already in the same QuickBooks list links to it
        # update_addresses: false             # after linking, neither side overwrites the other's address
        # account_codes: {"Job Expenses:Freight": 01-500}         # account: cost code, for imported costs without an item
        # purchase_tax: recoverable           # tax on imported costs: recoverable (no cost of the job) | cost (part of it)
        # tax_rates: {H: 13, G: 5, E: 0}      # percent by QuickBooks tax code, for amounts that include tax
        # vendor_types: all                   # or a list of QuickBooks vendor types to import; none: those without
        # settle: 2s                          # how long a file stays unchanged where waiting has to tell
        # company_key: null                   # tells two roots of one Procore company apart
        # ledger: plumbline.sqlite            # must be on a local disk

        \(office)
        \(carriers)
        """
    }

    /// What the office keeps in its own hands.
    private static let office = """
        # closed_before: 2026-09-30           # transactions dated earlier are refused; without it, every day is open
        # review: none                        # all | [bills, payments] | {bills: {above: 5000}}: wait for approval
        # share_commands: [retry, link, resend, undo, pause]      # what retry.txt, link.csv, resend.txt, undo.txt and PAUSE in the inbox may do
        # retention: {keep: forever}          # 2y, 18mo, 400d: each day what is older goes; archive: a folder to pack it first
        # notify: {mail: [anna@example.com], unanswered: 2h}      # who is told what failed; or {command: [/usr/local/bin/tell]}

        """

    /// What has to do with those that carry files.
    private static let carriers = """
        # procore: {projects: [225906], interval: 1h}             # what plumbline procore carries; without it, nothing
        # webconnector:                       # how this root is served to the QuickBooks Web Connector
          # serve: false                      # true: plumbline run serves it too; else plumbline webconnector does
          # address: 127.0.0.1                # another one needs a certificate
          # port: 8443
          # metrics: false                    # true, or [192.168.1.9]: serves /metrics to Prometheus, here or there too
          # interval: 15m                     # how often the Web Connector is told to call

        """
}
