import Foundation

/// What the program says of its own command line.
struct CommandLineHelp {
    /// A subcommand.
    struct Command {
        let name: String
        /// Its long options with their dashes, those of its own subcommands too; what every command has (`--help`,
        /// `--version`) left out.
        let options: Set<String>
        /// The digits of the line "Exit status" in its help.
        let exits: Set<String>
    }

    /// By name.
    let commands: [String: Command]

    /// Asks the program.
    init() throws {
        let dump = try Tool.run(Tool.plumbline, ["--experimental-dump-help"]).output
        let tree = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8))
        commands = Dictionary(
            uniqueKeysWithValues: (tree.command.subcommands ?? []).filter { $0.commandName != "help" }.map { command in
                let all = [command] + (command.subcommands ?? [])
                let names = all.flatMap { $0.arguments ?? [] }.flatMap { $0.names ?? [] }.filter { $0.kind == "long" }
                return (
                    command.commandName,
                    Command(
                        name: command.commandName,
                        options: Set(names.map { "--" + $0.name }).subtracting(["--help", "--version"]),
                        exits: Self.exits(in: command.discussion ?? ""))
                )
            })
    }

    private static func exits(in discussion: String) -> Set<String> {
        guard let start = discussion.range(of: "Exit status:") else { return [] }
        return Set(
            discussion[start.upperBound...].split { $0 == " " || $0 == "\n" }.map(String.init).filter { Int($0) != nil }
        )
    }

    private struct Dump: Decodable {
        struct Command: Decodable {
            let commandName: String
            let discussion: String?
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        struct Argument: Decodable {
            let names: [Name]?
        }
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let command: Command
    }

    // MARK: - Checking what a page says

    /// What is wrong with the calls of the program in some lines of a shell, a unit or a table.
    func mistakes(in lines: [String]) -> [String] {
        let whole = lines.joined(separator: "\n").replacing("\\\n", with: " ")
        return whole.split { "\n;|&(){}`".contains($0) }.flatMap { mistakes(inCall: String($0)) }
    }

    private func mistakes(inCall call: String) -> [String] {
        // What stands behind a comment's sign is for people.
        let words = call.split { " \t[],\"'…".contains($0) }.map(String.init).prefix { !$0.hasPrefix("#") }
        guard let (program, isPath) = program(in: Array(words)) else { return [] }
        let rest = words[words.index(words.startIndex, offsetBy: program + 1)...]
        guard let name = rest.first else { return [] }
        if name.hasPrefix("--") { return ["--version", "--help"].contains(name) ? [] : ["\(call): no \(name)"] }
        guard let command = commands[name] else {
            return isPath && name.contains("/") || name == "SUBCOMMAND" ? [] : ["\(call): no subcommand \(name)"]
        }
        return rest.filter { $0.hasPrefix("--") }.map { $0.split(separator: "=")[0] }
            .filter { !command.options.contains(String($0)) && $0 != "--help" }
            .map { "\(call): \(name) has no option \($0)" }
    }

    /// The place of the program's name: the first word behind `sudo -u USER` and variables, or a path to it.
    private func program(in words: [String]) -> (index: Int, isPath: Bool)? {
        var first = 0
        while first < words.count {
            if words[first] == "sudo" {
                first += first + 1 < words.count && words[first + 1] == "-u" ? 3 : 1
            } else if words[first] == "$" || words[first] == "time"
                || words[first].contains("=") && words[first].first != "-"
            {
                if words[first].hasPrefix("ExecStart=/"), words[first].hasSuffix("/plumbline") { return (first, true) }
                first += 1
            } else {
                break
            }
        }
        if first < words.count, words[first] == "plumbline" { return (first, false) }
        return words.firstIndex {
            $0.hasSuffix("/plumbline") && "/.".contains($0.prefix(1)) && $0.hasPrefix("/srv") == false
        }
        .map { ($0, true) }
    }
}
