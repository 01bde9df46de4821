import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// An error at any statement of the sync ledger in each step of an undo, and a new start after it: it is shown once,
/// approved once, sent once, and done once.
@Suite struct UndoFaultTests {
    /// What is interrupted, in its order; each begins where the one before ended.
    enum Step: Int, CaseIterable, Sendable {
        case asked, shown, approved, sent, done
    }

    @Test(arguments: Step.allCases)
    func whicheverStatementIsTheLastOneItIsTakenBackOnce(_ step: Step) throws {
        let base = try UndoRoot()
        try base.enterAll()
        // The steps ahead of this one, undisturbed.
        for before in Step.allCases.prefix(while: { $0 != step }) { try take(before, base) }
        base.root.close()
        var statement = 1
        var isOver = false
        while !isOver {
            let injector = StatementInjector()
            let office = try UndoRoot(copyOf: base) { try injector.next() }
            injector.arm(at: statement)
            try? take(step, office)
            isOver = injector.count < statement
            injector.disarm()
            try office.reopen()
            // Whoever sees that nothing came of it does the same once more.
            let isDone = try Self.isBegun(step, office)
            if !isDone { try take(step, office) }
            for next in Step.allCases.dropFirst(step.rawValue + 1) { try take(next, office) }
            try Self.expectTakenBackOnce(office, "\(step), statement \(statement)")
            // Each near the beginning, where a transaction starts, then in strides that meet all kinds.
            statement += statement < 12 ? 1 : 5
        }
        #expect(statement > 20, "\(step): there are that many statements in it")
    }

    /// One step: a person's word, or an answer.
    private func take(_ step: Step, _ office: UndoRoot) throws {
        switch step {
        case .asked: _ = try office.undo(UndoRoot.payment)
        case .approved: try office.decide()
        case .shown, .sent, .done: try office.answerOne()
        }
    }

    /// Whether a person sees that the step was taken.
    private static func isBegun(_ step: Step, _ office: UndoRoot) throws -> Bool {
        switch step {
        case .asked: try !office.root.ledger.read { try $0.openUndos() }.isEmpty
        case .approved: try office.root.ledger.read { try $0.waitingReviews() }.isEmpty
        // What was answered is in the inbox, or was taken: nobody carries it again.
        case .shown, .sent, .done: true
        }
    }

    private static func expectTakenBackOnce(_ office: UndoRoot, _ place: String) throws {
        #expect(try office.states(UndoRoot.payment) == ["undone"], "\(place)")
        #expect(try office.root.ledger.read { try $0.openUndos() }.isEmpty, "\(place)")
        #expect(try !office.kinds().contains("BillPaymentCheck"), "\(place)")
        let removals = office.sent.filter { $0.text.contains("<TxnDelRq ") }
        #expect(removals.count == 1, "\(place): \(removals.count) requests to delete left")
        #expect(office.documents("review").isEmpty && office.documents("quickbooks").isEmpty, "\(place)")
    }
}
