import ArgumentParser
import Foundation
import Pipeline

/// What the commands that decide about documents in review are told.
enum ReviewedDocument {
    /// The number of a document: `17`, or how its file or page is called.
    static func number(_ text: String) throws -> Int {
        let name = text.split(separator: "/").last.map(String.init) ?? text
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), digits.count == name.count || name.dropFirst(digits.count).first == "-" else {
            throw ValidationError("\(text) is no number of a document: it looks like 17 or 00000017-requisitions.html.")
        }
        return number
    }

    /// Who gives the command.
    static var user: String {
        let name = NSUserName()
        return name.isEmpty ? "the user \(getuid())" : "the user \(name)"
    }
}

/// Which documents a decision is about, and the decision itself.
struct ReviewedDocuments: ParsableArguments {
    @Argument(help: "Numbers of documents, such as 17 or 00000017-requisitions.html.")
    var documents: [String] = []

    @Flag(help: "Everything that waits now.")
    var all = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        if documents.isEmpty == !all { throw ValidationError("Name documents by their numbers, or say --all.") }
        _ = try documents.map(ReviewedDocument.number)
    }

    /// Has the decision taken.
    func decide(isApproval: Bool) async throws {
        let numbers = all ? nil : try documents.map(ReviewedDocument.number)
        let decision = ReviewDecision(isApproval: isApproval, documents: numbers, who: ReviewedDocument.user)
        try await report.run([.review(decision)], root: root.root)
    }
}
