import ArgumentParser
import Foundation

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
