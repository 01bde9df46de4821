import ArgumentParser
import Converters
import Pipeline

/// Prints the mapping tables, from the code that converts.
struct MappingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mappings", abstract: "Print the mapping tables, as Markdown.")

    @Argument(help: "One converter, such as company-to-vendor, or a word of its name; none: all.")
    var entity: String?

    @Flag(help: "Print the whole page docs/mappings.md.")
    var page = false

    func run() throws {
        if page { return print(MappingsPage.page, terminator: "") }
        let chosen = allConverters.filter { converter in entity.map { converter.name.contains($0) } ?? true }
        guard !chosen.isEmpty else {
            throw ValidationError(
                "There is no such converter; there are \(allConverters.map { $0.name }.joined(separator: ", ")).")
        }
        print(MappingsPage.text(of: chosen), terminator: "")
    }
}
