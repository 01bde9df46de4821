/// What QuickBooks says about a message set sent under an id: its error recovery.
///
/// Source: Intuit, "Error recovery", and the SDK's invoice sample, which names the codes.
public enum MessageSetStatus: Int, Sendable, Hashable, CaseIterable {
    /// The stored answer is given: read it as if it had arrived.
    case answered = 0
    /// The set was never run in the company file that is open: safe to send, once the company file is checked.
    case neverRun = 600
    /// The id is known for other bytes: the set was not run; a person has to look.
    case otherContent = 9001
    /// The set was run, but its answer was not stored: ask for the record before sending anything again.
    case answerLost = 9002
    /// The id is too long.
    case idTooLong = 9004
    /// The set was run, but its answer could not be stored: ask for the record before sending anything again.
    case answerNotStored = 9005

    /// What happened, in one sentence.
    public var explanation: String {
        switch self {
        case .answered: "QuickBooks gives the answer that it has stored."
        case .neverRun: "QuickBooks never ran this message set in the company file that is open."
        case .otherContent: "QuickBooks knows this message set with other content, and did not run it."
        case .answerLost: "QuickBooks ran this message set, and has not stored its answer."
        case .idTooLong: "QuickBooks did not take the id of the message set: it is too long."
        case .answerNotStored: "QuickBooks ran this message set, and could not store its answer."
        }
    }

    /// What a person can do, in one sentence; empty where it goes on by itself.
    public var remedy: String {
        switch self {
        case .answered, .neverRun, .answerLost, .answerNotStored: ""
        case .otherContent:
            "Two roots may share an id: give each a company_key of its own. Then run plumbline retry; QuickBooks is asked "
                + "first whether it has the record."
        case .idTooLong: "This is a fault in Plumbline: please report it with the request file."
        }
    }
}
