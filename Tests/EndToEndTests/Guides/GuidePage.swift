import Foundation
import Testing

/// The README or a page of `docs/guide`, read as the tests need it.
///
/// What a fenced block is for stands behind its three ticks:
/// - `sh` is run, all of a page in order, in one folder;
/// - `console` has commands behind `$ `, which are run as well, and below each what it prints, `…` for what varies;
/// - `yaml` is a piece of `plumbline.yaml`;
/// - `sh no-run` is what a test cannot do (install, build, start a service): read by `bash -n` only;
/// - `ini` and `text` are files of other programs, and pictures.
struct GuidePage: Sendable, CustomTestStringConvertible {
    /// A fenced block.
    struct Block: Sendable {
        /// What stands behind the ticks.
        let tag: String
        /// Its lines, without the ticks.
        let lines: [String]
        /// The line of its ticks in the page.
        let line: Int

        /// Whether a test runs it.
        var isRun: Bool { tag == "sh" || tag == "console" }
        /// Its commands: what stands behind `$ ` in a `console`, otherwise every line.
        var commands: [String] {
            tag == "console" ? lines.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) } : lines
        }
    }

    /// A part of the page below a heading.
    struct Section: Sendable {
        /// The heading's words, without `#`.
        let heading: String
        /// Everything up to the next heading, blocks included.
        let text: String

        /// What stands between single ticks outside blocks.
        var code: Set<String> { Set(GuidePage.spans(in: text)) }
    }

    /// Its path from the top of the checkout.
    let path: String
    /// As it stands.
    let text: String
    /// The blocks, in order.
    let blocks: [Block]
    /// The lines outside blocks.
    let prose: [String]

    var testDescription: String { path }

    /// Reads a page.
    init(path: String) throws {
        self.path = path
        text = try String(contentsOfFile: "\(Checkout.path)/\(path)", encoding: .utf8)
        var blocks: [Block] = []
        var prose: [String] = []
        var open: (tag: String, lines: [String], line: Int, indent: Int)?
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
            if Self.isFence(line) {
                if let block = open {
                    blocks.append(Block(tag: block.tag, lines: block.lines, line: block.line))
                    open = nil
                } else {
                    let indent = line.prefix { $0 == " " }.count
                    open = (String(line.dropFirst(indent + 3)), [], number + 1, indent)
                }
            } else if let block = open {
                // In a list, the block stands as far in as its ticks.
                open?.lines.append(String(line.dropFirst(min(block.indent, line.prefix { $0 == " " }.count))))
            } else {
                prose.append(line)
            }
        }
        self.blocks = blocks
        self.prose = prose
    }

    /// The README and every page of the guide.
    static let all: [GuidePage] = {
        let guide = (try? FileManager.default.contentsOfDirectory(atPath: Checkout.path + "/docs/guide")) ?? []
        return (["README.md"] + guide.filter { $0.hasSuffix(".md") }.sorted().map { "docs/guide/" + $0 })
            .compactMap { try? GuidePage(path: $0) }
    }()

    /// What stands between single ticks outside blocks.
    var code: [String] { Self.spans(in: prose.joined(separator: "\n")) }

    /// The parts of the page, each below its heading; headings inside blocks are none.
    var sections: [Section] {
        var sections: [Section] = []
        var heading = ""
        var lines: [String] = []
        var isFenced = false
        for line in text.components(separatedBy: "\n") {
            if Self.isFence(line) { isFenced.toggle() }
            if !isFenced, line.hasPrefix("#") {
                sections.append(Section(heading: heading, text: lines.joined(separator: "\n")))
                heading = String(line.drop { $0 == "#" }.drop { $0 == " " })
                lines = []
            } else {
                lines.append(line)
            }
        }
        return sections + [Section(heading: heading, text: lines.joined(separator: "\n"))]
    }

    /// The places that its links name, those of other machines left out.
    var links: [String] {
        prose.flatMap { line in
            line.components(separatedBy: "](").dropFirst().compactMap {
                $0.split(separator: ")").first.map(String.init)
            }
        }.filter { !$0.contains("://") }
    }

    /// The names by which links reach its headings, as GitHub makes them.
    var anchors: Set<String> {
        Set(
            sections.map { section in
                String(
                    section.heading.lowercased().compactMap { character in
                        if character == " " { return "-" }
                        return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
                    })
            })
    }

    private static func isFence(_ line: String) -> Bool { line.drop { $0 == " " }.hasPrefix("```") }

    private static func spans(in text: String) -> [String] {
        var isFenced = false
        return text.components(separatedBy: "\n").flatMap { line -> [String] in
            if isFence(line) { isFenced.toggle() }
            guard !isFenced, !isFence(line) else { return [] }
            return line.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
    }
}

/// The checkout that the tests are built from.
enum Checkout {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// What stands at its top and belongs to the project: no hidden names, and nothing that a live root leaves there.
    static let entries: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { name in
            !name.hasPrefix(".") && !["inbox", "outbox", "logs", "plumbline.yaml"].contains(name)
                && !name.contains(".sqlite")
        }.sorted()
    }()
}
