import Foundation
import Testing

/// `docs/guide/reference.md` names all there is, and nothing else: what is there is taken from the program's help, from
/// what it really writes, and from the places in the code where it is made.
@Suite struct ReferencePageTests {
    private let page: GuidePage

    init() throws { page = try GuidePage(path: "docs/guide/reference.md") }

    private func section(_ heading: String) throws -> GuidePage.Section {
        try #require(page.sections.first { $0.heading == heading }, "a heading \"\(heading)\"")
    }

    /// What stands between ticks in the first column of a section's tables.
    private func firstColumn(_ heading: String) throws -> Set<String> {
        let rows = try section(heading).text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(
            rows.flatMap { row in
                let cell = row.dropFirst(2).components(separatedBy: " | ")[0]
                return cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            })
    }

    // MARK: - Commands

    @Test func everySubcommandHasASectionWithItsOptionsAndExitCodes() throws {
        let help = try CommandLineHelp()
        #expect(help.commands.count > 10)
        let described = page.sections.map(\.heading).filter { $0.hasPrefix("`plumbline ") }
        #expect(Set(described) == Set(help.commands.keys.map { "`plumbline \($0)`" }))
        for command in help.commands.values {
            let section = try section("`plumbline \(command.name)`")
            let words = section.code.flatMap { $0.split { " [],=…".contains($0) } }.filter { $0.hasPrefix("--") }
            #expect(Set(words.map(String.init)) == command.options, "\(command.name)")
            for exit in command.exits { #expect(section.code.contains(exit), "\(command.name): exit status \(exit)") }
        }
    }

    @Test func everyExitCodeIsExplained() throws {
        // What the commands end with.
        var codes: Set<String> = ["0"]
        let folder = Checkout.path + "/Sources/plumbline"
        for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard name.hasSuffix(".swift") else { continue }
            let code = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for start in ["ExitCode(", "exit("] {
                for piece in code.components(separatedBy: start).dropFirst() {
                    let digits = piece.prefix { $0.isNumber }
                    if !digits.isEmpty, piece.dropFirst(digits.count).hasPrefix(")") { codes.insert(String(digits)) }
                }
            }
        }
        #expect(codes.count > 2)
        #expect(try firstColumn("Exit status") == codes)
        #expect(try Tool.run(Tool.plumbline, ["status", "--no-such-option"]).status == 2)
    }

    // MARK: - What scripts read

    @Test func everyKeyThatScriptsCanReadIsNamed() throws {
        let outputs = try ReferenceOutputs()
        let isWhole = Unprivileged.isPossible && Tool.hasPython
        for (heading, real) in [
            ("Receipts", outputs.receipt), ("`status --json`", outputs.status), ("`trace --json`", outputs.trace),
            ("`doctor --json`", outputs.doctor), ("`convert --json`", outputs.convert),
            ("`--json` of the commands that mend", outputs.mending),
            ("Documents for Procore", outputs.document), ("Control totals", outputs.totals),
        ] {
            let named = try firstColumn(heading)
            #expect(real.subtracting(named) == [], "\(heading): the page lacks them")
            if isWhole { #expect(named.subtracting(real) == [], "\(heading): nothing writes them") }
        }
        #expect(outputs.page.contains("sections[].items[].dropped_by"))
        #expect(outputs.page.subtracting(try firstColumn("The status page")) == [])
        let named = try firstColumn("Log events")
        let always = try section("Logs").code
        for (event, keys) in outputs.events {
            let row = try section("Log events").text.split(separator: "\n").first { $0.hasPrefix("| `\(event)`") }
            let words = Set((row ?? "").components(separatedBy: "`")).union(always)
            #expect(keys.subtracting(words) == [], "the event \(event)")
        }
        #expect(Set(outputs.events.keys).subtracting(named) == [])
    }

    @Test func everyLogEventIsNamed() throws {
        var events: Set<String> = []
        let folder = Checkout.path + "/Sources"
        let call = /(?:log|event)\(\s*"([a-z ]+)"/
        for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard name.hasSuffix(".swift"), ["Pipeline/", "ProcoreCarrier/"].contains(where: name.hasPrefix) else {
                continue
            }
            let code = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            events.formUnion(code.matches(of: call).map { String($0.1) })
            // The line of a file is put together where the others are not.
            events.formUnion(code.matches(of: /\("event", \.string\("([a-z ]+)"\)\)/).map { String($0.1) })
        }
        #expect(events.isSuperset(of: ["start", "file", "waits", "command"]))
        #expect(try firstColumn("Log events") == events)
    }
}
