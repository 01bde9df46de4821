/// What a response says, in the order in which it says it.
public enum ResponseEvent: Sendable, Hashable {
    /// The answer to one message set begins. The status code is there only when a message-set id was sent: 0 for an
    /// answer, 600 when QuickBooks never ran that set, 9001 and above when it cannot tell.
    case messageSet(newMessageSetID: String?, statusCode: Int?)
    /// The answer to one request begins.
    case response(ResponseHead)
    /// One object of the answer that began last: a `VendorRet`, an `ErrorRecovery`.
    case object(Element)
    /// A report begins; its columns, a `ColDesc` each.
    case report(columns: [Element])
    /// A `DataRow` of the report that began last. Headings, subtotals and totals are left out.
    case row(Element)
    /// The answer that began last is complete.
    case endResponse
    /// QuickBooks or the Web Connector refused the whole document.
    case refusal(hresult: String, message: String)
}

/// The status of one answer.
public struct ResponseHead: Sendable, Hashable {
    /// The message: `VendorAddRs`.
    public let name: String
    /// The request's id, echoed; nil where the request had none.
    public let requestID: String?
    /// QuickBooks' number for what happened; see `StatusCode`.
    public let statusCode: Int
    /// `Info`, `Warn` or `Error`. The number decides, not this: refusals were seen marked `Info`.
    public let statusSeverity: String
    /// QuickBooks' own sentence, shown to people as it is.
    public let statusMessage: String
    /// How many objects there are, where the query asked to count.
    public let retCount: Int?
    /// How many objects are still to come from an iterator; 0 when it is done.
    public let iteratorRemainingCount: Int?
    /// The iterator's id, valid only within its session.
    public let iteratorID: String?

    /// A status of these parts.
    public init(
        name: String, requestID: String?, statusCode: Int, statusSeverity: String, statusMessage: String,
        retCount: Int? = nil, iteratorRemainingCount: Int? = nil, iteratorID: String? = nil
    ) {
        self.name = name
        self.requestID = requestID
        self.statusCode = statusCode
        self.statusSeverity = statusSeverity
        self.statusMessage = statusMessage
        self.retCount = retCount
        self.iteratorRemainingCount = iteratorRemainingCount
        self.iteratorID = iteratorID
    }
}
