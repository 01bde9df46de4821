/// Something that goes wrong once, so that it can be tried what happens then.
public struct SandboxFault: Sendable, Hashable {
    /// The status that is answered: 3175 (locked by another user), 3200 (changed meanwhile), 1000 (internal error).
    public let code: Int
    /// The request it happens to: `VendorAdd`.
    public let request: String

    /// The next request of this name is answered with this status, and nothing of it is saved.
    /// - Parameters:
    ///   - code: a status code of QuickBooks from 1000 to 9999, since lower ones are no errors.
    ///   - request: a request's name, without `Rq`.
    public static func statusOnce(code: Int, request: String) -> SandboxFault {
        SandboxFault(code: code, request: request)
    }

    private init(code: Int, request: String) {
        self.code = code
        self.request = request
    }
}

extension SandboxFault {
    /// The status, in words.
    var status: Status {
        switch code {
        case 1000: Status(code, "There has been an internal error when processing the request.")
        case 3175:
            Status(
                code,
                "There was an error adding, modifying or deleting the object because it is already in use.  "
                    + "QuickBooks error message: The record could not be locked.  It is in use by another user.")
        case 3200: .outOfDate("0")
        default: Status(code, "The sandbox was told to answer status \(code).")
        }
    }
}
