import DropFolder
import Foundation

/// Carries documents between a root's outbox and something that answers them: what a Web Connector does, as files.
public struct SandboxLoop {
    /// What became of a document.
    public enum Answer: Sendable {
        /// The response document.
        case response([UInt8])
        /// The whole document was refused.
        case refused(hresult: String, message: String)
    }

    private let folders: RootFolders

    /// A loop over a root's folders.
    public init(root: String) throws {
        folders = RootFolders(root: URL(fileURLWithPath: root).path)
        try folders.create()
        try FileManager.default.createDirectory(atPath: collected, withIntermediateDirectories: true)
    }

    /// Where answered documents go.
    private var collected: String { folders.outboxQuickBooks + "/.collected" }

    /// Takes every document in the outbox, in number order, and puts the answers into the inbox.
    /// - Parameter answer: the answers that arrive: none where one is lost on the way, a second one where it comes twice.
    /// - Returns: the names of the documents, and whether anything was answered.
    public func pass(_ answer: ([UInt8]) async throws -> [Answer]) async throws -> [(name: String, isAnswered: Bool)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folders.outboxQuickBooks)
            .filter { $0.hasSuffix(".xml") && !$0.hasPrefix(".") }.sorted()
        var taken: [(name: String, isAnswered: Bool)] = []
        for name in names {
            let path = "\(folders.outboxQuickBooks)/\(name)"
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            let answers = try await answer(Array(data))
            for (place, answer) in answers.enumerated() {
                try write(answer, as: place == 0 ? name.dropLast(4) : name.dropLast(4) + "-again")
            }
            taken.append((name, !answers.isEmpty))
            try? FileManager.default.removeItem(atPath: "\(collected)/\(name)")
            try FileManager.default.moveItem(atPath: path, toPath: "\(collected)/\(name)")
        }
        return taken
    }

    private func write(_ answer: Answer, as stem: Substring) throws {
        switch answer {
        case .response(let bytes):
            try writeAtomically(bytes, to: "\(folders.inbox)/quickbooks/\(stem).response.xml")
        case .refused(let hresult, let message):
            try writeAtomically(
                Array("hresult=\(hresult)\nmessage=\(message)\n".utf8),
                to: "\(folders.inbox)/quickbooks/\(stem).error.txt")
        }
    }
}
