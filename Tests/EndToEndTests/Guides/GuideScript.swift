import Foundation

/// Runs the commands of a page, in order and in one shell, as a reader would: what one leaves is there for the next.
///
/// The folder looks like the checkout, without its inbox and outbox. `plumbline` is the program under test.
struct GuideScript {
    /// One command of a `console`, or a whole `sh` block.
    struct Step {
        let commands: [String]
        /// What should be printed; nil: whatever it is.
        let expected: [String]?
        /// Where it stands.
        let line: Int
    }

    /// What became of a step.
    struct Result {
        let step: Step
        /// Nil: it was never begun.
        let printed: [String]?
        /// Whether the next step was begun, or the end was reached.
        let isDone: Bool
    }

    private let steps: [Step]

    init(_ page: GuidePage) {
        steps = page.blocks.filter(\.isRun).flatMap { block in
            block.tag == "sh"
                // The tests that this one is among are not run once more.
                ? [
                    Step(
                        commands: block.lines.filter { !$0.hasPrefix("scripts/test") }, expected: nil, line: block.line)
                ]
                : Self.steps(ofConsole: block)
        }
    }

    private static func steps(ofConsole block: GuidePage.Block) -> [Step] {
        var steps: [Step] = []
        var command: (text: String, line: Int)?
        var expected: [String] = []
        func close() {
            if let command { steps.append(Step(commands: [command.text], expected: expected, line: command.line)) }
            expected = []
        }
        for (number, line) in block.lines.enumerated() {
            if line.hasPrefix("$ ") {
                close()
                command = (String(line.dropFirst(2)), block.line + number + 1)
            } else {
                expected.append(line)
            }
        }
        close()
        return steps
    }

    /// Runs all steps; the first that fails is the last.
    func run() throws -> [Result] {
        let manager = FileManager.default
        let scratch = manager.temporaryDirectory.appendingPathComponent("plumbline-guide-\(UUID().uuidString)").path
        defer { try? manager.removeItem(atPath: scratch) }
        for folder in ["bin", "tmp", "printed", "checkout"] {
            try manager.createDirectory(atPath: "\(scratch)/\(folder)", withIntermediateDirectories: true)
        }
        try manager.createSymbolicLink(atPath: "\(scratch)/bin/plumbline", withDestinationPath: Tool.plumbline)
        for name in Checkout.entries {
            try manager.createSymbolicLink(
                atPath: "\(scratch)/checkout/\(name)", withDestinationPath: "\(Checkout.path)/\(name)")
        }
        try script(printing: "\(scratch)/printed").write(
            toFile: "\(scratch)/script", atomically: false, encoding: .utf8)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Lines come in the order in which they are printed, as on a terminal.
        process.arguments = ["stdbuf", "-oL", "bash", "\(scratch)/script"]
        process.currentDirectoryURL = URL(fileURLWithPath: "\(scratch)/checkout")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PATH": "\(scratch)/bin:\(path)", "HOME": "\(scratch)/tmp", "TMPDIR": "\(scratch)/tmp",
            "PLUMBLINE": Tool.plumbline, "LC_ALL": "C.UTF-8",
        ]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()

        return steps.enumerated().map { index, step in
            let printed = try? String(contentsOfFile: "\(scratch)/printed/\(index)", encoding: .utf8)
            return Result(
                step: step, printed: printed.map(Self.lines),
                isDone: manager.fileExists(atPath: "\(scratch)/printed/\(index).done"))
        }
    }

    private func script(printing folder: String) -> String {
        let blocks = steps.enumerated().map { index, step in
            "{\n\(step.commands.joined(separator: "\n"))\n:\n} >\(folder)/\(index) 2>&1\n: >\(folder)/\(index).done\n"
        }
        // What a page starts in the background ends with it, whatever came of it.
        return "set -e -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n" + blocks.joined()
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.replacing("\r\n", with: "\n").components(separatedBy: "\n")
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    // MARK: - Comparing

    /// Whether lines are as expected: `…` in a line stands for any text, alone on a line for any lines.
    static func matches(_ printed: [String], _ expected: [String]) -> Bool {
        matches(printed[...], expected[...])
    }

    private static func matches(_ printed: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return printed.isEmpty }
        let rest = expected.dropFirst()
        if first.trimmingCharacters(in: .whitespaces) == "…" {
            return (printed.startIndex...printed.endIndex).contains { matches(printed[$0...], rest) }
        }
        guard let line = printed.first, matches(line: line, first) else { return false }
        return matches(printed.dropFirst(), rest)
    }

    private static func matches(line: String, _ expected: String) -> Bool {
        let pieces = expected.components(separatedBy: "…")
        guard pieces.count > 1, let start = pieces.first, let end = pieces.last else { return line == expected }
        guard line.hasPrefix(start), line.hasSuffix(end), line.count >= start.count + end.count else { return false }
        var middle = line.dropFirst(start.count).dropLast(end.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = middle.range(of: piece) else { return false }
            middle = middle[found.upperBound...]
        }
        return true
    }
}
