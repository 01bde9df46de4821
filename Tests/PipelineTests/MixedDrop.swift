/// Files of every kind, none of which needs another one of them: dropped together into a root with one linked vendor, job,
/// item, order and bill (the fixture of a check that pays a bill in full).
enum MixedDrop {
    /// By their paths below the inbox.
    static let files: [String: String] = [
        "procore/01-vendors.json": #"[{"id": 401301, "name": "Birch Roofing Inc", "is_active": true}]"#,
        "procore/02-projects.json":
            #"[{"id": 225999, "name": "Cedar Row Clinic", "project_number": "2402", "active": true}]"#,
        "procore/03-cost_codes.json":
            #"[{"id": 71199, "standard_cost_code_list_id": 5512, "full_code": "09-250", "code": "09-250", "name": "Gypsum"}]"#,
        "procore/04-work_order_contracts.json": commitment,
        "procore/05-broken.json": #"[{"id": 401302, "name": "Cut off"#,
        "procore/06-change_order.json": changeOrder,
        "procore/07-vendors.json": #"[{"id": 401201, "name": "Alder Concrete LLC", "is_active": true}]"#,
        "procore/08-sync.json":
            #"{"entities": [{"id": 401201, "origin_id": "80000AB1-1716500000"}], "errors": []}"#,
        "quickbooks/09-payments.xml": payment,
        "quickbooks/10-bills.xml": bill,
        "quickbooks/11-vendors.xml": vendor,
    ]

    private static let commitment = """
        {"id": 786555, "accounting_method": "amount", "contract_date": "2026-03-02", "grand_total": "900.00",
         "executed": true, "number": "SC-055", "title": "Curbs", "status": "Approved",
         "updated_at": "2026-03-02T16:05:11Z", "vendor": {"id": 401201}, "project": {"id": 225906},
         "line_items": [{"id": 5175999, "amount": "900.00", "description": "Curbs", "quantity": "0.0", "unit_cost": "0.0",
           "extended_type": "manual", "tax_code_id": null,
           "cost_code": {"id": 900102, "full_code": "03-300", "name": "Cast-in-Place Concrete", "biller_type": "Project"},
           "holder": {"id": 786555, "holder_type": "WorkOrderContract"}}]}
        """

    private static let changeOrder = """
        {"id": 1708957, "contract_id": 786001, "executed": true, "grand_total": "6500.50", "number": "001", "revision": 0,
         "reviewed_at": "2026-03-23T20:14:00Z", "status": "approved", "title": "Added footings",
         "type": "CommitmentContractChangeOrder", "updated_at": "2026-03-23T20:14:00Z",
         "line_items": [{"id": 11786340, "description": "Added footings", "quantity": "0.0", "unit_cost": "0.0",
           "position": 1, "total_amount": "6500.5", "extended_amount": "6500.5", "markup_line_items": [],
           "cost_code": {"id": 900102, "full_code": "03-300", "name": "Cast-in-Place Concrete", "biller_type": "Project"},
           "holder": {"id": 1708957, "holder_type": "ChangeOrder::Package"}}]}
        """

    private static let payment = response(
        "BillPaymentCheckQueryRs",
        """
        <BillPaymentCheckRet><TxnID>2F1C-1773100000</TxnID><TimeModified>2026-04-20T09:00:00-08:00</TimeModified>
        <EditSequence>1773100007</EditSequence><PayeeEntityRef><ListID>80000AB1-1716500000</ListID></PayeeEntityRef>
        <TxnDate>2026-04-20</TxnDate><Amount>43750.00</Amount><RefNumber>10432</RefNumber>
        <AppliedToTxnRet><TxnID>2B01-1773000000</TxnID><TxnType>Bill</TxnType><TxnDate>2026-03-31</TxnDate>
        <RefNumber>CCM-2026-118</RefNumber><BalanceRemaining>0.00</BalanceRemaining><Amount>43750.00</Amount>
        </AppliedToTxnRet></BillPaymentCheckRet>
        """)

    private static let bill = response(
        "BillQueryRs",
        """
        <BillRet><TxnID>3A22-1772000000</TxnID><TimeModified>2026-03-09T09:05:11-08:00</TimeModified>
        <EditSequence>1772000004</EditSequence><VendorRef><ListID>80000AB1-1716500000</ListID>
        <FullName>Alder Concrete LLC</FullName></VendorRef><TxnDate>2026-03-06</TxnDate><AmountDue>1875.25</AmountDue>
        <RefNumber>INV-88213</RefNumber><ItemLineRet><TxnLineID>3A23-1772000000</TxnLineID>
        <ItemRef><ListID>80000102-1716500000</ListID><FullName>03-300</FullName></ItemRef><Desc>Board</Desc>
        <Amount>1875.25</Amount><CustomerRef><ListID>80000021-1718000000</ListID>
        <FullName>Harbor Pointe Medical Office</FullName></CustomerRef></ItemLineRet></BillRet>
        """)

    private static let vendor = response(
        "VendorQueryRs",
        """
        <VendorRet><ListID>80000C01-1716500000</ListID><TimeModified>2026-03-09T09:05:11-08:00</TimeModified>
        <EditSequence>1716500099</EditSequence><Name>Dogwood Paving</Name><IsActive>true</IsActive></VendorRet>
        """)

    private static func response(_ message: String, _ records: String) -> String {
        """
        <?xml version="1.0" ?>
        <QBXML><QBXMLMsgsRs><\(message) requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        \(records)
        </\(message)></QBXMLMsgsRs></QBXML>
        """
    }
}
