extension LedgerRecord {
    /// Where a record stands, with what belongs to that.
    ///
    /// A reason is there in just three states. One that was held or failed and is read again, answered or set free has none
    /// any more: it gets another one when it is decided, before the transaction ends.
    public enum State: Sendable, Equatable {
        /// Read for the first time, or again before QuickBooks was given it; decided before the transaction ends.
        case new
        /// Read again with other content; decided before the transaction ends.
        case changed
        /// Set free by an answer, a command or by time; decided before the transaction ends.
        case released
        /// Waits for something. What it waits for is kept beside it: records and gates in the table `wait`, a time in
        /// `Attempts.due`.
        case held(Hold)
        /// A request is on its way, or Procore has yet to answer what it was told.
        case queued
        /// Both sides have it, or nothing more is to be asked about it.
        case linked
        /// Refused; a person has to do something about it.
        case failed(Failure)
        /// Its transaction was taken out of QuickBooks again, or voided there, at a person's word. Nothing but another such
        /// word has it entered anew.
        case undone(Failure)
    }

    /// Why a record waits.
    public struct Hold: Sendable, Equatable {
        /// What it waits for, in words.
        public let reason: String
        /// What to do about it. Only of a record that had failed, and whose newer document a rule leaves out: what was to
        /// be done about the failure.
        public let remedy: String?
    }

    /// Why a record failed, or how it was taken back.
    public struct Failure: Sendable, Equatable {
        /// What happened, in words.
        public let reason: String
        /// What to do about it; nil where nobody said.
        public let remedy: String?
    }
}

extension LedgerRecord.State {
    /// A state without what belongs to it: how it is written to the ledger, counted and shown.
    public enum Name: String, Sendable, CaseIterable {
        case new, changed, released, held, queued, linked, failed, undone

        /// Whether the record is still to be decided.
        public var isUndecided: Bool { self == .new || self == .changed || self == .released }
    }

    /// Whether the record is still to be decided.
    public var isUndecided: Bool { name.isUndecided }

    /// The state without what belongs to it.
    public var name: Name {
        switch self {
        case .new: .new
        case .changed: .changed
        case .released: .released
        case .held: .held
        case .queued: .queued
        case .linked: .linked
        case .failed: .failed
        case .undone: .undone
        }
    }

    /// The state of a row.
    ///
    /// A reason beside a state that has none is left behind: SQL that sets records free leaves the columns as they are. One
    /// that is missing is empty, since ledgers of before may lack it.
    init(_ name: Name, reason: @autoclosure () -> String?, remedy: @autoclosure () -> String?) {
        switch name {
        case .new: self = .new
        case .changed: self = .changed
        case .released: self = .released
        case .held: self = .held(.init(reason: reason() ?? "", remedy: remedy()))
        case .queued: self = .queued
        case .linked: self = .linked
        case .failed: self = .failed(.init(reason: reason() ?? "", remedy: remedy()))
        case .undone: self = .undone(.init(reason: reason() ?? "", remedy: remedy()))
        }
    }
}

// MARK: - From state to state

extension LedgerRecord {
    /// Holds it.
    /// - Parameters:
    ///   - reason: what it waits for, in words.
    ///   - due: when to try again, seconds since 1970; nil: not by time.
    public mutating func hold(for reason: String, until due: Int64? = nil) {
        state = .held(Hold(reason: reason, remedy: nil))
        attempts.due = due
    }

    /// Holds it, since its newer content is left out; what was to be done about an earlier failure is still said.
    public mutating func holdBack(for reason: String) {
        state = .held(Hold(reason: reason, remedy: remedy))
        attempts.due = nil
    }

    /// Fails it. A time at which it is tried again stays; who gives that up sets it to nil.
    /// - Parameters:
    ///   - reason: what happened.
    ///   - remedy: what to do about it; nil where nobody said.
    public mutating func fail(_ reason: String, remedy: String?) {
        state = .failed(Failure(reason: reason, remedy: remedy))
    }

    /// It was taken back.
    /// - Parameters:
    ///   - reason: when, by whom, and what became of its transaction.
    ///   - remedy: how it is entered anew.
    public mutating func undo(_ reason: String, remedy: String) {
        state = .undone(Failure(reason: reason, remedy: remedy))
        attempts.due = nil
        attempts.retries = 0
    }

    /// A request is on its way, or Procore was told of it and has yet to answer.
    public mutating func queue() { state = .queued }

    /// Takes its request back, which has not left: it is as if it had just been read.
    public mutating func unqueue() {
        state = .new
        attempts.count = 0
    }

    /// Nothing more is to be asked about it.
    public mutating func link() { state = .linked }

    /// It was read again with other content. To QuickBooks it is new while nothing there is tied to it and no request is on
    /// its way.
    public mutating func change() { state = quickBooksID == nil && state != .queued ? .new : .changed }

    /// Sets it free: it is decided anew before the transaction ends.
    public mutating func release() { state = .released }

    /// Sets it free at a person's word: earlier refusals and what it waited for count no more.
    public mutating func releaseAnew() {
        attempts.retries = 0
        attempts.due = nil
        release()
    }

    /// Sets it free to be asked after, before anything else about it.
    public mutating func release(asking question: LedgerRequest.Operation) {
        state = .released
        attempts.question = question
    }
}

// MARK: - What is read in many places

extension LedgerRecord {
    /// Whether it waits for something.
    public var isHeld: Bool { if case .held = state { true } else { false } }

    /// Whether it was refused.
    public var isFailed: Bool { if case .failed = state { true } else { false } }

    /// Whether it was taken back.
    public var isUndone: Bool { if case .undone = state { true } else { false } }

    /// Why it is held, failed or was taken back; nil where it is none of these, or where an earlier ledger did not say.
    public var reason: String? {
        switch state {
        case .held(let hold): hold.reason.isEmpty ? nil : hold.reason
        case .failed(let failure), .undone(let failure): failure.reason.isEmpty ? nil : failure.reason
        case .new, .changed, .released, .queued, .linked: nil
        }
    }

    /// What to do about that; nil where nobody said.
    public var remedy: String? {
        switch state {
        case .held(let hold): hold.remedy
        case .failed(let failure), .undone(let failure): failure.remedy
        case .new, .changed, .released, .queued, .linked: nil
        }
    }
}
