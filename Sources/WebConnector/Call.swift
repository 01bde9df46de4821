/// The calls of the QuickBooks Web Connector, by their names on the wire.
///
/// Source: Intuit, "QuickBooks Web Connector Programmer's Guide", and the WSDL of its own service; the guide's
/// `getServerVersion` is `serverVersion` on the wire.
public enum Call: String, Sendable, CaseIterable {
    case serverVersion, clientVersion, authenticate, sendRequestXML, receiveResponseXML, connectionError, getLastError
    case closeConnection
}
