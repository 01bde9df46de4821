import Domain

/// What answers the Web Connector's calls: who may log in, which document goes out, what becomes of what comes back.
///
/// The server reads and writes SOAP and knows nothing of roots; behind this stand the outboxes, the inboxes and the sync
/// ledger. Every answer has to be there within seconds: the Web Connector gives up after 100 s.
public protocol SessionAnswering: Sendable {
    /// `authenticate`.
    /// `address`: where the call comes from, for the log and for slowing down guesses.
    func authenticate(user: String, password: String, from address: String) async -> Authentication
    /// `sendRequestXML`.
    func nextRequest(_ call: SendRequest) async -> NextRequest
    /// Where a response is written while it arrives, before it is known whether all of it came.
    /// - Parameter ticket: nil where the response stands in front of the ticket.
    func beginResponse(ticket: String?) async throws -> any ResponseSink
    /// `receiveResponseXML`, once all of it has arrived: 1 to 99 go on, 100 done, negative: see `lastError`.
    func receive(_ call: ReceivedResponse) async -> Int
    /// `connectionError`: always `done`, since an empty answer would use whatever company is open.
    func connectionError(ticket: String, hresult: String, message: String) async -> String
    /// `getLastError`: never empty.
    func lastError(ticket: String) async -> String
    /// `closeConnection`: what the Web Connector shows as the status.
    func close(ticket: String) async -> String
}

/// What becomes of a login.
public enum Authentication: Sendable, Equatable {
    /// A session begins, with the company file that is open, or the one at a path as Windows has it.
    case session(ticket: String, companyFile: String)
    /// There is nothing to do: `none`.
    case nothingToDo(ticket: String)
    /// Wrong name or password: `nvu`.
    case refused
    /// Somebody else is served: `busy`.
    case busy
}

/// What `sendRequestXML` brings.
public struct SendRequest: Sendable {
    /// The session.
    public var ticket: String
    /// Host, Company and Preferences of the QuickBooks that is open; empty but in the first call of a session.
    public var hcpResponse: String
    /// The company file's path in Windows.
    public var companyFileName: String
    /// `US`, `CA`, `UK`.
    public var country: String
    /// The request processor's version: 16 and 0 for 16.0.
    public var version: (major: Int, minor: Int)

    /// A call with these.
    public init(
        ticket: String, hcpResponse: String, companyFileName: String, country: String, version: (major: Int, minor: Int)
    ) {
        self.ticket = ticket
        self.hcpResponse = hcpResponse
        self.companyFileName = companyFileName
        self.country = country
        self.version = version
    }
}

/// What goes back for `sendRequestXML`.
public enum NextRequest: Sendable, Equatable {
    /// A document, whole and as it is: the bytes of a small one, which were read already, or what is read from here.
    case document(path: String, bytes: [UInt8]? = nil)
    /// A document made for this moment of the session.
    case made([UInt8])
    /// Nothing: the Web Connector asks `getLastError` and shows that as an error.
    case error
}

/// Takes a response while it arrives.
public protocol ResponseSink: Sendable {
    /// Takes bytes of the response, in their order.
    func write(_ bytes: [UInt8]) async throws
    /// Takes everything back: the rest will not come.
    func abandon() async
}

/// What `receiveResponseXML` brings.
public struct ReceivedResponse: Sendable {
    /// The session.
    public var ticket: String
    /// The response; nil where it was empty or absent.
    public var response: (any ResponseSink)?
    /// Of QuickBooks' request processor, such as `0x80040400`; empty where all went well.
    public var hresult: String
    /// What it said with that.
    public var message: String

    /// A call with these.
    public init(ticket: String, response: (any ResponseSink)?, hresult: String, message: String) {
        self.ticket = ticket
        self.response = response
        self.hresult = hresult
        self.message = message
    }
}
