import DropFolder
import Foundation
import Procore
import Testing

@testable import Pipeline
@testable import SyncLedger

/// What receipts say to people, and when they are written anew.
@Suite struct TellingTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("telling-\(UUID().uuidString)")
    private let manager = FileManager.default

    /// A case of the fixtures in which an invoice needs all that stands before it.
    private static let example = "answers/570-a-bill-that-could-not-be-linked-is-there-all-the-same"

    private func withRoot(
        _ yaml: String? = nil, at now: Int64 = 1_773_000_000, _ body: (OpenRoot, FileProcessor) throws -> Void
    ) throws {
        let isNew = !manager.fileExists(atPath: folder.path)
        if isNew {
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            let example = FixtureCase.root.appendingPathComponent(Self.example + "/plumbline.yaml")
            let text = try yaml ?? String(contentsOf: example, encoding: .utf8)
            try Data(text.utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        }
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        if isNew { try FixtureRun.answerCompany(root) }
        try body(root, FileProcessor(root, clock: WallClock { now }))
    }

    private func drop(_ text: String, as name: String, _ intake: Int, _ root: OpenRoot, _ processor: FileProcessor)
        throws
    {
        let path = (name.hasSuffix(".xml") ? "quickbooks/" : "procore/") + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        _ = try processor.process([try #require(try root.inbox.claim(RelativePath(path), intake: intake))])
    }

    private func dropExample(_ number: Int, _ intake: Int, _ root: OpenRoot, _ processor: FileProcessor) throws {
        let before = FixtureCase.root.appendingPathComponent(Self.example + "/before")
        let name = try #require(FixtureCase.names(in: before).first { $0.hasPrefix("0\(number)-") })
        let text = try String(contentsOf: before.appendingPathComponent(name), encoding: .utf8)
        try drop(text, as: String(name.dropFirst(3)), intake, root, processor)
    }

    private func tell(_ processor: FileProcessor) throws { while try processor.tellReceipts() {} }
    private func letter(_ intake: Int) -> String { Receipts.letter("0000000\(intake)-", below: folder.path) }
    private func receipt(_ intake: Int) -> String { Receipts.text("0000000\(intake)-", below: folder.path) }
    private func removeAll() { try? manager.removeItem(at: folder) }

    private static func vendor(_ id: Int, _ name: String) -> String { #"{"id": \#(id), "name": "\#(name)"}"# }
    private static let tooLong = String(repeating: "Concrete ", count: 6)

    // MARK: - What it says

    @Test func aReceiptSaysWhatARecordWaitsForAndIsWrittenAnewWhenItGoesOn() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(7, 1, root, processor)
            try tell(processor)
            let first = receipt(1)
            #expect(letter(1).contains("Subcontractor invoices: 1 waiting. Now: 1 waits (43,750.00)."))
            #expect(
                letter(1).contains(
                    #"subcontractor invoice 1280646 "CCM-2026-118" (43,750.00) waits for commitment 786001, which has not been"#
                ))
            #expect(!letter(1).contains("requisition 1"))
            #expect(!first.contains("\"now\""))
            for number in 1...4 { try dropExample(number, number + 1, root, processor) }
            try tell(processor)
            #expect(receipt(1) == first, "nothing has become of it yet")
            for number in 5...6 { try dropExample(number, number + 1, root, processor) }
            #expect(receipt(1) == first)
            try tell(processor)
            #expect(letter(1).contains("Now: 1 on its way (43,750.00)."))
            #expect(letter(1).contains("This is how things stood on 8 March 2026, 20:00."))
            #expect(!letter(1).contains("waits for"))
            try isTheSameBut("now", receipt(1), first)
            #expect(receipt(1).contains(#""kind": "requisitions","#))
            #expect(receipt(1).contains(#""amount": "43750.00""#))
            #expect(letter(2).contains("Vendors: 1 new. Now: 1 in QuickBooks."))
            #expect(letter(7).contains("Set free: subcontractor invoice 1280646 goes on."))
        }
    }

    /// A receipt that names thousands of documents is written and told from the ledger, piece by piece.
    @Test func aLongReceiptIsToldAsAnyOther() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(7, 1, root, processor)
            try tell(processor)
            let (short, said) = (receipt(1), letter(1))
            let documents = LedgerDocuments(
                (1...8_000).map { LedgerDocument(sequence: $0, outbox: .quickbooks, entity: .commitments) })
            let outputs = documents.map { "    \"\($0.path)\"" }.joined(separator: ",\n")
            let long = short.replacing("\"outputs\": []", with: "\"outputs\": [\n\(outputs)\n  ]")
            #expect(long.utf8.count > 300_000)
            try root.ledger.write { books in
                try books.run("UPDATE file SET receipt = ?, finished = 0 WHERE intake = 1") { $0(Array(long.utf8)) }
            }
            #expect(try root.ledger.read { try $0.file(1) }?.receipt == nil)
            try processor.finish(isRedelivery: true)
            #expect(receipt(1) == long)
            let (kept, reduced) = try root.ledger.read { books in
                var kept: [UInt8] = []
                try books.eachPiece(ofReceipt: 1) { kept += Array($0) }
                return (kept, try books.receiptWithoutOutputs(1))
            }
            #expect(String(decoding: kept, as: UTF8.self) == long)
            #expect(
                String(decoding: reduced, as: UTF8.self)
                    == short.replacing("\"outputs\": []", with: "\"outputs\": [\n  ]"))
            for number in 1...6 { try dropExample(number, number + 1, root, processor) }
            try tell(processor)
            try isTheSameBut("now", receipt(1), long)
            #expect(letter(1).contains("Now: 1 on its way (43,750.00)."))
            #expect(letter(1).split(separator: "\n").first == said.split(separator: "\n").first)
        }
    }

    /// Every field is as it was, byte for byte, and one is added.
    private func isTheSameBut(_ key: String, _ text: String, _ before: String) throws {
        let end = "\n}\n"
        #expect(before.hasSuffix(end))
        #expect(text.hasPrefix(before.dropLast(end.count) + ",\n  \"\(key)\": {"))
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let earlier = try #require(JSONSerialization.jsonObject(with: Data(before.utf8)) as? [String: Any])
        #expect(Set(object.keys) == Set(earlier.keys).union([key]))
    }

    @Test func answersStandApartAndDaysAreThoseOfTheOffice() throws {
        defer { removeAll() }
        let yaml = """
            company_id: 8089
            quickbooks: {income_account: I, expense_account: E, time_zone: America/Denver}
            """
        // 21:00 on 8 March in Denver.
        try withRoot(yaml, at: 1_773_025_200) { root, processor in
            try drop("[" + Self.vendor(1, "Alder") + "]", as: "vendors.json", 1, root, processor)
            try drop("hresult=0x80040400\nmessage=no\n", as: "00000002-vendors.error.txt", 2, root, processor)
            try drop("<QBXML><QBXMLMsgsRs>", as: "a.xml", 3, root, processor)
            try tell(processor)
        }
        let day = "outbox/results/2026-03-08"
        let names = try manager.contentsOfDirectory(atPath: "\(folder.path)/\(day)").sorted()
        #expect(
            names == [
                "00000001-vendors.json.result.json", "00000001-vendors.json.result.txt", "answers",
            ])
        let answers = try manager.contentsOfDirectory(atPath: "\(folder.path)/\(day)/answers").sorted()
        #expect(answers.filter { $0.hasSuffix(".json") }.count == 2)
        #expect(answers.filter { $0.hasSuffix(".txt") }.count == 2)
        #expect(letter(1).contains("Received 8 March 2026, 21:00; receipt 1."))
        let log = try String(contentsOfFile: folder.path + "/logs/plumbline.jsonl", encoding: .utf8)
        #expect(log.contains("\"receipt\":\"\(day)/\(names[0])\""))
    }

    @Test func aReceiptHasAtMostFifteenLinesWhateverItIsAbout() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            let vendors =
                (1...60).map { Self.vendor($0, "\($0) \(Self.tooLong)") } + [Self.vendor(99, "Bay\\u0007\\nPaving")]
            try drop("[" + vendors.joined(separator: ",") + "]", as: "vendors.json", 1, root, processor)
            try drop("[" + Self.vendor(100, "Čapek Tiles") + "]", as: "vendors-2.json", 2, root, processor)
            try drop("{", as: "broken\n.json", 3, root, processor)
            try tell(processor)
        }
        let lines = letter(1).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= ReceiptLetter.mostLines)
        #expect(lines[0] == "vendors.json: taken, with problems.")
        #expect(lines.last == "And 56 more: see the file of the same name that ends in .json.")
        #expect(lines.filter { $0.hasPrefix("  What to do: ") }.count > 3)
        #expect(letter(2).split(separator: "\n").count == 3)
        #expect(letter(3).hasPrefix("broken\\x0a.json: not taken. It is in inbox/rejected"))
        #expect(letter(3).contains("What to do: "))
    }

    @Test func whatWasRefusedAndThenMendedIsSaidNoMore() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            let vendors = [Self.vendor(1, "Alder"), Self.vendor(2, Self.tooLong), Self.vendor(3, "x" + Self.tooLong)]
            try drop("[" + vendors.joined(separator: ",") + "]", as: "vendors.json", 1, root, processor)
            try tell(processor)
            #expect(letter(1).contains("vendor 2: ") && letter(1).contains("vendor 3: "))
            try drop("[" + Self.vendor(2, "Bay") + "]", as: "vendors-mended.json", 2, root, processor)
            try tell(processor)
            #expect(!letter(1).contains("vendor 2: ") && letter(1).contains("vendor 3: "))
            #expect(receipt(1).contains("\"vendor 2\""), "what was said when it was read stays")
        }
    }

    @Test func theReceiptOfAnEarlierFileIsToldWhenItsRecordComesAgain() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(7, 1, root, processor)
            try tell(processor)
            let before = FixtureCase.root.appendingPathComponent(Self.example + "/before/07-requisition.json")
            let text = try String(contentsOf: before, encoding: .utf8)
                .replacing("CCM-2026-118", with: "CCM-119").replacing(
                    "2026-04-01T18:30:00Z", with: "2026-04-02T18:30:00Z")
            try drop(text, as: "again.json", 2, root, processor)
            try tell(processor)
            #expect(letter(1).contains("\"CCM-119\""))
            #expect(
                letter(2).contains("Now: 1 waits (43,750.00)."), "a file knows the records that it brought anew, too")
        }
    }

    // MARK: - When it is written

    @Test func whatIsToBeToldIsKnownAfterTheProcessEnds() throws {
        defer { removeAll() }
        try withRoot { root, processor in try dropExample(7, 1, root, processor) }
        #expect(letter(1) == "")
        try withRoot { _, processor in
            _ = try processor.recover()
            try tell(processor)
            #expect(letter(1).contains("waits for"))
            let path = try #require(Receipts.path("00000001-", below: folder.path)).dropLast(4) + "txt"
            try manager.removeItem(atPath: String(path))
            try tell(processor)
            #expect(letter(1) == "", "it is told once")
        }
    }

    @Test func whatALossOfPowerTookIsToldAgainButNotWhatIsKnownToBeOnTheDisk() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            _ = try processor.recover()
            for number in [7, 1, 2, 3, 4, 5, 6].enumerated() {
                try dropExample(number.element, number.offset + 1, root, processor)
            }
            try tell(processor)
            let (told, said) = (receipt(1), letter(1))
            #expect(told.contains("\"now\""))
            let path = try #require(Receipts.path("00000001-", below: folder.path))
            try Data().write(to: URL(fileURLWithPath: path))
            try root.ledger.write { try $0.setFact("boot", "an earlier one") }
            _ = try processor.recover()
            try tell(processor)
            #expect(receipt(1) == told && letter(1) == said)
            try processor.syncReceipts()
            try manager.removeItem(atPath: path)
            try root.ledger.write { try $0.setFact("boot", "an earlier one") }
            _ = try processor.recover()
            try tell(processor)
            #expect(receipt(1) == "")
        }
    }

    @Test func aFolderThatIsNoneOfOursIsToldInTheLogAndStopsNothing() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(7, 1, root, processor)
            try tell(processor)
        }
        let (day, elsewhere) = (folder.path + "/outbox/results/2026-03-08", folder.path + "/elsewhere")
        try manager.removeItem(atPath: day)
        try manager.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: day, withDestinationPath: elsewhere)
        // The day after.
        try withRoot(at: 1_773_086_400) { root, processor in
            for number in 1...6 { try dropExample(number, number + 1, root, processor) }
            try tell(processor)
            #expect(letter(2).contains("Now: 1 in QuickBooks."))
            #expect(try root.ledger.read { try $0.untold(limit: 9) }.isEmpty)
            #expect(try manager.contentsOfDirectory(atPath: elsewhere).isEmpty)
            // Once it is put right, the next start writes what could not be written.
            try manager.removeItem(atPath: day)
            try processor.syncReceipts()
            _ = try processor.recover()
            try tell(processor)
            #expect(letter(1).contains("Now: 1 on its way"))
        }
        #expect(try manager.contentsOfDirectory(atPath: elsewhere).isEmpty)
        let log = try String(contentsOfFile: folder.path + "/logs/plumbline.jsonl", encoding: .utf8)
        #expect(log.contains("\"event\":\"receipt not told\",\"folder\":\"outbox/results/2026-03-08\""))
    }
}
