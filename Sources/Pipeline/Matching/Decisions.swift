import Domain
import QBXML
import SyncLedger

/// What follows from a table of suggestions that a person has decided.
extension CommandRunner {
    /// Ties what is to be tied. Once nothing of the table is undecided, its lists are open again: what is in Procore only
    /// is added to QuickBooks, what is in QuickBooks only goes to Procore.
    mutating func decide(
        _ ties: [QueuedCommand.Tie], undecided: [String], lists: [String], _ writeBacks: UpdateBatches
    ) throws {
        for tie in ties { try link(tie) }
        guard undecided.isEmpty else {
            outcome.problems.append(
                "\(undecided.count) likely matches are not decided, such as \(undecided[0]): write link or no in their rows, "
                    + "and read the table again. Until then nothing is added to these lists.")
            return
        }
        guard outcome.problems.isEmpty else { return }
        var imports = Imports(context: context, writeBacks: writeBacks)
        for (name, entity, kind) in Suggestions.lists where lists.contains(name) {
            guard try context.isMatching(entity) else { continue }
            try context.books.setFact(ProcessingContext.matched(entity), context.at)
            try context.books.release(waitingFor: .matching(entity), file: context.intake, at: context.at)
            // Items stay where they are: cost codes come from Procore only.
            for element in kind == .itemService ? [] : try context.books.elements(of: kind) {
                try context.books.forgetElement(kind, element.listID)
                _ = try imports.take(try Element.parse(element.ret))
            }
            outcome.done.append("The \(name) are decided: what is on one side only goes to the other from now on.")
        }
        try imports.finish()
    }
}
