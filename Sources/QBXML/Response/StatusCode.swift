import Domain

/// What follows from QuickBooks' answer to a request.
public enum Consequence: String, Sendable, Hashable, CaseIterable {
    /// Done.
    case ok
    /// Done, but for something the message names.
    case okWithWarning
    /// A query found nothing, or not everything: a result, no error.
    case empty
    /// The request is wrong: our fault or the mapping's. The same again would be refused again.
    case fix
    /// A person has to decide.
    case human
    /// What we know of the object is out of date: query it, then write the change again.
    case refresh
    /// The object is not there any more, or never was in this file: query it; if it is gone, a person decides.
    case missing
    /// The name exists: find the object that has it, and link it if it is the same.
    case adopt
    /// Something that the request refers to is not there: send that first.
    case dependency
    /// Try again later, as a new attempt with new ids: QuickBooks repeats its stored answer for the old ones.
    case retry
    /// Not processed, because an earlier request of the set failed: a new attempt once that one is cured.
    case afterFailure
    /// The iterator's session is over: ask again from the start.
    case restart
}

/// One of QuickBooks' status codes, or a range of them: what it means, and what to do.
///
/// Source: Intuit, "Status codes in response messages", and recorded responses.
public struct StatusCode: Sendable, Hashable {
    /// The codes, mostly one.
    public let codes: ClosedRange<Int>
    /// What follows.
    public let consequence: Consequence
    /// What happened, in one sentence. QuickBooks' own text stands below it.
    public let explanation: String
    /// What a person can do, in one sentence; empty where nothing is to be done.
    public let remedy: String

    init(_ codes: ClosedRange<Int>, _ consequence: Consequence, _ explanation: String, _ remedy: String) {
        self.codes = codes
        self.consequence = consequence
        self.explanation = explanation
        self.remedy = remedy
    }

    init(_ code: Int, _ consequence: Consequence, _ explanation: String, _ remedy: String) {
        self.init(code...code, consequence, explanation, remedy)
    }

    /// What is known of a code; nil for one that is in no table.
    public static func entry(_ code: Int) -> StatusCode? {
        table.first { $0.codes.contains(code) }
    }

    /// What follows from an answer. The number decides; of 3180 ("save failed") the text, and the severity only of
    /// codes below 1000 that are in no table.
    public static func consequence(code: Int, severity: String, message: String) -> Consequence {
        if code == 3180 { return saveFailed(message) }
        if let entry = entry(code) { return entry.consequence }
        guard severity != "Error" else { return .human }
        switch code {
        case 0..<500: return .ok
        case 500..<1_000: return .okWithWarning
        default: return .human
        }
    }

    /// An answer in our words, with QuickBooks' own below: code, text, and what to do.
    public static func problem(code: Int, message: String, record: String? = nil) -> Problem {
        let entry = entry(code)
        let explanation = entry?.explanation ?? "QuickBooks refused the request with a status that is not known here."
        let said = message.trimmed
        return Problem(
            record: record,
            what: said.isEmpty
                ? "\(explanation) (QuickBooks status \(code))"
                : "\(explanation) QuickBooks says (status \(code)): \(said)",
            remedy: entry.map { $0.remedy }.flatMap { $0.isEmpty ? nil : $0 }
                ?? "Read what QuickBooks says, put it right there or in Procore, and drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
        )
    }

    private static func saveFailed(_ message: String) -> Consequence {
        let text = message.lowercased()
        if text.contains("already in use") || text.contains("already exists") { return .adopt }
        if text.contains(" exists"), !text.contains("no longer exists") { return .adopt }
        if text.contains("in use") || text.contains("locked") { return .retry }
        return .human
    }
}
