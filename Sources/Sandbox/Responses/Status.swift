/// A status with which QuickBooks answers one request.
///
/// The wording is QuickBooks' own where a recorded answer shows it (0, 1, 500, 3070, 3100, 3120, 3140, 3200, 3231), and
/// plain words elsewhere.
struct Status: Error, Hashable {
    let code: Int
    let message: String

    init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `Info`, `Warn` or `Error`: below 500, below 1000, from there on.
    var severity: String { code < 500 ? "Info" : code < 1_000 ? "Warn" : "Error" }

    /// Whether the request was refused.
    var isError: Bool { code >= 1_000 }

    static let ok = Status(0, "Status OK")
    static let nothingFound = Status(1, "A query request did not find a matching object in QuickBooks")
    static let notProcessed = Status(3231, "The request has not been processed.")
    static let unsupported = Status(1030, "The request is not supported by the sandbox.")

    private static let noSuchRecord =
        "  QuickBooks error message: Invalid argument.  The specified record does not exist in the list."

    /// Not everything that a query asked for by name or id is there.
    static func notAllFound(_ missing: String) -> Status {
        Status(
            500,
            "The query request has not been fully completed. There was a required element (\"\(missing)\") "
                + "that could not be found in QuickBooks.")
    }

    static func requestID(_ requestID: String) -> Status {
        Status(1060, "The request ID \"\(requestID)\" is invalid: it has more than 50 characters.")
    }

    /// A text that is no value of its kind: 3010 to 3085.
    static func unreadable(_ code: Int, _ kind: String, _ text: String, _ field: String) -> Status {
        Status(code, "There was an error when converting the \(kind) \"\(text)\" in the field \"\(field)\".")
    }

    static func malformedID(_ listID: String) -> Status {
        Status(3000, "The given object ID \"\(listID)\" in the field \"list id\" is invalid.")
    }

    static func tooLong(_ text: String, _ field: String) -> Status {
        Status(3070, "The string \"\(text)\" in the field \"\(field)\" is too long.")
    }

    static func badName(_ name: String) -> Status {
        Status(3090, "The object name \"\(name)\" in the field \"Name\" is invalid: it is empty or holds a colon.")
    }

    static func nameInUse(_ name: String) -> Status {
        Status(3100, "The name \"\(name)\" of the list element is already in use.")
    }

    static func noSuchObject(_ listID: String) -> Status {
        Status(3120, "Object \"\(listID)\" specified in the request cannot be found.\(noSuchRecord)")
    }

    static func noSuchParent(_ parent: String, of kind: String) -> Status {
        Status(3130, "There is an invalid reference to the parent \"\(parent)\" in the \(kind) list.\(noSuchRecord)")
    }

    static func noSuchReference(_ list: String, _ name: String, in kind: String) -> Status {
        Status(3140, "There is an invalid reference to QuickBooks \(list) \"\(name)\" in the \(kind).\(noSuchRecord)")
    }

    static func wrongAccount(_ list: String, _ name: String, in kind: String) -> Status {
        Status(
            3140,
            "There is an invalid reference to QuickBooks \(list) \"\(name)\" in the \(kind).  QuickBooks error message: "
                + "The account is of another type.")
    }

    static func missing(_ field: String) -> Status {
        Status(3150, "There is a missing element: \"\(field)\".")
    }

    static func cannotDelete(_ id: String, _ reason: String) -> Status {
        Status(3160, "Cannot delete the object specified by the id = \"\(id)\".  QuickBooks error message: \(reason)")
    }

    static func cannotVoid(_ id: String, _ reason: String) -> Status {
        Status(3185, "Cannot void the object specified by the id = \"\(id)\".  QuickBooks error message: \(reason)")
    }

    static func notChanged(_ kind: String, _ reason: String) -> Status {
        Status(3170, "There was an error when modifying a \(kind).  QuickBooks error message: \(reason)")
    }

    static func notSaved(_ kind: String, _ reason: String) -> Status {
        Status(3180, "There was an error when saving a \(kind).  QuickBooks error message: \(reason)")
    }

    static func cannotClear(_ field: String) -> Status {
        Status(3190, "The field \"\(field)\" cannot be cleared.")
    }

    static func outOfOrder(_ lineID: String) -> Status {
        Status(3290, "The item \"\(lineID)\" is placed in the request in incorrect order.")
    }

    /// An order that takes no more bills: a warning where the bill is saved without it, else a refusal.
    static func closed(_ txnID: String, isSaved: Bool) -> Status {
        let message = "Unable to link to transaction \"\(txnID)\" because it has already been closed."
        return Status(isSaved ? 570 : 3210, message)
    }

    static let noAccount = Status(3270, "There is a missing posting account: the item of the line has no account.")

    static func outOfDate(_ editSequence: String) -> Status {
        Status(3200, "The provided edit sequence \"\(editSequence)\" is out-of-date. ")
    }

    static func addressTooLong(_ field: String) -> Status {
        Status(3205, "The address in the field \"\(field)\" is invalid: more lines than the five that can be printed.")
    }

    static func invalid(_ field: String, _ value: String, _ reason: String) -> Status {
        Status(
            3210, "The \"\(field)\" field has an invalid value \"\(value)\".  QuickBooks error message: \(reason)")
    }
}
