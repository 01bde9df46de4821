import Foundation

/// The receipts of a root: tests ask for them here, so that only one place knows where they are.
enum Receipts {
    /// The receipts for scripts, by their paths below `outbox/results`, in the order of their numbers.
    static func paths(below root: String) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root + "/outbox/results")) ?? []
        return paths.filter { $0.hasSuffix(".result.json") && !$0.contains("/.") }
            .sorted { ($0 as NSString).lastPathComponent < ($1 as NSString).lastPathComponent }
    }

    /// The path of the first receipt whose name holds a text; nil where there is none.
    static func path(_ part: String, below root: String) -> String? {
        paths(below: root).first { ($0 as NSString).lastPathComponent.contains(part) }
            .map { root + "/outbox/results/" + $0 }
    }

    /// What the first receipt says whose name holds a text; empty where there is none.
    static func text(_ part: String, below root: String) -> String {
        path(part, below: root).flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    }

    /// What it says to people.
    static func letter(_ part: String, below root: String) -> String {
        path(part, below: root).flatMap { try? String(contentsOfFile: $0.dropLast(4) + "txt", encoding: .utf8) } ?? ""
    }
}
