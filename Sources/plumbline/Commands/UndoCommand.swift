import ArgumentParser
import Pipeline

/// Takes back what was entered in QuickBooks.
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back what was entered in QuickBooks, once that is approved.",
        discussion: """
            A record is named by kind and Procore id, such as requisitions/1280646; a file by its name or by the number \
            that its receipt begins with, and stands for all records that it brought.
            QuickBooks is asked first whether it still has just what was entered. Then the request waits in outbox/review, \
            whatever review says; once it is approved, QuickBooks is asked again, and then it is sent.
            """)

    @Argument(help: "Records such as requisitions/1280646, or files that brought some.")
    var terms: [String]

    @Flag(help: "Void bills and payments rather than delete them.")
    var void = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func run() async throws {
        let wish = UndoWish(terms: terms, isVoid: void, who: ReviewedDocument.user)
        try await report.run([.undo(wish)], root: root.root)
    }
}
