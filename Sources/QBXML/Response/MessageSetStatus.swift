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
}
