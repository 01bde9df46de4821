import Domain

/// What a command asks of the process that owns the root: the daemon where one runs, else the command's own.
public enum QueuedCommand: Sendable, Codable, Equatable {
    /// Ask QuickBooks for what was modified, since a day or since it was last asked.
    case pull(PullSubject, since: String?)
    /// Ask after requests, or repeat them, by their ids.
    case resend([String])
    /// The same for every request that was collected and never answered.
    case resendUnanswered
    /// Give records another attempt: `vendors/401104`.
    case retry([String])
    /// Give every failed record another attempt, and what still waits for its time.
    case retryFailed
    /// Enter every record anew that was taken back.
    case retryUndone
    /// Tie a record of Procore's to an object of QuickBooks'.
    case link([Tie])
    /// Read a list's suggestions as decided.
    case decide([Tie], undecided: [String], lists: [String])
    /// Undo a tie.
    case unlink(String)
    /// Send nothing until `resume`; who wants it.
    case pause(by: String)
    /// Send again.
    case resume
    /// The file `PAUSE` stands in the inbox, whose it is; nil: it does not any more.
    case pauseFile(owner: String?)
    /// Work with a restored ledger again, asking after what it may not know.
    case recover
    /// Go back to work as usual.
    case endRecovery
    /// Approve or reject documents that wait in `outbox/review`.
    case review(ReviewDecision)
    /// Take back what was entered in QuickBooks.
    case undo(UndoWish)
    /// Take out what is older than a day and not needed any more; into an archive first, where one is named.
    case prune(before: String, archive: String?)

    /// A tie made by hand.
    public struct Tie: Sendable, Codable, Equatable {
        /// The record: `vendors/401104`.
        public var record: String
        /// The `ListID` or `TxnID`.
        public var quickBooksID: String

        /// A tie of these two.
        public init(record: String, quickBooksID: String) {
            self.record = record
            self.quickBooksID = quickBooksID
        }
    }

    /// The command in words, as documents name their source.
    var source: String {
        switch self {
        case .pull: "plumbline pull"
        case .resend, .resendUnanswered: "plumbline resend"
        case .retry, .retryFailed, .retryUndone: "plumbline retry"
        case .link, .decide: "plumbline link"
        case .unlink: "plumbline unlink"
        case .pause: "plumbline pause"
        case .pauseFile: "inbox/PAUSE"
        case .resume: "plumbline resume"
        case .recover, .endRecovery: "plumbline recover"
        case .undo: "plumbline undo"
        case .prune: "plumbline prune"
        case .review(let decision): decision.isApproval ? "plumbline approve" : "plumbline reject"
        }
    }
}

/// What a person decided about documents that wait in `outbox/review`.
public struct ReviewDecision: Sendable, Codable, Equatable {
    /// Whether they go to QuickBooks.
    public var isApproval: Bool
    /// Their numbers; nil: all that wait.
    public var documents: [Int]?
    /// Who decided, in words; nil: that cannot be told.
    public var who: String?

    /// A decision of these parts.
    public init(isApproval: Bool, documents: [Int]?, who: String?) {
        self.isApproval = isApproval
        self.documents = documents
        self.who = who
    }
}

/// What a person wants to have taken back in QuickBooks.
public struct UndoWish: Sendable, Codable, Equatable {
    /// Records, such as `requisitions/1280646`, and files that brought some, by their names or intake numbers.
    public var terms: [String]
    /// Whether transactions are voided rather than deleted.
    public var isVoid: Bool
    /// Who wants it, in words; nil: that cannot be told.
    public var who: String?

    /// A wish of these parts.
    public init(terms: [String], isVoid: Bool, who: String?) {
        self.terms = terms
        self.isVoid = isVoid
        self.who = who
    }
}

/// What became of a command.
public struct CommandOutcome: Sendable, Codable, Equatable {
    /// What was done, a sentence each.
    public var done: [String] = []
    /// What could not be done, and why, a sentence each.
    public var problems: [String] = []
    /// Paths of the documents that it led to.
    public var outputs: [String] = []

    /// Nothing yet.
    public init() {}
}
