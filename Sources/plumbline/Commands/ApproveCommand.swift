import ArgumentParser
import Pipeline

/// Approves documents that wait for a person's word.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Send documents that wait in outbox/review.",
        discussion: """
            The bytes that were shown go out under a new number. Moving the document or its page to outbox/review/approved \
            does the same.
            """)

    @Argument(help: "Numbers of documents, such as 17 or 00000017-requisitions.html.")
    var documents: [String] = []

    @Flag(help: "Everything that waits now.")
    var all = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        if documents.isEmpty == !all { throw ValidationError("Name documents by their numbers, or say --all.") }
        _ = try documents.map(ReviewedDocument.number)
    }

    func run() async throws {
        let numbers = all ? nil : try documents.map(ReviewedDocument.number)
        let decision = ReviewDecision(isApproval: true, documents: numbers, who: ReviewedDocument.user)
        try await report.run([.review(decision)], root: root.root)
    }
}
