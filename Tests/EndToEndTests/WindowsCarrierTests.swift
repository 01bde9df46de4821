import Foundation
import Testing

/// The carrier of `carriers/windows`: its C# as PowerShell compiles it, here by Mono, with another QuickBooks behind it.
/// The PowerShell around it is parsed and not run, and Intuit's request processor is not here at all.
@Suite struct WindowsCarrierTests {
    private static let folder = Checkout.path + "/Tests/WindowsCarrier"
    private static let hasMono =
        Tool.hasPython && (try? Tool.run("/usr/bin/env", ["mcs", "--version"]).status) == 0
        && (try? Tool.run("/usr/bin/env", ["mono", "--version"]).status) == 0
    private static let hasGrammar =
        (try? Tool.run("/usr/bin/env", ["python3", "-c", "import tree_sitter, tree_sitter_powershell"]).status) == 0

    private func run(_ arguments: String...) throws -> String {
        let result = try Tool.run("/usr/bin/env", ["python3", "-B", Self.folder] + arguments)
        #expect(result.status == 0, "\(result.output)")
        return result.output
    }

    @Test(.enabled(if: hasMono, "needs mono-mcs and mono-runtime"))
    func eachKindOfDocumentAndFailureHasItsAnswer() throws {
        _ = try run("contract")
    }

    @Test(.enabled(if: hasMono, "needs mono-mcs and mono-runtime"))
    func killedBeforeAnyStepItLosesAndDoublesNothing() throws {
        #expect(try run("kills").contains("killed before"))
    }

    @Test(.enabled(if: hasMono, "needs mono-mcs and mono-runtime"))
    func killedAtEveryDocumentItEndsInTheBooksThatFilesEndIn() throws {
        #expect(try run("books", Tool.plumbline).contains("kills"))
    }

    @Test(.enabled(if: hasGrammar, "needs PyPI's tree-sitter-powershell"))
    func thePowerShellIsWellFormed() throws {
        #expect(try run("grammar").contains("well formed"))
    }

    /// Windows PowerShell reads a file without a byte-order mark by the machine's code page.
    @Test func everyFileIsPlainAndComesWithoutAMark() throws {
        let names = try Repository.names("carriers/windows")
        #expect(names.contains("Carry-QuickBooks.ps1") && names.contains("README.md"))
        for name in names where !name.hasSuffix(".md") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Checkout.path)/carriers/windows/\(name)"))
            #expect(bytes.allSatisfy { $0 < 0x80 }, "\(name)")
        }
    }
}
