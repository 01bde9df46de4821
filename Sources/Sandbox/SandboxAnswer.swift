/// What the sandbox company says to a request document.
public enum SandboxAnswer: Sendable, Hashable {
    /// A response document, one status for each request, in ASCII bytes.
    case response([UInt8])
    /// The document was refused whole, so that there is no response document.
    /// - Parameters:
    ///   - hresult: the error number as Windows shows it: `0x80040400`, the XML was not accepted.
    ///   - message: QuickBooks' only sentence about it and, in brackets, the reason, which QuickBooks never tells.
    case refused(hresult: String, message: String)
}
