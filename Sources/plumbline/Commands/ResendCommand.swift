import ArgumentParser
import Pipeline

/// Asks after requests that were never answered.
struct ResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Ask after requests that were never answered.",
        discussion: """
            Transactions go out again byte for byte under a new number: QuickBooks remembers the set and does not enter it \
            twice. Vendors, jobs and items are asked for by name. `plumbline status` lists what is unanswered.
            """)

    @Argument(help: "Request ids, such as 8089-commitments-786001-add-1.")
    var requestIDs: [String] = []

    @Flag(help: "Everything that was collected and not answered.")
    var unanswered = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        if requestIDs.isEmpty == !unanswered {
            throw ValidationError("Name request ids, or say --unanswered.")
        }
    }

    func run() async throws {
        try await report.run([unanswered ? .resendUnanswered : .resend(requestIDs)], root: root.root)
    }
}
