import Domain
import SyncLedger

/// A receipt as people read it.
extension Receipt {
    /// At most so many documents are named in the summary for people; the receipt names all.
    private static let named = 20

    /// The summary for people in `logs/results.log`.
    var summary: String {
        var phrases: [String] = []
        for (entity, counts) in counts.sorted(by: { $0.key < $1.key }) {
            let words = Count.allCases.compactMap { count in
                counts[count].map { "\($0) \(count.rawValue)" }
            }
            phrases.append("\(entity.rawValue): \(words.joined(separator: ", "))")
        }
        // Where nothing was counted, the note says why.
        if counts.isEmpty, problems.isEmpty, let note = notes.first, note.record == nil { phrases.append(note.what) }
        if let first = problems.first {
            let more = problems.count + problems.unlisted - 1
            phrases.append(
                "problem: \([first.file, first.record, first.field].compactMap { $0 }.map { $0 + ": " }.joined())\(first.what)"
                    + (more > 0 ? " (and \(more) more)" : ""))
        }
        if !outputs.isEmpty {
            let more = outputs.count - Self.named
            phrases.append(
                "-> " + outputs.prefix(Self.named).map(\.path).joined(separator: ", ")
                    + (more > 0 ? " (and \(more) more)" : ""))
        }
        let summary =
            "\(file.received) #\(file.intake) \(file.name): \(outcome.rawValue)" + (phrases.isEmpty ? "" : "; ")
            + phrases.joined(separator: "; ")
        return Self.printable(summary)
    }

    /// The text on one line, without what would act on a terminal: data comes from others.
    static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// The text of the problem file that stands beside a rejected original.
    static func problemText(file: String, problems: some Sequence<Problem>) -> String {
        problems.map { problem in
            let place = [problem.file ?? file, problem.record, problem.field].compactMap { $0 }.joined(separator: ": ")
            return "\(printable(place))\n  \(printable(problem.what))\n  \(printable(problem.remedy))\n"
        }.joined(separator: "\n")
    }

    /// The text of the problem file that stands beside the rejected original, or beside the copy of the records that
    /// were refused; nil where there is neither.
    func problemText(hasCopy: Bool) -> String? {
        if isRejected { return Self.problemText(file: file.name, problems: problems) }
        guard hasCopy else { return nil }
        let text = Self.problemText(file: file.name, problems: refusals)
        return refusals.unlisted == 0
            ? text : text + "\n\(Self.printable(file.name))\n  And \(refusals.unlisted) more.\n"
    }
}
