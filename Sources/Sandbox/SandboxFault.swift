/// Something that goes wrong, so that it can be tried what happens then.
///
/// In words: `match=BillAdd,status=3175,times=1`. `match` is a request's name, a beginning such as `Bill*`, or `*`, which
/// is meant without it. What happens is one of `status=` with a code, `hresult=` with an error number, and `action=` with
/// `lose`, `drop`, `twice`, `truncate`, `delay` or `reorder`; `value=` belongs to `truncate` and `delay`. `skip=N` lets
/// the first N pass, `times=N` ends it after N; `message=` stands last and may hold commas.
public struct SandboxFault: Sendable, Hashable {
    /// What happens.
    public enum Effect: Sendable, Hashable {
        /// The request is answered with this status, and nothing of it is saved. With 9002 and 9005 it happens to the
        /// message set instead: it is run and saved, its answer holds that status only, and no answer is remembered.
        case status(Int)
        /// The whole document is refused with this error number, such as `0x80040408`, and nothing is processed.
        case refuse(String)
        /// The document never arrives: it is neither processed nor answered.
        case lose
        /// The document is processed and saved, but its answer never arrives.
        case drop
        /// The response arrives twice; a refusal of the whole document arrives once.
        case twice
        /// Only this part of the answer arrives: 0.4 for the first 40 %.
        case truncate(Double)
        /// The answer arrives this many seconds late.
        case delay(Double)
        /// The answers stand in reverse order.
        case reorder
    }

    /// The request it happens to: `VendorAdd`, `Bill*`, `*`.
    public let match: String
    /// What happens.
    public let effect: Effect
    /// How often it happens; nil: always.
    public let times: Int?
    /// How many matching requests or documents pass before it happens.
    public let skip: Int
    /// What the status or the refusal says; nil: the usual.
    public let message: String?

    /// The next request of this name is answered with this status, and nothing of it is saved.
    /// - Parameters:
    ///   - code: a status code of QuickBooks from 1000 to 9999, since lower ones are no errors.
    ///   - request: a request's name, without `Rq`.
    public static func statusOnce(code: Int, request: String) -> SandboxFault {
        SandboxFault(match: request, effect: .status(code), times: 1)
    }

    init(match: String, effect: Effect, times: Int? = nil, skip: Int = 0, message: String? = nil) {
        self.match = match
        self.effect = effect
        self.times = times
        self.skip = skip
        self.message = message
    }

    /// Whether it is about a request, named without `Rq`.
    func matches(_ request: String) -> Bool {
        match.hasSuffix("*") ? request.hasPrefix(match.dropLast()) : request == match
    }

    /// Whether it happens to the message set as QuickBooks' error recovery knows it.
    var setStatus: Int? {
        guard case .status(let code) = effect, [9002, 9005].contains(code) else { return nil }
        return code
    }

    /// Whether it happens to a single request.
    var isAboutRequest: Bool {
        guard case .status = effect else { return false }
        return setStatus == nil
    }

    /// Whether it happens to the whole document.
    var isRefusal: Bool {
        guard case .refuse = effect else { return false }
        return true
    }

    /// Whether it happens on the way between QuickBooks and us.
    var isAboutDelivery: Bool {
        switch effect {
        case .lose, .drop, .twice, .truncate, .delay: true
        case .status, .refuse, .reorder: false
        }
    }
}

extension SandboxFault {
    /// The status of a request, in words.
    func status(_ code: Int) -> Status {
        if let message { return Status(code, message) }
        return switch code {
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
