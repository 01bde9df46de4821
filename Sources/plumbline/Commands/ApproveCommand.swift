import ArgumentParser

/// Approves documents that wait for a person's word.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Send documents that wait in outbox/review.",
        discussion: """
            The bytes that were shown go out under a new number. Moving the document or its page to outbox/review/approved \
            does the same.
            """)

    @OptionGroup var documents: ReviewedDocuments

    func run() async throws { try await documents.decide(isApproval: true) }
}
