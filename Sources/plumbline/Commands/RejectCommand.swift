import ArgumentParser

/// Rejects documents that wait for a person's word.
struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject documents that wait in outbox/review; nothing of them is sent.",
        discussion: """
            The records fail, and can be dropped again. Moving the document or its page to outbox/review/rejected does the \
            same.
            """)

    @OptionGroup var documents: ReviewedDocuments

    func run() async throws { try await documents.decide(isApproval: false) }
}
