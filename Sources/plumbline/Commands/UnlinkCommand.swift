import ArgumentParser
import Pipeline

/// Undoes a tie.
struct UnlinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink", abstract: "Undo the tie of a record; Procore and QuickBooks stay as they are.")

    @Argument(help: "The kind of record, such as vendors.")
    var entity: String

    @Argument(help: "Procore's id.")
    var procoreID: String

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func run() async throws {
        try await report.run([.unlink("\(entity)/\(procoreID)")], root: root.root)
    }
}
